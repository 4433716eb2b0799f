import type { AnyTRPCProcedure, AnyTRPCRouter, TRPCProcedureType } from '@trpc/server';
import { outputOf, proceduresOf } from '../call/compile.ts';
import { type InputSize, sizeOf } from '../decode/size.ts';
import { type Deprecation, deprecationOf } from '../deprecation.ts';
import { type Meta, metaOf, type RestMeta } from '../meta.ts';
import { once } from '../once.ts';
import { intersectionOf } from '../schema/build.ts';
import {
  fieldsOf,
  holdsFiles,
  isNothing,
  isOptional,
  mayBeLeftOut,
  type Schema,
  unwrap,
} from '../schema/schema.ts';
import { schemaOf } from '../schema/foreign.ts';
import { textFormOf } from '../schema/text-form.ts';
import { deprecationHeaders, type DeprecationHeaders } from './deprecation.ts';
import { conflictsOf, paramName, PLACEHOLDER } from './template.ts';

export const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
export type Method = (typeof METHODS)[number];

/**
 * The media types of request bodies that can be read. `application/json` includes types such as
 * `application/merge-patch+json`.
 */
const BODY_TYPES = ['application/json', 'application/x-www-form-urlencoded', 'multipart/form-data'] as const;
export type BodyType = (typeof BODY_TYPES)[number];

type OpenApi = NonNullable<Meta['openapi']>;
type DeclaredMeta = Meta & { openapi: OpenApi };

/** A procedure as an operation of REST. */
export interface Endpoint {
  /** The path of the procedure in the router, such as `things.get`. */
  name: string;
  procedure: AnyTRPCProcedure;
  type: TRPCProcedureType;
  method: Method;
  /** Below the path that REST is served at, with `{name}` for parameters. */
  path: string;
  /** The names of the path's parameters, in order. */
  params: string[];
  /** True if fields that are not in the path come from the body, false if they come from the query. */
  takesBody: boolean;
  /** The media types of a body; none if the endpoint takes no body. */
  consumes: readonly BodyType[];
  /** The media types of a body that the OpenAPI document shows. */
  documented: readonly BodyType[];
  /** The headers that carry input, in lower case, and the field that each fills. */
  headers: ReadonlyMap<string, string>;
  /** The schema of the input; `null` if the procedure has none. */
  input: Schema | null;
  /** The schemas of the input's fields, by name. */
  inputFields: ReadonlyMap<string, Schema>;
  /** The schema of the output; `null` if the procedure declares none. */
  output: Schema | null;
  /** The HTTP status of success. */
  status: number;
  /** The media type of a successful response; `null` if it has no body. */
  produces: string | null;
  /** The `rest` meta of the procedure. */
  rest: RestMeta;
  /** The maximum size of the input. */
  size: InputSize;
  /** The `openapi` meta of the procedure. */
  openapi: OpenApi;
  /** The deprecation of the procedure; `null` if it is not deprecated. */
  deprecation: Deprecation | null;
  /** The headers that announce the end of the endpoint, in each response. */
  deprecationHeaders: DeprecationHeaders;
  /** True if the procedure has no `openapi` meta, so its method and path come from its type and name. */
  isUnnamed: boolean;
}

/** Which procedures REST serves. */
export interface EndpointOptions {
  /**
   * True to also serve procedures without an `openapi` meta, by their names: the query `post.byId` as
   * `GET /post/byId`, the mutation `post.create` as `POST /post/create`. Default: false.
   */
  unnamed?: boolean;
  /** Called with a sentence for each procedure without an `openapi` meta that cannot be served. Default: ignored. */
  skip?: (text: string) => void;
}

/**
 * Returns every procedure of a router that REST serves: those with an enabled `openapi` meta, and event streams. Those
 * of lazy routers are in it once loaded.
 * @throws {Error} with the names of all procedures whose meta or schemas cannot be served, or whose path and method
 *   another one has.
 */
export function endpointsOf(
  router: AnyTRPCRouter,
  { unnamed = false, skip }: EndpointOptions = {},
): Endpoint[] {
  const procedures = proceduresOf(router);
  const kept = known.get(router)?.get(unnamed);
  // Loading a lazy router adds procedures.
  const found = kept?.count === procedures.length ? kept : findEndpoints(procedures, unnamed);
  known.set(router, (known.get(router) ?? new Map<boolean, Found>()).set(unnamed, found));
  for (const text of found.skipped) skip?.(text);
  return [...found.endpoints];
}

/** The endpoints of a router, and why procedures without an `openapi` meta are not among them. */
interface Found {
  endpoints: Endpoint[];
  skipped: string[];
  /** The number of procedures of the router. */
  count: number;
}

/** What was found in each router, with and without procedures that have no `openapi` meta. */
const known = new WeakMap<AnyTRPCRouter, Map<boolean, Found>>();

function findEndpoints(procedures: [name: string, AnyTRPCProcedure][], unnamed: boolean): Found {
  const problems: string[] = [];
  const skipped: string[] = [];
  const endpoints: Endpoint[] = [];
  for (const [name, procedure] of procedures) {
    const { meta, type } = procedure._def;
    const isUnnamed = unnamed && !(isRecord(meta) && isRecord(meta['openapi']));
    try {
      const declared = isUnnamed ? defaultMeta(name, type) : hasOpenApi(meta) ? meta : null;
      const endpoint = declared && describe(name, procedure, declared);
      if (endpoint) endpoints.push(endpoint);
    } catch (cause) {
      const problem = `${name}: ${cause instanceof Error ? cause.message : String(cause)}`;
      if (!isUnnamed) problems.push(problem);
      else {
        skipped.push(
          `REST cannot serve ${problem} Disable it with \`openapi: { enabled: false }\` in its meta.`,
        );
      }
    }
  }
  problems.push(...conflictsOf(endpoints));
  const [only, ...others] = problems;
  if (only === undefined) return { endpoints, skipped, count: procedures.length };
  if (others.length === 0) throw new Error(only);
  throw new Error(['REST cannot serve these procedures:', ...problems].join('\n- '));
}

/** Returns the meta that a procedure without an `openapi` meta is served with. */
function defaultMeta(name: string, type: TRPCProcedureType): DeclaredMeta & { isUnnamed: true } {
  const [first = '', ...others] = name.split('.');
  return {
    openapi: {
      method: type === 'mutation' ? 'POST' : 'GET',
      path: `/${[first, ...others].join('/')}`,
      ...(others.length > 0 && { tags: [first] }),
    },
    rest: type === 'subscription' ? { sse: true } : {},
    isUnnamed: true,
  };
}

function describe(
  name: string,
  procedure: AnyTRPCProcedure,
  { openapi, rest = {}, isUnnamed = false }: DeclaredMeta & { isUnnamed?: boolean },
): Endpoint | null {
  const { type, inputs } = procedure._def;
  if (openapi.enabled === false && !rest.sse) return null;
  if (!openapi.path.startsWith('/')) throw new Error(`the path ${openapi.path} must begin with a slash.`);
  checkMethod(openapi.method, type, rest);
  const params = paramsOf(openapi.path);
  const input = inputOf(inputs, params);
  const inputFields = input ? fieldsOf(input, 'input') : new Map<string, Schema>();
  if (!inputFields) throw new Error('the input must be an object.');
  const unknown = params.find((param) => !inputFields.has(param));
  if (unknown !== undefined) throw new Error(`{${unknown}} of the path is not in the input.`);
  for (const param of params) checkParam(param, inputFields.get(param));
  const parser = outputOf(procedure);
  const output = parser === undefined ? null : schemaOf(parser, 'output');
  if (rest.location) checkLocation(rest.location, output);
  const takesBody = openapi.method !== 'GET' && openapi.method !== 'DELETE';
  // Only an explicit list of types can be wrong. Otherwise the first call or the document needs these parts.
  const consumes = once(() => (takesBody ? consumesOf(openapi, inputFields) : []));
  const documented = once(() => documentedOf(openapi, inputFields, consumes()));
  const size = once(() => sizeOf(procedure));
  if (openapi.contentTypes) consumes();
  const deprecation = deprecationOf(metaOf(procedure));
  return {
    name,
    procedure,
    type,
    method: openapi.method,
    path: openapi.path,
    params,
    takesBody,
    get consumes() {
      return consumes();
    },
    get documented() {
      return documented();
    },
    headers: headersOf(rest, inputFields, params),
    input,
    inputFields,
    output,
    ...successOf(rest, output),
    rest,
    get size() {
      return size();
    },
    openapi,
    deprecation,
    deprecationHeaders: deprecationHeaders(deprecation),
    isUnnamed,
  };
}

function checkMethod(method: Method, type: TRPCProcedureType, rest: RestMeta): void {
  if (!METHODS.includes(method)) throw new Error(`the method must be one of ${METHODS.join(', ')}.`);
  if (type === 'mutation' && method === 'GET')
    throw new Error('GET must be safe, so a mutation cannot use it.');
  if ((type === 'subscription') !== (rest.sse === true)) {
    throw new Error(
      '`rest.sse: true` is required on a subscription served over REST, and invalid elsewhere.',
    );
  }
  if (rest.sse && method !== 'GET') throw new Error('an event stream must use GET.');
}

/** Returns the names of a path's parameters. Literal segments may only have characters that never need an encoding. */
function paramsOf(path: string): string[] {
  const params: string[] = [];
  for (const segment of path.split('/').slice(1)) {
    const name = paramName(segment);
    if (name === undefined && !/^[\w.~-]*[\w~-][\w.~-]*$/.test(segment)) {
      throw new Error(`"${segment}" of the path ${path} is neither a plain word nor a {parameter}.`);
    }
    if (name !== undefined && params.includes(name))
      throw new Error(`{${name}} is in the path ${path} twice.`);
    if (name !== undefined) params.push(name);
  }
  return params;
}

/**
 * Rejects an optional parameter, which a path cannot omit, and one with several values, which a path cannot separate.
 */
function checkParam(name: string, field: Schema | undefined): void {
  if (field && mayBeLeftOut(field)) {
    throw new Error(
      `{${name}} of the path is optional in the input: a path cannot omit it, so make it required.`,
    );
  }
  if (field && textFormOf(field) !== 'value') {
    throw new Error(
      `{${name}} of the path is a list or an object in the input: put it in the query or the body.`,
    );
  }
}

/**
 * Returns the input schema. Chained `.input()` calls become an intersection.
 * @param params the names of the path's parameters, if it has a path.
 */
export function inputOf(parsers: readonly unknown[], params: readonly string[] = []): Schema | null {
  const schemas = parsers.map((parser) => schemaOf(parser, 'input', params));
  const [first, ...others] = schemas;
  if (!first || isNothing(unwrap(first, 'input'))) return null;
  return others.reduce<Schema>((merged, schema) => intersectionOf(merged, schema), first);
}

/** Returns the media types of `contentTypes`; without it, all that can carry the input. */
function consumesOf({ contentTypes }: OpenApi, fields: ReadonlyMap<string, Schema>): readonly BodyType[] {
  const isFile = [...fields.values()].some((field) => holdsFiles(field) && !isOptional(field));
  const possible: readonly BodyType[] = isFile ? ['multipart/form-data'] : BODY_TYPES;
  const impossible = contentTypes?.find((type) => !possible.some((one) => one === type));
  if (impossible !== undefined) {
    throw new Error(
      `${impossible} of \`contentTypes\` cannot be read${isFile ? ', because a file is required' : ''}; ` +
        `use ${possible.join(', ')}, or remove \`contentTypes\`.`,
    );
  }
  return contentTypes && contentTypes.length > 0
    ? possible.filter((type) => contentTypes.includes(type))
    : possible;
}

/**
 * Returns the media types of `contentTypes`; without it JSON, and multipart if the input can have files. It omits other
 * types, because for several types generators create clients that make their user choose, or that send no Content-Type.
 */
function documentedOf(
  { contentTypes = [] }: OpenApi,
  fields: ReadonlyMap<string, Schema>,
  consumes: readonly BodyType[],
): readonly BodyType[] {
  if (contentTypes.length > 0) return consumes;
  const takesFiles = [...fields.values()].some((field) => holdsFiles(field));
  return consumes.filter(
    (type) => type === 'application/json' || (takesFiles && type === 'multipart/form-data'),
  );
}

/**
 * Returns the headers that carry input. An EventSource sends the id of its last event in a header when it reconnects.
 */
function headersOf(
  { sse, headers = {} }: RestMeta,
  fields: ReadonlyMap<string, Schema>,
  params: string[],
): ReadonlyMap<string, string> {
  for (const [header, field] of Object.entries(headers)) {
    if (!/^[a-z\d!#$%&'*+.^_`|~-]+$/.test(header)) {
      throw new Error(`"${header}" in \`rest.headers\` is not a header name in lower case.`);
    }
    if (!fields.has(field) || params.includes(field)) {
      throw new Error(`${field} of \`rest.headers\` is not a field of the input outside the path.`);
    }
  }
  const resumes = sse === true && fields.has('lastEventId');
  return new Map([
    ...(resumes ? [['last-event-id', 'lastEventId'] as const] : []),
    ...Object.entries(headers),
  ]);
}

function checkLocation(location: string, output: Schema | null): void {
  const fields = output && fieldsOf(output, 'output');
  for (const [, name = ''] of location.matchAll(PLACEHOLDER)) {
    if (!fields?.has(name)) throw new Error(`{${name}} of \`rest.location\` is not in the output.`);
  }
}

function successOf(rest: RestMeta, output: Schema | null): Pick<Endpoint, 'status' | 'produces'> {
  const empty = output !== null && isNothing(unwrap(output, 'output'));
  const status = rest.status ?? (empty ? 204 : 200);
  if (rest.sse) return { status, produces: 'text/event-stream' };
  return { status, produces: status === 204 || empty ? null : (rest.stream ?? 'application/json') };
}

function hasOpenApi(meta: unknown): meta is DeclaredMeta {
  if (!isRecord(meta) || !isRecord(meta['openapi'])) return false;
  const { method, path, enabled } = meta['openapi'];
  if (typeof method === 'string' && typeof path === 'string') return true;
  if (enabled === false) return false;
  throw new Error('`openapi` needs a method and a path.');
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
