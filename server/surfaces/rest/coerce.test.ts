import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { compileCoercion, type Source } from './coerce.ts';

const coerce = (schema: z.ZodType, value: unknown, source: Source = 'text') =>
  compileCoercion(schema, source)(value);

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
    ['nothing for a number', z.number(), '', ''],
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
    ['a day that is none', z.date(), '2026-02-30', '2026-02-30'],
    ['a number for a date', z.date(), '0', '0'],
    ['digits for a string', z.string(), '12', '12'],
    ['a string format', z.email(), 'a@b.c', 'a@b.c'],
    ['one item for a list', z.array(z.number()), '1', [1]],
    ['more items', z.array(z.number()), ['1', '2'], [1, 2]],
    ['a tuple', z.tuple([z.string(), z.number()]), ['1', '2'], ['1', 2]],
    ['a list where one value goes', z.number(), ['1', '2'], ['1', '2']],
    ['an enum of numbers', z.enum({ Low: 1, High: 2 }), '2', 2],
    ['a literal of several kinds', z.literal(['on', 3, true]), 'true', true],
    ['wrappers', z.number().min(1).optional().default(3).readonly().nullable(), '4', 4],
    ['a catch', z.boolean().catch(true), 'false', false],
    ['a transform', z.number().transform((n) => n + 1), '4', 4],
    ['a pipe', z.number().pipe(z.number().max(5)), '4', 4],
    ['a lazy schema', z.lazy(() => z.number()), '4', 4],
    ['a preprocess sees the text', z.preprocess(Number, z.number()), '4', '4'],
    ['a stringbool stays text', z.stringbool(), 'yes', 'yes'],
    ['the first option that fits', z.union([z.boolean(), z.number()]), '1', 1],
    ['a string before a number', z.union([z.string(), z.number()]), '1', '1'],
    ['a string after a number', z.union([z.number(), z.string()]), 'x', 'x'],
    ['anything', z.unknown(), '1', '1'],
  ])('%s', (_, schema, value, expected) => {
    expect(coerce(schema, value)).toEqual(expected);
  });
});

describe('JSON', () => {
  const json = (schema: z.ZodType, value: unknown) => coerce(schema, value, 'json');
  const day = '2026-02-03T00:00:00Z';

  test('turns dates and bigints only', () => {
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

  test('reaches into records, intersections and schemas that contain themselves', () => {
    expect(json(z.record(z.string(), z.date()), { a: day })).toEqual({ a: new Date(day) });
    const both = z.intersection(z.object({ a: z.date() }), z.object({ b: z.date() }));
    expect(json(both, { a: day, b: day })).toEqual({ a: new Date(day), b: new Date(day) });
    const tree = { at: day, children: [{ at: day, children: [] }] };
    expect(json(Tree, tree)).toEqual({ at: new Date(day), children: [{ at: new Date(day), children: [] }] });
  });

  test('chooses the option of a union by what fits', () => {
    const schema = z.union([z.object({ kind: z.literal('s'), at: z.string() }), z.object({ at: z.date() })]);
    expect(json(schema, { kind: 's', at: day })).toEqual({ kind: 's', at: day });
    expect(json(schema, { at: day })).toEqual({ at: new Date(day) });
  });

  test('a discriminator chooses even where another field is wrong, so that errors are about the right option', () => {
    const schema = z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('text'), at: z.string() }),
      z.object({ kind: z.literal('date'), at: z.date(), n: z.number() }),
    ]);
    const value = json(schema, { kind: 'date', at: day, n: 'x' });
    expect(schema.safeParse(value).error?.issues.map((issue) => issue.path)).toEqual([['n']]);
  });

  test('changes neither the value nor the schema, and keeps odd keys as data', () => {
    const schema = z.strictObject({ at: z.date() });
    const before: unknown = JSON.parse(`{ "at": "${day}", "__proto__": { "x": 1 } }`);
    const after = json(schema, before);
    expect(before).toEqual(JSON.parse(`{ "at": "${day}", "__proto__": { "x": 1 } }`));
    expect(Object.keys(after ?? {})).toEqual(['at', '__proto__']);
    expect(Object.getPrototypeOf(after)).toBe(Object.prototype);
    expect(schema.safeParse({ at: day }).success).toBe(false);
  });
});
