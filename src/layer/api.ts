import type { AnyTRPCRouter } from '@trpc/server';
import { Call } from './call/call.ts';
import { type HostRequest, hostRequest } from './call/host-request.ts';
import { type ApiResponse, toResponse } from './call/response.ts';
import { ContextOptions, type TrustProxy } from './context.ts';
import { type ApiError, CoreError } from './errors/api-error.ts';
import { coreErrors, type Errors } from './errors/define.ts';
import { problem } from './errors/problem.ts';
import { type CorsOptions, createCors } from './http/cors.ts';
import { createOriginGuard, type OriginOptions } from './http/origin.ts';
import { createMounts, type Mount, type MountOptions } from './mounts.ts';
import { within } from './time-limit.ts';

/** The result of a call, for logs and metrics. */
export interface Outcome<C extends object, Platform> {
  call: Call<C, Platform>;
  /** The HTTP status of the response. */
  status: number;
  /** The time until the start of the response, in milliseconds. */
  ms: number;
}

/** The options of `createApi`. */
export interface ApiOptions<C extends object, Platform> extends MountOptions<C> {
  /** The tRPC router to serve. */
  router: AnyTRPCRouter;
  /** Returns the context of the procedures. It is called at most once per request, when the context is first needed. */
  createContext: (options: ContextOptions<Platform>) => C | Promise<C>;
  /**
   * How to find the IP address of a client behind your own proxies. Default: 0 proxies, so it is the address of the
   * peer.
   */
  trustProxy?: TrustProxy;
  /** Additional surfaces. The first mount that matches a path serves it; those of the router come first. */
  mounts?: readonly Mount<C>[];
  /** The errors of the API, from `defineErrors`. Default: those of the layer only. */
  errors?: Errors;
  /** The pages of other origins that may call the API (CORS). Default: none. */
  cors?: CorsOptions | undefined;
  /**
   * The guard against requests that a page of another site makes a browser send with its user's cookies. Default: the
   * origin of an unsafe request must match the host that the request was sent to, or be one of `cors`; forwarded hosts
   * count if `trustProxy` is a number of proxies.
   */
  origin?: OriginOptions;
  /** Called when a call is rejected before or by its surface. @throws {ApiError} to reject it with another error. */
  onRejected?: (call: Call<C, Platform>) => Promise<void>;
  /** Called with the error of each failed call, and of each stream that fails after its response has started. */
  onError?: (error: ApiError, call: Call<C>) => void;
  /** Called when a response starts. */
  onResponse?: (outcome: Outcome<C, Platform>) => void;
}

/** A tRPC router, ready to serve requests. Its functions need no `this`. */
export interface Api<Platform = unknown> {
  /**
   * Returns the response to a request, or `null` for a path that the API does not serve. It never throws. `toResponse`
   * converts the response to a WHATWG Response.
   */
  handle: (request: HostRequest<Platform>) => Promise<ApiResponse | null>;
  /** Returns the response to a request, with status 404 for a path that the API does not serve. It never throws. */
  respond: (request: HostRequest<Platform>) => Promise<ApiResponse>;
  /** Does the same for hosts with the Fetch API, such as `export default { fetch: api.fetch }`. */
  fetch: (request: Request, platform?: Platform) => Promise<Response>;
  /** Sends a request in process, for tests. @param path the path with its query, starting with a slash. */
  request: (path: string, init?: RequestInit) => Promise<Response>;
  /** True if the API serves a path. */
  match: (path: string) => boolean;
}

/** The time limit of a call, in seconds, if the host sets no other. */
export const DEFAULT_MAX_DURATION = 60;

const REQUEST_ID = /^[A-Za-z0-9._-]{1,100}$/;

/**
 * Creates an API from a tRPC router: RPC for tRPC clients, REST for procedures with an `openapi` meta, and the OpenAPI
 * 3.1 document of REST.
 *
 * Every response has `X-Request-Id` and `X-Content-Type-Options: nosniff`. A failed call has an error in the form of
 * its surface: a problem document (RFC 9457) over REST, `{"error":…}` over RPC.
 * @returns functions from a request to its response, for any host.
 * @throws {Error} if a procedure cannot be served (the message names it), or if an option is not valid.
 */
export function createApi<C extends object, Platform = unknown>(
  options: ApiOptions<C, Platform>,
): Api<Platform> {
  const { createContext, trustProxy, errors = coreErrors, onRejected, onError, onResponse } = options;
  const cors = options.cors && createCors(options.cors);
  const origins = createOriginGuard({
    origins: options.cors?.origins ?? [],
    credentials: options.cors?.credentials ?? false,
    trustProxy: typeof trustProxy === 'number' && trustProxy > 0,
    ...options.origin,
  });
  const mounts = [...createMounts({ ...options, errors }), ...(options.mounts ?? [])];

  /** Serves all paths that no mount matches. */
  const notFound: Mount<C> = {
    path: '/',
    surface: (call) => {
      throw new CoreError('NOT_FOUND', { detail: `No endpoint has the path ${call.path}.` });
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
    const sentId = host.header('x-request-id') ?? '';
    const id = REQUEST_ID.test(sentId) ? sentId : crypto.randomUUID();
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

  const respondTo = (host: HostRequest<Platform>) => serve(host, find(host.path) ?? notFound);

  async function fetch(request: Request, platform?: Platform): Promise<Response> {
    // Without an argument, the caller has declared that there is no platform.
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
