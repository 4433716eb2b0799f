import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import { appRouter, createContext } from '../../../../trpc.ts';

/** Follows https://trpc.io/docs/server/adapters/fetch for Next. */
function handler(req: Request) {
  return fetchRequestHandler({ endpoint: '/trpc', req, router: appRouter, createContext });
}

export { handler as GET, handler as POST };
