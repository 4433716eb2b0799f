import type { AnyTRPCRouter } from '@trpc/server';
import type { Call, Surface } from './call/call.ts';
import { isLoaded } from './call/lazy.ts';
import type { Report } from './call/report.ts';
import type { ApiResponse } from './call/response.ts';
import type { ApiError } from './errors/api-error.ts';
import type { Errors } from './errors/define.ts';
import { checkNamedCodes } from './errors/named.ts';
import { describedCoreErrors } from './errors/schema.ts';
import { admitOne, type Gate } from './gate.ts';
import { createOpenApiSurface, type DescribedAccess, type DocumentInfo } from './openapi/index.ts';
import { DEFAULT_PATHS } from './paths.ts';
import { createReferenceSurface, type DocsOptions, type ReferenceInfo } from './reference/index.ts';
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
  /**
   * The reference: pages that describe all procedures for people and programs, at `/api/docs` or its `path`, and
   * `/llms.txt`. Default: not served.
   */
  docs?: false | DocsOptions;
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
  if (options.docs) mounts.push(...referenceMounts({ ...options, docs: options.docs }));
  return mounts;
}

/** Returns the mounts of the reference. */
function referenceMounts<C extends object>(
  options: MountOptions<C> & { router: AnyTRPCRouter; docs: DocsOptions },
): Mount<C>[] {
  const { router, admit, docs } = options;
  const { path = DEFAULT_PATHS.docs } = docs;
  const errors = options.openapi ? options.openapi.errors : undefined;
  if (errors && isLoaded(router)) checkNamedCodes(router, errors);
  const surface = createReferenceSurface<Call<C>>(router, referenceInfoOf(options), {
    path,
    admit: (call) => admitOne(admit, call),
  });
  return [path, `${path}/`, LLMS_PATH].map((each) => ({ name: 'docs', path: each, surface }));
}

/** The path at which programs look for an overview (https://llmstxt.org). */
const LLMS_PATH = '/llms.txt';

/** Returns what the reference says of the API as a whole. */
function referenceInfoOf<C extends object>(
  options: MountOptions<C> & { router: AnyTRPCRouter; docs: DocsOptions },
): ReferenceInfo {
  const { router, docs, rpc = {}, rest = {}, openapi, access, publicPath = '' } = options;
  const document = documentInfoOf(options);
  const origin = originOf(options);
  const { path: openapiPath = DEFAULT_PATHS.openapi, ...about } =
    openapi === false ? UNTITLED : (openapi ?? UNTITLED);
  return {
    ...about,
    ...(document ?? { unnamed: rest === false ? false : (rest.unnamed ?? false) }),
    ...(access && { access }),
    rpcPath: rpc === false ? null : publicPath + (rpc.path ?? DEFAULT_PATHS.rpc),
    restPath: rest === false ? null : publicPath + (rest.path ?? DEFAULT_PATHS.rest),
    openapiPath: document ? publicPath + openapiPath : null,
    path: publicPath + (docs.path ?? DEFAULT_PATHS.docs),
    format: wireOf(router).format,
    canTry: docs.tryIt ?? router._def._config.isDev,
    ...(origin !== '' && { serverUrl: origin }),
    docs,
  };
}

/** The description of an API that has none. */
const UNTITLED: DocumentInfo & { path?: string } = { title: 'API', version: '0' };

/** Returns the description of the API for its document; `null` if there is none, because it is or REST is disabled. */
export function documentInfoOf<C extends object>(options: MountOptions<C>): DocumentInfo | null {
  const { rest = {}, openapi = UNTITLED, access, publicPath = '' } = options;
  if (!rest || !openapi) return null;
  const { path: _, ...info } = openapi;
  const types = errorTypesOf(options);
  const features = { idempotency: options.idempotency !== undefined, ...info.features };
  return {
    restPath: publicPath + (rest.path ?? DEFAULT_PATHS.rest),
    ...(access && { access }),
    unnamed: rest.unnamed ?? false,
    ...info,
    ...(types !== undefined && { errors: { types, ...(info.errors ?? describedCoreErrors) } }),
    features,
  };
}

/** Returns the path of the pages of error codes; `undefined` if there is no reference. */
export const errorTypesOf = <C extends object>({
  docs,
  publicPath = '',
}: Pick<MountOptions<C>, 'docs' | 'publicPath'>): string | undefined =>
  docs ? `${publicPath}${docs.path ?? DEFAULT_PATHS.docs}/errors/` : undefined;

/** Returns the public origin of an API, without a slash at its end; `''` if it has none. */
export const originOf = <C extends object>({ openapi }: Pick<MountOptions<C>, 'openapi'>): string =>
  (openapi === false ? undefined : openapi?.serverUrl)?.replace(/\/$/, '') ?? '';
