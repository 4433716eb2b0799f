import { isDeepStrictEqual } from 'node:util';
import superjson from 'superjson';
import { z } from 'zod';
import { createThing, getThing, listThings } from './things.ts';

export const WORKLOADS = ['get', 'create', 'list'] as const;
export type Workload = (typeof WORKLOADS)[number];

/** How calls and answers are written: plain JSON in REST, or the form of an RPC library. */
export type Wire = 'rest' | 'trpc' | 'orpc';

/** An HTTP request, and the status of its answer. */
export interface Call {
  method: 'GET' | 'POST';
  path: string;
  body?: string;
  status: number;
}

const GET = { id: '42', since: new Date('2026-01-01T00:00:00.000Z') };
const CREATE = { title: 'What is made', pinned: true, dueAt: new Date('2026-12-24T18:00:00.000Z') };
/** Its title is no text. */
const WRONG = { ...CREATE, title: 42 };

const EXPECTED: Record<Workload, object> = {
  get: getThing(GET.id),
  create: createThing(CREATE),
  list: listThings(),
};

/** oRPC's own form: the dates of an input by their paths. */
const orpc = (json: object, dates: string[]) =>
  JSON.stringify({ json, ...(dates.length > 0 && { meta: dates.map((path) => [1, path]) }) });

/**
 * The call of a workload.
 * @param base the path below which the API is.
 * @param created the status of what was created, in REST.
 * @param invalid makes `create` one that has to be refused.
 */
export function callOf(
  workload: Workload,
  wire: Wire,
  { base, created, invalid = false }: { base: string; created: number; invalid?: boolean },
): Call {
  const create = invalid ? WRONG : CREATE;
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

const TrpcAnswer = z.object({ result: z.object({ data: z.unknown() }) });

const ORPC_DATE = 1;
/** Beside plain JSON, what is more than JSON: a number for its type, and its path. */
const OrpcAnswer = z.object({
  json: z.unknown(),
  meta: z.array(z.tuple([z.literal(ORPC_DATE)], z.union([z.string(), z.number()]))),
});

/** The paths of all dates in a value. */
function pathsOfDates(value: unknown, path: string[] = []): string[] {
  if (value instanceof Date) return [path.join('.')];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, each]) => pathsOfDates(each, [...path, name]));
}

/**
 * Whether an answer is right: all that was asked for, and its dates are dates, or ISO 8601 text in REST.
 * @param text the body.
 */
export function isRight(workload: Workload, wire: Wire, text: string): boolean {
  const expected = EXPECTED[workload];
  const plain: unknown = JSON.parse(JSON.stringify(expected));
  const answer: unknown = JSON.parse(text);
  if (wire === 'rest') return isDeepStrictEqual(answer, plain);
  if (wire === 'trpc') {
    const { data } = TrpcAnswer.parse(answer).result;
    return isDeepStrictEqual(superjson.parse(JSON.stringify(data)), expected);
  }
  const { json, meta } = OrpcAnswer.parse(answer);
  const dates = meta.map(([, ...path]) => path.join('.'));
  return (
    isDeepStrictEqual(json, plain) && isDeepStrictEqual(dates.toSorted(), pathsOfDates(expected).toSorted())
  );
}
