import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import { serve } from 'srvx/node';
import { hostRequest, toResponse } from '#layer/index';
import { MAX_BATCH_SIZE } from '#layer/limits';
import { appRouter } from '#routers/index';
import { application } from '#routers/application';
import { MAX_DURATION_SECONDS } from '#server/limits';
import { createContext } from '#server/people/context';
import { PRODUCT } from '#contract/product';

/**
 * A program that serves RPC with tRPC's own fetch adapter. Of the product, only createContext runs between the request
 * and the procedure. The product's handler serves all other paths.
 */
const { deps, api } = await application();

const platform = { isLocal: () => false };

const server = serve({
  port: deps.env.PORT,
  hostname: deps.env.HOST,
  silent: true,
  gracefulShutdown: false,
  async fetch(req) {
    const { pathname } = new URL(req.url);
    if (!pathname.startsWith('/api/trpc/'))
      return toResponse(await api.respond(hostRequest(req, { platform, maxDuration: MAX_DURATION_SECONDS })));
    const { headers, signal } = req;
    const context = createContext(deps, {
      id: headers.get('x-request-id') ?? '',
      headers,
      ip: headers.get('x-forwarded-for'),
      userAgent: headers.get('user-agent'),
      signal,
    });
    return fetchRequestHandler({
      endpoint: '/api/trpc',
      req,
      router: appRouter,
      maxBatchSize: MAX_BATCH_SIZE,
      createContext: () => context,
      responseMeta: () => ({ headers: new Headers([...context.responseHeaders]) }),
    });
  },
});
await server.ready();

process.on('SIGTERM', () => {
  void server
    .close(true)
    .then(() => deps.runs.drain(0))
    .then(() => deps.close())
    .then(() => process.exit(0));
});
console.log(`${PRODUCT.name} is ready: ${new URL(server.url ?? '').origin}`);
