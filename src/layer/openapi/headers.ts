import { z } from 'zod';
import { createSchema, type oas31 } from 'zod-openapi';
import { type Endpoint, PLACEHOLDER } from '../rest/endpoint.ts';
import { fieldsOf, type Schema } from '../schema/schema.ts';
import { DIALECT } from './dialect.ts';
import type { Wire } from './wire.ts';

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
  ETag: {
    description: 'Names the state that was answered (RFC 9110, section 8.8.3).',
    schema: { type: 'string' },
  },
  'Idempotency-Replayed': {
    description: '`true` where this is the first answer to an `Idempotency-Key`, given again.',
    schema: { type: 'string', const: 'true' },
  },
  RateLimit: {
    description: 'What is left of the limit: `"default";r=` calls in `t=` seconds.',
    schema: { type: 'string' },
  },
  'RateLimit-Policy': {
    description: 'The limit: `"default";q=` calls in `w=` seconds.',
    schema: { type: 'string' },
  },
  'Retry-After': {
    description: 'How many seconds to wait before a retry.',
    schema: { type: 'integer', minimum: 0 },
  },
  'WWW-Authenticate': {
    description:
      '`Bearer`; and that a token was sent which is not valid, `Bearer error="invalid_token"` (RFC 6750).',
    schema: { type: 'string' },
    required: true,
  },
} satisfies Record<string, oas31.HeaderObject>;

const refer = (...names: (keyof typeof HEADERS)[]): oas31.HeadersObject =>
  Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));

/** The headers of an endpoint's success, with those that HTTP adds. */
export function headersOfSuccess(
  { rest, output, deprecationHeaders, openapi }: Endpoint,
  added: (keyof typeof HEADERS)[],
  { wire, restPath }: { wire: Wire; restPath: string },
): oas31.HeadersObject {
  const headers = refer('X-Request-Id', 'RateLimit', 'RateLimit-Policy', ...added);
  if (rest.location) {
    const location = `${restPath}${rest.location.replace(PLACEHOLDER, '{$1}')}`;
    headers['Location'] = {
      description: `Where it is: \`${location}\`.`,
      schema: { type: 'string', format: 'uri-reference' },
      required: true,
    };
  }
  for (const [name, value] of deprecationHeaders) {
    const notice = NOTICES[name];
    if (notice)
      headers[notice.name] = { description: notice.description, schema: { type: 'string', const: value } };
  }
  Object.assign(headers, declaredHeadersOf(openapi.responseHeaders, wire));
  const isPage = output !== null && fieldsOf(output, 'output')?.has('nextCursor') === true;
  return isPage ? { ...headers, ...refer('Link') } : headers;
}

/** The headers that `responseHeaders` of a meta declares; the procedure sends them by itself. */
function declaredHeadersOf(declared: z.core.$ZodObject | undefined, wire: Wire): oas31.HeadersObject {
  return Object.fromEntries(
    Object.entries(declared?._zod.def.shape ?? {}).map(([name, field]) => {
      const { schema: made, components } = createSchema(wire(field), { io: 'output', opts: DIALECT });
      // Written out, because what names it is no part of this document.
      const schema = components[made.$ref?.split('/').at(-1) ?? ''] ?? made;
      const { description } = z.globalRegistry.get(field) ?? {};
      const isRequired = field._zod.optout === undefined;
      return [name, { ...(description !== undefined && { description }), required: isRequired, schema }];
    }),
  );
}

/** What announces the end of an endpoint; its `Link` stands beside that to the next page. */
const NOTICES: Record<string, { name: string; description: string } | undefined> = {
  deprecation: { name: 'Deprecation', description: 'Since when it should not be used any more (RFC 9745).' },
  sunset: { name: 'Sunset', description: 'When it will be gone (RFC 8594).' },
};

/** The headers of a refusal. */
export function headersOfProblem(status?: number): oas31.HeadersObject {
  if (status === 401) return refer('X-Request-Id', 'WWW-Authenticate');
  if (status === 429) return refer('X-Request-Id', 'RateLimit', 'RateLimit-Policy', 'Retry-After');
  if (status === 409 || status === 503) return refer('X-Request-Id', 'Retry-After');
  return status === 412 ? refer('X-Request-Id', 'ETag') : refer('X-Request-Id');
}

/** The headers of an answer without the body that the caller has. */
export const headersOfNotModified = (): oas31.HeadersObject => refer('X-Request-Id', 'ETag');

/**
 * The headers that carry input, with the schema of the field that each fills: none is needed, as the field may be sent. Before
 * them, those that `requestHeaders` of the meta declares; the procedure reads them by itself.
 */
export function requestHeadersOf(
  { headers, openapi }: Endpoint,
  fields: ReadonlyMap<string, Schema>,
  wire: Wire,
): Record<string, Schema> {
  const carrying = [...headers].flatMap(([header, name]): [string, Schema][] => {
    const field = fields.get(name);
    if (!field) return [];
    const { description = '' } = z.globalRegistry.get(field) ?? {};
    const schema = z.optional(field).meta({ description: `${description} Wins over \`${name}\`.`.trim() });
    return [[nameOf(header), schema]];
  });
  const declared = Object.entries<Schema>(openapi.requestHeaders?._zod.def.shape ?? {});
  return Object.fromEntries([...declared.map(([name, field]) => [name, wire(field)] as const), ...carrying]);
}

/** The name of a header as RFCs write it. */
const nameOf = (header: string) =>
  header.replace(/(^|-)[a-z]/g, (first) => first.toUpperCase()).replace(/-Id$/, '-ID');
