export { type Api, createApi, DEFAULT_MAX_DURATION } from './api.ts';
export { Call, type RequestInfo, type Surface, untilRevoked } from './call/call.ts';
export { around, guard, type MiddlewareOptions, type Proceed } from './call/around.ts';
export { isProcedure, proceduresOf } from './call/compile.ts';
export { all, andThen, type Eventual, rescue } from './call/eventual.ts';
export { progressOf, type ReportProgress } from './call/progress.ts';
export { HeaderList } from './call/header-list.ts';
export { type FetchOptions, hostRequest, type HostRequest } from './call/host-request.ts';
export { type ApiResponse, type BufferedResponse, toResponse } from './call/response.ts';
export type { ContextOptions, TrustProxy } from './context.ts';
export {
  type CounterOptions,
  type Counters,
  type ExactCounter,
  memoryCounters,
  type RateCounter,
} from './counters.ts';
export type { ApiDescription, ProcedureInfo } from './description.ts';
export { ApiError, type ApiErrorOptions, CoreError } from './errors/api-error.ts';
export {
  CORE_ERRORS,
  type CoreCode,
  type ErrorData,
  type ErrorDefinition,
  type ErrorIssue,
} from './errors/catalog.ts';
export { coreErrors, defineErrors, type ErrorOptions, type Errors } from './errors/define.ts';
export { invalidInput, zodIssues } from './errors/input.ts';
export { problem, problemDocument } from './errors/problem.ts';
export type { Recognize } from './errors/recognize.ts';
export { cutText, issuesOf, pointerTo } from './errors/rejection.ts';
export { type DescribedErrors, type ErrorField, problemSchemaOf } from './errors/schema.ts';
export type { CalledProcedure, Gate } from './gate.ts';
export { type RouteHandlers, type RouteOptions, toRouteHandlers } from './hosts/next.ts';
export { createHealthSurface, type ReadinessCheck } from './health.ts';
export {
  addressKey,
  clientAddress,
  isTrustedPeer,
  plainAddress,
  type TrustedNetworks,
} from './http/address.ts';
export { mediaType, parseJson, readBody } from './http/body.ts';
export { chooseEncoding, MIN_LENGTH } from './http/content-coding.ts';
export type { CorsOptions } from './http/cors.ts';
export {
  createOriginGuard,
  HOST,
  isLoopbackHost,
  type OriginGuard,
  type OriginOptions,
} from './http/origin.ts';
export { nextSlice } from './http/turns.ts';
export { HEARTBEAT_MS, MAX_BATCH_SIZE } from './limits.ts';
export type { DeprecatedMeta, Meta, OpenApiOperation, RestMeta } from './meta.ts';
export type { Mount, MountedApi, MountFactory } from './mounts.ts';
export {
  createOpenApiDocument,
  createOpenApiSurface,
  type DescribedAccess,
  type DescribedProcedure,
  type DocumentInfo,
  type OpenApiDocument,
} from './openapi/index.ts';
export type { ApiOptions, ServedRouter } from './options.ts';
export type { CallError, Outcome } from './outcome.ts';
export { DEFAULT_PATHS } from './paths.ts';
export type { DocsOptions, Guide, HeaderLink, Repository } from './reference/index.ts';
export {
  type Budgets,
  type CallLimit,
  type CountedProcedure,
  createRateLimits,
  type RateLimits,
  tooMany,
} from './rate-limit.ts';
export { type Endpoint, endpointsOf } from './rest/endpoint.ts';
export type {
  Claim,
  IdempotencyOptions,
  IdempotencyStore,
  KeyedRequest,
  StoredResponse,
} from './rest/idempotency.ts';
export { createRestSurface, type RestOptions } from './rest/index.ts';
export type { Atomically } from './rest/precondition.ts';
export { createRpcSurface, rpcFailure, type RpcOptions } from './rpc/index.ts';
export type { ResponseMeta } from './rpc/response-meta.ts';
export type { Encoding } from './runtime/runtime.ts';
export { isAbortError } from './stream/abort-error.ts';
export { isAsyncIterable, iterable, trackedIterable } from './stream/iterable.ts';
export { type SseEvent, sseResponse } from './stream/sse.ts';
export { textStream } from './stream/stream.ts';
export { toolNameOf } from './tool-name.ts';
export { type Standing, type Window, WindowCounter, type WindowCounterOptions } from './window-counter.ts';
