import { TRPCError } from '@trpc/server';
import {
  CORE_ERRORS,
  type CoreCode,
  type ErrorDefinition,
  type ErrorIssue,
  type ErrorStatus,
} from './catalogue.ts';
import { cutDetail, issuesOf } from './rejection.ts';

/** What may accompany the code of an error. */
export interface ApiErrorOptions<Fields extends object = object> {
  /** What happened, for the caller. The title of the code when absent. Never internal for 5xx. */
  detail?: string;
  issues?: ErrorIssue[];
  /** Seconds until a retry makes sense. */
  retryAfter?: number;
  /** Fields of the code's own, which callers read beside the others. */
  fields?: Fields;
  /** Response headers the error needs, such as `Allow` with 405; REST sends them, RPC leaves them out of `data`. */
  headers?: Record<string, string>;
  /** The original error: logged, never sent. */
  cause?: unknown;
}

const TRPC_CODES: Record<ErrorStatus, TRPCError['code']> = {
  400: 'BAD_REQUEST',
  401: 'UNAUTHORIZED',
  402: 'PAYMENT_REQUIRED',
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  405: 'METHOD_NOT_SUPPORTED',
  406: 'BAD_REQUEST',
  409: 'CONFLICT',
  // tRPC has no code for it.
  410: 'NOT_FOUND',
  412: 'PRECONDITION_FAILED',
  413: 'PAYLOAD_TOO_LARGE',
  414: 'BAD_REQUEST',
  415: 'UNSUPPORTED_MEDIA_TYPE',
  428: 'PRECONDITION_REQUIRED',
  429: 'TOO_MANY_REQUESTS',
  499: 'CLIENT_CLOSED_REQUEST',
  500: 'INTERNAL_SERVER_ERROR',
  501: 'NOT_IMPLEMENTED',
  502: 'BAD_GATEWAY',
  503: 'SERVICE_UNAVAILABLE',
  504: 'GATEWAY_TIMEOUT',
};

/** Identifies ApiErrors: there may be several copies of this module in one process. */
const BRAND: unique symbol = Symbol.for('layer.ApiError');

/**
 * An error that is thrown on purpose. It is a TRPCError, so that tRPC gives it the right HTTP status also when it is thrown
 * in the middle of a stream; each surface maps `kind` to its own form. It keeps the name of that class, by which other code
 * for tRPC, such as trpc-to-openapi's handler, recognizes errors that carry a status. Its detail and its issues may repeat
 * what was sent: they are cut here, so an error has a limited size on every surface.
 */
export class ApiError<Code extends string = string, Fields extends object = object> extends TRPCError {
  readonly kind: Code;
  /** What the code means. */
  readonly definition: ErrorDefinition;
  readonly options: ApiErrorOptions<Fields>;
  readonly [BRAND] = true;

  static override [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === 'object' && value !== null && BRAND in value;
  }

  constructor(kind: Code, definition: ErrorDefinition, options: ApiErrorOptions<Fields> = {}) {
    const { status, title } = definition;
    super({ code: TRPC_CODES[status], message: cutDetail(options.detail ?? title), cause: options.cause });
    this.kind = kind;
    this.definition = definition;
    const { issues } = options;
    this.options = issues ? { ...options, issues: issuesOf(issues, (issue) => issue) } : options;
  }
}

/** An error of the layer's own. */
export class CoreError extends ApiError<CoreCode> {
  constructor(kind: CoreCode, options: ApiErrorOptions = {}) {
    super(kind, CORE_ERRORS[kind], options);
  }
}
