import superjson from 'superjson';
import { createThing, getThing, LISTED_BY_MANY, listThings, manyResources } from './things.ts';

/** `first` is `get` in the first second of a process, and `mixed` calls a hundred routers. */
export const WORKLOADS = ['first', 'get', 'create', 'list', 'mixed'] as const;
export type Workload = (typeof WORKLOADS)[number];

type Operation = 'get' | 'create' | 'list';

/**
 * The format of requests and responses: plain JSON for REST, the format of an RPC library, or a call of a tool by MCP.
 * `trpc-batch` is a batch of one call, and `trpc-jsonl` the same with a streamed response, as tRPC's httpBatchStreamLink
 * requests it. `mcp` is the revision 2026-07-28, and `mcp-legacy` 2025-11-25.
 */
export type Wire = 'rest' | 'trpc' | 'trpc-batch' | 'trpc-jsonl' | 'orpc' | 'mcp' | 'mcp-legacy';

/** How a system serves its API. */
export interface Api {
  wire: Wire;
  /** The path prefix. */
  base: string;
  /** The status of a created resource in REST. */
  created: number;
}

/** An HTTP request, and the expected status of its response. */
export interface Call {
  method: 'GET' | 'POST';
  path: string;
  headers: Record<string, string>;
  body?: string;
  status: number;
}

/** A call, and the expected data of its response. */
export interface CheckedCall extends Call {
  expected: object;
}

const GET = { id: '42', since: new Date('2026-01-01T00:00:00.000Z') };
const CREATE = { title: 'A new thing', pinned: true, dueAt: new Date('2026-12-24T18:00:00.000Z') };
/** The title is not a string. */
const INVALID = { ...CREATE, title: 42 };

/** The numbers of operations in the mixed workload: two requests to each router. */
const MIX: Record<Operation, number> = { get: 160, list: 30, create: 10 };

const INPUTS = { get: GET, create: CREATE, list: {} };
const JSON_TYPE = { 'content-type': 'application/json' };

/** Returns the calls of a workload, in the order in which a connection repeats them. */
export function callsOf(workload: Workload, api: Api): CheckedCall[] {
  if (workload === 'mixed') return mixedCalls(api);
  const operation = workload === 'first' ? 'get' : workload;
  const expected = { get: getThing(GET.id), create: createThing(CREATE), list: listThings() };
  return [{ ...callOf(operation, 'things', api), expected: expected[operation] }];
}

/** Returns a call of `create` with an invalid body, which the server must reject. */
export function invalidCall(api: Api): Call {
  return callOf('create', 'things', api, INVALID);
}

function mixedCalls(api: Api): CheckedCall[] {
  const expected = {
    get: getThing(GET.id),
    create: createThing(CREATE),
    list: listThings(LISTED_BY_MANY),
  };
  const resources = manyResources();
  const operations = [
    ...Array<'get'>(MIX.get).fill('get'),
    ...Array<'list'>(MIX.list).fill('list'),
    ...Array<'create'>(MIX.create).fill('create'),
  ];
  return shuffle(
    operations.map((operation, index) => {
      const resource = resources[index % resources.length] ?? 'things';
      return { ...callOf(operation, resource, api), expected: expected[operation] };
    }),
  );
}

/** Shuffles values, in the same way each time, by the generator of Park and Miller. */
function shuffle<T>(values: readonly T[]): T[] {
  const FACTOR = 48271;
  const MODULUS = 2 ** 31 - 1;
  let seed = 1;
  const keyed = values.map((value) => {
    seed = (seed * FACTOR) % MODULUS;
    return { value, key: seed };
  });
  return keyed.toSorted((a, b) => a.key - b.key).map(({ value }) => value);
}

function callOf(operation: Operation, resource: string, api: Api, input: object = INPUTS[operation]): Call {
  if (api.wire === 'rest') return restCall(operation, resource, api, input);
  if (api.wire === 'orpc') return orpcCall(operation, resource, api, input);
  if (api.wire === 'mcp' || api.wire === 'mcp-legacy') return mcpCall(operation, resource, api, input);
  return trpcCall(operation, resource, api, input);
}

function restCall(operation: Operation, resource: string, { base, created }: Api, input: object): Call {
  const path = `${base}/${resource}`;
  if (operation === 'create') {
    return { method: 'POST', path, headers: JSON_TYPE, body: JSON.stringify(input), status: created };
  }
  const item = operation === 'get' ? `/${GET.id}?since=${GET.since.toISOString()}` : '';
  return { method: 'GET', path: `${path}${item}`, headers: {}, status: 200 };
}

/** Writes an input in oRPC's format, which lists the paths of its dates. */
function orpcCall(operation: Operation, resource: string, { base }: Api, input: object): Call {
  const dates = Object.entries(input).flatMap(([name, value]) => (value instanceof Date ? [[1, name]] : []));
  const body = JSON.stringify({ json: input, ...(dates.length > 0 && { meta: dates }) });
  return { method: 'POST', path: `${base}/${resource}/${operation}`, headers: JSON_TYPE, body, status: 200 };
}

/** Writes a call of a tool, as the official client of MCP sends it. Dates are sent as in REST. */
function mcpCall(operation: Operation, resource: string, { wire, base }: Api, input: object): Call {
  const name = `${resource}_${operation}`;
  const isLegacy = wire === 'mcp-legacy';
  const version = isLegacy ? '2025-11-25' : '2026-07-28';
  const meta = {
    'io.modelcontextprotocol/protocolVersion': version,
    'io.modelcontextprotocol/clientInfo': { name: 'bench', version: '1' },
    'io.modelcontextprotocol/clientCapabilities': {},
  };
  const params = { name, arguments: input, ...(!isLegacy && { _meta: meta }) };
  const headers = {
    ...JSON_TYPE,
    accept: 'application/json, text/event-stream',
    'mcp-protocol-version': version,
    ...(!isLegacy && { 'mcp-method': 'tools/call', 'mcp-name': name }),
  };
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params });
  return { method: 'POST', path: base, headers, body, status: 200 };
}

function trpcCall(operation: Operation, resource: string, { wire, base }: Api, input: object): Call {
  const isBatch = wire !== 'trpc';
  const json = superjson.serialize(input);
  const text = JSON.stringify(isBatch ? { 0: json } : json);
  const accept = wire === 'trpc-jsonl' ? { 'trpc-accept': 'application/jsonl' } : {};
  const isPost = operation === 'create';
  const query = [...(isBatch ? ['batch=1'] : []), ...(isPost ? [] : [`input=${encodeURIComponent(text)}`])];
  const path = `${base}/${resource}.${operation}${query.length > 0 ? `?${query.join('&')}` : ''}`;
  return isPost
    ? { method: 'POST', path, headers: { ...accept, ...JSON_TYPE }, body: text, status: 200 }
    : { method: 'GET', path, headers: accept, status: 200 };
}
