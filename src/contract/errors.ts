/**
 * The error catalogue: every failure a caller can see, on every surface, is one of these codes.
 * REST answers it as RFC 9457 problem details, RPC under `error.data`.
 */
export const ERRORS = {
  BAD_REQUEST: { status: 400, title: 'The request is not valid', retryable: false },
  INVALID_INPUT: { status: 400, title: 'The input is not valid', retryable: false },
  MALFORMED_JSON: { status: 400, title: 'The body is not valid JSON', retryable: false },
  WRONG_PASSWORD: { status: 400, title: 'The password is not correct', retryable: false },
  UNAUTHORIZED: { status: 401, title: 'Sign in or send an API key', retryable: false },
  PAYMENT_REQUIRED: { status: 402, title: 'Payment required', retryable: false },
  FORBIDDEN: { status: 403, title: 'You may not do this', retryable: false },
  CROSS_ORIGIN: { status: 403, title: 'Requests from another origin are not accepted', retryable: false },
  UNKNOWN_HOST: { status: 403, title: 'This server does not know the host of the request', retryable: false },
  NOT_FOUND: { status: 404, title: 'Not found', retryable: false },
  METHOD_NOT_ALLOWED: { status: 405, title: 'This path does not take that method', retryable: false },
  NOT_ACCEPTABLE: {
    status: 406,
    title: 'None of the accepted media types can be produced',
    retryable: false,
  },
  CONFLICT: { status: 409, title: 'This conflicts with what is stored', retryable: false },
  EMAIL_TAKEN: { status: 409, title: 'An account with this e-mail exists', retryable: false },
  LIMIT_REACHED: { status: 409, title: 'A limit of the account is reached', retryable: false },
  RUN_ACTIVE: { status: 409, title: 'An answer is still being written in this chat', retryable: true },
  REQUEST_ID_REUSED: { status: 409, title: 'This request id was used with another body', retryable: false },
  IDEMPOTENCY_KEY_IN_USE: {
    status: 409,
    title: 'The first call with this Idempotency-Key is not answered yet',
    retryable: true,
  },
  IDEMPOTENCY_KEY_REUSED: {
    status: 409,
    title: 'This Idempotency-Key was used for another call',
    retryable: false,
  },
  STREAM_GONE: {
    status: 410,
    title: 'The events of the answer are not kept any more; read its message',
    retryable: false,
  },
  PRECONDITION_FAILED: { status: 412, title: 'It is not as you expect it to be', retryable: false },
  PAYLOAD_TOO_LARGE: { status: 413, title: 'The body is too large', retryable: false },
  URI_TOO_LONG: { status: 414, title: 'The path is too long', retryable: false },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, title: 'This content type is not accepted', retryable: false },
  PRECONDITION_REQUIRED: { status: 428, title: 'If-Match is required', retryable: false },
  TOO_MANY_REQUESTS: { status: 429, title: 'Too many requests', retryable: true },
  QUOTA_EXCEEDED: { status: 429, title: 'The daily token quota is used up', retryable: true },
  CLIENT_CLOSED_REQUEST: { status: 499, title: 'The caller went away', retryable: true },
  INTERNAL_SERVER_ERROR: { status: 500, title: 'Something went wrong on our side', retryable: true },
  NOT_IMPLEMENTED: { status: 501, title: 'Not implemented', retryable: false },
  BAD_GATEWAY: { status: 502, title: 'Another server failed', retryable: true },
  MODEL_UNAUTHORIZED: { status: 502, title: 'The model provider refused the API key', retryable: false },
  MODEL_REJECTED: { status: 502, title: 'The model provider refused the request', retryable: false },
  MODEL_BAD_RESPONSE: { status: 502, title: 'The model provider sent an unreadable answer', retryable: true },
  ANSWER_TOO_LONG: {
    status: 502,
    title: 'The answer reached a limit of this server and was ended',
    retryable: false,
  },
  MODEL_RATE_LIMITED: { status: 503, title: 'The model provider is rate limiting us', retryable: true },
  MODEL_UNAVAILABLE: { status: 503, title: 'The model provider cannot be reached', retryable: true },
  DATABASE_BUSY: { status: 503, title: 'The database is busy', retryable: true },
  SERVICE_UNAVAILABLE: { status: 503, title: 'The service is not available right now', retryable: true },
  TIMEOUT: { status: 504, title: 'The call took too long and was stopped', retryable: true },
  MODEL_TIMEOUT: { status: 504, title: 'The model provider took too long', retryable: true },
} as const satisfies Record<string, { status: number; title: string; retryable: boolean }>;

/** A code of the catalogue. */
export type ErrorCode = keyof typeof ERRORS;

/** One thing wrong with the input: where (RFC 6901 JSON Pointer, `''` for the whole input) and how to fix it. */
export interface ErrorIssue {
  pointer: string;
  message: string;
}

/** What a caller learns of an error, on every surface. */
export interface ErrorData {
  code: ErrorCode;
  status: number;
  title: string;
  detail: string;
  retryable: boolean;
  requestId: string;
  issues?: ErrorIssue[];
  /** Seconds to wait before a retry. */
  retryAfter?: number;
  /** The run that is in the way, with RUN_ACTIVE. */
  runId?: string;
  /** The message that has the whole answer, with STREAM_GONE. */
  messageId?: string;
}

/** Whether `value` is a code of the catalogue. */
export function isErrorCode(value: unknown): value is ErrorCode {
  return typeof value === 'string' && Object.hasOwn(ERRORS, value);
}
