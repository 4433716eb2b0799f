import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import type { Side } from '../../schema/schema.ts';
import { changesBetween } from './testkit.ts';

type Schema = z.core.$ZodType;

/** Returns the changes between two schemas as texts; those that break calls begin with `!`, those of code with `?`. */
const changes = (side: Side, before: Schema, after: Schema) =>
  changesBetween(side, before, after).map(({ path, what, effect }) => {
    const mark = { calls: '!', code: '?', nothing: '' }[effect];
    return `${mark}${path}${path === '' ? '' : ' '}${what}`;
  });

const object = (fields: Record<string, Schema>) => z.object(fields);
const Open = z.enum(['a', 'b']);
const Wide = z.enum(['a', 'b', 'c']);

test.each<[string, Schema, Schema, input: string[], output: string[]]>([
  ['nothing', object({ a: z.string() }), object({ a: z.string() }), [], []],
  ['a description', z.string(), z.string().meta({ description: 'A text.' }), [], []],
  ['a new value of an enum', Open, Wide, ['value "c" added'], ['!value "c" added']],
  ['a removed value of an enum', Wide, Open, ['!value "c" removed'], ['value "c" removed']],
  ['a type', z.string(), z.int(), ['!type: string → integer'], ['!type: string → integer']],
  ['integers only', z.number(), z.int32(), ['!type: number → integer'], ['type: number → integer']],
  ['null', z.string(), z.string().nullable(), ['type: string → null'], ['!type: string → null']],
  ['a maximum length', z.string().max(9), z.string().max(5), ['!maxLength: 9 → 5'], ['maxLength: 9 → 5']],
  ['a minimum', z.int().min(1), z.int().min(0), ['minimum: 1 → 0'], ['!minimum: 1 → 0']],
  ['an exclusive minimum', z.int().min(1), z.int().gt(0), [], []],
  [
    'a step',
    z.number().multipleOf(4),
    z.number().multipleOf(2),
    ['multipleOf: 4 → 2'],
    ['!multipleOf: 4 → 2'],
  ],
  [
    'a format',
    z.string(),
    z.iso.date(),
    ['!format: none → date', '!pattern'],
    ['format: none → date', 'pattern'],
  ],
  [
    'a new optional field',
    object({}),
    object({ a: z.int().optional() }),
    ['a field added'],
    ['a field added'],
  ],
  ['a new required field', object({}), object({ a: z.int() }), ['!a absent → required'], ['a field added']],
  ['a removed field', object({ a: z.int() }), object({}), ['?a field removed'], ['!a required → absent']],
  [
    'a field that becomes required',
    object({ a: z.int().optional() }),
    object({ a: z.int() }),
    ['!a optional → required'],
    ['a optional → required'],
  ],
  [
    'a default',
    object({ a: z.int().default(1) }),
    object({ a: z.int().default(2) }),
    ['a default: 1 → 2'],
    [],
  ],
  [
    'strictness',
    object({ a: z.int() }),
    z.strictObject({ a: z.int() }),
    ['!unknown fields ignored → unknown fields rejected'],
    [],
  ],
  [
    'items',
    object({ list: z.array(object({ id: z.string() })) }),
    object({ list: z.array(object({ id: z.uuid() })).min(1) }),
    ['!list minItems: 0 → 1', '!list[].id format: none → uuid', '!list[].id pattern'],
    ['list minItems: 0 → 1', 'list[].id format: none → uuid', 'list[].id pattern'],
  ],
  [
    'a new form of a union',
    z.discriminatedUnion('is', [object({ is: z.literal('a') })]),
    z.discriminatedUnion('is', [object({ is: z.literal('a') }), object({ is: z.literal('b') })]),
    ['is value "b" added'],
    ['!is value "b" added'],
  ],
  [
    'forms that exclude each other',
    z.union([object({ a: z.int() }), object({ b: z.int().optional() })]),
    z.xor([object({ a: z.int() }), object({ b: z.int().optional() })]),
    ['!more than one form of oneOf may fit'],
    [],
  ],
  [
    'the values of a record',
    z.record(z.string(), z.int32()),
    z.record(z.string(), z.string()),
    ['!* type: integer → string'],
    ['!* type: integer → string'],
  ],
])('%s', (_name, before, after, input, output) => {
  const withoutPattern = (texts: string[]) => texts.map((text) => text.replace(/(pattern): .*/, '$1'));
  expect({
    input: withoutPattern(changes('input', before, after)),
    output: withoutPattern(changes('output', before, after)),
  }).toEqual({ input, output });
});

describe('a schema that contains itself', () => {
  const treeOf = (name: Schema) => {
    const Tree = z.object({
      name,
      get children(): Schema {
        return z.array(Tree);
      },
    });
    return Tree;
  };

  test('is compared once', () => {
    expect(changes('input', treeOf(z.string()), treeOf(z.string()))).toEqual([]);
    expect(changes('input', treeOf(z.string()), treeOf(z.string().max(3)))).toContain(
      '!name maxLength: none → 3',
    );
  });
});
