import { describe, expect, test } from '@jest/globals';
import { initTRPC } from '@trpc/server';
import { SuperJSON } from 'superjson';
import { z } from 'zod';
import { createApi } from './api.ts';

class Money {
  readonly cents: number;
  constructor(cents: number) {
    this.cents = cents;
  }
}

/** Each way to register a type, with a value of it. */
const TYPES: Record<string, { register: (superjson: SuperJSON) => void; value: unknown }> = {
  class: { register: (superjson) => superjson.registerClass(Money, 'Money'), value: new Money(5) },
  symbol: {
    register: (superjson) => superjson.registerSymbol(Symbol.for('unit'), 'unit'),
    value: Symbol.for('unit'),
  },
  'custom type': {
    register: (superjson) =>
      superjson.registerCustom<URLSearchParams, string>(
        {
          isApplicable: (value): value is URLSearchParams => value instanceof URLSearchParams,
          serialize: String,
          deserialize: (text) => new URLSearchParams(text),
        },
        'URLSearchParams',
      ),
    value: new URLSearchParams('a=1'),
  },
};

function createSuperjson(dedupe: boolean): SuperJSON {
  const superjson = new SuperJSON({ dedupe });
  for (const { register } of Object.values(TYPES)) register(superjson);
  return superjson;
}

const Result = z.object({ result: z.object({ data: z.object({ json: z.json() }).loose() }) });

test.each(Object.keys(TYPES))('a superjson with nothing but a registered %s converts it', async (name) => {
  const { register, value } = TYPES[name] ?? {};
  const superjson = new SuperJSON();
  register?.(superjson);
  const t = initTRPC.create({ transformer: superjson, isDev: false });
  const router = t.router({ echo: t.procedure.input(z.unknown()).query(({ input }) => input) });
  const api = createApi({ router, createContext: () => ({}), warn: () => undefined });
  const response = await api.request(
    `/api/trpc/echo?input=${encodeURIComponent(superjson.stringify({ value }))}`,
  );
  const { result } = Result.parse(await response.json());
  expect(superjson.deserialize(result.data)).toEqual({ value });
});

/** A schema for objects with objects inside, to any depth. */
interface Node {
  next?: Node[] | undefined;
}
const Node: z.ZodType<Node> = z.lazy(() => z.object({ next: z.array(Node).optional() }));

describe.each([false, true])('a superjson with registered types, dedupe %s', (dedupe) => {
  const superjson = createSuperjson(dedupe);
  const t = initTRPC.create({ transformer: superjson, isDev: false });
  const warnings: string[] = [];
  const api = createApi({
    router: t.router({
      echo: t.procedure.input(z.unknown()).mutation(({ input }) => input),
      count: t.procedure.input(Node).mutation(({ input }) => input.next?.length ?? 0),
      nothing: t.procedure.input(z.object({}).optional()).mutation(({ input }) => typeof input),
      filter: t.procedure.input(z.object({ by: z.string().optional() })).mutation(({ input }) => input),
    }),
    createContext: () => ({}),
    warn: (text) => warnings.push(text),
  });
  const send = (path: string, payload: unknown) =>
    api.request(`/api/trpc/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(payload),
    });

  test('converts its types in both directions, and is announced', async () => {
    const shared = { at: new Date(0) };
    const value = {
      ...Object.fromEntries(Object.entries(TYPES).map(([name, { value }]) => [name, value])),
      bytes: new Uint8Array([1, 2]),
      map: new Map([[shared, new Set([shared])]]),
      shared,
    };
    const response = await send('echo', superjson.serialize(value));
    const { result } = Result.parse(await response.json());
    expect(superjson.deserialize(result.data)).toEqual(value);
    expect(await (await send('nothing', superjson.serialize(undefined))).text()).toContain('"undefined"');
    expect(await (await send('filter', superjson.serialize(undefined))).text()).toContain('{"json":{}');
    expect(warnings).toEqual([expect.stringContaining('registered types')]);
  });

  const deep = '0.'.repeat(100) + '0';
  /** A list in which each item contains the next one twice, by references. */
  const laughs = {
    json: Array.from({ length: 40 }, () => ({ next: [null, null] })),
    meta: {
      v: 1,
      referentialEqualities: Object.fromEntries(
        Array.from({ length: 39 }, (_, i) => [String(39 - i), [`${38 - i}.next.0`, `${38 - i}.next.1`]]),
      ),
    },
  };
  const laughing = {
    json: { next: laughs.json },
    meta: {
      v: 1,
      referentialEqualities: Object.fromEntries(
        Object.entries(laughs.meta.referentialEqualities).map(([path, others]) => [
          `next.${path}`,
          others.map((other) => `next.${other}`),
        ]),
      ),
    },
  };
  const HOSTILE: [name: string, path: string, payload: unknown][] = [
    [
      'a typed array of a length',
      'echo',
      { json: 4e9, meta: { v: 1, values: [['typed-array', 'Uint8Array']] } },
    ],
    [
      'a typed array of a length inside a list',
      'echo',
      { json: { a: [1e9] }, meta: { v: 1, values: { 'a.0': [['typed-array', 'Float64Array']] } } },
    ],
    [
      'a typed array of a length inside a set',
      'echo',
      { json: [9e9], meta: { v: 1, values: ['set', { 0: [['typed-array', 'Float64Array']] }] } },
    ],
    ['a path that is too deep', 'echo', { json: [], meta: { v: 1, values: { [deep]: ['Date'] } } }],
    [
      'a reference that is too deep',
      'echo',
      { json: [], meta: { v: 1, referentialEqualities: { a: [deep] } } },
    ],
    ['an object that doubles with each reference', 'echo', laughs],
    ['an object that doubles, for a schema that visits all of it', 'count', laughing],
    [
      'an object that contains itself',
      'count',
      { json: { next: [null] }, meta: { v: 1, referentialEqualities: [['next.0']] } },
    ],
    ['a prototype', 'echo', { json: {}, meta: { v: 1, values: { 'constructor.prototype.a': ['Date'] } } }],
    ['an unknown class', 'echo', { json: {}, meta: { v: 1, values: [['class', 'Process']] } }],
    ['no input', 'echo', null],
  ];
  test.each(HOSTILE)('rejects %s with status 400', async (_, path, payload) => {
    const started = performance.now();
    const response = await send(path, payload);
    expect([response.status, (await response.text()).length < 5000]).toEqual([400, true]);
    // Without the checks, some of these take minutes or all of the memory.
    expect(performance.now() - started).toBeLessThan(5000);
  });
});
