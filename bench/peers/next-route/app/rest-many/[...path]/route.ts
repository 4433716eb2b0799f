import { createOpenApiFetchHandler } from 'trpc-to-openapi';
import { createContext } from '../../../../trpc.ts';
import { manyRouter } from '../../../../trpc-to-openapi.ts';

export const dynamic = 'force-dynamic';

/** Follows https://github.com/mcampa/trpc-to-openapi for Next's app router. */
function handler(req: Request) {
  return createOpenApiFetchHandler({
    endpoint: '/rest-many',
    router: manyRouter,
    createContext: () => createContext({ req }),
    req,
  });
}

export { handler as DELETE, handler as GET, handler as PATCH, handler as POST, handler as PUT };
