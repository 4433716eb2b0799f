import { isPlainObject } from '../../rest/text.ts';
import type { RpcTarget, Trial } from '../trial.ts';
import { placeOf, type TypedValue, typeNameOf } from '../typed-json.ts';

/**
 * The annotations of the parts of a value, by their paths: `[kind]`, or `[kind, annotations]` for a part that has parts
 * of its own (https://github.com/flightcontrolhq/superjson).
 */
type Annotations = Record<string, unknown>;
interface Encoded {
  json: unknown;
  /** The annotation of the value itself. */
  own?: string;
  /** The annotations of its parts, by their paths. */
  parts: Annotations;
}

const escapeKey = (key: string) => key.replaceAll('\\', '\\\\').replaceAll('.', '\\.');
function encode(value: unknown, place: number | undefined, typed: readonly TypedValue[]): Encoded {
  const own = typed[place ?? -1] ?? {};
  const kind = typeNameOf(value, own);
  if (kind === 'Date') return { json: value, own: kind, parts: {} };
  if (kind === 'bigint') return { json: String(value), own: kind, parts: {} };
  const parts: Annotations = {};
  const inner = (path: string, part: unknown, at: number | undefined): unknown => {
    const { json, own: name, parts: nested } = encode(part, at, typed);
    if (name !== undefined) parts[path] = Object.keys(nested).length > 0 ? [name, nested] : [name];
    else for (const [rest, one] of Object.entries(nested)) parts[`${path}.${rest}`] = one;
    return json;
  };
  if (Array.isArray(value)) {
    const json = value.map((item, i) => inner(String(i), item, placeOf(own, i)));
    return { json, ...(kind === 'set' && { own: kind }), parts };
  }
  if (!isPlainObject(value)) return { json: value, parts };
  if (kind !== 'map') {
    const entries = Object.entries(value).map(([name, part]): [string, unknown] => {
      return [name, inner(escapeKey(name), part, placeOf(own, name))];
    });
    return { json: Object.fromEntries(entries), parts };
  }
  const entries = Object.entries(value).map(([name, part], i) => {
    const key = own.keys === 'number' ? Number(name) : inner(`${i}.0`, name, own.keys);
    return [key, inner(`${i}.1`, part, own.each)];
  });
  return { json: entries, own: kind, parts };
}

/** Returns the JSON of an input as superjson writes it, from that of REST, in which dates are texts. */
export function toSuperjson(input: unknown, typed: readonly TypedValue[]): object {
  if (input === undefined) return { json: null, meta: { values: ['undefined'], v: 1 } };
  const { json, own, parts } = encode(input, 0, typed);
  const hasParts = Object.keys(parts).length > 0;
  const values = own === undefined ? (hasParts ? parts : undefined) : hasParts ? [own, parts] : [own];
  return values ? { json, meta: { values, v: 1 } } : { json };
}

/** Returns the request of a call over RPC (https://trpc.io/docs/rpc). */
export function rpcRequestOf(
  { type }: Trial,
  { url, typed }: RpcTarget,
  input: unknown,
): [url: string, init: RequestInit] {
  const sent = typed ? toSuperjson(input, typed) : input;
  if (type === 'mutation') {
    const body = sent === undefined ? {} : { body: JSON.stringify(sent) };
    return [url, { method: 'POST', headers: { 'content-type': 'application/json' }, ...body }];
  }
  const query = sent === undefined ? '' : `?input=${encodeURIComponent(JSON.stringify(sent))}`;
  return [url + query, type === 'subscription' ? { headers: { accept: 'text/event-stream' } } : {}];
}
