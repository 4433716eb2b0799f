import { z } from 'zod/v4';
import { METHODS } from '../../rest/endpoint.ts';
import { isPlainObject } from '../../rest/text.ts';
import { pathname } from './pathname.ts';
import { type Conjunction, SchemaReader } from './reader.ts';
import type { End } from './removal.ts';
import { sameShape } from './same-shape.ts';

const Media = z.looseObject({ schema: z.unknown().optional(), encoding: z.unknown().optional() });
const Content = z.record(z.string(), Media).default({});
const Security = z.array(z.record(z.string(), z.array(z.string())));
const Parameter = z.looseObject({
  name: z.string(),
  in: z.string(),
  required: z.boolean().default(false),
  schema: z.unknown().optional(),
  content: Content,
});
const Body = z.looseObject({ required: z.boolean().default(false), content: Content });
const Response = z.looseObject({ content: Content, headers: z.record(z.string(), z.unknown()).default({}) });
const RawOperation = z.looseObject({
  operationId: z.string().optional(),
  parameters: z.array(z.unknown()).default([]),
  requestBody: z.unknown().optional(),
  responses: z.record(z.string(), z.unknown()).default({}),
  security: Security.optional(),
  deprecated: z.boolean().default(false),
  'x-deprecated-since': z.string().optional().catch(undefined),
  'x-sunset': z.string().optional().catch(undefined),
});

/** The parts of an OpenAPI 3.1 document that are compared. */
export const DocumentShape = z.looseObject({
  openapi: z.string().regex(/^3\.[1-9]/, 'must be 3.1 or later'),
  servers: z.array(z.looseObject({ url: z.string() })).default([]),
  paths: z.record(z.string(), z.looseObject({ parameters: z.array(z.unknown()).default([]) })).default({}),
  components: z.record(z.string(), z.record(z.string(), z.unknown())).default({}),
  security: Security.default([]),
});
type DocumentShape = z.output<typeof DocumentShape>;

/** A body of a request or a response. */
export interface Payload {
  schemas: Conjunction;
  /** How forms write its fields, as a text to compare. */
  encoding: string;
}

export interface ReadParameter {
  required: boolean;
  schemas: Conjunction;
  /** How it is written, as a text to compare. */
  style: string;
}

/** An operation of a document, with all references to its parts resolved. */
export interface ReadOperation {
  /** The operationId, or the method and the path. */
  name: string;
  method: string;
  /** The path as the document has it. */
  path: string;
  /** The parameters by place and name, such as `query limit`. Those of a path have their position as a name. */
  parameters: ReadonlyMap<string, ReadParameter>;
  /** The names of the parameters in the path, in order. */
  params: readonly string[];
  /** `null` if there is no body. */
  body: { required: boolean; content: ReadonlyMap<string, Payload> } | null;
  responses: ReadonlyMap<string, { content: ReadonlyMap<string, Payload>; headers: readonly string[] }>;
  /** The alternatives by which a caller can authenticate; one without a scheme means that anybody can call. */
  security: readonly Readonly<Record<string, readonly string[]>>[];
  /** Its announced end; `undefined` if it is not deprecated. */
  end: End | undefined;
  /** The operation as the document has it. */
  source: unknown;
}

/** A document, read for a comparison. */
export interface ReadDocument {
  reader: SchemaReader;
  /** The path of the first server, without a slash at its end. */
  basePath: string;
  /** The operations by method and path, in which parameters have no names: `GET /things/{}`. */
  operations: ReadonlyMap<string, ReadOperation>;
  /** The security schemes by name, as texts to compare. */
  schemes: ReadonlyMap<string, string>;
  /** The names of the schemas, which are types of the SDK. */
  types: readonly string[];
  /** Returns the component of a `$ref`. */
  find: ($ref: string) => unknown;
}

/** Reads the operations of an OpenAPI document. @throws {z.ZodError} if it is not one. */
export function readDocument(source: object): ReadDocument {
  const document = DocumentShape.parse(source);
  const operations = new Map<string, ReadOperation>();
  for (const [path, item] of Object.entries(document.paths)) {
    for (const method of METHODS) {
      const given = item[method.toLowerCase()];
      if (given === undefined) continue;
      const operation = readOperation(document, { method, path, above: item.parameters }, given);
      operations.set(`${method} ${path.replace(/\{[^{}]*\}/g, '{}')}`, operation);
    }
  }
  const { schemas = {}, securitySchemes = {} } = document.components;
  return {
    reader: new SchemaReader(schemas),
    basePath: pathname(document.servers[0]?.url ?? '/'),
    operations,
    schemes: new Map(Object.entries(securitySchemes).map(([name, scheme]) => [name, sameShape(scheme)])),
    types: Object.keys(schemas),
    find: ($ref) => resolve(document, { $ref }),
  };
}

function readOperation(
  document: DocumentShape,
  { method, path, above }: { method: string; path: string; above: readonly unknown[] },
  given: unknown,
): ReadOperation {
  const {
    operationId,
    security,
    requestBody,
    responses,
    parameters: own,
    ...about
  } = RawOperation.parse(given);
  const { deprecated, 'x-deprecated-since': since, 'x-sunset': sunset } = about;
  const params = Array.from(path.matchAll(/\{([^{}]*)\}/g), ([, name = '']) => name);
  const parameters = new Map<string, ReadParameter>();
  for (const one of [...above, ...own]) {
    const { name, in: place, required, schema, content, ...rest } = Parameter.parse(resolve(document, one));
    const media = Object.entries(content);
    const id =
      place === 'path' ? String(params.indexOf(name)) : place === 'header' ? name.toLowerCase() : name;
    parameters.set(`${place} ${id}`, {
      required,
      schemas: media.length > 0 ? media.map(([, { schema: inner }]) => inner ?? {}) : [schema ?? {}],
      style: sameShape([rest['style'], rest['explode'], media.map(([type]) => type)]),
    });
  }
  const body = requestBody === undefined ? null : Body.parse(resolve(document, requestBody));
  return {
    name: operationId ?? `${method} ${path}`,
    method,
    path,
    parameters,
    params,
    body: body && { required: body.required, content: payloadsOf(body.content) },
    responses: new Map(
      Object.entries(responses).map(([status, response]) => {
        const { content, headers } = Response.parse(resolve(document, response));
        return [status, { content: payloadsOf(content), headers: Object.keys(headers) }];
      }),
    ),
    security: security ?? document.security,
    end: deprecated ? { since, sunset } : undefined,
    source: given,
  };
}

const payloadsOf = (content: z.output<typeof Content>): Map<string, Payload> =>
  new Map(
    Object.entries(content).map(([type, { schema, encoding }]) => [
      type,
      { schemas: [schema ?? {}], encoding: sameShape(encoding ?? {}) },
    ]),
  );

/** Returns a part of a document, or the component that it refers to. */
function resolve(document: DocumentShape, part: unknown): unknown {
  const $ref = isPlainObject(part) ? part['$ref'] : undefined;
  if (typeof $ref !== 'string') return part;
  const [kind = '', name = ''] = $ref.split('/').slice(-2);
  return document.components[kind]?.[name];
}
