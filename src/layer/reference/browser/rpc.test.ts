import { expect, test } from '@jest/globals';
import superjson from 'superjson';
import { z } from 'zod';
import fc from '#test/fast-check';
import { typedValuesOf } from '../typed-values.ts';
import { toSuperjson } from './rpc.ts';

const date = fc.date({ noInvalidDate: true, min: new Date(0), max: new Date('9999-12-31') });
// Names that superjson escapes in its paths, or that all objects have.
const name = fc.oneof(fc.stringMatching(/^[a-z.\\]{1,4}$/), fc.constantFrom('toString', 'valueOf'));

const Leaf = z.union([z.date(), z.bigint(), z.boolean()]);
const Input = z.object({
  at: z.date().optional(),
  big: z.bigint(),
  'a.b\\c': z.object({ on: z.array(z.date()).readonly() }),
  tags: z.set(z.string()),
  dates: z.set(z.date()),
  sizes: z.map(z.string(), z.object({ at: z.date().nullable() })),
  byBigint: z.map(z.bigint(), z.date()),
  byNumber: z.map(z.number(), z.string()),
  byDate: z.map(z.date(), z.bigint()),
  five: z.literal([5n, 'x']),
  pair: z.tuple([z.date(), z.string()]).rest(z.bigint()),
  named: z.record(z.string(), z.date()),
  animal: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('cat'), born: z.date() }),
    z.object({ kind: z.literal('dog'), legs: z.bigint() }),
  ]),
  leaf: Leaf,
  get inner() {
    return z.array(Input).optional();
  },
});

const { value: input } = fc.letrec<{ value: z.infer<typeof Input> }>((tie) => ({
  value: fc.record(
    {
      at: date,
      big: fc.bigInt(),
      'a.b\\c': fc.record({ on: fc.array(date, { maxLength: 2 }) }),
      tags: fc.array(fc.string(), { maxLength: 2 }).map((items) => new Set(items)),
      dates: fc.array(date, { maxLength: 2 }).map((items) => new Set(items)),
      sizes: fc
        .dictionary(name, fc.record({ at: fc.option(date) }), { maxKeys: 2 })
        .map((entries) => new Map(Object.entries(entries))),
      byBigint: fc.array(fc.tuple(fc.bigInt(), date), { maxLength: 2 }).map((entries) => new Map(entries)),
      byNumber: fc
        .array(fc.tuple(fc.integer(), fc.string()), { maxLength: 2 })
        .map((entries) => new Map(entries)),
      byDate: fc.option(fc.tuple(date, fc.bigInt())).map((entry) => new Map(entry ? [entry] : [])),
      five: fc.constantFrom(5n as const, 'x' as const),
      pair: fc.tuple(date, fc.string()).chain(([at, text]) => {
        return fc
          .array(fc.bigInt(), { maxLength: 2 })
          .map((rest): [Date, string, ...bigint[]] => [at, text, ...rest]);
      }),
      named: fc.dictionary(name, date, { maxKeys: 2, noNullPrototype: true }),
      animal: fc.oneof(
        fc.record({ kind: fc.constant('cat' as const), born: date }),
        fc.record({ kind: fc.constant('dog' as const), legs: fc.bigInt() }),
      ),
      leaf: fc.oneof(date, fc.bigInt(), fc.boolean()),
      inner: fc.option(fc.array(tie('value'), { maxLength: 2, depthIdentifier: 'inner' }), {
        nil: undefined,
        depthIdentifier: 'inner',
        maxDepth: 2,
      }),
    },
    {
      requiredKeys: [
        'big',
        'a.b\\c',
        'tags',
        'dates',
        'sizes',
        'byBigint',
        'byNumber',
        'byDate',
        'five',
        'pair',
        'named',
        'animal',
        'leaf',
      ],
    },
  ),
}));

/** Returns the JSON of a value as REST takes it. */
function jsonOf(value: unknown): unknown {
  if (value instanceof Date) return value.toISOString();
  if (typeof value === 'bigint') return String(value);
  if (value instanceof Set) return [...value].map(jsonOf);
  if (value instanceof Map) {
    return jsonOf(Object.fromEntries(Array.from(value, ([key, one]) => [String(jsonOf(key)), one])));
  }
  if (Array.isArray(value)) return value.map(jsonOf);
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  return Object.fromEntries(fields.map(([key, field]) => [key, jsonOf(field)]));
}

/** Removes fields that are `undefined`, which JSON lacks. */
const withoutAbsent = (value: z.infer<typeof Input>): unknown => Input.parse(value);

test('superjson reads what the form sends as the value itself', () => {
  const typed = typedValuesOf(Input);
  fc.assert(
    fc.property(input, (value) => {
      const sent = JSON.stringify(toSuperjson(jsonOf(value), typed));
      expect(superjson.parse(sent)).toEqual(withoutAbsent(value));
    }),
  );
});

test('no input is undefined', () => {
  expect(superjson.parse(JSON.stringify(toSuperjson(undefined, [])))).toBeUndefined();
});
