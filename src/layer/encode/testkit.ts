/** Schemas of every kind, and inputs for them. */
import assert from 'node:assert/strict';
import superjson from 'superjson';
import { z } from 'zod';
import * as core from 'zod/v4/core';
import fc from '#test/fast-check';
import { compileJson, toJson } from './json.ts';
import { compileSuperjson, superjsonWriter } from './superjson.ts';

/** Writes values by the copy of superjson that the tests use. */
export const toSuperjson = superjsonWriter(superjson);

/** A schema with inputs for it; it need not accept all of them. */
export interface Sample {
  schema: z.ZodType;
  input: fc.Arbitrary<unknown>;
}

/** Some of these are in several places of one value. */
const SHARED_DATES = [new Date(0), new Date('2026-01-31T09:30:00.123Z'), new Date(-1), new Date(8.64e15)];
const SHARED_OBJECTS = [
  { at: SHARED_DATES[0] },
  [SHARED_DATES[1], 1n],
  {},
  [],
  new Set([1]),
  new Map([['a', 1]]),
];

class Point {
  x = 1;
}

const KEYS = [
  'a',
  'b',
  'a.b',
  'x\\y',
  'q"',
  '\n',
  '\ud800',
  '0',
  '1',
  '10',
  '01',
  '',
  'toString',
  'constructor',
];
const key = fc.constantFrom(...KEYS);
const text = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  key,
  fc.constantFrom('a"b', '\\', '\udc00x'),
);
const date = fc.oneof(fc.constantFrom(...SHARED_DATES), fc.date({ noInvalidDate: true }));
const number = fc.oneof(fc.integer(), fc.double(), fc.constantFrom(-0, 0, 1e21, NaN, Infinity));
const bigint = fc.oneof(fc.bigInt(), fc.constantFrom(0n, 1n));

const strange = fc.constantFrom<unknown>(
  new Date(NaN),
  /a\/b/gi,
  new URL('https://example.com/?a=b'),
  new Error('no', { cause: SHARED_DATES[0] }),
  new Point(),
  Symbol('s'),
  () => 1,
  new Uint8Array([1, 2]),
  Object.assign(['x'], { index: undefined }),
  [1, , 3, ,], // eslint-disable-line no-sparse-arrays -- tests holes
  { toJSON: () => 'own' },
  { constructor: 1 },
  Object.fromEntries([['__proto__', 1]]),
);

/** Values of any kind, some of them shared. */
export const anything: fc.Arbitrary<unknown> = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    fc.oneof(text, number, bigint, fc.boolean(), fc.constantFrom(null, undefined), date),
    fc.constantFrom(...SHARED_OBJECTS),
    { weight: 4, arbitrary: fc.dictionary(key, tie('value'), { maxKeys: 4 }) },
    { weight: 4, arbitrary: fc.array(tie('value'), { maxLength: 4 }) },
    fc.array(tie('value'), { maxLength: 3 }).map((items) => new Set(items)),
    fc.array(fc.tuple(tie('value'), tie('value')), { maxLength: 3 }).map((pairs) => new Map(pairs)),
  ),
})).value;

const of = (schema: z.ZodType, input: fc.Arbitrary<unknown>): Sample => ({ schema, input });
const isoDate = z.codec(z.string(), z.date(), {
  decode: (iso) => new Date(iso),
  encode: (at) => at.toISOString(),
});

const LEAVES: Sample[] = [
  of(z.string(), text),
  of(
    z
      .string()
      .trim()
      .refine(() => true),
    text,
  ),
  of(z.number(), number),
  of(z.int(), fc.maxSafeInteger()),
  of(z.boolean(), fc.boolean()),
  of(z.bigint(), bigint),
  of(z.null(), fc.constant(null)),
  of(z.undefined(), fc.constant(undefined)),
  of(z.void(), fc.constant(undefined)),
  of(z.nan(), fc.constant(NaN)),
  of(z.symbol(), fc.constant(Symbol('s'))),
  of(z.date(), date),
  of(z.date().min(new Date(0)), date),
  of(z.coerce.date(), date),
  of(
    isoDate,
    date.map((at) => at.toISOString()),
  ),
  of(z.enum(['x', 'y"']), fc.constantFrom('x', 'y"')),
  of(z.literal(['x', 1, null, true]), fc.constantFrom('x', 1, null, true)),
  of(z.literal([undefined, 2n]), fc.constantFrom(undefined, 2n)),
  of(z.templateLiteral(['n', z.int()]), fc.constantFrom('n1', 'n22')),
  of(z.stringbool(), fc.constantFrom('yes', 'no')),
  of(z.file(), fc.constant(new File(['x'], 'x.txt'))),
  of(z.instanceof(URL), fc.constant(new URL('https://example.com'))),
  of(z.any(), anything),
  of(z.unknown(), anything),
  of(z.custom(), anything),
  of(z.any(), strange),
  of(
    z.unknown().transform((value) => value),
    anything,
  ),
  of(
    z.string().transform(() => SHARED_OBJECTS[0]),
    text,
  ),
  of(z.success(z.string()), anything),
];

/** Trees with a subtree in several places. */
const Lazy: z.ZodType = z.lazy(() => z.object({ at: z.date(), children: z.array(Lazy) }));
const Tree = z.object({
  at: z.date(),
  get children(): z.ZodType {
    return z.array(Tree);
  },
});
const shared = { at: SHARED_DATES[0], children: [] };
const tree = fc.letrec<{ tree: unknown }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 3 },
    fc.constant(shared),
    fc.record({ at: date, children: fc.array(tie('tree'), { maxLength: 3 }) }),
  ),
})).tree;
LEAVES.push(
  of(Lazy, tree),
  of(Tree, tree),
  of(z.object({ a: Tree, b: Tree }), fc.constant({ a: shared, b: shared })),
);

const either = (...inputs: fc.Arbitrary<unknown>[]) => fc.oneof(...inputs);

const wrapped: readonly ((inner: Sample) => Sample)[] = [
  ({ schema, input }) => of(schema.optional(), either(input, fc.constant(undefined))),
  ({ schema, input }) => of(z.exactOptional(schema), input),
  ({ schema, input }) => of(schema.nullable(), either(input, fc.constant(null))),
  ({ schema, input }) => of(schema.nullish(), either(input, fc.constantFrom(null, undefined))),
  ({ schema, input }) => of(z._default(schema, SHARED_OBJECTS[0]), either(input, fc.constant(undefined))),
  ({ schema, input }) => of(z.prefault(schema, 'x'), either(input, fc.constant(undefined))),
  ({ schema, input }) => of(z.catch(schema, SHARED_OBJECTS[1]), either(input, anything)),
  ({ schema, input }) => of(schema.readonly().brand(), input),
  ({ schema, input }) => of(z.nonoptional(schema), input),
  ({ schema, input }) =>
    of(
      schema.refine(() => true),
      input,
    ),
  ({ schema, input }) =>
    of(
      schema.overwrite(() => SHARED_OBJECTS[2]),
      input,
    ),
  ({ schema, input }) =>
    of(
      schema.transform((value) => [value, value]),
      input,
    ),
  ({ schema, input }) =>
    of(
      schema.refine(() => Promise.resolve(true)),
      input,
    ),
  ({ schema, input }) =>
    of(
      z.preprocess((value) => value, schema),
      input,
    ),
  ({ schema, input }) => of(z.pipe(schema, z.any()), input),
  ({ schema, input }) => of(z.union([schema, z.string()]), either(input, text)),
  ({ schema, input }) => of(z.array(schema).min(0), fc.array(input, { maxLength: 12 })),
  ({ schema, input }) => of(z.tuple([z.date(), schema], schema), fc.tuple(date, input, input)),
  ({ schema, input }) =>
    of(z.tuple([schema, z.optional(z.date())]), either(fc.tuple(input), fc.tuple(input, date))),
  ({ schema, input }) =>
    of(
      z.set(schema),
      fc.array(input, { maxLength: 4 }).map((items) => new Set(items)),
    ),
  ({ schema, input }) => of(z.record(z.string(), schema), fc.dictionary(key, input, { maxKeys: 4 })),
  ({ schema, input }) =>
    of(z.partialRecord(z.enum(['a', '1']), schema), fc.dictionary(fc.constantFrom('a', '1'), input)),
  ({ schema, input }) =>
    of(z.looseObject({ a: schema }), fc.record({ a: input, more: anything, constructor: input })),
  ({ schema, input }) =>
    of(z.object({ a: z.date() }).catchall(schema), fc.record({ a: date, '1': input, 'b.c': input })),
];

const paired: readonly ((one: Sample, other: Sample) => Sample)[] = [
  (one, other) => of(z.union([one.schema, other.schema]), either(one.input, other.input)),
  (one, other) =>
    of(
      z.map(one.schema, other.schema),
      fc.array(fc.tuple(one.input, other.input), { maxLength: 3 }).map((pairs) => new Map(pairs)),
    ),
  (one, other) =>
    of(
      z.discriminatedUnion('kind', [
        z.object({ kind: z.literal('one'), it: one.schema }),
        z.strictObject({ kind: z.enum(['two', 'three']), it: other.schema, at: z.date().optional() }),
      ]),
      either(
        fc.record({ kind: fc.constant('one'), it: one.input }),
        fc.record({ kind: fc.constantFrom('two', 'three'), it: other.input }),
        fc.record({ kind: fc.constant('three'), it: other.input, at: fc.option(date, { nil: undefined }) }),
      ),
    ),
  (one, other) =>
    of(
      z.intersection(z.looseObject({ a: one.schema }), z.looseObject({ b: other.schema })),
      fc.record({ a: one.input, b: other.input }),
    ),
];

function object(fields: [string, Sample][]): Sample {
  const shape = Object.fromEntries(fields.map(([name, { schema }]) => [name, schema]));
  const inputs = Object.fromEntries(fields.map(([name, { input }]) => [name, input]));
  return of(z.object(shape), fc.record(inputs, { requiredKeys: [] }));
}

/** Nested schemas of every kind. */
export const samples: fc.Arbitrary<Sample> = fc.letrec<{ sample: Sample }>((tie) => ({
  sample: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    fc.constantFrom(...LEAVES),
    fc.tuple(fc.constantFrom(...wrapped), tie('sample')).map(([wrap, inner]) => wrap(inner)),
    fc
      .tuple(fc.constantFrom(...paired), tie('sample'), tie('sample'))
      .map(([pair, one, other]) => pair(one, other)),
    { weight: 3, arbitrary: fc.array(fc.tuple(key, tie('sample')), { maxLength: 5 }).map(object) },
  ),
})).sample;

/** Returns the result of a function, or the text of its error. */
export function outcome(write: (value: unknown) => unknown, value: unknown): unknown {
  try {
    return write(value);
  } catch (error) {
    return `throws ${String(error)}`;
  }
}

/** Checks that both encoders write a value as the libraries do. @param value as returned by a parse of `schema`. */
export function expectSame(schema: core.$ZodType, value: unknown): void {
  assert.equal(outcome(compileSuperjson(schema, toSuperjson), value), outcome(toSuperjson, value));
  assert.equal(outcome(compileJson(schema), value), outcome(toJson, value));
}

/** True if superjson has to write the value that `schema` returns for an input. */
export function fallsBack(schema: core.$ZodType, value: unknown): boolean {
  const parsed = core.parse(schema, value);
  expectSame(schema, parsed);
  // Not by Jest, because programs that Jest does not run import this file too.
  const { serialize } = superjson;
  let isCalled = false;
  superjson.serialize = (value) => {
    isCalled = true;
    return serialize(value);
  };
  outcome(compileSuperjson(schema, toSuperjson), parsed);
  superjson.serialize = serialize;
  return isCalled;
}
