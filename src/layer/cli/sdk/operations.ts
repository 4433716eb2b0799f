import { toCase } from '@hey-api/openapi-ts';
import { z } from 'zod/v4';
import type { Deprecation } from '../../deprecation.ts';

const Schema = z.looseObject({
  $ref: z.string().optional(),
  required: z.array(z.string()).optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
});
const Content = z.record(z.string(), z.looseObject({ schema: Schema.optional() }));
const Parameter = z.looseObject({ name: z.string(), in: z.string(), required: z.boolean().optional() });
const RawOperation = z.looseObject({
  operationId: z.string(),
  summary: z.string().optional(),
  description: z.string().optional(),
  deprecated: z.boolean().optional(),
  'x-deprecated-since': z.string().optional(),
  'x-sunset': z.string().optional(),
  'x-successor': z.string().optional(),
  parameters: z.array(Parameter).default([]),
  requestBody: z.looseObject({ content: Content }).optional(),
  responses: z.record(z.string(), z.looseObject({ content: Content.optional() })),
});

/** The parts of an OpenAPI 3.1 document that the SDK is generated from. */
export const Document = z.looseObject({
  info: z.looseObject({ version: z.string() }),
  servers: z.tuple([z.looseObject({ url: z.string() })], z.looseObject({ url: z.string() })),
  tags: z.array(z.looseObject({ name: z.string(), description: z.string().optional() })).default([]),
  paths: z.record(z.string(), z.record(z.string(), z.unknown())),
  components: z.looseObject({
    schemas: z.record(z.string(), z.unknown()),
    responses: z.record(z.string(), z.looseObject({ description: z.string() })).default({}),
  }),
});
export type Document = z.output<typeof Document>;

/** Headers that the client sets itself or that callers pass as options. They are not part of the input. */
export const OWN_HEADERS = new Set([
  'accept',
  'authorization',
  'content-type',
  'idempotency-key',
  'if-match',
  'if-none-match',
  'last-event-id',
  'x-request-id',
]);

/** The result of a method: JSON or nothing (`call`), the pages of a list, or a stream of events. */
export interface Result {
  kind: 'call' | 'pages' | 'events';
  type: string;
}

/** An operation as a method of the SDK. */
export interface Method {
  operationId: string;
  /** The names of the resources, then the name of the method, such as `protected`, `apiKeys`, `create`. */
  path: string[];
  httpMethod: string;
  /** The path, with `{name}` for each parameter. */
  url: string;
  /** The names of the path's parameters, in order. */
  params: string[];
  summary: string;
  description: string;
  /** What is known about its end; `null` if it is not deprecated. The successor is a method, such as `things.get`. */
  deprecation: Deprecation | null;
  /** The prefix of the names of the generated types. */
  typeName: string;
  /** The input fields, without the path parameters. */
  fields: { query: string[]; headers: string[]; body: string[]; required: boolean };
  form: boolean;
  /** True if the body has a `clientRequestId`. */
  named: boolean;
  result: Result;
}

/** `{name}` in a path. */
export const PLACEHOLDER = /\{([^{}]+)\}/g;

/** The paragraph by which a description announces the end of an operation, which methods announce in their own words. */
const NOTICE = /(?:^|\n\n)\*\*Deprecated\*\*.*$/;

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];

/**
 * Returns a method for each operation of a document.
 * @param resources the names of resources in the client, by their name in the operationId, if the names differ.
 * @throws {Error} naming an operation that cannot become a method.
 */
export function methodsOf(document: Document, resources: Readonly<Record<string, string>> = {}): Method[] {
  const methods = Object.entries(document.paths).flatMap(([url, item]) =>
    METHODS.flatMap((method) => {
      if (item[method] === undefined) return [];
      const operation = RawOperation.parse(item[method]);
      try {
        const parsed = toMethod(document, url, method.toUpperCase(), operation);
        return { ...parsed, path: parsed.path.map((word) => resources[word] ?? word) };
      } catch (cause) {
        throw new Error(`${operation.operationId}: ${cause instanceof Error ? cause.message : ''}`, {
          cause,
        });
      }
    }),
  );
  const names = new Map(methods.map(({ operationId, path }) => [operationId, path.join('.')]));
  return methods.map((method): Method => {
    if (!method.deprecation) return method;
    const { successor: operationId = '', ...dates } = method.deprecation;
    const successor = names.get(operationId);
    return { ...method, deprecation: { ...dates, ...(successor !== undefined && { successor }) } };
  });
}

/** Returns the operation of a method from the document. */
export function operationOf(document: Document, { url, httpMethod }: Method): z.output<typeof RawOperation> {
  return RawOperation.parse(document.paths[url]?.[httpMethod.toLowerCase()]);
}

function toMethod(
  document: Document,
  url: string,
  httpMethod: string,
  { operationId, parameters, requestBody, responses, ...about }: z.output<typeof RawOperation>,
): Method {
  const within = (place: string) => parameters.filter((parameter) => parameter.in === place);
  const names = (place: string) => within(place).map(({ name }) => name);
  const headers = within('header').filter(({ name }) => !OWN_HEADERS.has(name.toLowerCase()));
  const body = bodyOf(document, requestBody?.content);
  const needed =
    [...within('query'), ...headers].some(({ required }) => required) || body.required.length > 0;
  const typeName = toCase(operationId, 'PascalCase');
  const { 'x-deprecated-since': since, 'x-sunset': sunset, 'x-successor': successor } = about;
  return {
    operationId,
    path: operationId.split('.'),
    httpMethod,
    url,
    params: Array.from(url.matchAll(PLACEHOLDER), ([, name = '']) => name),
    summary: about.summary ?? '',
    description: about.deprecated ? (about.description ?? '').replace(NOTICE, '') : (about.description ?? ''),
    deprecation: about.deprecated
      ? {
          ...(since !== undefined && { since }),
          ...(sunset !== undefined && { sunset }),
          ...(successor !== undefined && { successor }),
        }
      : null,
    typeName,
    fields: {
      query: names('query'),
      headers: headers.map(({ name }) => name),
      body: body.fields,
      required: needed,
    },
    form: body.form,
    named: body.fields.includes('clientRequestId'),
    result: resultOf(document, typeName, responses, names('query')),
  };
}

function bodyOf(document: Document, content: z.output<typeof Content> = {}) {
  const media = ['application/json', 'multipart/form-data'].find((type) => type in content);
  if (media === undefined) {
    const [other] = Object.keys(content);
    if (other !== undefined) throw new Error(`the SDK cannot send a body of type ${other}.`);
    return { fields: [], required: [], form: false };
  }
  const { properties = {}, required = [] } = resolve(document, content[media]?.schema);
  return {
    fields: Object.keys(properties),
    required: required.filter((name) => name !== 'clientRequestId'),
    form: media !== 'application/json',
  };
}

function resultOf(
  document: Document,
  typeName: string,
  responses: z.output<typeof RawOperation>['responses'],
  query: string[],
): Result {
  const [success] = Object.entries(responses).filter(([status]) => status.startsWith('2'));
  const content = success?.[1].content ?? {};
  if ('text/event-stream' in content) {
    // OpenAPI 3.1 cannot describe events. A schema that does so by our convention has a property `data`.
    const schema = JSON.stringify(resolve(document, content['text/event-stream'].schema));
    const type = schema.includes('"data":') ? `EventData<Types.${typeName}Response>` : 'unknown';
    return { kind: 'events', type };
  }
  const json = content['application/json'];
  if (!json) {
    const [other] = Object.keys(content);
    if (other !== undefined) throw new Error(`the SDK cannot read a response of type ${other}.`);
    return { kind: 'call', type: 'void' };
  }
  if (Object.keys(json.schema ?? {}).length === 0) return { kind: 'call', type: 'unknown' };
  const { properties = {} } = resolve(document, json.schema);
  if (isCursor(properties['nextCursor']) && 'items' in properties && query.includes('cursor')) {
    const items = z.looseObject({ items: Schema }).safeParse(properties['items']);
    return {
      kind: 'pages',
      type: nameOf(items.data?.items.$ref) ?? `Types.${typeName}Response['items'][number]`,
    };
  }
  return { kind: 'call', type: nameOf(json.schema?.$ref) ?? `Types.${typeName}Response` };
}

const Cursor = z.union([
  z.looseObject({ type: z.enum(['string', 'null']) }),
  z.looseObject({ type: z.array(z.enum(['string', 'null'])) }),
]);

/** True for the schema of a text that may be null, which the next request of a list sends back. */
function isCursor(schema: unknown): boolean {
  const { anyOf } = z.looseObject({ anyOf: z.array(z.unknown()).optional() }).parse(schema ?? {});
  return (anyOf ?? [schema]).every((option) => Cursor.safeParse(option).success);
}

const COMPONENT = '#/components/schemas/';

/** Returns the name of a component's generated type; `undefined` for any other reference. */
function nameOf($ref: string | undefined): string | undefined {
  if (!$ref?.startsWith(COMPONENT)) return undefined;
  return `Types.${toCase($ref.slice(COMPONENT.length), 'PascalCase')}`;
}

function resolve(document: Document, schema: z.output<typeof Schema> = {}): z.output<typeof Schema> {
  if (!schema.$ref?.startsWith(COMPONENT)) return schema;
  return Schema.parse(document.components.schemas[schema.$ref.slice(COMPONENT.length)]);
}
