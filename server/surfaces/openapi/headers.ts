import type { oas31 } from 'zod-openapi';
import { type Endpoint, PLACEHOLDER, REST_PATH } from '../rest/endpoint.ts';
import { fieldsOf } from '../rest/schema.ts';

/** The headers that many answers have. */
export const HEADERS = {
  'X-Request-Id': {
    description: 'The request, as the server’s log names it: what the caller sent, else one of the server’s.',
    schema: { type: 'string', pattern: '^[A-Za-z0-9._-]{1,100}$' },
  },
  Link: {
    description: 'The address of the next page, as `rel="next"` (RFC 8288); none with the last page.',
    schema: { type: 'string' },
  },
  'Retry-After': {
    description: 'How many seconds to wait before a retry.',
    schema: { type: 'integer', minimum: 0 },
  },
} satisfies Record<string, oas31.HeaderObject>;

const refer = (...names: (keyof typeof HEADERS)[]): oas31.HeadersObject =>
  Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));

/** The headers of an endpoint's success. */
export function headersOfSuccess({ rest, output }: Endpoint): oas31.HeadersObject {
  const headers = refer('X-Request-Id');
  if (rest.location) {
    const location = `${REST_PATH}${rest.location.replace(PLACEHOLDER, '{$1}')}`;
    headers['Location'] = {
      description: `Where it is: \`${location}\`.`,
      schema: { type: 'string', format: 'uri-reference' },
      required: true,
    };
  }
  const isPage = output !== null && fieldsOf(output, 'output')?.has('nextCursor') === true;
  return isPage ? { ...headers, ...refer('Link') } : headers;
}

/** The headers of a refusal. */
export function headersOfProblem(status?: number): oas31.HeadersObject {
  return status === 429 || status === 503 ? refer('X-Request-Id', 'Retry-After') : refer('X-Request-Id');
}

/** The headers that an endpoint reads beside those every HTTP server reads. */
export function requestHeadersOf({ rest, inputFields }: Endpoint): oas31.ParameterObject[] {
  return rest.sse === true && inputFields.has('lastEventId') ? [LAST_EVENT_ID] : [];
}

const LAST_EVENT_ID: oas31.ParameterObject = {
  in: 'header',
  name: 'Last-Event-ID',
  description: 'The id of the last event that was seen; wins over `lastEventId`.',
  schema: { type: 'string' },
};
