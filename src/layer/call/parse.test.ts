import { inspect } from 'node:util';
import { expect, test } from '@jest/globals';
import { initTRPC, TRPCError } from '@trpc/server';
import { z } from 'zod';
import * as mini from 'zod/mini';
import fc from '#test/fast-check';
import { compileCall } from './compile.ts';

/** The number of runs of each function of the application, and the promises that it returned. */
let runs = new Map<string, number>();
let promises: Watched<unknown>[] = [];

/** A promise that records if its result was read. */
class Watched<T> extends Promise<T> {
  isHandled = false;
  override then<A = T, B = never>(
    onDone?: ((value: T) => A | PromiseLike<A>) | null,
    onFailed?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    this.isHandled = true;
    return super.then(onDone, onFailed);
  }
}

/** How a function of an application returns its result. */
type How = 'sync' | 'async' | 'rejecting';
function application<T>(name: string, how: How, result: (value: never) => T) {
  return (value: unknown): T => {
    runs.set(name, (runs.get(name) ?? 0) + 1);
    if (how === 'sync') return result(value as never);
    const promise = new Watched<unknown>((resolve, reject) => {
      if (how === 'async') resolve(result(value as never));
      else reject(new RangeError('a bug of the application'));
    });
    promises.push(promise);
    // In some places, zod's types do not allow a promise, but zod awaits promises in all of them.
    return promise as T;
  };
}

const hows = fc.constantFrom<How>('sync', 'sync', 'async', 'async', 'rejecting');
let names = 0;
const nameOf = (kind: string) => `${kind} ${names++}`;

/** Schemas with functions of the application in every place that zod allows. */
const schemas = fc.letrec<{ schema: z.core.$ZodType }>((tie) => {
  const schema = tie('schema');
  return {
    schema: fc.oneof(
      { maxDepth: 3, depthSize: 'small' },
      fc.constantFrom(
        z.string().trim(),
        z.number().max(3),
        z.unknown(),
        z.date(),
        mini.boolean(),
        mini.string(),
      ),
      fc
        .tuple(schema, hows)
        .map(([inner, how]) =>
          z.pipe(inner, z.transform(application(nameOf('transform'), how, (value) => [value]))),
        ),
      fc
        .tuple(schema, hows, fc.boolean())
        .map(([inner, how, answer]) =>
          z.pipe(inner, z.unknown().refine(application(nameOf('refine'), how, () => answer))),
        ),
      fc
        .tuple(schema, hows)
        .map(([inner, how]) =>
          z.object({ a: inner }).superRefine(application(nameOf('superRefine'), how, () => undefined)),
        ),
      fc.tuple(schema, hows).map(([inner, how]) =>
        z.preprocess(
          application(nameOf('preprocess'), how, (value) => value),
          inner,
        ),
      ),
      fc
        .tuple(hows, fc.boolean())
        .map(([how, answer]) => z.custom(application(nameOf('custom'), how, () => answer))),
      fc.tuple(schema, hows).map(([inner, how]) =>
        z.codec(z.unknown(), inner, {
          decode: application(nameOf('codec'), how, (value) => value),
          encode: (value) => value,
        }),
      ),
      fc
        .tuple(hows, fc.boolean())
        .map(([how, answer]) =>
          mini.string().check(mini.refine(application(nameOf('mini'), how, () => answer))),
        ),
      fc.dictionary(fc.constantFrom('a', 'b', 'c'), schema, { maxKeys: 3 }).map((shape) => z.object(shape)),
      fc.dictionary(fc.constantFrom('a', 'b'), schema, { maxKeys: 2 }).map((shape) => z.strictObject(shape)),
      fc.tuple(schema, schema).map(([a, b]) => z.union([a, b])),
      fc.tuple(schema, schema).map(([a, b]) => z.intersection(z.object({ a }), mini.object({ b }))),
      fc
        .tuple(schema, schema)
        .map(([a, b]) =>
          z.discriminatedUnion('kind', [
            z.object({ kind: z.literal('a'), a }),
            z.object({ kind: z.literal('b'), b: z.optional(b) }),
          ]),
        ),
      schema.map((inner) => z.array(inner)),
      schema.map((inner) => z.set(inner)),
      schema.map((inner) => z.map(z.string(), inner)),
      schema.map((inner) => z.record(z.string(), inner)),
      schema.map((inner) => z.tuple([inner], inner)),
      schema.map((inner) => z.optional(inner)),
      schema.map((inner) => z.nullable(inner)),
      schema.map((inner) => z.catch(inner, 7)),
      schema.map((inner) => z.lazy(() => inner)),
      schema.map((inner) => z.pipe(inner, z.unknown())),
      schema.map((inner) => z.readonly(inner)),
    ),
  };
}).schema;

const values = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    fc.constantFrom<unknown>('text', 1, 9, true, null, undefined, new Date(0)),
    fc.record({ kind: fc.constantFrom('a', 'b'), a: tie('value'), b: tie('value') }, { requiredKeys: [] }),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.array(tie('value'), { maxLength: 2 }).map((items) => new Set(items)),
    fc.array(fc.tuple(fc.constantFrom('x', 'y'), tie('value')), { maxLength: 2 }).map((all) => new Map(all)),
  ),
})).value;

const t = initTRPC.create();
type Options = Parameters<ReturnType<typeof compileCall>>[0];

/** Returns the result of a call, the runs of the application's functions, and the number of dropped promises. */
async function observe(call: (options: Options) => unknown, value: unknown) {
  runs = new Map();
  promises = [];
  const type = 'query' as const;
  const readInput = () => value;
  let outcome: string;
  try {
    const output = await call({ ctx: {}, path: 'p', type, readInput, signal: undefined, batchIndex: 0 });
    outcome = inspect(output, { depth: 9 });
  } catch (error) {
    outcome = error instanceof TRPCError ? `${error.code}: ${error.message}` : inspect(error);
  }
  // Zod itself drops promises after another one has failed, so only those of successful calls count.
  const dropped = outcome.startsWith('INTERNAL') ? 0 : promises.filter(({ isHandled }) => !isHandled).length;
  return { outcome, runs, dropped };
}

test('compileCall runs each function of a schema as often as tRPC does, with the same result', async () => {
  let asynchronous = 0;
  await fc.assert(
    fc.asyncProperty(schemas, values, fc.constantFrom('input', 'output'), async (schema, value, side) => {
      const procedure =
        side === 'input'
          ? t.procedure.input(schema).query(({ input }) => input)
          : t.procedure.output(schema).query(() => value as never);
      const invoke = compileCall(procedure);
      const expected = await observe(
        ({ readInput, ...options }) => procedure({ ...options, getRawInput: async () => readInput() }),
        value,
      );
      expect(await observe(invoke, value)).toEqual(expected);
      expect(await observe(invoke, value)).toEqual(expected);
      if (promises.length > 0) asynchronous++;
    }),
    { numRuns: 1500 },
  );
  expect(asynchronous).toBeGreaterThan(100);
});
