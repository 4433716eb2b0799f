import { TRPCError } from '@trpc/server';
import {
  CORE_ERRORS,
  type CoreCode,
  type ErrorDefinition,
  type ErrorIssue,
  type ErrorStatus,
} from './catalog.ts';
import { cutDetail, issuesOf } from './rejection.ts';

/** The options of an `ApiError`, all of them optional. */
export interface ApiErrorOptions<Fields extends object = object> {
  /**
   * The explanation of this error, for the caller. Default: the title of the code. Callers also get it with status 500
   * or more, so it must not contain internal information.
   */
  detail?: string;
  /** The problems with the input, each with its place. */
  issues?: ErrorIssue[];
  /** The time to wait before a retry, in seconds. */
  retryAfter?: number;
  /** Additional fields of this code, which callers get beside the common ones. */
  fields?: Fields;
  /**
   * Response headers that the error needs, such as `Allow` with 405. REST sends them; RPC does not put them into
   * `data`.
   */
  headers?: Record<string, string>;
  /** The original error. It is logged, and never sent. */
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
  // tRPC has no code for 410.
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

/** Identifies ApiErrors for `instanceof`, because a process may contain several copies of this module. */
const BRAND: unique symbol = Symbol.for('layer.ApiError');

/**
 * An error with a code that callers can rely on. REST sends it as a problem document (RFC 9457), RPC under
 * `error.data`.
 *
 * It is a TRPCError, so tRPC gives it the right HTTP status even in the middle of a stream. It keeps the name of that
 * class, by which other libraries for tRPC, such as trpc-to-openapi's handler, recognize errors that have a status.
 *
 * Detail and issues may repeat input, so the constructor cuts them. An error therefore has a limited size on every
 * surface.
 */
export class ApiError<Code extends string = string, Fields extends object = object> extends TRPCError {
  /** The code that callers get, such as `NOT_FOUND`. `code` is tRPC's own code for the same status. */
  readonly kind: Code;
  /** The status, title and retryability of the code. */
  readonly definition: ErrorDefinition;
  /** The options of the constructor, with the issues cut. */
  readonly options: ApiErrorOptions<Fields>;
  readonly [BRAND] = true;

  /** True for an ApiError of any copy of this module. It does not distinguish subclasses. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === 'object' && value !== null && BRAND in value;
  }

  /**
   * @param kind the code that callers get.
   * @param definition the meaning of the code.
   * @param options the detail, issues and other parts of this error; the detail becomes its `message`.
   */
  constructor(kind: Code, definition: ErrorDefinition, options: ApiErrorOptions<Fields> = {}) {
    const { status, title } = definition;
    super({ code: TRPC_CODES[status], message: cutDetail(options.detail ?? title), cause: options.cause });
    this.kind = kind;
    this.definition = definition;
    const { issues } = options;
    this.options = issues ? { ...options, issues: issuesOf(issues, (issue) => issue) } : options;
  }
}

/** An error with a code of the layer, `CORE_ERRORS`. */
export class CoreError extends ApiError<CoreCode> {
  constructor(kind: CoreCode, options: ApiErrorOptions = {}) {
    super(kind, CORE_ERRORS[kind], options);
  }
}
