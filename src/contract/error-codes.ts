import type { ErrorCode } from './errors.ts';

/** The codes of the catalog without their titles, which would be a part of each page. */
const CODES: Readonly<Record<ErrorCode, true>> = {
  BAD_REQUEST: true,
  INVALID_INPUT: true,
  MALFORMED_JSON: true,
  UNAUTHORIZED: true,
  PAYMENT_REQUIRED: true,
  FORBIDDEN: true,
  CROSS_ORIGIN: true,
  UNKNOWN_HOST: true,
  NOT_FOUND: true,
  METHOD_NOT_ALLOWED: true,
  NOT_ACCEPTABLE: true,
  CONFLICT: true,
  IDEMPOTENCY_KEY_IN_USE: true,
  IDEMPOTENCY_KEY_REUSED: true,
  STREAM_GONE: true,
  PRECONDITION_FAILED: true,
  PAYLOAD_TOO_LARGE: true,
  URI_TOO_LONG: true,
  UNSUPPORTED_MEDIA_TYPE: true,
  PRECONDITION_REQUIRED: true,
  TOO_MANY_REQUESTS: true,
  CLIENT_CLOSED_REQUEST: true,
  INTERNAL_SERVER_ERROR: true,
  NOT_IMPLEMENTED: true,
  BAD_GATEWAY: true,
  SERVICE_UNAVAILABLE: true,
  TIMEOUT: true,
  WRONG_PASSWORD: true,
  EMAIL_TAKEN: true,
  LIMIT_REACHED: true,
  RUN_ACTIVE: true,
  REQUEST_ID_REUSED: true,
  QUOTA_EXCEEDED: true,
  MODEL_UNAUTHORIZED: true,
  MODEL_REJECTED: true,
  MODEL_BAD_RESPONSE: true,
  CONTEXT_TOO_LONG: true,
  ANSWER_TOO_LONG: true,
  MODEL_RATE_LIMITED: true,
  MODEL_UNAVAILABLE: true,
  MAINTENANCE: true,
  DATABASE_BUSY: true,
  MODEL_TIMEOUT: true,
};

/** True if `value` is a code of the catalog. */
export function isErrorCode(value: unknown): value is ErrorCode {
  return typeof value === 'string' && Object.hasOwn(CODES, value);
}
