import { isDeepStrictEqual } from 'node:util';
import superjson from 'superjson';
import { z } from 'zod';
import { createThing, getThing, listThings } from './things.ts';

export const WORKLOADS = ['get', 'create', 'list'] as const;
export type Workload = (typeof WORKLOADS)[number];

/** The format of requests and responses: plain JSON for REST, or the format of an RPC library. */
export type Wire = 'rest' | 'trpc' | 'orpc';

/** An HTTP request, and the expected status of its response. */
export interface Call {
  method: 'GET' | 'POST';
  path: string;
  body?: string;
  status: number;
}

const GET = { id: '42', since: new Date('2026-01-01T00:00:00.000Z') };
const CREATE = { title: 'A new thing', pinned: true, dueAt: new Date('2026-12-24T18:00:00.000Z') };
/** The title is not a string. */
const INVALID = { ...CREATE, title: 42 };

const EXPECTED: Record<Workload, object> = {
  get: getThing(GET.id),
  create: createThing(CREATE),
  list: listThings(),
};

/** Writes an input in oRPC's format, which lists the paths of its dates. */
const orpc = (json: object, dates: string[]) =>
  JSON.stringify({ json, ...(dates.length > 0 && { meta: dates.map((path) => [1, path]) }) });

/**
 * Returns the call of a workload.
 * @param base the path prefix of the API.
 * @param created the status of a created resource in REST.
 * @param invalid gives `create` an invalid body, which the server must reject.
 */
export function callOf(
  workload: Workload,
  wire: Wire,
  { base, created, invalid = false }: { base: string; created: number; invalid?: boolean },
): Call {
  const create = invalid ? INVALID : CREATE;
  const query = (input: object) => encodeURIComponent(superjson.stringify(input));
  const calls: Record<Wire, Record<Workload, Call>> = {
    rest: {
      get: {
        method: 'GET',
        path: `${base}/things/${GET.id}?since=${GET.since.toISOString()}`,
        status: 200,
      },
      create: { method: 'POST', path: `${base}/things`, body: JSON.stringify(create), status: created },
      list: { method: 'GET', path: `${base}/things`, status: 200 },
    },
    trpc: {
      get: { method: 'GET', path: `${base}/things.get?input=${query(GET)}`, status: 200 },
      create: {
        method: 'POST',
        path: `${base}/things.create`,
        body: superjson.stringify(create),
        status: 200,
      },
      list: { method: 'GET', path: `${base}/things.list?input=${query({})}`, status: 200 },
    },
    orpc: {
      get: { method: 'POST', path: `${base}/things/get`, body: orpc(GET, ['since']), status: 200 },
      create: { method: 'POST', path: `${base}/things/create`, body: orpc(create, ['dueAt']), status: 200 },
      list: { method: 'POST', path: `${base}/things/list`, body: orpc({}, []), status: 200 },
    },
  };
  return calls[wire][workload];
}

const TrpcResponse = z.object({ result: z.object({ data: z.unknown() }) });

const ORPC_DATE = 1;
/** Plain JSON, and in `meta` the type (a number) and the path of each value that JSON cannot express. */
const OrpcResponse = z.object({
  json: z.unknown(),
  meta: z.array(z.tuple([z.literal(ORPC_DATE)], z.union([z.string(), z.number()]))),
});

/** Returns the paths of all dates in a value. */
function pathsOfDates(value: unknown, path: string[] = []): string[] {
  if (value instanceof Date) return [path.join('.')];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, each]) => pathsOfDates(each, [...path, name]));
}

/**
 * True if a response has all the expected data, with dates as dates, or as ISO 8601 text in REST.
 * @param text the body.
 */
export function isExpected(workload: Workload, wire: Wire, text: string): boolean {
  const expected = EXPECTED[workload];
  const plain: unknown = JSON.parse(JSON.stringify(expected));
  const body: unknown = JSON.parse(text);
  if (wire === 'rest') return isDeepStrictEqual(body, plain);
  if (wire === 'trpc') {
    const { data } = TrpcResponse.parse(body).result;
    return isDeepStrictEqual(superjson.parse(JSON.stringify(data)), expected);
  }
  const { json, meta } = OrpcResponse.parse(body);
  const dates = meta.map(([, ...path]) => path.join('.'));
  return (
    isDeepStrictEqual(json, plain) && isDeepStrictEqual(dates.toSorted(), pathsOfDates(expected).toSorted())
  );
}
