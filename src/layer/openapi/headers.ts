import * as core from 'zod/v4/core';
import { createSchema, type oas31 } from 'zod-openapi';
import type { Endpoint } from '../rest/endpoint.ts';
import { PLACEHOLDER } from '../rest/template.ts';
import { annotated, optionalOf } from '../schema/build.ts';
import { fieldsOf, type Schema } from '../schema/schema.ts';
import { DIALECT } from './dialect.ts';
import type { Wire } from './wire.ts';

/** The headers that many responses share. */
export const HEADERS = {
  'X-Request-Id': {
    description:
      'The id of the request in the server’s log: the one that the caller sent, or a generated one.',
    schema: { type: 'string', pattern: '^[A-Za-z0-9._-]{1,100}$' },
  },
  Link: {
    description: 'The URL of the next page, as `rel="next"` (RFC 8288). Absent on the last page.',
    schema: { type: 'string' },
  },
  ETag: {
    description: 'Identifies the returned state of the resource (RFC 9110, section 8.8.3).',
    schema: { type: 'string' },
  },
  'Idempotency-Replayed': {
    description: '`true` if this is the stored response to the first request with this `Idempotency-Key`.',
    schema: { type: 'string', const: 'true' },
  },
  RateLimit: {
    description: 'What remains of the limit: `"default";r=` calls in `t=` seconds.',
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
      '`Bearer` if no credential was sent; `Bearer error="invalid_token"` if the token is not valid (RFC 6750).',
    schema: { type: 'string' },
    required: true,
  },
} satisfies Record<string, oas31.HeaderObject>;

const refer = (...names: (keyof typeof HEADERS)[]): oas31.HeadersObject =>
  Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));

/** Returns the headers of an endpoint's success response, including those that the HTTP semantics add. */
export function headersOfSuccess(
  { rest, output, deprecationHeaders, openapi }: Endpoint,
  added: (keyof typeof HEADERS)[],
  { wire, restPath }: { wire: Wire; restPath: string },
): oas31.HeadersObject {
  const headers = refer('X-Request-Id', ...added);
  if (rest.location) {
    const location = `${restPath}${rest.location.replace(PLACEHOLDER, '{$1}')}`;
    headers['Location'] = {
      description: `The path of the resource: \`${location}\`.`,
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

/** Returns the headers that `responseHeaders` of a meta declares. The procedure itself sets them. */
function declaredHeadersOf(declared: core.$ZodObject | undefined, wire: Wire): oas31.HeadersObject {
  return Object.fromEntries(
    Object.entries(declared?._zod.def.shape ?? {}).map(([name, field]) => {
      const { schema: made, components } = createSchema(wire(field), { io: 'output', opts: DIALECT });
      // Inline the schema, because the component that it refers to is not part of this document.
      const schema = components[made.$ref?.split('/').at(-1) ?? ''] ?? made;
      const { description } = core.globalRegistry.get(field) ?? {};
      const isRequired = field._zod.optout === undefined;
      return [name, { ...(description !== undefined && { description }), required: isRequired, schema }];
    }),
  );
}

/**
 * Describes the headers that announce the end of an endpoint. Their `Link` is omitted: it shares a header with
 * `rel="next"`.
 */
const NOTICES: Record<string, { name: string; description: string } | undefined> = {
  deprecation: {
    name: 'Deprecation',
    description: 'The date since when the endpoint is deprecated (RFC 9745).',
  },
  sunset: { name: 'Sunset', description: 'The date when the endpoint will be removed (RFC 8594).' },
};

/** Returns the headers of an error response with a status. */
export function headersOfProblem(status?: number): oas31.HeadersObject {
  if (status === 401) return refer('X-Request-Id', 'WWW-Authenticate');
  if (status === 429) return refer('X-Request-Id', 'RateLimit', 'RateLimit-Policy', 'Retry-After');
  if (status === 409 || status === 503) return refer('X-Request-Id', 'Retry-After');
  return status === 412 ? refer('X-Request-Id', 'ETag') : refer('X-Request-Id');
}

/** Returns the headers of a 304 response. */
export const headersOfNotModified = (): oas31.HeadersObject => refer('X-Request-Id', 'ETag');

/**
 * Returns the request headers of an endpoint: first those that `requestHeaders` of the meta declares, which the
 * procedure itself reads, then those that carry input, each with the schema of the field that it fills. The latter are
 * optional, because the field can be sent instead.
 */
export function requestHeadersOf(
  { headers, openapi }: Endpoint,
  fields: ReadonlyMap<string, Schema>,
  wire: Wire,
): Record<string, Schema> {
  const carrying = [...headers].flatMap(([header, name]): [string, Schema][] => {
    const field = fields.get(name);
    if (!field) return [];
    const { description = '' } = core.globalRegistry.get(field) ?? {};
    const schema = annotated(optionalOf(field), {
      description: `${description} Takes precedence over \`${name}\`.`.trim(),
    });
    return [[nameOf(header), schema]];
  });
  const declared = Object.entries<Schema>(openapi.requestHeaders?._zod.def.shape ?? {});
  return Object.fromEntries([...declared.map(([name, field]) => [name, wire(field)] as const), ...carrying]);
}

/** Returns the name of a header with the capitals that RFCs use. */
const nameOf = (header: string) =>
  header.replace(/(^|-)[a-z]/g, (first) => first.toUpperCase()).replace(/-Id$/, '-ID');
