import { randomUUID } from 'node:crypto';
import type { AnyTRPCRouter } from '@trpc/server';
import { Call } from './call/call.ts';
import { ContextOptions, type TrustProxy } from './call/context.ts';
import { type HostRequest, hostRequest } from './call/host-request.ts';
import { type ApiResponse, toResponse } from './call/response.ts';
import { type ApiError, CoreError } from './errors/api-error.ts';
import { coreErrors, type Errors } from './errors/define.ts';
import { problem } from './errors/problem.ts';
import { type CorsOptions, createCors } from './http/cors.ts';
import { createOriginGuard, type OriginOptions } from './http/origin.ts';
import { within } from './limit.ts';
import { createMounts, type Mount, type MountOptions } from './mounts.ts';

/** How a call ended. */
export interface Outcome<C extends object, Platform> {
  call: Call<C, Platform>;
  status: number;
  /** The time until the response began, in milliseconds. */
  ms: number;
}

export interface ApiOptions<C extends object, Platform> extends MountOptions<C> {
  router: AnyTRPCRouter;
  /** Returns the context that procedures get. It is called once a request, when it is first needed. */
  createContext: (options: ContextOptions<Platform>) => C | Promise<C>;
  /** How the address of a client is found behind proxies of your own. Default: it is that of the peer. */
  trustProxy?: TrustProxy;
  /** Further surfaces. Of all mounts, the first that matches a path serves it. */
  mounts?: readonly Mount<C>[];
  /** The errors of the API; default: those of the layer only. */
  errors?: Errors;
  /** Lets pages of other origins call the API. Default: none may. */
  cors?: CorsOptions | undefined;
  /**
   * Rejects requests that a page of another site may have made a browser send with its user's cookies. Default: by the host
   * that a request names.
   */
  origin?: OriginOptions;
  /** Called when a call is rejected before or by its surface. @throws {ApiError} to reject it with another error. */
  onRejected?: (call: Call<C, Platform>) => Promise<void>;
  /** Called with the error of each call that failed, also of a stream after its response has begun. */
  onError?: (error: ApiError, call: Call<C>) => void;
  /** Called when a response begins. */
  onResponse?: (outcome: Outcome<C, Platform>) => void;
}

/** A tRPC router as it is served. Its functions need no `this`. */
export interface Api<Platform = unknown> {
  /**
   * Returns the response to a request, or `null` for a path that the API does not serve; it never throws. `toResponse` turns
   * a response into a WHATWG Response.
   */
  handle: (request: HostRequest<Platform>) => Promise<ApiResponse | null>;
  /** Returns the response to a request, with status 404 for a path that the API does not serve; it never throws. */
  respond: (request: HostRequest<Platform>) => Promise<ApiResponse>;
  /** The same for hosts with the Fetch API, such as `export default { fetch: api.fetch }`. */
  fetch: (request: Request, platform?: Platform) => Promise<Response>;
  /** Sends a request in process, for tests. @param path with a slash in front. */
  request: (path: string, init?: RequestInit) => Promise<Response>;
  /** True if the API serves a path. */
  match: (path: string) => boolean;
}

/** The longest that a call may take, in seconds, if the host sets no other limit. */
export const DEFAULT_MAX_DURATION = 60;

const REQUEST_ID = /^[A-Za-z0-9._-]{1,100}$/;

/**
 * Serves a tRPC router: over RPC, over REST and with an OpenAPI document.
 * @throws {Error} naming a procedure that cannot be served, or a mistake in the options.
 */
export function createApi<C extends object, Platform = unknown>(
  options: ApiOptions<C, Platform>,
): Api<Platform> {
  const { createContext, trustProxy, errors = coreErrors, onRejected, onError, onResponse } = options;
  const cors = options.cors && createCors(options.cors);
  const origins = createOriginGuard(options.origin);
  const mounts = [...createMounts({ ...options, errors }), ...(options.mounts ?? [])];

  /** What is served where the API serves nothing. */
  const nothing: Mount<C> = {
    path: '/',
    surface: (call) => {
      throw new CoreError('NOT_FOUND', { detail: `There is nothing at ${call.path}.` });
    },
  };

  const find = (path: string) =>
    mounts.find(({ path: at }) => (at.endsWith('/') ? path.startsWith(at) : path === at));

  async function checked(call: Call<C, Platform>, mount: Mount<C>): Promise<ApiResponse> {
    if (mount.isProbe) return mount.surface(call);
    try {
      const usesCookies = mount.usesCookies === true;
      const preflight = usesCookies ? null : cors?.preflight(call);
      if (preflight) return preflight;
      origins.check(call, usesCookies);
      return await mount.surface(call);
    } catch (error) {
      await onRejected?.(call);
      throw error;
    }
  }

  async function serve(host: HostRequest<Platform>, mount: Mount<C>): Promise<ApiResponse> {
    const started = performance.now();
    const givenId = host.header('x-request-id') ?? '';
    const id = REQUEST_ID.test(givenId) ? givenId : randomUUID();
    const call: Call<C, Platform> = new Call<C, Platform>(host, {
      id,
      createContext: () => createContext(new ContextOptions(call, trustProxy)),
    });
    let response: ApiResponse;
    try {
      response = await within(checked(call, mount), { call, host, toError: errors.toError });
    } catch (thrown) {
      const error = errors.toError(thrown);
      onError?.(error, call);
      response = mount.failure?.(error, call) ?? problem(errors, error, id);
      for (const [name, value] of call.responseHeaders) response.headers.append(name, value);
    }
    const { headers, status } = response;
    headers.set('x-request-id', id);
    headers.set('x-content-type-options', 'nosniff');
    if (cors && mount.usesCookies !== true) cors.mark(call, headers);
    if (!headers.has('cache-control')) headers.set('cache-control', 'private, no-store');
    onResponse?.({ call, status, ms: Math.round(performance.now() - started) });
    return response;
  }

  async function handle(host: HostRequest<Platform>): Promise<ApiResponse | null> {
    const mount = find(host.path);
    return mount ? serve(host, mount) : null;
  }

  const respondTo = (host: HostRequest<Platform>) => serve(host, find(host.path) ?? nothing);

  async function fetch(request: Request, platform?: Platform): Promise<Response> {
    // Who leaves the platform out has declared that there is none.
    const host = hostRequest(request, { platform: platform as Platform, maxDuration: DEFAULT_MAX_DURATION });
    return toResponse(await respondTo(host));
  }

  return {
    handle,
    respond: respondTo,
    fetch,
    request: (path, init) => fetch(new Request(new URL(path, 'http://localhost'), init)),
    match: (path) => find(path) !== undefined,
  };
}
