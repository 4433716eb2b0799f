import { type Attack, gets, LIMITS, type Shot } from '../attack.ts';
import type { Attacker, Scene } from '../scene.ts';

/** What an RPC call carries: a value, and superjson's annotations of it. */
interface Wire {
  json: unknown;
  meta: unknown;
}

const list = (length: number, item: (index: number) => unknown) =>
  Array.from({ length }, (_, index) => item(index));
/** Annotates each item of a list on its own. */
const eachAs = (length: number, annotation: unknown, item: (index: number) => unknown): Wire => ({
  json: { a: list(length, item) },
  meta: { values: { a: Object.fromEntries(Array.from({ length }, (_, at) => [String(at), [annotation]])) } },
});

const typed = (kind: string, length: number): Wire => ({
  json: { a: { length } },
  meta: { values: { a: [['typed-array', kind]] } },
});

/** A set of many, each of which is annotated too, so that each is looked for by its number. */
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

/** Items of one set, all said to be the same object, so that each is looked for by its number. */
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

/** The form of superjson since version 2.2.3, whose paths are escaped in another way. */
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
  ['a set of 30,000 that are annotated', () => searchedSet(30_000)],
  ['the same in the current form', () => current(searchedSet(30_000)), true],
  ['60 sets in one another', () => nestedSets(60, 10_000), true],
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
  ['symbols and classes nobody registered', () => eachAs(10_000, ['class', 'constructor'], () => ({})), true],
];

/** Node rejects longer request heads by itself. */
const MAX_URL = 12_000;

const inQuery = (path: string, wire: unknown) => `${path}?input=${encodeURIComponent(JSON.stringify(wire))}`;

type Way = (who: Attacker, wire: Wire) => Shot;

const asPost: Way = (who, wire) => {
  const body = JSON.stringify(wire);
  return () => who.post('/api/trpc/chat.create', body);
};

const asBatch: Way = (who, wire) => {
  const body = JSON.stringify({ 0: wire });
  return () => who.post('/api/trpc/chat.create?batch=1', body);
};

const asGet: Way = (who, wire) => () => who.send(inQuery('/api/trpc/chat.list', wire));

const asSubscription: Way = (who, wire) => () =>
  who.send(inQuery('/api/trpc/chat.stream', wire), { headers: { accept: 'text/event-stream' } });

const asStream: Way = (who, wire) => {
  const body = JSON.stringify({ 0: wire });
  return () => who.post('/api/trpc/chat.create?batch=1', body, { 'trpc-accept': 'application/jsonl' });
};

type Who = (scene: Scene) => Attacker | Promise<Attacker>;

const by = (who: Who, way: Way, wire: () => Wire) => async (scene: Scene) => way(await who(scene), wire());

const guest: Who = (scene) => scene.guest();
const stranger: Who = (scene) => scene.stranger;

/** Entry A1: what superjson's annotations in an input make a server build. */
export const annotations: readonly Attack[] = INPUTS.flatMap(([name, wire, isLong]): Attack[] => {
  const isShortEnough = inQuery('', wire()).length < MAX_URL;
  const way = isShortEnough ? asGet : asPost;
  const base = { entry: 'A1', ...(isLong && { isLong }) };
  const more: [how: string, way: Way, who: Who, statuses: number[]][] = [
    ['of a stranger', way, stranger, [401]],
    ['in a batch', asBatch, guest, [400]],
    // What a stream is rejected with after it began is in the stream.
    ['in a streamed batch', asStream, guest, [200, 400]],
  ];
  if (isShortEnough) more.push(['in a subscription', asSubscription, guest, [200]]);
  return [
    { ...base, name, judge: gets(400), prepare: by(guest, way, wire) },
    ...more.map(([how, other, who, statuses]): Attack => ({
      entry: 'A1',
      isLong: true,
      rejectionBytes: LIMITS.batchRejectionBytes,
      name: `${name} ${how}`,
      judge: gets(...statuses),
      prepare: by(who, other, wire),
    })),
  ];
});
