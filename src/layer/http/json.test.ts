import { describe, expect, test } from '@jest/globals';
import { costRatio } from '#test/cost';
import fc from '#test/fast-check';
import { ApiError } from '../errors/api-error.ts';
import { MAX_JSON_VALUES } from '../limits.ts';
import { parseJson } from './body.ts';
import { checkJson, isHarmless } from './json.ts';

/** Counts the values of parsed JSON. */
function count(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 1;
  return Object.values(value).reduce((sum: number, item: unknown) => sum + count(item), 1);
}

function rejectionOf(text: string, maxValues?: number): string | null {
  try {
    parseJson(text, maxValues === undefined ? {} : { maxValues });
    return null;
  } catch (error) {
    if (error instanceof ApiError) return `${error.kind}: ${error.message}`;
    throw error;
  }
}

/** JSON with whitespace between its tokens, and with escaped characters. */
const jsonText = fc
  .tuple(
    fc.json({ maxDepth: 6 }).filter((text) => !text.includes('__proto__')),
    fc.constantFrom('', ' ', '\n\t'),
    fc.boolean(),
  )
  .map(([text, blank, escapes]) => {
    const spaced = text.replace(/("(?:[^"\\]|\\.)*")|[[\]{},:]/g, (token, quoted?: string) =>
      quoted === undefined ? blank + token + blank : escapes ? quoted.replace(/[a-z_]/g, escapeChar) : quoted,
    );
    // Escaping a part of an escape makes it invalid.
    return isJson(spaced) ? spaced : text;
  });
const escapeChar = (char: string) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

describe('parseJson', () => {
  test('counts the values of any JSON', () => {
    fc.assert(
      fc.property(jsonText, (text) => {
        expect(checkJson(text)).toBe(count(JSON.parse(text)));
      }),
      { numRuns: 2000 },
    );
  });

  /** Text of few kinds of characters, so that much of it exceeds a limit or is not JSON. */
  const anyText = fc
    .array(
      fc.constantFrom('[', '{', ']', ',', '"', '\\', '__proto__', String.raw`\u005f_proto__`, ':', '1'),
      {
        maxLength: 90,
      },
    )
    .map((tokens) => tokens.join(''));

  test('skips the check only of a text that it would accept, with no more values than characters', () => {
    let skipped = 0;
    fc.assert(
      fc.property(fc.oneof(jsonText, anyText), fc.integer({ min: 1, max: 200 }), (text, maxValues) => {
        if (!isHarmless(text, { maxValues })) return;
        skipped++;
        expect(checkJson(text, { maxValues })).toBeLessThanOrEqual(Math.max(1, text.length + 1));
      }),
      { numRuns: 4000 },
    );
    expect(skipped).toBeGreaterThan(100);
  });

  test('accepts exactly the allowed number of values', () => {
    const value = [1, 'a,b', { 'c,{': [], d: [[], {}] }, null];
    const text = JSON.stringify(value);
    expect(parseJson(text, { maxValues: count(value) })).toEqual(value);
    expect(rejectionOf(text, count(value) - 1)).toMatch(
      /^BAD_REQUEST: .*at most \d+ values.*limits\.maxValues/,
    );
  });

  test('allows MAX_JSON_VALUES values by default', () => {
    const list = (length: number) => JSON.stringify(Array.from({ length }, () => 0));
    expect(rejectionOf(list(MAX_JSON_VALUES - 1))).toBeNull();
    expect(rejectionOf(list(MAX_JSON_VALUES))).toContain(`${MAX_JSON_VALUES} values`);
  });

  test.each(['__proto__', '\\u005f_proto__', '__prot\\u006F__', escapeChar('_').repeat(2) + 'proto__'])(
    'rejects the key %s in any place',
    (key) => {
      for (const text of [`{"${key}":1}`, `[{"a":{"b":2,"${key}" \n: {}}}]`, `{"a\\\\":1,"${key}":1}`]) {
        expect(rejectionOf(text)).toMatch(/^BAD_REQUEST: .*__proto__/);
      }
      expect(rejectionOf(`["${key}",{"a":"${key}"},{"x${key}":1},{"${key}x":"${key}"}]`)).toBeNull();
    },
  );

  test.each(['"', '"\\', '{"a"', '["a" ', '\\u005f', '{"__proto__\\":1}', '[1,]', '{"\\u00":1}', '', ']'])(
    'rejects %j as malformed',
    (text) => {
      expect(rejectionOf(text)).toMatch(/^MALFORMED_JSON/);
    },
  );
});

describe('the cost of parseJson', () => {
  const repeated = (part: string, bytes: number) => part.repeat(Math.ceil(bytes / part.length));
  const keys = (bytes: number) =>
    `{"\\u0041":1${Array.from({ length: bytes / 12 }, (_, i) => `,"key${i}":1`).join('')}}`;
  const hostile: [string, (bytes: number) => string][] = [
    ['numbers', (bytes) => `[${repeated('1,', bytes)}1]`],
    ['keys, one with an escape', keys],
    ['keys that are nearly __proto__', (bytes) => `{${repeated('"\\u005f_prot__":1,', bytes)}"a":1}`],
    ['escaped quotation marks', (bytes) => `"${repeated('\\"', bytes)}"`],
    ['backslashes', (bytes) => `"${repeated('\\\\', bytes)}"`],
    ['quotation marks after backslashes', (bytes) => `[${repeated(`"${'\\'.repeat(1000)}",`, bytes)}1]`],
    ['whitespace', (bytes) => `["a"${repeated(' ', bytes)}]`],
    ['empty lists', (bytes) => `[${repeated('[],', bytes)}1]`],
    ['text', (bytes) => `"${repeated('x', bytes)}"`],
  ];
  const MB = 1_000_000;
  const harmless = JSON.stringify(
    Array.from({ length: 20_000 }, (_, i) => ({ id: i, title: 'A title of a chat' })),
  );

  test.each(hostile)('grows only with the size in bytes: %s', (_, create) => {
    const [small, large] = [Buffer.from(create(MB / 16)).toString(), Buffer.from(create(MB)).toString()];
    const maxValues = Infinity;
    expect(
      costRatio(
        () => checkJson(large, { maxValues }),
        () => checkJson(small, { maxValues }),
      ),
      // 16 times the size. With a cost that grows by its square, it would be 256.
    ).toBeLessThan(128);
  });

  test.each(hostile)('is small for 1 MB: %s', (_, create) => {
    const text = Buffer.from(create(MB));
    expect(
      costRatio(
        () => parseJson(text),
        () => JSON.parse(harmless),
      ),
    ).toBeLessThan(8);
  });
});
