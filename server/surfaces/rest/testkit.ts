import { type AnyTRPCRouter, initTRPC } from '@trpc/server';
import { serve } from 'srvx/node';
import superjson from 'superjson';
import { type AppError, toAppError } from '#server/errors';
import { problem } from '#server/http';
import type { Meta } from '#server/meta';
import { toResponse } from '#server/reply';
import { createRestSurface } from './index.ts';
import type { RestContext } from './output.ts';

/** Builds the small routers of the tests beside this file. */
export const { router, procedure } = initTRPC
  .context<RestContext>()
  .meta<Meta>()
  .create({ transformer: superjson, isDev: false });

/** A REST surface behind real HTTP, until it is closed. */
export interface TestServer {
  origin: string;
  /** Calls a path below `/api/v1`; `json` is sent as the body. */
  call: (path: string, init?: RequestInit & { json?: unknown }) => Promise<Response>;
  /** What went wrong in streamed answers. */
  streamErrors: AppError[];
  close: () => Promise<void>;
}

/** Serves a router's REST surface on a free port of 127.0.0.1. */
export async function serveRest(appRouter: AnyTRPCRouter): Promise<TestServer> {
  const streamErrors: AppError[] = [];
  const surface = createRestSurface<RestContext>(appRouter, {
    onStreamError: (error) => streamErrors.push(error),
  });
  const server = serve({
    port: 0,
    hostname: '127.0.0.1',
    silent: true,
    gracefulShutdown: false,
    async fetch(request) {
      const { headers, signal } = request;
      const info = { id: headers.get('x-request-id') ?? 'test', headers, ip: null, userAgent: null, signal };
      const context = { request: info, responseHeaders: new Headers() };
      const answer = await surface({ request, url: new URL(request.url), context }).catch((error: unknown) =>
        problem(toAppError(error), info.id, Object.fromEntries(context.responseHeaders)),
      );
      return toResponse(answer);
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
