/** The errors of calls that start an answer. */
export const STARTS = ['RUN_ACTIVE', 'REQUEST_ID_REUSED', 'QUOTA_EXCEEDED', 'MODEL_UNAUTHORIZED'] as const;
/** The errors with which an answer can end. */
export const ENDS = [
  'MODEL_UNAUTHORIZED',
  'MODEL_REJECTED',
  'MODEL_BAD_RESPONSE',
  'CONTEXT_TOO_LONG',
  'ANSWER_TOO_LONG',
  'MODEL_RATE_LIMITED',
  'MODEL_UNAVAILABLE',
  'MODEL_TIMEOUT',
] as const;
