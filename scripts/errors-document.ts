import { join } from 'node:path';
import { ERROR_ACTIONS } from '#contract/error-actions';
import { ERRORS } from '#contract/errors';

const TEXT = `<!-- Written by npm run openapi from src/contract/errors.ts, src/contract/error-actions.ts and scripts/errors-document.ts. -->

# Errors

Every failure has a code of one catalog, \`src/contract/errors.ts\`, on every surface. A code never changes its meaning.

## Error responses

REST errors are problem details (RFC 9457, \`application/problem+json\`):

\`\`\`json
{
  "type": "https://app.example.com/docs/errors/INVALID_INPUT",
  "title": "The input is not valid",
  "status": 400,
  "detail": "title: must not be empty",
  "code": "INVALID_INPUT",
  "retryable": false,
  "requestId": "019ab1c2-7d3e-7f00-8000-5f0c6a1d2e3f",
  "issues": [{ "pointer": "/title", "message": "must not be empty" }]
}
\`\`\`

- \`type\` is the URL of the page of the code, below \`APP_URL\`. Without that setting, it is a path of the server.
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
  const actions = new Map(Object.entries(ERROR_ACTIONS));
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
