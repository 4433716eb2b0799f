import { type AnyTRPCRouter, initTRPC } from '@trpc/server';
import { serve } from 'srvx/node';
import superjson from 'superjson';
import { Call } from '../call/call.ts';
import type { HeaderList } from '../call/header-list.ts';
import { hostRequest } from '../call/host-request.ts';
import { toResponse } from '../call/response.ts';
import type { ApiError } from '../errors/api-error.ts';
import { coreErrors } from '../errors/define.ts';
import { problem } from '../errors/problem.ts';
import type { Meta } from '../meta.ts';
import { createRestSurface } from '../rest/index.ts';

/** The context of test routers. A procedure can add headers to its response. */
export interface TestContext {
  responseHeaders: HeaderList;
}

/** Build small routers for tests. */
export const { router, procedure } = initTRPC
  .context<TestContext>()
  .meta<Meta>()
  .create({ transformer: superjson, isDev: false });

/** Converts a request to a call of a surface. @param ctx the context that procedures get. */
export const callOf = <C extends object>(request: Request, ctx: C): Call<C> =>
  new Call(hostRequest(request, { platform: undefined, maxDuration: 60 }), {
    id: request.headers.get('x-request-id') ?? 'test',
    createContext: () => ctx,
  });

/** A REST surface on a real HTTP server, until it is closed. */
export interface TestServer {
  origin: string;
  /** Sends a request to a path below `/api/v1`. If `json` is set, it is sent as the body, with POST by default. */
  call: (path: string, init?: RequestInit & { json?: unknown }) => Promise<Response>;
  /** The errors of streamed responses. */
  streamErrors: ApiError[];
  close: () => Promise<void>;
}

/** Serves a router's REST surface on a free port of 127.0.0.1. */
export async function serveRest(appRouter: AnyTRPCRouter): Promise<TestServer> {
  const streamErrors: ApiError[] = [];
  const surface = createRestSurface<TestContext>(appRouter, {
    report: (error) => streamErrors.push(coreErrors.toError(error)),
  });
  const server = serve({
    port: 0,
    hostname: '127.0.0.1',
    silent: true,
    gracefulShutdown: false,
    // Keep connections open longer than a test computes, so that it does not reuse one that is being closed.
    node: { keepAliveTimeout: 60_000 },
    async fetch(request) {
      const host = hostRequest(request, { platform: undefined, maxDuration: 60 });
      const call: Call<TestContext> = new Call<TestContext>(host, {
        id: request.headers.get('x-request-id') ?? 'test',
        createContext: () => ({ responseHeaders: call.responseHeaders }),
      });
      const response = await Promise.resolve(call)
        .then(surface)
        .catch((error: unknown) =>
          problem(coreErrors, coreErrors.toError(error), call.id, Object.fromEntries(call.responseHeaders)),
        );
      return toResponse(response);
    },
  });
  await server.ready();
  const origin = new URL(server.url ?? '').origin;
  return {
    origin,
    streamErrors,
    call: (path, { json, ...init } = {}) =>
      fetch(`${origin}/api/v1${path}`, json === undefined ? init : { ...jsonInit(json), ...init }),
    close: () => server.close(true),
  };
}

function jsonInit(json: unknown): RequestInit {
  return { method: 'POST', body: JSON.stringify(json), headers: { 'content-type': 'application/json' } };
}
