import { AppError, invalidInput } from '#server/errors';
import { mediaType, parseJson, readBody } from '#server/http';
import type { ErrorIssue } from '#contract/errors';
import { compileCoercion, type Source } from './coerce.ts';
import type { Endpoint } from './endpoint.ts';
import { toJson } from './output.ts';
import { isOptional, type Schema } from './schema.ts';

/** The raw values of a request's path, in the order of the endpoint's `params`. */
export type ReadInput = (request: Request, url: URL, pathValues: string[]) => Promise<unknown>;

type Fields = Record<string, unknown>;
type CoerceField = (name: string, value: unknown) => unknown;

/**
 * Compiles how the input of an endpoint is read: from path and query, or from path and body. The values get the
 * types the schema expects; whether they are right the procedure decides.
 * The function throws an AppError for what is no input at all, such as a broken percent-encoding or JSON.
 */
export function compileInput(endpoint: Endpoint): ReadInput {
  const fromText = coerceFields(endpoint.inputFields, 'text');
  const fromJson = endpoint.input ? compileCoercion(endpoint.input, 'json') : (body: unknown) => body;
  return async (request, url, pathValues) => {
    const path = readPath(endpoint.params, pathValues, fromText);
    const query = readQuery(url.searchParams, fromText);
    if (endpoint.takesBody) refuseFields(Object.keys(query), 'This method takes no query parameters.');
    const rest = endpoint.takesBody ? await readJsonObject(request, fromJson) : query;
    if (endpoint.rest.sse) resume(rest, endpoint.inputFields, request.headers);
    const input = merge(path, rest);
    if (!endpoint.input) refuseFields(Object.keys(input), 'This procedure takes no input.');
    return Object.keys(input).length === 0 && takesNothing(endpoint.input) ? undefined : input;
  };
}

const takesNothing = (schema: Schema | null) => schema === null || isOptional(schema);

function coerceFields(fields: ReadonlyMap<string, Schema>, source: Source): CoerceField {
  const compiled = new Map([...fields].map(([name, schema]) => [name, compileCoercion(schema, source)]));
  return (name, value) => {
    const coerce = compiled.get(name);
    return coerce ? coerce(value) : value;
  };
}

function readPath(params: string[], values: string[], coerce: CoerceField): Fields {
  return Object.fromEntries(params.map((name, i) => [name, coerce(name, decode(name, values[i] ?? ''))]));
}

function decode(name: string, value: string): string {
  try {
    return decodeURIComponent(value);
  } catch (cause) {
    const message = 'is not percent-encoded UTF-8';
    throw new AppError('BAD_REQUEST', {
      detail: `${name} in the path ${message}.`,
      issues: [{ pointer: pointer(name), message }],
      cause,
    });
  }
}

/** A name that is given more than once is a list. */
function readQuery(params: URLSearchParams, coerce: CoerceField): Fields {
  const lists = new Map<string, string[]>();
  for (const [name, value] of params) {
    const list = lists.get(name);
    if (list) list.push(value);
    else lists.set(name, [value]);
  }
  // fromEntries defines each name as data, also `__proto__`.
  return Object.fromEntries(
    [...lists].map(([name, list]) => [name, coerce(name, list.length > 1 ? list : list[0])]),
  );
}

async function readJsonObject(request: Request, coerce: (body: unknown) => unknown): Promise<Fields> {
  const bytes = await readBody(request);
  if (bytes.byteLength === 0) return {};
  const type = mediaType(request.headers);
  if (type !== 'application/json' && !/^application\/[\w.-]+\+json$/.test(type)) {
    throw new AppError('UNSUPPORTED_MEDIA_TYPE', {
      detail: 'Send the body as JSON, with "content-type: application/json".',
      headers: { accept: 'application/json' },
    });
  }
  const body = coerce(parseJson(bytes));
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw invalidInput([{ pointer: '', message: 'the body must be a JSON object' }]);
  }
  return Object.fromEntries(Object.entries(body));
}

/** An EventSource names the last event it saw in a header when it comes back. */
function resume(input: Fields, fields: ReadonlyMap<string, Schema>, headers: Headers): void {
  const lastEventId = headers.get('last-event-id');
  if (lastEventId && fields.has('lastEventId')) input['lastEventId'] = lastEventId;
}

function merge(path: Fields, rest: Fields): Fields {
  const issues: ErrorIssue[] = [];
  for (const [name, value] of Object.entries(path)) {
    if (Object.hasOwn(rest, name) && toJson(rest[name]) !== toJson(value)) {
      issues.push({ pointer: pointer(name), message: 'differs from the path' });
    }
  }
  if (issues.length > 0) throw invalidInput(issues);
  return Object.fromEntries([...Object.entries(rest), ...Object.entries(path)]);
}

function refuseFields(names: string[], message: string): void {
  if (names.length > 0) throw invalidInput(names.map((name) => ({ pointer: pointer(name), message })));
}

const pointer = (name: string) => `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
