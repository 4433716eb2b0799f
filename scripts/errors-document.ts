import { join } from 'node:path';
import { type ErrorCode, ERRORS } from '#contract/errors';

/** The recommended action of a caller for each error. */
const ACTIONS: Record<ErrorCode, string> = {
  BAD_REQUEST: 'Change the request as `detail` says.',
  INVALID_INPUT: 'Correct the fields in `issues`.',
  MALFORMED_JSON: 'Send valid JSON.',
  WRONG_PASSWORD: 'Send the current password of the account.',
  UNAUTHORIZED: 'Sign in, or send a valid API key. Do not retry with the same credential.',
  PAYMENT_REQUIRED: 'Pay as `detail` says. No procedure of this project returns it.',
  FORBIDDEN: 'Use an account or an API key with the permission that `detail` names.',
  CROSS_ORIGIN: 'Use an API key. See [CORS](rest.md#cors).',
  UNKNOWN_HOST: 'Change the setting that `detail` names. See [Hosts](rest.md#hosts).',
  NOT_FOUND: 'Check the path and the ids. Resources of other users are not found either.',
  METHOD_NOT_ALLOWED: 'Use a method of the `Allow` header.',
  NOT_ACCEPTABLE:
    'Send an `Accept` header that allows the media type of the response, usually `application/json`.',
  CONFLICT: 'Read the resource again, and change the request as `detail` says.',
  EMAIL_TAKEN: 'Sign in, or use another email address.',
  LIMIT_REACHED: 'Delete what `detail` names, or ask the operator to raise the limit.',
  RUN_ACTIVE: 'Wait for the answer, or stop it. `runId` is its run.',
  REQUEST_ID_REUSED: 'Use a new `clientRequestId` for another request.',
  IDEMPOTENCY_KEY_IN_USE: 'Wait for `Retry-After`, and retry with the same key.',
  IDEMPOTENCY_KEY_REUSED: 'Use a new `Idempotency-Key` for another request.',
  STREAM_GONE: 'Read the message with the id in `messageId`.',
  PRECONDITION_FAILED: 'Read the resource again, and repeat the change with its new `ETag`.',
  PAYLOAD_TOO_LARGE: 'Send a smaller body. See [Size limits](rest-input.md#size-limits).',
  URI_TOO_LONG: 'Send a path of at most 4,096 characters.',
  UNSUPPORTED_MEDIA_TYPE: 'Send the body as a type of the `Accept` header of the response.',
  PRECONDITION_REQUIRED: 'Send `If-Match`. No procedure of this project returns it.',
  TOO_MANY_REQUESTS: 'Wait for `Retry-After` seconds, and retry. See [Rate limits](rest.md#rate-limits).',
  QUOTA_EXCEEDED: 'Wait for `Retry-After` seconds. See [Token quota](rest.md#token-quota).',
  CLIENT_CLOSED_REQUEST: 'None: your client closed the connection. Retry if you still need the response.',
  INTERNAL_SERVER_ERROR:
    'Retry later. Report the `requestId` to the operator, who finds the error in the log.',
  NOT_IMPLEMENTED: 'Do not retry. The server does not support the request.',
  BAD_GATEWAY: 'Retry later.',
  MODEL_UNAUTHORIZED:
    'Correct the API key of the model provider: your own on the settings page, or the server’s.',
  MODEL_REJECTED: 'Change the question or the model. Do not retry unchanged.',
  MODEL_BAD_RESPONSE: 'Retry. If it happens again, check the model provider.',
  ANSWER_TOO_LONG: 'Continue the answer. Its text so far is stored.',
  MODEL_RATE_LIMITED: 'Wait and retry, or choose another model.',
  MODEL_UNAVAILABLE: 'Retry later, or choose another model.',
  DATABASE_BUSY: 'Wait for `Retry-After` seconds, and retry.',
  SERVICE_UNAVAILABLE: 'Wait for `Retry-After` seconds, and retry.',
  TIMEOUT: 'Retry, or request less data.',
  MODEL_TIMEOUT: 'Retry, or choose another model.',
};

const TEXT = `<!-- Written by npm run openapi from src/contract/errors.ts and scripts/errors-document.ts. -->

# Errors

Every failure has a code of one catalog, \`src/contract/errors.ts\`, on every surface. A code never changes its meaning.

## Error responses

REST errors are problem details (RFC 9457, \`application/problem+json\`):

\`\`\`json
{
  "type": "about:blank",
  "title": "The input is not valid",
  "status": 400,
  "detail": "title: must not be empty",
  "code": "INVALID_INPUT",
  "retryable": false,
  "requestId": "019ab1c2-7d3e-7f00-8000-5f0c6a1d2e3f",
  "issues": [{ "pointer": "/title", "message": "must not be empty" }]
}
\`\`\`

- \`title\` explains the code, and \`detail\` explains this case. \`pointer\` is a JSON Pointer into the input.
- \`retryable\` is true if the same request can succeed later. If the response has \`Retry-After\`, wait for that many seconds.
- RPC clients find the same fields under \`error.data\`. The SDK throws a class for each code, such as \`NotFoundError\`
  ([SDK](sdk.md#errors)). \`useChat\` gets an \`Error\` whose message is the problem as JSON.
- An error is never larger than 4 KB. Long names, messages and pointers end in \`…\`. \`issues\` has up to 20 entries. If there are more,
  the last one says how many: \`and 481 more issues\`. The errors of an RPC batch are never larger than 64 KB together.
- Errors with status 500 or more never contain internal messages. The server logs them with the \`requestId\`
  ([Logs](operations.md#logs)).

## Error codes
`;

/** Returns the path and the text of docs/errors.md: each error code with its status, its meaning and what to do. */
export function errorsDocument(): { path: string; text: string } {
  const actions = new Map(Object.entries(ACTIONS));
  const rows = Object.entries(ERRORS).map(([code, { status, title, retryable }]) => {
    return `| \`${code}\` | ${status} | ${title} | ${retryable ? 'yes' : 'no'} | ${actions.get(code) ?? ''} |`;
  });
  return {
    path: join(import.meta.dirname, '../docs/errors.md'),
    text: `${TEXT}
| code | status | meaning | retryable | what to do |
| --- | --- | --- | --- | --- |
${rows.join('\n')}
`,
  };
}
