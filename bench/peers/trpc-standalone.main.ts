/** Follows https://trpc.io/docs/server/adapters/standalone. */
import { createHTTPServer } from '@trpc/server/adapters/standalone';
import { listen } from './ready.ts';
import { appRouter } from './trpc.ts';
import { userOf } from './users.ts';

listen(
  createHTTPServer({
    router: appRouter,
    basePath: '/trpc/',
    createContext: ({ req }) => ({ user: userOf(req.headers.authorization) }),
  }),
);
