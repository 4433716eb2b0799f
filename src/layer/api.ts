import { randomUUID } from 'node:crypto';
import type { Call, Surface } from './call/call.ts';
import type { ApiResponse } from './call/response.ts';
import { type ApiError, CoreError } from './errors/api-error.ts';
import type { Errors } from './errors/define.ts';
import { problem } from './errors/problem.ts';

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
export type Handle = (request: Request, transport: Transport) => Promise<ApiResponse>;

/** A request before anything is decided about it. */
export interface Incoming {
  request: Request;
  url: URL;
  /** From `X-Request-Id`, or made here. */
  id: string;
  transport: Transport;
  /** Aborted when the caller disconnects or the call outlives its time limit. */
  signal: AbortSignal;
}

/** What serves the calls below a path. */
export interface Mount<C extends object> {
  /** One path, or with a slash at the end all paths below it. */
  path: string;
  surface: Surface<C>;
  /** Returns the response to a call that failed, whose context is undefined if none could be created; default: a problem document. */
  failure?: (error: ApiError, ctx: C | undefined, requestId: string) => Response;
  /** True if no guard is asked: load balancers decide by probes who is served, so no caller may have them rejected. */
  isProbe?: true;
}

/** How a call ended. */
export interface Outcome {
  incoming: Incoming;
  status: number;
  /** How long it took until the response began, in milliseconds. */
  ms: number;
}

export interface ApiOptions<C extends object> {
  /** The first that matches a path serves it. */
  mounts: readonly Mount<C>[];
  errors: Errors;
  /** Creates the call that surfaces get. */
  createCall: (incoming: Incoming) => Call<C>;
  /** Returns a response to give at once, or null to go on. @throws {ApiError} to reject the call. */
  guard?: (call: Call<C>) => Response | null;
  /** Called when a call is rejected before or by its surface. @throws {ApiError} to reject it with another error. */
  onRejected?: (call: Call<C>) => Promise<void>;
  /** Called with the error of each call that failed; the call is undefined if none could be created. */
  onError?: (error: ApiError, call: Call<C> | undefined, incoming: Incoming) => void;
  /** Adds headers to each response. */
  mark?: (incoming: Incoming, headers: Headers) => void;
  /** Called when a response begins. */
  onResponse?: (outcome: Outcome) => void;
}

const REQUEST_ID = /^[A-Za-z0-9._-]{1,100}$/;

/** Creates an API: one function from request to response, with guards before the surface that the path belongs to. */
export function createApi<C extends object>(options: ApiOptions<C>): Handle {
  const { mounts, errors, createCall, guard, onRejected, onError, mark, onResponse } = options;

  const find = (path: string) =>
    mounts.find(({ path: at }) => (at.endsWith('/') ? path.startsWith(at) : path === at));

  return async (request, transport) => {
    const { maxDuration, onGone = goneBySignal(request), onClosed } = transport;
    const started = performance.now();
    const givenId = request.headers.get('x-request-id') ?? '';
    const id = REQUEST_ID.test(givenId) ? givenId : randomUUID();
    const url = new URL(request.url);
    const end = new AbortController();
    onGone(() => {
      end.abort();
    });
    const incoming: Incoming = { request, url, id, transport, signal: end.signal };
    const mount = find(url.pathname);
    let call: Call<C> | undefined;

    async function answer(): Promise<ApiResponse> {
      const created = createCall(incoming);
      call = created;
      if (mount?.isProbe) return mount.surface(created);
      try {
        const given = guard?.(created);
        if (given) return given;
        if (!mount) throw new CoreError('NOT_FOUND', { detail: `There is nothing at ${url.pathname}.` });
        return await mount.surface(created);
      } catch (error) {
        await onRejected?.(created);
        throw error;
      }
    }

    let response: ApiResponse;
    try {
      response = await within(answer(), {
        seconds: maxDuration,
        end,
        onClosed,
        toError: errors.toError,
      });
    } catch (thrown) {
      const error = errors.toError(thrown);
      onError?.(error, call, incoming);
      response = mount?.failure?.(error, call?.ctx, id) ?? problem(errors, error, id);
      for (const [name, value] of call?.responseHeaders ?? []) response.headers.append(name, value);
    }
    const { headers, status } = response;
    headers.set('x-request-id', id);
    headers.set('x-content-type-options', 'nosniff');
    mark?.(incoming, headers);
    if (!headers.has('cache-control')) headers.set('cache-control', 'private, no-store');
    onResponse?.({ incoming, status, ms: Math.round(performance.now() - started) });
    return response;
  };
}

const goneBySignal =
  ({ signal }: Request) =>
  (listener: () => void) => {
    if (signal.aborted) listener();
    else signal.addEventListener('abort', listener, { once: true });
  };

interface Limits {
  seconds: number;
  end: AbortController;
  onClosed: Transport['onClosed'];
  toError: Errors['toError'];
}

/**
 * Waits for an answer for `seconds` at most. A streamed answer is cut when they are over; its reader comes back
 * with the id of the last event.
 * @param onClosed tells when a streamed answer was sent; without it, its body tells.
 * @throws {ApiError} TIMEOUT after aborting `end`, so that the work ends too.
 */
function within(
  answer: Promise<ApiResponse>,
  { seconds, end, onClosed, toError }: Limits,
): Promise<ApiResponse> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      const error = new CoreError('TIMEOUT', {
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
        reject(toError(error));
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
