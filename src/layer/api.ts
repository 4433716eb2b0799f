import type { AnyTRPCRouter, TRPCError } from '@trpc/server';
import { Call } from './call/call.ts';
import { andThen, type Eventual, isPromise, rescue } from './call/eventual.ts';
import { HeaderList } from './call/header-list.ts';
import { type HostRequest, hostRequest, withoutCookies } from './call/host-request.ts';
import { type ApiResponse, toResponse, withoutBody } from './call/response.ts';
import { isLoaded } from './call/lazy.ts';
import { ContextOptions } from './context.ts';
import { checkDeprecations } from './deprecation.ts';
import { type ApiDescription, describeApi } from './description.ts';
import { type ApiError, CoreError } from './errors/api-error.ts';
import { coreErrors } from './errors/define.ts';
import { problem } from './errors/problem.ts';
import { createCors } from './http/cors.ts';
import { createOriginGuard } from './http/origin.ts';
import { MAX_BODY_BYTES } from './limits.ts';
import { createMounts, errorTypesOf, type Mount, originOf } from './mounts.ts';
import type { ApiOptions, ServedRouter } from './options.ts';
import { CallError, Outcome } from './outcome.ts';
import { within } from './time-limit.ts';
import type { Failed } from './trpc/error.ts';

/** A tRPC router, ready to serve requests. Its functions need no `this`. */
export interface Api<Platform = unknown> extends ApiDescription {
  /**
   * Returns the response to a request, or `null` for a path that the API does not serve. It never throws. `toResponse`
   * converts the response to a WHATWG Response.
   */
  handle: (request: HostRequest<Platform>) => Eventual<ApiResponse | null>;
  /** Returns the response to a request, with status 404 for a path that the API does not serve. It never throws. */
  respond: (request: HostRequest<Platform>) => Eventual<ApiResponse>;
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
 * @example const api = createApi({ router: appRouter, createContext });
 */
export function createApi<
  Platform = unknown,
  C extends object = object,
  Router extends AnyTRPCRouter = AnyTRPCRouter,
>(options: ApiOptions<Platform, C> & ServedRouter<Router, C>): Api<Platform> {
  const {
    createContext,
    trustProxy,
    errors: given = coreErrors,
    publicPath = '',
    maxBodyBytes = MAX_BODY_BYTES,
    maxDuration = DEFAULT_MAX_DURATION,
    warn = console.warn,
  } = options;
  const types = errorTypesOf(options);
  const errors = { ...given, types: types === undefined ? given.types : originOf(options) + types };
  const { around, onRejected, onError, onResponse } = options;
  const cors = options.cors && createCors(options.cors);
  const corsForAll = createCors({ origins: ['*'] });
  const origins = createOriginGuard({
    origins: options.cors?.origins ?? [],
    credentials: options.cors?.credentials ?? false,
    trustProxy:
      typeof trustProxy === 'number' ? trustProxy > 0 : typeof trustProxy === 'object' && trustProxy,
    ...options.origin,
  });
  const common = {
    publicPath,
    maxBodyBytes,
    createContext: (call: Call<C, Platform>) => createContext(new ContextOptions(call, trustProxy)),
  };
  /** The calls that have failed as a whole. */
  const ended = new WeakSet<Call>();
  /** The first error of each call, for `onResponse`. */
  const failures = new WeakMap<Call, ApiError>();

  function report(error: TRPCError, call: Call<C>, failed: Failed): void {
    if (onResponse && !failures.has(call)) failures.set(call, errors.toError(error));
    // Surfaces do not know the type of the platform, but get only calls of this API.
    onError?.(new CallError(call as Call<C, Platform>, error, failed));
  }

  if (isLoaded(options.router)) checkDeprecations(options.router);
  // The longest path first, so that REST can be at `/api` or at the root, with RPC and the document below it.
  const shared = { ...options, errors, report, warn };
  const additional = (options.mounts ?? []).map((mount) =>
    typeof mount === 'function' ? mount(shared) : mount,
  );
  const mounts = [...createMounts(shared), ...additional].toSorted((a, b) => b.path.length - a.path.length);

  /** Serves all paths that no mount matches. */
  const notFound: Mount<C> = {
    path: '/',
    surface: (call) => {
      throw new CoreError('NOT_FOUND', { detail: `No endpoint has the path ${call.path}.` });
    },
  };

  const find = (path: string) =>
    mounts.find(({ path: at }) => (at.endsWith('/') ? path.startsWith(at) : path === at));

  /** Returns the rules for pages of other origins. */
  const corsOf = ({ usesCookies, anyOrigin }: Mount<C>) =>
    anyOrigin ? corsForAll : usesCookies ? undefined : cors;

  /** Serves a call that passes the checks of its mount. @throws the errors of the checks and of the surface. */
  function serveChecked(call: Call<C, Platform>, mount: Mount<C>): Eventual<ApiResponse> {
    if (mount.isProbe) return mount.surface(call);
    const preflight = corsOf(mount)?.preflight(call);
    if (preflight) return preflight;
    origins.check(call, mount);
    return mount.surface(call);
  }

  /** Returns the response to a call, also if it fails. */
  const attempt = (call: Call<C, Platform>, mount: Mount<C>): Eventual<ApiResponse> =>
    rescue(
      () => serveChecked(call, mount),
      (error) => {
        const rejected = mount.isProbe ? undefined : onRejected?.(call);
        return rejected
          ? rejected.then(
              () => failureOf(error, call, mount),
              (other: unknown) => failureOf(other, call, mount),
            )
          : failureOf(error, call, mount);
      },
    );

  /** Returns the response to a call that failed, and reports the error. */
  function failureOf(thrown: unknown, call: Call<C, Platform>, mount: Mount<C>): ApiResponse {
    const error = errors.toError(thrown);
    // A call that has exceeded its time limit fails a second time when its work ends.
    if (!ended.has(call)) report(error, call, failedPartOf(call));
    ended.add(call);
    const response = mount.failure?.(error, call) ?? problem(errors, error, call.id);
    for (const [name, value] of call.responseHeaders) response.headers.append(name, value);
    return response;
  }

  function serve(host: HostRequest<Platform>, path: string, mount: Mount<C>): Eventual<ApiResponse> {
    const started = performance.now();
    const sentId = host.header('x-request-id');
    const id = sentId !== null && REQUEST_ID.test(sentId) ? sentId : crypto.randomUUID();
    const sent = mount.ignoresCookies ? withoutCookies(host) : host;
    const call = new Call<C, Platform>(sent, { ...common, id, path });
    const failed = (thrown: unknown) => failureOf(thrown, call, mount);
    const running = rescue(
      () => (around ? around(call, () => attempt(call, mount)) : attempt(call, mount)),
      failed,
    );
    // What is not a promise has not waited for anything.
    const response = isPromise(running)
      ? within(running, { call, host, toError: errors.toError }).catch(failed)
      : running;
    return andThen(response, (sent) => finish(sent, call, mount, started));
  }

  /** Adds the headers that every response has, and reports the call. */
  function finish(
    response: ApiResponse,
    call: Call<C, Platform>,
    mount: Mount<C>,
    started: number,
  ): ApiResponse {
    const { headers } = response;
    setValid(headers, 'x-request-id', call.id);
    setValid(headers, 'x-content-type-options', 'nosniff');
    corsOf(mount)?.mark(call, headers);
    if (!headers.has('cache-control')) setValid(headers, 'cache-control', 'private, no-store');
    onResponse?.(
      new Outcome(call, response, {
        surface: mount === notFound ? null : (mount.name ?? mount.path),
        code: failures.get(call)?.kind ?? null,
        ms: Math.round(performance.now() - started),
      }),
    );
    return response;
  }

  /** Returns a path without the public path, if the host has not removed that. */
  const localPath = (path: string): string =>
    publicPath !== '' && path.startsWith(`${publicPath}/`) ? path.slice(publicPath.length) : path;

  function handle(host: HostRequest<Platform>): Eventual<ApiResponse | null> {
    const path = localPath(host.path);
    const mount = find(path);
    return mount ? serve(host, path, mount) : null;
  }

  function respond(host: HostRequest<Platform>): Eventual<ApiResponse> {
    const path = localPath(host.path);
    return serve(host, path, find(path) ?? notFound);
  }

  async function fetch(request: Request, platform?: Platform): Promise<Response> {
    // Without an argument, the caller has declared that there is no platform.
    const host = hostRequest(request, { platform: platform as Platform, maxDuration });
    const response = toResponse(await respond(host));
    return request.method === 'HEAD' ? withoutBody(response) : response;
  }

  return {
    handle,
    respond,
    fetch,
    request: (path, init) => fetch(new Request(new URL(path, 'http://localhost'), init)),
    match: (path) => find(localPath(path)) !== undefined,
    ...describeApi(options),
  };
}

/** Sets a header that is known to be valid, with its name in lower case. */
function setValid(headers: HeaderList | Headers, name: string, value: string): void {
  if (headers instanceof HeaderList) headers.setValid(name, value);
  else headers.set(name, value);
}

/** Returns what an error that a surface throws belongs to: the procedure, if the request calls only one. */
function failedPartOf({ info }: Call): Failed {
  const [first, ...others] = info.calls;
  if (!first || others.length > 0) return { type: info.type };
  return { type: info.type, path: first.path, input: first.result() };
}
