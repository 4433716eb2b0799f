export {
  type ApiOptions,
  createApi,
  type Handle,
  type Incoming,
  type Mount,
  type Outcome,
  type Transport,
} from './api.ts';
export { type Call, type Surface, untilRevoked } from './call/call.ts';
export { isProcedure, proceduresOf } from './call/compile.ts';
export { type ApiResponse, type BufferedResponse, toResponse } from './call/response.ts';
export { ApiError, type ApiErrorOptions, CoreError } from './errors/api-error.ts';
export {
  CORE_ERRORS,
  type CoreCode,
  type ErrorData,
  type ErrorDefinition,
  type ErrorIssue,
} from './errors/catalogue.ts';
export { coreErrors, defineErrors, type ErrorOptions, type Errors } from './errors/define.ts';
export { invalidInput, zodIssues } from './errors/input.ts';
export { problem, problemDocument } from './errors/problem.ts';
export type { Recognise } from './errors/recognise.ts';
export { cutText, issuesOf, pointerTo } from './errors/rejection.ts';
export { type DescribedErrors, type ErrorField, problemSchemaOf } from './errors/schema.ts';
export { createHealthSurface, type ReadinessCheck } from './health.ts';
export { chunksOf, mediaType, meterBody, parseJson, readBody } from './http/body.ts';
export {
  chooseEncoding,
  compress,
  type Encoding,
  isCompressible,
  MIN_LENGTH,
} from './http/content-coding.ts';
export { nextSlice } from './http/turns.ts';
export { HEARTBEAT_MS, MAX_BATCH_SIZE } from './limits.ts';
export type { Meta, RestMeta } from './meta.ts';
export {
  createOpenApiDocument,
  createOpenApiSurface,
  type DescribedAccess,
  type DocumentInfo,
} from './openapi/index.ts';
export { type Endpoint, endpointsOf, REST_PATH } from './rest/endpoint.ts';
export type { Claim, ClaimKey, StoredResponse } from './rest/idempotency.ts';
export { createRestSurface, type RestOptions } from './rest/index.ts';
export type { Atomically } from './rest/precondition.ts';
export {
  type Admitted,
  type CalledProcedure,
  createRpcSurface,
  rpcFailure,
  type RpcOptions,
} from './rpc/index.ts';
export { isAsyncIterable, iterable, trackedIterable } from './stream/iterable.ts';
export { type SseEvent, sseResponse } from './stream/sse.ts';
export { textStream } from './stream/stream.ts';
export { type Standing, WindowCounter } from './window-counter.ts';
