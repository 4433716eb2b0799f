import { type Endpoint, endpointsOf } from '#layer/index';
import { appRouter } from '#routers/index';
import { type Caller, type ParsedResponse, read } from '#test/client';

export type { Endpoint };

/** Every procedure of the product. */
export const all = endpointsOf(appRouter);
/** True if a procedure can be called with JSON. Those that require a file have tests of their own. */
const takesJson = ({ takesBody, consumes }: Endpoint) => !takesBody || consumes.includes('application/json');
const chosen = process.env['TEST_PROCEDURES']?.split(',');

const isChosen = (name: string, choice: string) => name === choice || name.startsWith(`${choice}.`);

/** Every procedure of the product that can be called with JSON, or those that TEST_PROCEDURES names: procedures or routers, separated by commas. */
export const procedures = all
  .filter(takesJson)
  .filter(({ name }) => !chosen || chosen.some((choice) => isChosen(name, choice)));
for (const choice of chosen ?? []) {
  if (!all.some(({ name }) => isChosen(name, choice)))
    throw new Error(`TEST_PROCEDURES names ${choice}, but there is no such procedure or router.`);
}

/** Returns the `create` procedure of the router of `name`, if there is one. It creates what the field `id` names. */
export const creatorFor = (name: string): Endpoint | undefined =>
  all.find((each) => each.name === name.replace(/\w+$/, 'create'));

/** The input of a call. It can be anything, because tests also send what no client would. */
export type Input = Record<string, unknown>;

/** A request to a path of a server. */
export interface Call {
  path: string;
  init: RequestInit;
}

const asText = (value: unknown) =>
  typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value);

/** Percent-encodes a value. Half a surrogate pair, which has no encoding, becomes the bytes of a careless encoder. */
function encode(value: unknown): string {
  const text = asText(value);
  return text.isWellFormed() ? encodeURIComponent(text) : '%ED%A0%80';
}

/** Returns the REST request for a procedure. If the input lacks a path parameter, the path has an empty segment. */
export function restRequest({ method, path, params, takesBody }: Endpoint, input: Input): Call {
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) =>
    encode(Object.hasOwn(input, name) ? input[name] : ''),
  );
  const rest = Object.entries(input).filter(([name]) => !params.includes(name));
  if (takesBody) {
    const headers = { 'content-type': 'application/json' };
    return {
      path: `/api/v1${filled}`,
      init: { method, headers, body: JSON.stringify(Object.fromEntries(rest)) },
    };
  }
  const query = rest.map(([name, value]) => `${encode(name)}=${encode(value)}`).join('&');
  return { path: `/api/v1${filled}?${query}`, init: { method } };
}

/** Calls a procedure over REST. */
export async function callRest(as: Caller, endpoint: Endpoint, input: Input): Promise<ParsedResponse> {
  const { path, init } = restRequest(endpoint, input);
  return read(await as.fetch(path, init));
}

/** Returns the RPC request for a procedure, with `data` in superjson's format. */
export function rpcRequest({ name, type }: Pick<Endpoint, 'name' | 'type'>, data: unknown): Call {
  const text = JSON.stringify(data);
  const path = `/api/trpc/${name}`;
  if (type !== 'mutation') return { path: `${path}?input=${encode(text)}`, init: {} };
  return { path, init: { method: 'POST', headers: { 'content-type': 'application/json' }, body: text } };
}

/** Calls a procedure over RPC with `data` in the wire format, such as `{ json: {} }`. */
export async function callRpcRaw(as: Caller, endpoint: Endpoint, data: unknown): Promise<ParsedResponse> {
  const { path, init } = rpcRequest(endpoint, data);
  return read(await as.fetch(path, init));
}

/** Returns an input in superjson's format. superjson itself would not serialize some of the inputs. */
export function toSuperjson(input: Input): { json: Input; meta?: unknown } {
  const dates = Object.entries(input).filter(([, value]) => value instanceof Date);
  const values = Object.fromEntries(dates.map(([name]) => [name, ['Date']]));
  return { json: input, ...(dates.length > 0 && { meta: { values } }) };
}

/** Calls a procedure over RPC. */
export function callRpc(as: Caller, endpoint: Endpoint, input: Input): Promise<ParsedResponse> {
  return callRpcRaw(as, endpoint, toSuperjson(input));
}
