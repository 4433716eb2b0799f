import { CORE_ERRORS, type ErrorData as CommonErrorData, type ErrorDefinition } from '#layer/client';

/**
 * The error catalog. Every failure that a caller can see, on every surface, has one of these codes.
 * REST responds with RFC 9457 problem details. RPC has the same fields under `error.data`.
 */
export const ERRORS = {
  ...CORE_ERRORS,
  WRONG_PASSWORD: { status: 400, title: 'The password is not correct', retryable: false },
  EMAIL_TAKEN: { status: 409, title: 'An account with this email exists', retryable: false },
  LIMIT_REACHED: { status: 409, title: 'The account has reached a limit', retryable: false },
  RUN_ACTIVE: { status: 409, title: 'An answer is already in progress in this chat', retryable: true },
  REQUEST_ID_REUSED: { status: 409, title: 'This request id was used with another body', retryable: false },
  STREAM_GONE: {
    status: 410,
    title: 'The events of the answer are no longer stored; read its message',
    retryable: false,
  },
  QUOTA_EXCEEDED: { status: 429, title: 'The daily token quota is used up', retryable: true },
  MODEL_UNAUTHORIZED: { status: 502, title: 'The model provider rejected the API key', retryable: false },
  MODEL_REJECTED: { status: 502, title: 'The model provider rejected the request', retryable: false },
  MODEL_BAD_RESPONSE: {
    status: 502,
    title: 'The model provider sent an unreadable response',
    retryable: true,
  },
  CONTEXT_TOO_LONG: {
    status: 502,
    title: 'The conversation is too long for the model',
    retryable: false,
  },
  ANSWER_TOO_LONG: {
    status: 502,
    title: 'The answer was ended at a limit of this server',
    retryable: false,
  },
  MODEL_RATE_LIMITED: { status: 503, title: 'The model provider limits our request rate', retryable: true },
  MODEL_UNAVAILABLE: { status: 503, title: 'The model provider cannot be reached', retryable: true },
  MAINTENANCE: { status: 503, title: 'The server is in maintenance and rejects changes', retryable: true },
  DATABASE_BUSY: { status: 503, title: 'The database is busy', retryable: true },
  MODEL_TIMEOUT: { status: 504, title: 'The model provider took too long', retryable: true },
} as const satisfies Record<string, ErrorDefinition>;

/** A code of the catalog. */
export type ErrorCode = keyof typeof ERRORS;

/** The additional fields of some codes. */
export interface ErrorFields {
  /** With RUN_ACTIVE: the run that is in progress. */
  runId?: string;
  /** With STREAM_GONE: the message that has the whole answer. */
  messageId?: string;
}

/** The fields of an error that callers receive on every surface. */
export interface ErrorData extends CommonErrorData<ErrorCode>, ErrorFields {}
