import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { compileCoercion } from './coerce.ts';
import { BracketNode, RawText } from './text.ts';

const coerce = (schema: z.ZodType, value: unknown) => compileCoercion(schema)(value);

/** Returns a value with all strings marked as text. */
function text(value: unknown): unknown {
  if (typeof value === 'string') return new RawText(value);
  return Array.isArray(value) ? value.map(text) : value;
}
const node = (fields: Record<string, unknown>) =>
  new BracketNode(new Map(Object.entries(fields).map(([name, value]) => [name, text(value)])));

interface Tree {
  at: Date;
  children: Tree[];
}
const Tree: z.ZodType<Tree> = z.object({
  at: z.date(),
  get children() {
    return z.array(Tree);
  },
});

describe('text', () => {
  test.each<[string, z.ZodType, unknown, unknown]>([
    ['a number', z.number(), '12', 12],
    ['a negative fraction', z.number(), '-0.5e2', -50],
    ['empty text for a number', z.number(), '', ''],
    ['a word for a number', z.number(), 'twelve', 'twelve'],
    ['a hexadecimal number', z.number(), '0x10', '0x10'],
    ['a padded number', z.number(), ' 1', ' 1'],
    ['an infinite number', z.number(), 'Infinity', 'Infinity'],
    ['true', z.boolean(), 'true', true],
    ['false', z.boolean(), 'false', false],
    ['1 for a boolean', z.boolean(), '1', '1'],
    ['a bigint', z.bigint(), '9007199254740993', 9007199254740993n],
    ['a fraction for a bigint', z.bigint(), '1.5', '1.5'],
    ['a date', z.date(), '2026-02-03', new Date('2026-02-03')],
    ['a time', z.date(), '2026-02-03T04:05:06+01:00', new Date('2026-02-03T03:05:06Z')],
    ['a day that does not exist', z.date(), '2026-02-30', '2026-02-30'],
    ['a number for a date', z.date(), '0', '0'],
    ['digits for a string', z.string(), '12', '12'],
    ['a string format', z.email(), 'a@b.c', 'a@b.c'],
    ['one item for a list', z.array(z.number()), '1', [1]],
    ['several items for a list', z.array(z.number()), ['1', '2'], [1, 2]],
    ['a tuple', z.tuple([z.string(), z.number()]), ['1', '2'], ['1', 2]],
    ['a list for a single value', z.number(), ['1', '2'], ['1', '2']],
    ['an enum of numbers', z.enum({ Low: 1, High: 2 }), '2', 2],
    ['a literal of several kinds', z.literal(['on', 3, true]), 'true', true],
    ['wrappers', z.number().min(1).optional().default(3).readonly().nullable(), '4', 4],
    ['a catch', z.boolean().catch(true), 'false', false],
    ['a transform', z.number().transform((n) => n + 1), '4', 4],
    ['a pipe', z.number().pipe(z.number().max(5)), '4', 4],
    ['a lazy schema', z.lazy(() => z.number()), '4', 4],
    ['a stringbool stays text', z.stringbool(), 'yes', 'yes'],
    ['the first option that fits', z.union([z.boolean(), z.number()]), '1', 1],
    ['a string before a number', z.union([z.string(), z.number()]), '1', '1'],
    ['a string after a number', z.union([z.number(), z.string()]), 'x', 'x'],
    ['anything', z.unknown(), '1', '1'],
    ['an option by its limits', z.union([z.number().max(5), z.string()]), '10', '10'],
    ['an option by its format', z.union([z.iso.date(), z.number()]), '12', 12],
    ['an option that is a null', z.union([z.null(), z.number()]), '12', 12],
    ['a codec', z.codec(z.number(), z.string(), { decode: String, encode: Number }), '4', 4],
    ['a coercing schema', z.coerce.boolean(), 'false', false],
    [
      'the date of an HTTP header',
      z.date(),
      'Sun, 06 Nov 1994 08:49:37 GMT',
      new Date('1994-11-06T08:49:37Z'),
    ],
    ['the wrong day of the week', z.date(), 'Mon, 06 Nov 1994 08:49:37 GMT', 'Mon, 06 Nov 1994 08:49:37 GMT'],
    ['a set', z.set(z.number()), ['1', '2'], new Set([1, 2])],
  ])('is converted to what the schema expects: %s', (_, schema, value, expected) => {
    expect(coerce(schema, text(value))).toEqual(expected);
  });

  test.each<[string, z.ZodType, Record<string, unknown>, unknown]>([
    ['an object', z.object({ n: z.number(), s: z.string() }), { n: '1', s: '1' }, { n: 1, s: '1' }],
    ['a list', z.array(z.number()), { 1: '5', 0: '4' }, [4, 5]],
    ['a list with a gap', z.array(z.number()), { 0: '4', 2: '5' }, { 0: '4', 2: '5' }],
    ['a record with the names of a list', z.record(z.string(), z.number()), { 0: '4' }, { 0: 4 }],
    ['a map', z.map(z.number(), z.boolean()), { 4: 'true' }, new Map([[4, true]])],
    ['unknown values', z.object({ x: z.unknown() }), { x: '1', y: '2' }, { x: '1', y: '2' }],
    ['other fields', z.object({}).catchall(z.number()), { y: '2' }, { y: 2 }],
    [
      'the option with all fields',
      z.union([z.strictObject({ a: z.number() }), z.strictObject({ a: z.number(), b: z.number() })]),
      { a: '1', b: '2' },
      { a: 1, b: 2 },
    ],
    [
      'the option of a number',
      z.discriminatedUnion('v', [
        z.object({ v: z.literal(1), n: z.string() }),
        z.object({ v: z.literal(2), n: z.number() }),
      ]),
      { v: '2', n: '5' },
      { v: 2, n: 5 },
    ],
    [
      'both sides of an intersection',
      z.intersection(z.strictObject({ a: z.number() }), z.strictObject({ b: z.number() })),
      { a: '1', b: '2' },
      { a: 1, b: 2 },
    ],
    ['a preprocessed field', z.object({ n: z.preprocess(Number, z.number()) }), { n: '4' }, { n: '4' }],
    ['a preprocessed object', z.preprocess((x) => x, z.object({ n: z.number() })), { n: '1' }, { n: 1 }],
  ])('from names with brackets: %s', (_, schema, fields, expected) => {
    expect(coerce(schema, node(fields))).toEqual(expected);
  });

  test('is matched to an option without calling a check of the application', () => {
    let calls = 0;
    const own = z.number().refine(() => (calls += 1) > 0);
    expect(coerce(z.union([own, z.string()]), text('1'))).toBe(1);
    expect(calls).toBe(0);
  });
});

describe('JSON', () => {
  const json = coerce;
  const day = '2026-02-03T00:00:00Z';

  test('has only dates and bigints converted from strings', () => {
    const schema = z.object({
      at: z.date(),
      big: z.bigint(),
      n: z.number(),
      ok: z.boolean(),
      list: z.array(z.date()),
    });
    expect(json(schema, { at: day, big: '12', n: '12', ok: 'true', list: [day] })).toEqual({
      at: new Date(day),
      big: 12n,
      n: '12',
      ok: 'true',
      list: [new Date(day)],
    });
  });

  test('is converted inside records, intersections and recursive schemas', () => {
    expect(json(z.record(z.string(), z.date()), { a: day })).toEqual({ a: new Date(day) });
    const both = z.intersection(z.object({ a: z.date() }), z.object({ b: z.date() }));
    expect(json(both, { a: day, b: day })).toEqual({ a: new Date(day), b: new Date(day) });
    const tree = { at: day, children: [{ at: day, children: [] }] };
    expect(json(Tree, tree)).toEqual({ at: new Date(day), children: [{ at: new Date(day), children: [] }] });
  });

  test('has lists converted to sets and objects to maps', () => {
    expect(json(z.set(z.date()), [day])).toEqual(new Set([new Date(day)]));
    expect(json(z.map(z.string(), z.date()), { a: day })).toEqual(new Map([['a', new Date(day)]]));
  });

  test('is converted by the first option of a union that fits', () => {
    const schema = z.union([z.object({ kind: z.literal('s'), at: z.string() }), z.object({ at: z.date() })]);
    expect(json(schema, { kind: 's', at: day })).toEqual({ kind: 's', at: day });
    expect(json(schema, { at: day })).toEqual({ at: new Date(day) });
  });

  test('is converted by the option of its discriminator, even if another field of that option is wrong', () => {
    const schema = z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('text'), at: z.string() }),
      z.object({ kind: z.literal('date'), at: z.date(), n: z.number() }),
    ]);
    const value = json(schema, { kind: 'date', at: day, n: 'x' });
    expect(schema.safeParse(value).error?.issues.map((issue) => issue.path)).toEqual([['n']]);
  });

  test('is not changed in place, and keeps a key __proto__ as data', () => {
    const schema = z.strictObject({ at: z.date() });
    const before: unknown = JSON.parse(`{ "at": "${day}", "__proto__": { "x": 1 } }`);
    const after = json(schema, before);
    expect(before).toEqual(JSON.parse(`{ "at": "${day}", "__proto__": { "x": 1 } }`));
    expect(Object.keys(after ?? {})).toEqual(['at', '__proto__']);
    expect(Object.getPrototypeOf(after)).toBe(Object.prototype);
    expect(schema.safeParse({ at: day }).success).toBe(false);
  });
});
