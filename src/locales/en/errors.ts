import type { ErrorCode } from '#contract/errors';

const DETAIL = '{detail}';

/**
 * Errors by code. The server writes its details in English, so they are shown as they are. Texts that are the same as
 * `detail` are not sent to the browser (`src/locales/messages.ts`).
 */
const byCode = {
  BAD_REQUEST: DETAIL,
  INVALID_INPUT: DETAIL,
  MALFORMED_JSON: DETAIL,
  UNAUTHORIZED: DETAIL,
  PAYMENT_REQUIRED: DETAIL,
  FORBIDDEN: DETAIL,
  CROSS_ORIGIN: DETAIL,
  UNKNOWN_HOST: DETAIL,
  NOT_FOUND: DETAIL,
  METHOD_NOT_ALLOWED: DETAIL,
  NOT_ACCEPTABLE: DETAIL,
  CONFLICT: DETAIL,
  IDEMPOTENCY_KEY_IN_USE: DETAIL,
  IDEMPOTENCY_KEY_REUSED: DETAIL,
  STREAM_GONE: DETAIL,
  PRECONDITION_FAILED: DETAIL,
  PAYLOAD_TOO_LARGE: DETAIL,
  URI_TOO_LONG: DETAIL,
  UNSUPPORTED_MEDIA_TYPE: DETAIL,
  PRECONDITION_REQUIRED: DETAIL,
  TOO_MANY_REQUESTS: DETAIL,
  CLIENT_CLOSED_REQUEST: DETAIL,
  INTERNAL_SERVER_ERROR: DETAIL,
  NOT_IMPLEMENTED: DETAIL,
  BAD_GATEWAY: DETAIL,
  SERVICE_UNAVAILABLE: DETAIL,
  TIMEOUT: DETAIL,
  WRONG_PASSWORD: DETAIL,
  EMAIL_TAKEN: DETAIL,
  LIMIT_REACHED: DETAIL,
  RUN_ACTIVE: DETAIL,
  REQUEST_ID_REUSED: DETAIL,
  QUOTA_EXCEEDED: DETAIL,
  MODEL_UNAUTHORIZED: DETAIL,
  MODEL_REJECTED: DETAIL,
  MODEL_BAD_RESPONSE: DETAIL,
  CONTEXT_TOO_LONG: DETAIL,
  ANSWER_TOO_LONG: DETAIL,
  MODEL_RATE_LIMITED: DETAIL,
  MODEL_UNAVAILABLE: DETAIL,
  MAINTENANCE: DETAIL,
  DATABASE_BUSY: DETAIL,
  MODEL_TIMEOUT: DETAIL,
} as const satisfies Record<ErrorCode, string>;

/** What has gone wrong. */
export const errors = {
  unreachable: 'The server could not be reached. Check your connection and try again.',
  detail: DETAIL,
  code: byCode,
  field: {
    required: 'Fill in this field',
    length:
      'Use {bound, select, least {at least } most {at most } other {exactly }}{count, plural, one {# character} other {# characters}}',
    email: 'Enter an email address',
    number: 'Enter a number of {bound, select, least {at least} other {at most}} {limit}',
    url: 'Enter a web address, such as {example}',
    oneLine: 'Use a single line',
    unreadable: 'Remove the characters that cannot be shown',
    pattern: 'Use other characters',
    other: '{message}',
  },
} as const;
