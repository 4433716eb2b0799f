import { inspect } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import superjson, { type SuperJSONResult } from 'superjson';
import { z } from 'zod';
import fc, { runs } from '#test/fast-check';
import { anything, samples } from '../encode/testkit.ts';
import { ApiError } from '../errors/api-error.ts';
import { compileReadWire } from './wire.ts';

const read = (schemas: readonly z.ZodType[], wire: object) => compileReadWire(schemas, 100_000)(wire);
const parsed = (text: string): SuperJSONResult => JSON.parse(text);

/** Returns a value as text that shows all differences except identity. */
const shown = (value: unknown) => inspect(value, { depth: Infinity, maxArrayLength: null });

/** Returns the text that a client sends; `null` for values that superjson cannot serialize. */
function wireOf(value: unknown): string | null {
  try {
    return JSON.stringify(superjson.serialize(value));
  } catch {
    return null;
  }
}

/** Returns the same text as sent by older clients, whose paths have no version. */
function legacy(wire: string): string {
  const { json, meta: { v: _, ...meta } = {} } = parsed(wire);
  return JSON.stringify({ json, meta });
}

/**
 * Returns the payload without equalities. With them, superjson mixes up the entries of a map if one of its keys is also
 * in another place. Equalities only add that two values are the same object.
 */
function withoutEqualities(wire: string): SuperJSONResult {
  const payload = parsed(wire);
  delete payload.meta?.referentialEqualities;
  return payload;
}

const NAMED_ITEM = 'index":["undefined"]';
const FAILED: unique symbol = Symbol('failed');
function attempt(run: () => unknown): unknown {
  try {
    return run();
  } catch {
    return FAILED;
  }
}

/**
 * Checks that the reader returns the same as superjson.
 * @returns false if superjson fails or a schema rejects its result.
 */
async function compare(schemas: readonly z.ZodType[], wire: string): Promise<boolean> {
  // JSON loses the named properties of an array, and superjson then adds a property NaN.
  if (wire.includes(NAMED_ITEM)) return false;
  const expected = attempt(() => superjson.deserialize(withoutEqualities(wire)));
  if (expected === FAILED) return false;
  for (const schema of schemas) {
    const result = await schema.safeParseAsync(expected).catch(() => null);
    if (!result?.success) return false;
  }
  // A schema may have changed `expected`.
  const again = superjson.deserialize(withoutEqualities(wire));
  const value = read(schemas, parsed(wire));
  expect(shown(value)).toBe(shown(again));
  return true;
}

/** Returns the error for an input that is rejected. @throws {Error} if it is accepted. */
function rejectionOf(schema: z.ZodType, wire: object): string {
  try {
    read([schema], wire);
  } catch (error) {
    if (error instanceof ApiError) return `${error.kind}: ${error.message}`;
    throw error;
  }
  throw new Error('The input was accepted.');
}

const SHARED = { at: new Date(7), tags: new Set(['a']) };
const path = fc.constantFrom(
  '',
  '0',
  '00',
  'a',
  '0.0',
  'a.b',
  '\\',
  'a\\.b',
  '1.1',
  'length',
  '__proto__',
  'constructor',
);

describe('the reader', () => {
  test('returns what superjson returns, for any schema and any value it accepts', async () => {
    let compared = 0;
    const call = samples.chain(({ schema, input }) => input.map((value) => ({ schema, value })));
    await fc.assert(
      fc.asyncProperty(call, async ({ schema, value }) => {
        const wire = wireOf(value);
        if (wire === null) return;
        if (await compare([schema], wire)) compared++;
        if (!wire.includes('\\\\')) await compare([schema], legacy(wire));
      }),
      { numRuns: runs(2500) },
    );
    expect(compared).toBeGreaterThan(runs(900));
  });

  test('returns what superjson returns, for chained inputs and any value', async () => {
    const both = fc
      .tuple(samples, samples)
      .chain(([one, other]) =>
        fc.tuple(one.input, other.input).map(([a, b]) => ({ one: one.schema, other: other.schema, a, b })),
      );
    let compared = 0;
    await fc.assert(
      fc.asyncProperty(both, async ({ one, other, a, b }) => {
        const wire = wireOf({ a, b, more: a });
        if (wire !== null && (await compare([z.object({ a: one }), z.looseObject({ b: other })], wire)))
          compared++;
      }),
      { numRuns: runs(1200) },
    );
    expect(compared).toBeGreaterThan(runs(80));
  });

  test('returns what superjson returns if the schema accepts anything', async () => {
    await fc.assert(
      fc.asyncProperty(anything, async (value) => {
        const wire = wireOf(value);
        if (wire !== null) expect(await compare([z.unknown()], wire)).toBe(true);
      }),
      { numRuns: runs(1200) },
    );
  });

  test('reads a date as superjson does, even if its text is not a date', () => {
    const near = fc
      .tuple(
        fc.date({ noInvalidDate: true }),
        fc.nat(26),
        fc.constantFrom('', '0', '9', '3', '-', ':', 'x', '\u0660'),
      )
      .map(
        ([at, index, char]) => at.toISOString().slice(0, index) + char + at.toISOString().slice(index + 1),
      );
    const part = (max: number) => fc.nat(max).map((value) => String(value).padStart(2, '0'));
    const parts = fc
      .tuple(part(99), part(99), part(13), part(32), part(25), part(61), part(61), part(99))
      .map(
        ([century, year, month, day, hour, minute, second, ms]) =>
          `${century}${year}-${month}-${day}T${hour}:${minute}:${second}.0${ms}Z`,
      );
    const text = fc.oneof(
      near,
      parts,
      fc.date({ noInvalidDate: true }).map((at) => at.toISOString()),
    );
    fc.assert(
      fc.property(text, (at) => {
        const wire = JSON.stringify({ json: { at }, meta: { values: { at: ['Date'] }, v: 1 } });
        expect(shown(read([z.object({ at: z.date() })], parsed(wire)))).toBe(
          shown(superjson.deserialize(parsed(wire))),
        );
      }),
      { numRuns: runs(2000) },
    );
  });

  test('omits the named properties of an array, which JSON loses', () => {
    const match = /b/.exec('abc');
    const wire = wireOf({ match }) ?? '';
    expect(wire).toContain('match.groups');
    expect(shown(read([z.unknown()], parsed(wire)))).toBe(shown({ match: ['b'] }));
  });

  test('throws only ApiErrors, and reads an input only as superjson does', () => {
    const annotation = fc.letrec<{ tree: unknown }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 3 },
        fc.constantFrom<unknown>(
          ['Date'],
          ['undefined'],
          ['bigint'],
          ['set'],
          ['map'],
          ['number'],
          ['URL'],
          ['regexp'],
          ['Error'],
          [['typed-array', 'Uint8Array']],
          [['class', 'X']],
          7,
          null,
          'Date',
        ),
        fc.tuple(fc.constantFrom('set', 'map', 'Error'), fc.dictionary(path, tie('tree'), { maxKeys: 3 })),
        fc.dictionary(path, tie('tree'), { maxKeys: 3 }),
      ),
    })).tree;
    fc.assert(
      fc.property(fc.jsonValue(), annotation, fc.constantFrom(undefined, 0, 1, 'x'), (json, values, v) => {
        const wire = JSON.stringify({ json, meta: { values, v } });
        const value = attempt(() => {
          try {
            return read([z.any()], parsed(wire));
          } catch (error) {
            expect(error).toBeInstanceOf(ApiError);
            throw error;
          }
        });
        const expected = attempt(() => superjson.deserialize(parsed(wire)));
        if (value === FAILED || expected === FAILED || shown(expected).includes('NaN:')) return;
        // superjson makes this key the prototype of the value.
        if (wire.includes('"__proto__"')) return;
        expect(shown(value)).toBe(shown(expected));
      }),
      { numRuns: runs(1200) },
    );
  });

  test.each<[string, unknown]>([
    ['a date in two places', [new Date(0), { at: new Date(0) }].fill(new Date(5))],
    ['an object in several places', Array.from({ length: 3 }, () => SHARED)],
    ['NaN, Infinity, -0 and undefined', { a: NaN, b: [Infinity, -Infinity], c: -0, d: [undefined] }],
    ['errors with causes', new Error('no', { cause: new Error('why', { cause: new Date(0) }) })],
    ['URLs and regular expressions', [new URL('https://example.com/?a'), /a\/b/gi]],
    ['typed arrays', [new Uint8Array([1, 2]), new Float64Array([NaN, 1.5]), new Uint8ClampedArray(3)]],
    ['nested maps and sets', new Map([[{ k: new Date(1) }, new Set([new Map([[1n, undefined]])])]])],
    ['keys with dots and backslashes', { 'a.b': new Date(0), 'c\\': { 'd\\.e': 1n }, '': undefined }],
    ['invalid dates', [new Date(NaN)].concat(Array(2).fill(new Date(NaN)))],
  ])('reads %s', async (_, value) => {
    const wire = wireOf(value) ?? '';
    expect(await compare([z.unknown()], wire)).toBe(true);
  });
});

const Chat = z.strictObject({
  title: z.string(),
  at: z.date().optional(),
  tags: z.array(z.string()).optional(),
  kind: z.union([z.strictObject({ a: z.date() }), z.strictObject({ b: z.bigint() })]).optional(),
});

describe('an annotation that the schema cannot use', () => {
  test.each<[unknown, unknown, string]>([
    [{ title: 'x' }, { title: ['Date'] }, 'title: cannot be sent as Date'],
    [{ title: null }, { title: ['undefined'] }, 'title: cannot be sent as undefined'],
    [{ title: [] }, { title: ['set'] }, 'title: cannot be sent as set'],
    [{ title: [1] }, { title: [['typed-array', 'Float64Array']] }, 'title: cannot be sent as typed-array'],
    [{ title: '/a/' }, { title: ['regexp'] }, 'title: cannot be sent as regexp'],
    [{ title: 'x' }, ['map'], 'input: cannot be sent as map'],
    [{ title: 'x', at: '1' }, { at: ['bigint'] }, 'at: cannot be sent as bigint'],
    [{ title: 'x', tags: ['1'] }, { 'tags.0': ['Date'] }, 'tags/0: cannot be sent as Date'],
    [{ title: 'x' }, { at: ['Date'] }, 'at: is annotated, but was not sent'],
    [{ title: 'x', tags: ['1'] }, { 'tags.1': ['undefined'] }, 'tags/1: is annotated, but was not sent'],
    [{ title: 'x', tags: ['1'] }, { 'tags.00': ['undefined'] }, 'tags/00: is annotated, but was not sent'],
    [{ title: 'x', at: 5 }, { at: ['Date'] }, "at: is not in superjson's form for Date"],
    [{ title: 'x', at: '0'.repeat(1000) }, { at: ['Date'] }, "at: is not in superjson's form for Date"],
    [{ title: 'x', kind: { b: '1' } }, { 'kind.b': ['Error'] }, 'kind/b: cannot be sent as Error'],
    [{ title: 'x' }, { title: [['class', 'X']] }, 'title: has an unknown annotation'],
    [{ title: 'x' }, { title: [['symbol', 'X']] }, 'title: has an unknown annotation'],
    [{ title: 'x' }, { title: [['custom', 'X']] }, 'title: has an unknown annotation'],
    [{ title: 'x' }, 7, 'input: has annotations that are not an object'],
    [{ title: 'x' }, { title: { at: ['Date'] } }, 'title: has an unknown annotation'],
    [{ title: 'x' }, { 'a\\b': ['Date'] }, 'input: has an annotation with an invalid path'],
    [{ title: 'x' }, { toString: ['Date'] }, 'toString: is annotated, but was not sent'],
  ])('is rejected with its place: %j with %j', (json, values, message) => {
    expect(rejectionOf(Chat, { json, meta: { values, v: 1 } })).toBe(`INVALID_INPUT: ${message}`);
  });

  test.each<[unknown, unknown]>([
    [{ length: 4e8 }, [['typed-array', 'Float64Array']]],
    [4e8, [['typed-array', 'Float64Array']]],
    [['1'], [['typed-array', 'Uint8Array']]],
    [[1], [['typed-array', 'ArrayBuffer']]],
    [{ size: 1 }, ['set']],
    [[[1, 2, 3]], ['map']],
    ['x'.repeat(10_000), ['regexp']],
    ['/(/', ['regexp']],
    ['/a/xx', ['regexp']],
    ['9'.repeat(10_000), ['bigint']],
    ['0x10', ['bigint']],
    ['no url', ['URL']],
    [`https://${'a'.repeat(10_000)}`, ['URL']],
    ['12', ['number']],
    [{ message: 1, name: 'x' }, ['Error']],
    [1, ['undefined']],
    [[1], [['typed-array', 'Uint8Array'], { '0': ['undefined'] }]],
    [{ a: ['1'] }, { a: ['set', { '0': ['Date'] }], 'a.0': ['Date'] }],
    [{ a: ['1'] }, { 'a.0': ['Date'], a: ['set'] }],
  ])('is rejected even if the schema accepts anything: %.60j with %j', (json, values) => {
    expect(rejectionOf(z.any(), { json, meta: { values, v: 1 } })).toMatch(/^INVALID_INPUT/);
  });

  test.each<[unknown, Record<string, unknown>, string]>([
    [{ title: 'x', more: '1' }, { more: ['Date'] }, ''],
    [{ title: 'x', more: { a: ['1'] } }, { 'more.a': ['set', { '0': ['Date'] }] }, ''],
    [{ title: 'x', kind: { c: '1' } }, { 'kind.c': ['Date'] }, 'kind'],
    [{ title: { a: '1' } }, { 'title.a': ['Date'] }, 'title'],
    [{ title: 'x', tags: [['1']] }, { 'tags.0.0': ['Date'] }, 'tags.0'],
  ])('is left to the schema if the value has no place in it: %j with %j', (json, values, place) => {
    const { error } = Chat.safeParse(read([Chat], { json, meta: { values, v: 1 } }));
    expect(error?.issues.map(({ path }) => path.join('.'))).toEqual([place]);
  });

  test('is rejected before any value is built', () => {
    const json = { at: '2026-01-31T09:30:00.123Z', title: 'x' };
    rejectionOf(z.object({ at: z.date(), title: z.string() }), {
      json,
      meta: { values: { at: ['Date'], title: ['Date'] } },
    });
    expect(json.at).toBe('2026-01-31T09:30:00.123Z');
  });
});

describe('equalities', () => {
  const around: Record<string, unknown> = { a: {} };
  around['a'] = { up: around };
  const inside: Record<string, unknown> = {};
  inside['self'] = inside;

  test.each<[string, object]>([
    ['an input that contains itself', superjson.serialize(around)],
    ['an object that contains itself', superjson.serialize({ deep: { inside }, inside })],
    [
      'an object that a client with dedupe sends once',
      new superjson({ dedupe: true }).serialize({ a: SHARED, b: SHARED }),
    ],
    ['a path that is not text', { json: { a: 1 }, meta: { referentialEqualities: { a: [7] } } }],
    ['paths that are not a list', { json: { a: 1 }, meta: { referentialEqualities: { a: 'a' } } }],
  ])('are rejected: %s', (_, wire) => {
    expect(rejectionOf(z.any(), parsed(JSON.stringify(wire)))).toMatch(/^INVALID_INPUT/);
  });
});
