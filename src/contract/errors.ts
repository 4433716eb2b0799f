/**
 * The error catalogue: every failure a caller can see, on every surface, is one of these codes.
 * REST responds with RFC 9457 problem details. RPC has the same fields under `error.data`.
 */
export const ERRORS = {
  BAD_REQUEST: { status: 400, title: 'The request is not valid', retryable: false },
  INVALID_INPUT: { status: 400, title: 'The input is not valid', retryable: false },
  MALFORMED_JSON: { status: 400, title: 'The body is not valid JSON', retryable: false },
  WRONG_PASSWORD: { status: 400, title: 'The password is not correct', retryable: false },
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
  EMAIL_TAKEN: { status: 409, title: 'An account with this email exists', retryable: false },
  LIMIT_REACHED: { status: 409, title: 'The account has reached a limit', retryable: false },
  RUN_ACTIVE: { status: 409, title: 'An answer is already in progress in this chat', retryable: true },
  REQUEST_ID_REUSED: { status: 409, title: 'This request id was used with another body', retryable: false },
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
  STREAM_GONE: {
    status: 410,
    title: 'The events of the answer are no longer stored; read its message',
    retryable: false,
  },
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
  QUOTA_EXCEEDED: { status: 429, title: 'The daily token quota is used up', retryable: true },
  CLIENT_CLOSED_REQUEST: { status: 499, title: 'The client closed the connection', retryable: true },
  INTERNAL_SERVER_ERROR: { status: 500, title: 'An internal error occurred', retryable: true },
  NOT_IMPLEMENTED: { status: 501, title: 'Not implemented', retryable: false },
  BAD_GATEWAY: { status: 502, title: 'Another server failed', retryable: true },
  MODEL_UNAUTHORIZED: { status: 502, title: 'The model provider rejected the API key', retryable: false },
  MODEL_REJECTED: { status: 502, title: 'The model provider rejected the request', retryable: false },
  MODEL_BAD_RESPONSE: {
    status: 502,
    title: 'The model provider sent an unreadable response',
    retryable: true,
  },
  ANSWER_TOO_LONG: {
    status: 502,
    title: 'The answer was ended at a limit of this server',
    retryable: false,
  },
  MODEL_RATE_LIMITED: { status: 503, title: 'The model provider limits our request rate', retryable: true },
  MODEL_UNAVAILABLE: { status: 503, title: 'The model provider cannot be reached', retryable: true },
  DATABASE_BUSY: { status: 503, title: 'The database is busy', retryable: true },
  SERVICE_UNAVAILABLE: { status: 503, title: 'The service is temporarily unavailable', retryable: true },
  TIMEOUT: { status: 504, title: 'The call took too long and was stopped', retryable: true },
  MODEL_TIMEOUT: { status: 504, title: 'The model provider took too long', retryable: true },
} as const satisfies Record<string, { status: number; title: string; retryable: boolean }>;

/** A code of the catalogue. */
export type ErrorCode = keyof typeof ERRORS;

/** A problem with the input: its place (RFC 6901 JSON Pointer, `''` for the whole input) and how to fix it. */
export interface ErrorIssue {
  pointer: string;
  message: string;
}

/** The fields of an error that callers receive on every surface. */
export interface ErrorData {
  code: ErrorCode;
  status: number;
  title: string;
  detail: string;
  retryable: boolean;
  requestId: string;
  issues?: ErrorIssue[];
  /** The seconds to wait before a retry. */
  retryAfter?: number;
  /** With RUN_ACTIVE: the run that is in progress. */
  runId?: string;
  /** With STREAM_GONE: the message that has the whole answer. */
  messageId?: string;
}

/** True if `value` is a code of the catalogue. */
export function isErrorCode(value: unknown): value is ErrorCode {
  return typeof value === 'string' && Object.hasOwn(ERRORS, value);
}
