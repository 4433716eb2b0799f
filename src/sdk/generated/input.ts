// Written by npm run sdk from src/sdk/openapi.json.

/** The parts of an operation's input in the generated types. */
interface Parts {
  body?: unknown;
  query?: unknown;
  headers?: unknown;
}

type Part<T> = [NonNullable<T>] extends [never] ? unknown : NonNullable<T>;
type Flat<T> = { [K in keyof T]: T[K] };
/** Makes the request id optional, because the client creates one if it is missing. */
type WithoutRequestId<T> = T extends { clientRequestId: infer Id }
  ? Omit<T, 'clientRequestId'> & { clientRequestId?: Id }
  : T;

/** The input of a method: the fields of the query, the declared headers and the body, without path parameters. */
export type Input<T extends Parts> = Flat<
  Part<T['query']> & Part<T['headers']> & WithoutRequestId<Part<T['body']>>
>;

/** An operation of the API with its input, from which the HTTP request is created. */
export interface Operation {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** The path below the API's own path, percent-encoded. */
  path: string;
  input?: object;
  /** The input fields that are sent in the query. Without a body, all of them are. */
  query?: readonly string[];
  /** The input fields that are sent as headers. */
  headers?: readonly string[];
  /** True if the body is multipart/form-data instead of JSON. */
  form?: boolean;
  /** True if the body has a `clientRequestId`. Its default is the idempotency key. */
  named?: boolean;
}

/**
 * Returns the path of a call with percent-encoded parameters.
 * @throws {TypeError} if a parameter would change the path, such as an empty one.
 */
export function path(texts: TemplateStringsArray, ...values: (string | number)[]): string {
  return texts.reduce((before, text, index) => before + segment(values[index - 1]) + text);
}

function segment(value: unknown): string {
  const text = typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  if (/^\.{0,2}$/.test(text)) throw new TypeError(`"${text}" cannot be a path parameter: pass an id.`);
  return encodeURIComponent(text);
}

/** Returns a query string with its `?`: lists as repeated names, objects as `name[field]`, dates in ISO 8601. */
export function queryOf(fields: [name: string, value: unknown][]): string {
  const query = new URLSearchParams();
  for (const [name, value] of fields) append(query, name, value);
  const text = query.toString();
  return text && `?${text}`;
}

function append(query: URLSearchParams, name: string, value: unknown): void {
  if (value === undefined || value === null) return;
  if (Array.isArray(value)) for (const item of value) append(query, name, item);
  else if (value instanceof Date) query.append(name, value.toISOString());
  else if (typeof value === 'object') {
    for (const [field, inner] of Object.entries(value)) append(query, `${name}[${field}]`, inner);
  } else query.append(name, asText(value));
}

/** Returns a multipart body: files unchanged, lists as repeated names. */
export function formOf(fields: [name: string, value: unknown][]): FormData {
  const form = new FormData();
  for (const [name, value] of fields) {
    for (const item of Array.isArray(value) ? value : [value]) {
      if (item instanceof Blob) form.append(name, item);
      else if (item !== undefined && item !== null) form.append(name, asText(item));
    }
  }
  return form;
}

/** Returns a string unchanged and any other value as JSON. */
export function asText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
