import type { AnyTRPCRouter, inferRouterContext } from '@trpc/server';
import type { Call } from './call/call.ts';
import type { Eventual } from './call/eventual.ts';
import type { ApiResponse } from './call/response.ts';
import type { ContextOptions, TrustProxy } from './context.ts';
import type { Errors } from './errors/define.ts';
import type { CorsOptions } from './http/cors.ts';
import type { OriginOptions } from './http/origin.ts';
import type { Mount, MountFactory, MountOptions } from './mounts.ts';
import type { CallError, Outcome } from './outcome.ts';

/** A router whose procedures accept the context that `createContext` returns. */
export interface ServedRouter<Router extends AnyTRPCRouter, C extends object> {
  router: [C] extends [inferRouterContext<Router>] ? Router : RouterOfContext<C>;
}

/** A router for the context of `createContext`, for the message of the compiler about one that does not fit. */
type RouterOfContext<C extends object> = AnyTRPCRouter & {
  _def: { _config: { $types: { ctx: C } } };
};

/** The options of `createApi`. */
export interface ApiOptions<Platform, C extends object> extends MountOptions<C> {
  /** The tRPC router to serve. */
  router: AnyTRPCRouter;
  /** Returns the context of the procedures. It is called at most once per request, when the context is first needed. */
  createContext: (options: ContextOptions<Platform>) => Eventual<C>;
  /**
   * How to find the IP address of a client behind your own proxies. Default: 0 proxies, so it is the address of the
   * peer.
   */
  trustProxy?: TrustProxy;
  /** The maximum size of a request body that is not a multipart form, in bytes. Default: 1 MiB. */
  maxBodyBytes?: number;
  /** Additional surfaces. Of the mounts that match a path, the one with the longest path serves it. */
  mounts?: readonly (Mount<C> | MountFactory<C>)[];
  /** The errors of the API, from `defineErrors`. Default: those of the layer only. */
  errors?: Errors;
  /** The pages of other origins that may call the API (CORS). Default: none. */
  cors?: CorsOptions | undefined;
  /**
   * The guard against requests that a page of another site makes a browser send with its user's cookies. Default: the
   * origin of an unsafe request must match the host that the request was sent to, or be one of `cors`; forwarded hosts
   * count if `trustProxy` is a number of proxies, or if the peer is in its networks.
   */
  origin?: OriginOptions;
  /**
   * Runs each call, for example in a span of a tracer or an AsyncLocalStorage. It must return the response of `run`,
   * which never throws: a failed call has a response too. It is a promise only if the call waits for something.
   */
  around?: (call: Call<C, Platform>, run: () => Eventual<ApiResponse>) => Eventual<ApiResponse>;
  /** The maximum duration of a call through `api.fetch` and `api.request`, in seconds. Default: 60. Hosts have their own. */
  maxDuration?: number;
  /** Called when a call is rejected before or by its surface. @throws {ApiError} to reject it with another error. */
  onRejected?: (call: Call<C, Platform>) => Promise<void>;
  /** Called with the error of each failed call, and of each stream that fails after its response has started. */
  onError?: (failed: CallError<C, Platform>) => void;
  /** Called when a response starts. */
  onResponse?: (outcome: Outcome<C, Platform>) => void;
}
