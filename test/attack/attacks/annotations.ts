import { type Attack, gets, LIMITS, type SendRequest } from '../attack.ts';
import type { Attacker, Fixture } from '../fixture.ts';

/** The input of an RPC call: a value and its superjson annotations. */
interface Wire {
  json: unknown;
  meta: unknown;
}

const list = (length: number, item: (index: number) => unknown) =>
  Array.from({ length }, (_, index) => item(index));
/** Annotates each item of a list. */
const eachAs = (length: number, annotation: unknown, item: (index: number) => unknown): Wire => ({
  json: { a: list(length, item) },
  meta: { values: { a: Object.fromEntries(Array.from({ length }, (_, at) => [String(at), [annotation]])) } },
});

const typed = (kind: string, length: number): Wire => ({
  json: { a: { length } },
  meta: { values: { a: [['typed-array', kind]] } },
});

/** Returns a set whose items are annotated too, so that a reader searches each by its index. */
function searchedSet(length: number): Wire {
  const inner = Object.fromEntries(Array.from({ length }, (_, at) => [String(at), ['bigint']]));
  return { json: { a: list(length, String) }, meta: { values: { a: ['set', inner] } } };
}

function nestedSets(depth: number, width: number): Wire {
  let json: unknown = list(width, String);
  let values: unknown = ['set'];
  for (let level = 1; level < depth; level++) {
    json = [json];
    values = ['set', { 0: values }];
  }
  return { json: { a: json }, meta: { values: { a: values } } };
}

/** Returns a set whose items are annotated as the same object, so that a reader searches each by its index. */
function equalities(length: number): Wire {
  const others = Array.from({ length: length - 1 }, (_, at) => `a.${at + 1}`);
  return {
    json: { a: list(length, String) },
    meta: { values: { a: ['set'] }, referentialEqualities: { 'a.0': others } },
  };
}

function longPaths(count: number, depth: number): Wire {
  const path = (last: number) => `${'a.'.repeat(depth)}${last}`;
  const values = Object.fromEntries(Array.from({ length: count }, (_, at) => [path(at), ['Date']]));
  return { json: { a: {} }, meta: { values } };
}

/** Converts annotations to the format of superjson since version 2.2.3, which escapes paths differently. */
const current = ({ json, meta }: Wire): Wire => ({ json, meta: { v: 1, ...Object(meta) } });

const INPUTS: readonly (readonly [name: string, wire: () => Wire, isLong?: true])[] = [
  ['a typed array of 30,000,000 numbers', () => typed('Float64Array', 3e7)],
  ['a typed array of 100,000,000 bytes', () => typed('Uint8ClampedArray', 1e8), true],
  [
    '100 typed arrays of 200,000,000',
    () => ({
      json: Object.fromEntries(list(100, String).map((name) => [name, { length: 2e8 }])),
      meta: {
        values: Object.fromEntries(
          list(100, String).map((name) => [name, [['typed-array', 'Float64Array']]]),
        ),
      },
    }),
    true,
  ],
  ['a set of 30,000 annotated items', () => searchedSet(30_000)],
  ['the same in the current format', () => current(searchedSet(30_000)), true],
  ['60 nested sets', () => nestedSets(60, 10_000), true],
  ['20,000 equalities', () => equalities(20_000)],
  ['a cycle', () => ({ json: { a: { b: {} } }, meta: { referentialEqualities: { a: ['a.b'] } } }), true],
  ['20,000 regular expressions', () => eachAs(20_000, 'regexp', () => '/(a+)+$/'), true],
  ['20,000 errors', () => eachAs(20_000, 'Error', () => ({ name: 'E', message: 'm' }))],
  ['30,000 dates', () => eachAs(30_000, 'Date', () => '2026-01-01'), true],
  ['20,000 URLs', () => eachAs(20_000, 'URL', () => 'http://a.b/c'), true],
  ['10,000 maps', () => eachAs(10_000, 'map', () => [['a', 1]]), true],
  [
    'a bigint of 900,000 digits',
    () => ({ json: { a: '9'.repeat(900_000) }, meta: { values: { a: ['bigint'] } } }),
  ],
  ['1,000 paths of 200 steps', () => longPaths(1_000, 200), true],
  ['unregistered symbols and classes', () => eachAs(10_000, ['class', 'constructor'], () => ({})), true],
];

/** Node rejects longer request heads by itself. */
const MAX_URL = 12_000;

const inQuery = (path: string, wire: unknown) => `${path}?input=${encodeURIComponent(JSON.stringify(wire))}`;

type Way = (attacker: Attacker, wire: Wire) => SendRequest;

const asPost: Way = (attacker, wire) => {
  const body = JSON.stringify(wire);
  return () => attacker.post('/api/trpc/chat.create', body);
};

const asBatch: Way = (attacker, wire) => {
  const body = JSON.stringify({ 0: wire });
  return () => attacker.post('/api/trpc/chat.create?batch=1', body);
};

const asGet: Way = (attacker, wire) => () => attacker.send(inQuery('/api/trpc/chat.list', wire));

const asSubscription: Way = (attacker, wire) => () =>
  attacker.send(inQuery('/api/trpc/chat.stream', wire), { headers: { accept: 'text/event-stream' } });

const asStream: Way = (attacker, wire) => {
  const body = JSON.stringify({ 0: wire });
  return () => attacker.post('/api/trpc/chat.create?batch=1', body, { 'trpc-accept': 'application/jsonl' });
};

type Find = (fixture: Fixture) => Attacker | Promise<Attacker>;

const by = (find: Find, way: Way, wire: () => Wire) => async (fixture: Fixture) =>
  way(await find(fixture), wire());

const guest: Find = (fixture) => fixture.guest();
const stranger: Find = (fixture) => fixture.stranger;

/** Entry A1: annotations of superjson that are expensive to apply. */
export const annotations: readonly Attack[] = INPUTS.flatMap(([name, wire, isLong]): Attack[] => {
  const isShortEnough = inQuery('', wire()).length < MAX_URL;
  const way = isShortEnough ? asGet : asPost;
  const base = { entry: 'A1', ...(isLong && { isLong }) };
  const more: [suffix: string, way: Way, find: Find, statuses: number[]][] = [
    ['from a stranger', way, stranger, [401]],
    ['in a batch', asBatch, guest, [400]],
    // After a stream has started, its errors are in the stream.
    ['in a streamed batch', asStream, guest, [200, 400]],
  ];
  if (isShortEnough) more.push(['in a subscription', asSubscription, guest, [200]]);
  return [
    { ...base, name, judge: gets(400), prepare: by(guest, way, wire) },
    ...more.map(([suffix, other, find, statuses]): Attack => ({
      entry: 'A1',
      isLong: true,
      rejectionBytes: LIMITS.batchRejectionBytes,
      name: `${name} ${suffix}`,
      judge: gets(...statuses),
      prepare: by(find, other, wire),
    })),
  ];
});
