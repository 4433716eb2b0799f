import { inspect } from 'node:util';
import { afterAll, describe, expect, test } from '@jest/globals';
import { createTRPCUntypedClient, httpBatchLink, httpBatchStreamLink, httpLink } from '@trpc/client';
import type { AnyTRPCProcedure } from '@trpc/server';
import superjson from 'superjson';
import { z } from 'zod';
import * as mini from 'zod/mini';
import { open, router } from '#server/procedures';
import { rpcFetch } from '#test/call';
import { startInstance } from '#test/caller';

const show = ({ input }: { input: unknown }) => inspect(input);
const takes = (input: z.core.$ZodType) => open.input(input).output(z.string()).query(show);

/** Procedures with the expected input of a call without an argument; `null` if it is rejected. */
const ABSENT: Record<string, [AnyTRPCProcedure, string | null]> = {
  noFields: [takes(z.strictObject({})), '{}'],
  noFieldsOfMini: [takes(mini.strictObject({})), '{}'],
  optionalFields: [takes(z.object({ limit: z.int().optional(), search: z.string().optional() })), '{}'],
  defaults: [takes(z.object({ limit: z.int().default(20) })), '{ limit: 20 }'],
  caught: [takes(z.object({ limit: z.int().catch(3) })), '{ limit: 3 }'],
  loose: [takes(z.looseObject({ a: z.string().nullish() })), '{}'],
  record: [takes(z.record(z.string(), z.number())), '{}'],
  union: [takes(z.union([z.object({ a: z.string() }), z.object({ b: z.string().optional() })])), '{}'],
  intersection: [takes(z.object({ a: z.int().optional() }).and(z.object({ b: z.int().optional() }))), '{}'],
  nullable: [takes(z.object({ a: z.int().optional() }).nullable()), '{}'],
  lazy: [takes(z.lazy(() => z.object({ a: z.int().optional() }))), '{}'],
  refined: [takes(z.object({ a: z.int().optional() }).refine(() => true)), '{}'],
  transformed: [
    takes(z.object({ a: z.int().optional() }).transform((all) => ({ ...all, made: 1 }))),
    '{ made: 1 }',
  ],
  chained: [
    open
      .input(z.object({ a: z.int().optional() }))
      .input(z.object({ b: z.int().default(2) }))
      .output(z.string())
      .query(show),
    '{ b: 2 }',
  ],
  required: [takes(z.object({ a: z.string() })), null],
  requiredElsewhere: [
    open
      .input(z.object({ a: z.int().optional() }))
      .input(z.object({ b: z.int() }))
      .output(z.string())
      .query(show),
    null,
  ],
  allKeys: [takes(z.record(z.enum(['a']), z.number())), null],
  list: [takes(z.array(z.string())), null],
  text: [takes(z.string()), null],
  // These accept `undefined`, and get it.
  optional: [takes(z.object({ a: z.int().optional() }).optional()), 'undefined'],
  defaulted: [takes(z.object({ a: z.int().optional() }).default({ a: 1 })), '{ a: 1 }'],
  orNothing: [takes(z.union([z.object({}), z.undefined()])), 'undefined'],
  orAnything: [takes(z.union([z.object({ a: z.int().optional() }), z.unknown()])), 'undefined'],
  unknown: [takes(z.unknown()), 'undefined'],
  void: [takes(z.void()), 'undefined'],
  // The function of the application decides what `undefined` becomes.
  preprocessed: [
    takes(z.preprocess((value) => value ?? { a: 1 }, z.object({ a: z.int().optional() }))),
    '{ a: 1 }',
  ],
};

const lists = {
  strict: takes(z.strictObject({ cursor: z.string().optional() })),
  strictOption: takes(z.union([z.strictObject({ a: z.int() }), z.strictObject({ b: z.int().optional() })])),
  sorting: takes(z.strictObject({ direction: z.enum(['forward', 'backward', 'up']).optional() })),
  stripping: takes(z.object({ cursor: z.string().optional() })),
  loose: takes(z.looseObject({ cursor: z.string().optional() })),
};
const app = router({
  ...Object.fromEntries(Object.entries(ABSENT).map(([name, [procedure]]) => [name, procedure])),
  list: router(lists),
  change: open
    .input(z.strictObject({ a: z.int().optional() }))
    .output(z.string())
    .mutation(show),
});

const deps = await startInstance();
afterAll(deps.close);
const fetchOurs = rpcFetch(deps, app);

const options = { url: 'http://localhost:3000/api/trpc', transformer: superjson, fetch: fetchOurs };
const CLIENTS = {
  'one by one': createTRPCUntypedClient<typeof app>({ links: [httpLink(options)] }),
  'in a batch': createTRPCUntypedClient<typeof app>({ links: [httpBatchLink(options)] }),
  'in a stream': createTRPCUntypedClient<typeof app>({ links: [httpBatchStreamLink(options)] }),
};

describe.each(Object.entries(CLIENTS))('calls %s', (_, client) => {
  const received = (path: string, input?: unknown) => client.query(path, input).catch(() => null);

  test('without an argument get {} if the schema accepts {} and rejects undefined', async () => {
    const names = Object.keys(ABSENT);
    const outcomes: unknown[] = [];
    for (const name of names) outcomes.push(await received(name));
    const expected = names.map((name) => [name, ABSENT[name]?.[1]]);
    expect(names.map((name, i) => [name, outcomes[i]])).toEqual(expected);
    expect(await client.mutation('change').catch(() => null)).toBe('{}');
  });

  test('may contain the direction of infinite queries', async () => {
    const input = { direction: 'forward' };
    expect(await received('list.strict', { ...input, cursor: 'x' })).toBe("{ cursor: 'x' }");
    expect(await received('list.strictOption', { ...input, b: 1 })).toBe('{ b: 1 }');
    expect(await received('list.sorting', input)).toBe("{ direction: 'forward' }");
    expect(await received('list.stripping', input)).toBe('{}');
    expect(await received('list.loose', input)).toBe("{ direction: 'forward' }");
    expect(await received('list.strict', { direction: 'up' })).toBeNull();
    expect(await received('list.strict', { ...input, other: 1 })).toBeNull();
    expect(await client.mutation('change', input).catch(() => null)).toBeNull();
  });
});
