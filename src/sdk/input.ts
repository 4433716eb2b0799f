/** The parts of an operation's input, as the generated types have them. */
interface Parts {
  body?: unknown;
  query?: unknown;
  headers?: unknown;
}

type Part<T> = [NonNullable<T>] extends [never] ? unknown : NonNullable<T>;
type Flat<T> = { [K in keyof T]: T[K] };
/** The client makes a request id where none is given. */
type WithoutRequestId<T> = T extends { clientRequestId: infer Id }
  ? Omit<T, 'clientRequestId'> & { clientRequestId?: Id }
  : T;

/** What a method takes beside the parameters of the path: the fields of the query, of declared headers and of the body. */
export type Input<T extends Parts> = Flat<
  Part<T['query']> & Part<T['headers']> & WithoutRequestId<Part<T['body']>>
>;

/** A call, before it is an HTTP request. */
export interface Operation {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below the API's own path, percent-encoded. */
  path: string;
  input?: object;
  /** The fields of the input that go into the query; all of them where there is no body. */
  query?: readonly string[];
  /** The fields of the input that go into headers. */
  headers?: readonly string[];
  /** The body is multipart/form-data instead of JSON. */
  form?: boolean;
  /** The body has a `clientRequestId`, which is the idempotency key unless the caller gives one. */
  named?: boolean;
}

/**
 * The path of a call with its parameters percent-encoded.
 * @throws {TypeError} for a parameter that would change the path, such as an empty one.
 */
export function path(texts: TemplateStringsArray, ...values: (string | number)[]): string {
  return texts.reduce((before, text, index) => before + segment(values[index - 1]) + text);
}

function segment(value: unknown): string {
  const text = typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  if (/^\.{0,2}$/.test(text)) throw new TypeError(`"${text}" cannot be a part of a path: give an id.`);
  return encodeURIComponent(text);
}

/** A query string with its `?`; lists as repeated names, objects as `name[field]`, dates in ISO 8601. */
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

/** A multipart body: files as they are, lists as repeated names. */
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

/** A value as text; what is no string as JSON has it. */
export function asText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
