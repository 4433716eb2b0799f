import { randomUUID } from 'node:crypto';
import type { AnyTRPCRouter } from '@trpc/server';
import { createAiChatSurface } from './chat/ai-chat/index.ts';
import type { Deps } from './compose.ts';
import { createCors } from './cors.ts';
import { AppError, toAppError } from './errors.ts';
import { reportFailure } from './failures.ts';
import { meterBody, problem } from './http.ts';
import { namePaths } from './log/paths.ts';
import { createOriginGuard } from './origin-guard.ts';
import type { RequestInfo } from './people/actor.ts';
import { createAuthSurface } from './people/auth-surface.ts';
import { type Context, createContext } from './people/context.ts';
import { requireActor } from './people/identify.ts';
import type { Answer } from './reply.ts';
import { claimKey } from './stores/idempotency.ts';
import { inSnapshot } from './stores/transaction.ts';
import { createHealthSurface } from './surfaces/health.ts';
import { createOpenApiSurface, type DocumentInfo } from './surfaces/openapi/index.ts';
import { createRestSurface } from './surfaces/rest/index.ts';
import { createRpcSurface, rpcFailure } from './surfaces/rpc/index.ts';
import type { Call, Surface } from './surfaces/surface.ts';

/** What the transport knows of a request beside the request itself. */
export interface Transport {
  /** The address of the peer; `null` when the host does not tell. */
  peer: string | null;
  /** Returns true if a program on this machine has sent the request; left out when the host does not tell. */
  isLocal?: () => boolean;
  /** How long the call may take, in seconds. */
  maxDuration: number;
  /** Calls `listener` when the caller goes away before the answer is sent; default: by the request's signal. */
  onGone?: (listener: () => void) => void;
  /** Calls `listener` when the answer was sent or cannot be sent any more; default: when its body was read. */
  onClosed?: (listener: () => void) => void;
}

/** Answers an API request; it never throws. `toResponse` makes a Response of it. */
export type Handle = (request: Request, transport: Transport) => Promise<Answer>;

/** A path, or with a slash at the end everything below it, and the surface that serves it. */
type Mount = readonly [path: string, surface: Surface];

const REQUEST_ID = /^[A-Za-z0-9._-]{1,100}$/;

/** Returns the address of a request's client, as far as it can be trusted; `null` when unknown. */
export function clientAddress(headers: Headers, peer: string | null, trustProxy: boolean): string | null {
  if (!trustProxy) return peer;
  // The last entry is the one our own proxy added; those before it are whatever the client claimed.
  return headers.get('x-forwarded-for')?.split(',').at(-1)?.trim() ?? peer;
}

/** The whole API as one function from request to response: guards, then the surface that the path belongs to. */
export function createHandler(deps: Deps, router: AnyTRPCRouter, info: DocumentInfo): Handle {
  const { env, log } = deps;
  const cors = createCors(env);
  const origins = createOriginGuard(env);
  const nameOf = namePaths(router);
  // Its lines have no secrets; to look for some would cost as much as half a call.
  const requests = log.child({}, { redact: [] });
  const mounts: Mount[] = [
    ['/api/trpc/', createRpcSurface(router, reportFailure, { maxBatchSize: env.MAX_BATCH_CALLS })],
    [
      '/api/v1/',
      createRestSurface(router, {
        onStreamError: reportFailure,
        async admit(ctx, endpoint) {
          await ctx.admission.admitOne(endpoint);
          if (endpoint && endpoint.access !== 'anyone') await requireActor(ctx);
        },
        claimKey,
        atomically: inSnapshot,
      }),
    ],
    ['/api/auth/', createAuthSurface(deps)],
    ['/api/chat', createAiChatSurface(router)],
    ['/api/chat/', createAiChatSurface(router)],
    ['/api/openapi.json', admitted(createOpenApiSurface(router, info, (text) => log.warn(text)))],
  ];
  // Load balancers decide by these who is served, so no caller must be able to have them rejected.
  const probes = new Map<string, Surface>([
    ['/api/health', createHealthSurface()],
    ['/api/ready', createHealthSurface(deps)],
  ]);

  function find(path: string): Surface {
    const mount = mounts.find(([at]) => (at.endsWith('/') ? path.startsWith(at) : path === at));
    if (!mount) throw new AppError('NOT_FOUND', { detail: `There is nothing at ${path}.` });
    return mount[1];
  }

  return async (
    request,
    { peer, isLocal = () => false, maxDuration, onGone = goneBySignal(request), onClosed },
  ) => {
    const started = performance.now();
    const givenId = request.headers.get('x-request-id') ?? '';
    const id = REQUEST_ID.test(givenId) ? givenId : randomUUID();
    const url = new URL(request.url);
    // Sessions are for our own pages: their paths read the cookie, whatever other credential is sent.
    const isAuth = url.pathname.startsWith('/api/auth/');
    const sharing = isAuth ? null : cors;
    const end = new AbortController();
    onGone(() => {
      end.abort();
    });
    const userAgent = request.headers.get('user-agent')?.slice(0, 500) ?? null;
    const ip = clientAddress(request.headers, peer, env.TRUST_PROXY);
    const info: RequestInfo = { id, headers: request.headers, ip, userAgent, isLocal, signal: end.signal };
    let context: Context | undefined;

    async function answer(): Promise<Answer> {
      context = createContext(deps, info);
      const { admission } = context;
      if (request.method !== 'GET') meterBody(request, (bytes) => admission.takeBytes(bytes));
      const preflight = sharing?.preflight(request);
      if (preflight) return preflight;
      const call: Call = { request, url, context };
      const probe = probes.get(url.pathname);
      if (probe) return probe(call);
      try {
        origins.check(request, isAuth);
        return await find(url.pathname)(call);
      } catch (error) {
        if (!admission.isRequested) await admission.admitOne();
        throw error;
      }
    }

    let response: Answer;
    try {
      response = await within(maxDuration, end, answer(), onClosed);
    } catch (thrown) {
      const error = toAppError(thrown);
      if (context) reportFailure(error, context);
      else
        log.error({ err: error.cause ?? error, code: error.kind, requestId: id }, 'no context could be made');
      const isRpc = url.pathname.startsWith('/api/trpc/');
      response = isRpc ? rpcFailure(router, error, { request: info }) : problem(error, id);
      for (const [name, value] of context?.responseHeaders ?? []) response.headers.append(name, value);
    }
    response.headers.set('x-request-id', id);
    response.headers.set('x-content-type-options', 'nosniff');
    sharing?.mark(request, response.headers);
    if (!response.headers.has('cache-control')) response.headers.set('cache-control', 'private, no-store');
    const ms = Math.round(performance.now() - started);
    requests.info(
      { requestId: id, method: request.method, path: nameOf(url.pathname), status: response.status, ms },
      'request',
    );
    return response;
  };
}

/** A surface that reads no body and calls no procedure. */
const admitted =
  (surface: Surface): Surface =>
  async (call) => {
    await call.context.admission.admitOne();
    return surface(call);
  };

const goneBySignal =
  ({ signal }: Request) =>
  (listener: () => void) => {
    if (signal.aborted) listener();
    else signal.addEventListener('abort', listener, { once: true });
  };

/**
 * Waits for an answer for `seconds` at most. A streamed answer is cut when they are over; its reader comes back
 * with the id of the last event.
 * @param onClosed tells when a streamed answer was sent; without it, its body tells.
 * @throws {AppError} TIMEOUT after aborting `end`, so that the work ends too.
 */
function within(
  seconds: number,
  end: AbortController,
  answer: Promise<Answer>,
  onClosed: Transport['onClosed'],
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      const error = new AppError('TIMEOUT', {
        detail: `The call took longer than ${seconds} seconds and was stopped.`,
      });
      end.abort(error);
      reject(error);
    }, seconds * 1000);
    timer.unref();
    answer.then(
      (given) => {
        const done = () => {
          clearTimeout(timer);
        };
        if (!(given instanceof Response)) done();
        else if (onClosed) onClosed(done);
        else return resolve(whenRead(given, done));
        resolve(given);
      },
      (error: unknown) => {
        clearTimeout(timer);
        reject(toAppError(error));
      },
    );
  });
}

/** The same response; `done` is called when its body has been read or is not read any more. */
function whenRead(response: Response, done: () => void): Response {
  const reader = response.body?.getReader();
  if (!reader) {
    done();
    return response;
  }
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done: isOver, value } = await reader.read();
          if (!isOver) {
            controller.enqueue(value);
            return;
          }
          controller.close();
        } catch (error) {
          controller.error(error);
        }
        done();
      },
      async cancel(reason) {
        done();
        await reader.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
  return new Response(body, response);
}
