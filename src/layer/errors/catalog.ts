/** The meaning of an error code. */
export interface ErrorDefinition {
  /** The HTTP status. */
  status: ErrorStatus;
  /** A short explanation of the code, always the same. */
  title: string;
  /** True if the same call may succeed later. */
  retryable: boolean;
}

/** The HTTP statuses that an error can have: those of tRPC's codes, and 406, 410 and 414. */
export type ErrorStatus =
  | 400
  | 401
  | 402
  | 403
  | 404
  | 405
  | 406
  | 409
  | 410
  | 412
  | 413
  | 414
  | 415
  | 428
  | 429
  | 499
  | 500
  | 501
  | 502
  | 503
  | 504;

/**
 * The error codes that the layer itself uses, which every API has. An application adds its own codes with
 * `defineErrors`. REST sends errors as problem documents (RFC 9457), RPC under `error.data`.
 */
export const CORE_ERRORS = {
  BAD_REQUEST: { status: 400, title: 'The request is not valid', retryable: false },
  INVALID_INPUT: { status: 400, title: 'The input is not valid', retryable: false },
  MALFORMED_JSON: { status: 400, title: 'The body is not valid JSON', retryable: false },
  UNAUTHORIZED: { status: 401, title: 'Authentication required', retryable: false },
  PAYMENT_REQUIRED: { status: 402, title: 'Payment required', retryable: false },
  FORBIDDEN: { status: 403, title: 'You are not allowed to do this', retryable: false },
  CROSS_ORIGIN: { status: 403, title: 'Requests from another origin are not accepted', retryable: false },
  UNKNOWN_HOST: { status: 403, title: 'This server does not know the host of the request', retryable: false },
  NOT_FOUND: { status: 404, title: 'Not found', retryable: false },
  METHOD_NOT_ALLOWED: { status: 405, title: 'This path does not support the method', retryable: false },
  NOT_ACCEPTABLE: {
    status: 406,
    title: 'None of the accepted media types can be produced',
    retryable: false,
  },
  CONFLICT: { status: 409, title: 'The request conflicts with the current state', retryable: false },
  IDEMPOTENCY_KEY_IN_USE: {
    status: 409,
    title: 'The first request with this Idempotency-Key is still in progress',
    retryable: true,
  },
  IDEMPOTENCY_KEY_REUSED: {
    status: 409,
    title: 'This Idempotency-Key was used for another request',
    retryable: false,
  },
  STREAM_GONE: { status: 410, title: 'The events of this stream are no longer stored', retryable: false },
  PRECONDITION_FAILED: {
    status: 412,
    title: 'A precondition (If-Match or If-None-Match) failed',
    retryable: false,
  },
  PAYLOAD_TOO_LARGE: { status: 413, title: 'The body is too large', retryable: false },
  URI_TOO_LONG: { status: 414, title: 'The path is too long', retryable: false },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, title: 'This content type is not supported', retryable: false },
  PRECONDITION_REQUIRED: { status: 428, title: 'If-Match is required', retryable: false },
  TOO_MANY_REQUESTS: { status: 429, title: 'Too many requests', retryable: true },
  CLIENT_CLOSED_REQUEST: { status: 499, title: 'The client closed the connection', retryable: true },
  INTERNAL_SERVER_ERROR: { status: 500, title: 'An internal error occurred', retryable: true },
  NOT_IMPLEMENTED: { status: 501, title: 'Not implemented', retryable: false },
  BAD_GATEWAY: { status: 502, title: 'Another server failed', retryable: true },
  SERVICE_UNAVAILABLE: { status: 503, title: 'The service is temporarily unavailable', retryable: true },
  TIMEOUT: { status: 504, title: 'The call took too long and was stopped', retryable: true },
} as const satisfies Record<string, ErrorDefinition>;

/** An error code that every API has. */
export type CoreCode = keyof typeof CORE_ERRORS;

/** A problem with the input. */
export interface ErrorIssue {
  /** The place: a JSON Pointer (RFC 6901) into the input, `''` for the whole input. */
  pointer: string;
  /** How to fix it, such as `must not be empty`. */
  message: string;
}

/** The fields of an error that callers get, on every surface. */
export interface ErrorData<Code extends string = string> {
  /** The stable code of the error. */
  code: Code;
  /** The HTTP status. */
  status: number;
  /** The meaning of the code, always the same. */
  title: string;
  /** The explanation of this error. */
  detail: string;
  /** True if the same call may succeed later. */
  retryable: boolean;
  /** The id of the request in the server's log. */
  requestId: string;
  /** The problems with the input. */
  issues?: ErrorIssue[];
  /** Seconds to wait before a retry. */
  retryAfter?: number;
}
