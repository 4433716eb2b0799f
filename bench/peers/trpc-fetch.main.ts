/** Follows https://trpc.io/docs/server/adapters/fetch; @hono/node-server creates the requests. */
import { serve } from '@hono/node-server';
import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import { ready } from './ready.ts';
import { appRouter, createContext } from './trpc.ts';

serve(
  {
    fetch: (req) => fetchRequestHandler({ endpoint: '/trpc', req, router: appRouter, createContext }),
    hostname: '127.0.0.1',
    port: 0,
  },
  ({ port }) => ready(port),
);
