import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import fc from '#test/fast-check';
import { compileSuperjson, toSuperjson } from './superjson.ts';
import { anything, expectSame, fallsBack, outcome, samples } from './testkit.ts';
import { isoTime } from './text.ts';

const NOW = new Date('2026-01-31T09:30:00.123Z');
const SHARED = { tags: ['a'] };
const Shared = z.object({ tags: z.array(z.string()) });
const Tags = z.object({ tags: z.array(z.string().min(5)) });
const isoDate = z.codec(z.string(), z.date(), {
  decode: (iso) => new Date(iso),
  encode: (at) => at.toISOString(),
});
/** Schemas whose types let a check or a default put anything in their value's place. */
const Text: z.ZodType = z.string();
const Kind: z.ZodType = z.literal('x');
const renamed = (kind: z.ZodType) =>
  z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('a'), it: Shared }),
    z.object({ kind, it: z.any() }),
  ]);

class Year extends Date {
  override toISOString(): string {
    return String(this.getUTCFullYear());
  }
}

const Tree = z.object({
  at: z.date(),
  get children() {
    return z.array(Tree);
  },
});

function around(): object {
  const value: Record<string, unknown> = {};
  value['self'] = value;
  return value;
}

const Kinds = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('a'), at: z.date() }),
  z.object({ kind: z.enum(['b', 'c']), more: z.map(z.string(), z.date()) }),
]);

describe('what the encoders write', () => {
  test('is what the libraries write, for any schema and what it parses', async () => {
    let parsed = 0;
    const call = samples.chain(({ schema, input }) => input.map((value) => ({ schema, value })));
    await fc.assert(
      fc.asyncProperty(call, async ({ schema, value }) => {
        const result = await schema.safeParseAsync(value).catch(() => undefined);
        if (!result?.success) return;
        parsed++;
        expectSame(schema, result.data);
      }),
      { numRuns: 20_000 },
    );
    expect(parsed).toBeGreaterThan(10_000);
  });

  test('is what the libraries write, also for what the schema never gave', () => {
    fc.assert(
      fc.property(samples, anything, ({ schema }, value) => {
        // What is shared is found where values come by reference only.
        fc.pre(!String(outcome(toSuperjson, value)).includes('referentialEqualities'));
        expectSame(schema, value);
      }),
      { numRuns: 5000 },
    );
  });

  test.each<[string, z.ZodType, unknown]>([
    ['a default', z.array(Shared.default(() => SHARED)), [undefined, undefined]],
    ['a part of a default', z.array(Shared.default(SHARED)), [undefined, undefined]],
    ['what a catch gives', z.array(Shared.catch(SHARED)), [1, 2]],
    ['what a transform gives', z.array(z.array(z.string())).transform(([one]) => [one, one]), [['a']]],
    ['what a check writes over', z.array(Shared.overwrite(() => SHARED)), [SHARED, SHARED]],
    ['what a check changes', z.array(Shared).refine((all) => all.push(...all)), [SHARED]],
    ['what another option of a union passes on', z.array(z.union([Tags, z.any()])), [SHARED, SHARED]],
    [
      'what a check writes over a scalar',
      z.array(z.union([Text.overwrite(() => SHARED), Shared])),
      ['a', 'b'],
    ],
    ['the default of a scalar', z.array(z.union([z._default(Text, SHARED), Shared])), [undefined, undefined]],
    [
      'what an option of another name passes on',
      z.array(renamed(z.literal('x').transform(() => 'a'))),
      [1, 2].map(() => ({ kind: 'x', it: SHARED })),
    ],
    [
      'what an option passes on whose name a check writes over',
      z.array(renamed(Kind.overwrite(() => 'a'))),
      [1, 2].map(() => ({ kind: 'x', it: SHARED })),
    ],
    ['a date', z.array(z.date()), [NOW, NOW]],
    [
      'one of many dates',
      z.array(z.date()),
      [NOW, ...Array.from({ length: 20 }, (_, i) => new Date(i)), NOW],
    ],
    ['a bigint', z.tuple([z.bigint(), z.bigint()]), [1n, 1n]],
    ['an object around itself', z.any(), around()],
  ])('names %s where it stands twice', (_, schema, value) => {
    expect(fallsBack(schema, value)).toBe(true);
  });

  test.each<[string, z.ZodType, unknown]>([
    ['numbers that JSON has not', z.any(), [NaN, Infinity, -0]],
    ['a date that is none', z.any(), new Date(NaN)],
    ['a date of a class of its own', z.date(), new Year()],
    ['holes and names in an array', z.any(), Object.assign(Array(1), { name: 1 })],
    ['numbers as keys after longer paths', z.any(), { 1: { at: NOW }, 2: new Date(1) }],
    ['classes, functions, symbols and streams', z.any(), [/a/, new URL('a:b'), () => 1, Symbol('s')]],
    ['a key that superjson refuses', z.record(z.string(), z.any()), { constructor: 1 }],
  ])('leaves %s to superjson', (_, schema, value) => {
    expect(fallsBack(schema, value)).toBe(true);
  });

  test.each<[string, z.ZodType, unknown]>([
    ['nothing', z.void(), undefined],
    ['a date', z.date(), NOW],
    [
      'undefined in objects and arrays',
      z.object({ a: z.array(z.string().optional()).optional() }),
      { a: [undefined] },
    ],
    ['maps and sets in each other', z.map(z.string(), z.set(z.date())), new Map([['a.b', new Set([NOW])]])],
    ['bigints', z.object({ n: z.bigint() }), { n: 1n }],
    ['what a codec decodes', z.object({ at: isoDate }), { at: NOW.toISOString() }],
    [
      'kinds',
      z.array(Kinds),
      [
        { kind: 'a', at: NOW },
        { kind: 'c', more: new Map([['x', new Date(1)]]) },
      ],
    ],
    ['unions', z.array(z.union([Tags, Shared, z.date(), z.string()])), [SHARED, NOW, 'x']],
    ['trees', Tree, { at: NOW, children: [{ at: new Date(1), children: [] }] }],
    [
      'what is not known',
      z.unknown(),
      { a: [1, new Map([[{ k: 1 }, new Set([2n])]]), { 'b.c': NOW }], d: undefined },
    ],
    ['more than is known', z.looseObject({ a: z.date() }), { a: NOW, 'x\\y': new Date(1) }],
    [
      'what goes together',
      z.object({ a: z.date() }).and(z.object({ b: z.date() })),
      { a: NOW, b: new Date(1) },
    ],
  ])('is their own work for %s', (_, schema, value) => {
    expect(fallsBack(schema, value)).toBe(false);
  });

  test('is refused as by superjson', () => {
    const write = compileSuperjson(z.record(z.string(), z.date()));
    expect(() => write({ prototype: NOW })).toThrow('Detected property prototype');
  });
});

describe('isoTime', () => {
  test('is what toISOString gives', () => {
    fc.assert(
      fc.property(fc.date({ noInvalidDate: true }), (date) => {
        expect(isoTime(date.getTime())).toBe(date.toISOString());
      }),
      { numRuns: 5000 },
    );
  });

  test('knows the ends of time, days, years and what its tables hold', () => {
    const ends = [
      0, -1, 1, 8.64e15, -8.64e15, 86_399_999, 86_400_000, 253_402_300_799_999, 253_402_300_800_000,
    ];
    for (const time of ends) expect(isoTime(time)).toBe(new Date(time).toISOString());
    for (let day = 0; day < 2500; day++)
      expect(isoTime(day * 86_400_000)).toBe(new Date(day * 86_400_000).toISOString());
  });
});
