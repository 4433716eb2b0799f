import type { AnyTRPCRouter } from '@trpc/server';
import type { Call, Surface } from './call/call.ts';
import type { Report } from './call/report.ts';
import type { ApiResponse } from './call/response.ts';
import type { ApiError } from './errors/api-error.ts';
import type { Errors } from './errors/define.ts';
import { admitOne, type Gate } from './gate.ts';
import { createOpenApiSurface, type DescribedAccess, type DocumentInfo } from './openapi/index.ts';
import { DEFAULT_PATHS } from './paths.ts';
import type { IdempotencyOptions } from './rest/idempotency.ts';
import { createRestSurface, type RestOptions } from './rest/index.ts';
import { createRpcSurface, rpcFailure, type RpcOptions } from './rpc/index.ts';
import { wireOf } from './rpc/wire.ts';

/** A surface and the path that it serves. */
export interface Mount<C extends object> {
  /** The name of the surface, for `onResponse`. Default: its path. */
  name?: string;
  /** A single path, or with a slash at the end all paths below it. */
  path: string;
  /** Serves the calls. */
  surface: Surface<C>;
  /** Returns the response to a failed call. Default: a problem document (RFC 9457). */
  failure?: (error: ApiError, call: Call<C>) => ApiResponse;
  /**
   * True to skip the checks of hosts and origins. A load balancer routes requests by its probes, so they must
   * not be rejected.
   */
  isProbe?: true;
  /**
   * True if the surface reads cookies even if there is an Authorization header. It is then not available to pages of
   * other origins.
   */
  usesCookies?: true;
  /** True if the surface, its checks and its context must not see cookies, so that they are no credential. */
  ignoresCookies?: true;
  /** True to check the host and the origin also of requests with an Authorization header. */
  checksOrigin?: true;
  /** True if pages of any origin may call the surface and read its responses. It needs `ignoresCookies`. */
  anyOrigin?: true;
}

/** The parts of an API that its additional surfaces share with RPC and REST. */
export interface MountedApi<C extends object> extends Gate<C> {
  router: AnyTRPCRouter;
  errors: Errors;
  /** Reports the error of a call. */
  report: Report<C>;
  /** How the responses of calls with an idempotency key are stored, if they are. */
  idempotency?: IdempotencyOptions<C>;
  /** Called with a sentence for each part of the router that deserves attention. */
  warn: (text: string) => void;
}

/** Creates a surface of the API's own router. */
export type MountFactory<C extends object> = (api: MountedApi<C>) => Mount<C>;

/** The options for the surfaces of a router. */
export interface MountOptions<C extends object> extends Gate<C> {
  /** The options of RPC; `false` disables it. */
  rpc?: false | Omit<RpcOptions<C>, 'errors' | 'report' | keyof Gate<C>>;
  /** The options of REST; `false` disables it, and the OpenAPI document. */
  rest?: false | Omit<RestOptions<C>, 'errors' | 'report' | 'idempotency' | keyof Gate<C>>;
  /** The description of the API in its OpenAPI document, and the path of the document; `false` disables it. */
  openapi?: false | (DocumentInfo & { path?: string });
  /** How REST stores the responses of requests with the header Idempotency-Key. Default: it has no effect. */
  idempotency?: IdempotencyOptions<C>;
  /**
   * The path that clients see before the paths of the API, such as the `basePath` of Next.js. It precedes every URL in
   * responses and in the document. It may be part of the requests that the host passes on, or removed. Default: `''`.
   */
  publicPath?: string;
  /** The description of authentication in the OpenAPI document. */
  access?: DescribedAccess;
  /** Called with a sentence for each part of the router that deserves attention. Default: `console.warn`. */
  warn?: (text: string) => void;
}

/** Returns the mounts of a router's surfaces, each at the path of its options. */
export function createMounts<C extends object>(
  options: MountOptions<C> & {
    router: AnyTRPCRouter;
    errors: Errors;
    report: Report<C>;
    warn: (text: string) => void;
  },
): Mount<C>[] {
  const { router, errors, report, admit, mayCall, rpc = {}, rest = {}, openapi, warn } = options;
  const gate: Gate<C> = { ...(admit && { admit }), ...(mayCall && { mayCall }) };
  const common = { ...gate, errors, report };
  const mounts: Mount<C>[] = [];
  if (rpc) {
    const { path = DEFAULT_PATHS.rpc, errorContext } = rpc;
    const { note } = wireOf(router);
    if (note !== undefined) warn(note);
    mounts.push({
      name: 'rpc',
      path: `${path}/`,
      surface: createRpcSurface<C>(router, { ...common, ...rpc }),
      failure: (error, call) => rpcFailure(router, error, call.createdContext ?? errorContext?.(call)),
    });
  }
  if (rest) {
    const { path = DEFAULT_PATHS.rest } = rest;
    const { idempotency } = options;
    const surface = createRestSurface<C>(router, { ...common, ...rest, ...(idempotency && { idempotency }) });
    mounts.push({ name: 'rest', path: `${path}/`, surface });
  }
  const info = documentInfoOf(options);
  if (info) {
    const { path = DEFAULT_PATHS.openapi } = openapi === false ? {} : (openapi ?? {});
    const document = createOpenApiSurface(router, info, warn);
    mounts.push({
      name: 'openapi',
      path,
      async surface(call) {
        await admitOne(admit, call);
        return document(call);
      },
    });
  }
  return mounts;
}

/** Returns the description of the API for its document; `null` if there is none, because it is or REST is disabled. */
export function documentInfoOf<C extends object>(options: MountOptions<C>): DocumentInfo | null {
  const { rest = {}, openapi = { title: 'API', version: '0' }, access, publicPath = '' } = options;
  if (!rest || !openapi) return null;
  const { path: _, ...info } = openapi;
  const features = { idempotency: options.idempotency !== undefined, ...info.features };
  return {
    restPath: publicPath + (rest.path ?? DEFAULT_PATHS.rest),
    ...(access && { access }),
    unnamed: rest.unnamed ?? false,
    ...info,
    features,
  };
}
