import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import fc, { runs } from '#test/fast-check';
import { compileSuperjson } from './superjson.ts';
import { anything, expectSame, fallsBack, outcome, samples, toSuperjson } from './testkit.ts';
import { isoTime } from './text.ts';

const NOW = new Date('2026-01-31T09:30:00.123Z');
const SHARED = { tags: ['a'] };
const Shared = z.object({ tags: z.array(z.string()) });
const Tags = z.object({ tags: z.array(z.string().min(5)) });
const isoDate = z.codec(z.string(), z.date(), {
  decode: (iso) => new Date(iso),
  encode: (at) => at.toISOString(),
});
/** Schemas whose static type allows a check or a default to replace their value by anything. */
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

describe('the encoders', () => {
  test('write what the libraries write, for any schema and the values it returns', async () => {
    let parsed = 0;
    const call = samples.chain(({ schema, input }) => input.map((value) => ({ schema, value })));
    await fc.assert(
      fc.asyncProperty(call, async ({ schema, value }) => {
        const result = await schema.safeParseAsync(value).catch(() => undefined);
        if (!result?.success) return;
        parsed++;
        expectSame(schema, result.data);
      }),
      { numRuns: runs(20_000) },
    );
    expect(parsed).toBeGreaterThan(runs(10_000));
  });

  test('write what the libraries write, even for values that the schema does not return', () => {
    fc.assert(
      fc.property(samples, anything, ({ schema }, value) => {
        // An object in two places is only found if a parse may return it twice.
        fc.pre(!String(outcome(toSuperjson, value)).includes('referentialEqualities'));
        expectSame(schema, value);
      }),
      { numRuns: runs(5000) },
    );
  });

  test.each<[string, z.ZodType, unknown]>([
    ['a default', z.array(Shared.default(() => SHARED)), [undefined, undefined]],
    ['a part of a default', z.array(Shared.default(SHARED)), [undefined, undefined]],
    ['the value of a catch', z.array(Shared.catch(SHARED)), [1, 2]],
    ['the result of a transform', z.array(z.array(z.string())).transform(([one]) => [one, one]), [['a']]],
    ['a value that a check replaces', z.array(Shared.overwrite(() => SHARED)), [SHARED, SHARED]],
    ['a value that a check changes', z.array(Shared).refine((all) => all.push(...all)), [SHARED]],
    ['a value that another option of a union passes on', z.array(z.union([Tags, z.any()])), [SHARED, SHARED]],
    [
      'an object with which a check replaces a scalar',
      z.array(z.union([Text.overwrite(() => SHARED), Shared])),
      ['a', 'b'],
    ],
    ['the default of a scalar', z.array(z.union([z._default(Text, SHARED), Shared])), [undefined, undefined]],
    [
      'a value of an option with another name',
      z.array(renamed(z.literal('x').transform(() => 'a'))),
      [1, 2].map(() => ({ kind: 'x', it: SHARED })),
    ],
    [
      'a value of an option whose name a check replaces',
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
    ['an object that contains itself', z.any(), around()],
  ])('fall back to superjson if %s is in two places', (_, schema, value) => {
    expect(fallsBack(schema, value)).toBe(true);
  });

  test.each<[string, z.ZodType, unknown]>([
    ['numbers that JSON lacks', z.any(), [NaN, Infinity, -0]],
    ['an invalid date', z.any(), new Date(NaN)],
    ['a subclass of Date', z.date(), new Year()],
    ['an array with holes and named properties', z.any(), Object.assign(Array(1), { name: 1 })],
    ['numeric keys after longer paths', z.any(), { 1: { at: NOW }, 2: new Date(1) }],
    ['classes, functions, symbols and streams', z.any(), [/a/, new URL('a:b'), () => 1, Symbol('s')]],
    ['a key that superjson rejects', z.record(z.string(), z.any()), { constructor: 1 }],
  ])('leave %s to superjson', (_, schema, value) => {
    expect(fallsBack(schema, value)).toBe(true);
  });

  test.each<[string, z.ZodType, unknown]>([
    ['void', z.void(), undefined],
    ['a date', z.date(), NOW],
    [
      'undefined in objects and arrays',
      z.object({ a: z.array(z.string().optional()).optional() }),
      { a: [undefined] },
    ],
    ['nested maps and sets', z.map(z.string(), z.set(z.date())), new Map([['a.b', new Set([NOW])]])],
    ['bigints', z.object({ n: z.bigint() }), { n: 1n }],
    ['a decoded value of a codec', z.object({ at: isoDate }), { at: NOW.toISOString() }],
    [
      'a discriminated union',
      z.array(Kinds),
      [
        { kind: 'a', at: NOW },
        { kind: 'c', more: new Map([['x', new Date(1)]]) },
      ],
    ],
    ['unions', z.array(z.union([Tags, Shared, z.date(), z.string()])), [SHARED, NOW, 'x']],
    ['trees', Tree, { at: NOW, children: [{ at: new Date(1), children: [] }] }],
    [
      'unknown values',
      z.unknown(),
      { a: [1, new Map([[{ k: 1 }, new Set([2n])]]), { 'b.c': NOW }], d: undefined },
    ],
    ['unknown fields', z.looseObject({ a: z.date() }), { a: NOW, 'x\\y': new Date(1) }],
    ['an intersection', z.object({ a: z.date() }).and(z.object({ b: z.date() })), { a: NOW, b: new Date(1) }],
  ])('write %s without superjson', (_, schema, value) => {
    expect(fallsBack(schema, value)).toBe(false);
  });

  test('reject a key that superjson rejects', () => {
    const write = compileSuperjson(z.record(z.string(), z.date()), toSuperjson);
    expect(() => write({ prototype: NOW })).toThrow('Detected property prototype');
  });
});

describe('isoTime', () => {
  test('returns what toISOString returns', () => {
    fc.assert(
      fc.property(fc.date({ noInvalidDate: true }), (date) => {
        expect(isoTime(date.getTime())).toBe(date.toISOString());
      }),
      { numRuns: runs(5000) },
    );
  });

  test('is correct at the limits of dates, days, years and its cache', () => {
    const ends = [
      0, -1, 1, 8.64e15, -8.64e15, 86_399_999, 86_400_000, 253_402_300_799_999, 253_402_300_800_000,
    ];
    for (const time of ends) expect(isoTime(time)).toBe(new Date(time).toISOString());
    for (let day = 0; day < 2500; day++)
      expect(isoTime(day * 86_400_000)).toBe(new Date(day * 86_400_000).toISOString());
  });
});
