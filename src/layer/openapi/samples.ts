import type { JsonSchema } from './json-schema.ts';

const UUID = (version: number) => `019ab1c2-7d3e-${version}f00-8000-5f0c6a1d2e3f`;

/** Sample strings by their format. */
const FORMATS: Record<string, string> = {
  'date-time': '2026-01-31T09:30:00.000Z',
  date: '2026-01-31',
  email: 'ada@example.com',
  uri: 'https://example.com/ada.png',
  uuid: UUID(7),
  duration: 'P1DT12H',
  ipv4: '192.0.2.1',
  ipv6: '2001:db8::1',
};

const TEXT = 'text';

/** Candidates for strings with a pattern: one for each string format of zod, and some plain words. */
const STRINGS = [
  ...[
    TEXT,
    'Text',
    'TEXT',
    'a',
    'A',
    '1',
    '12',
    '123',
    '1234',
    '12345',
    'abc',
    'ABC',
    'a1',
    'ab-cd',
    'ab_cd',
    'true',
  ],
  ...[1, 2, 3, 4, 5, 6, 8].map(UUID),
  ...Object.values(FORMATS),
  ...['2026-01-31T09:30:00Z', '2026-01-31T09:30:00+01:00', '2026-01-31T09:30:00', '2026-01-31T09:30Z'],
  ...['2026-01-31T09:30:00.000+01:00', '2026-01-31T09:30', '09:30:00', '09:30', '09:30:00.000'],
  ...['192.0.2.0/24', '2001:db8::/32', '00:00:5e:00:53:01', 'example.com', 'http://example.com'],
  ...['dGV4dA==', 'dGV4dA', '+15555550123', '🙂', '#336699', '1.0.0', '-1', '1.5'],
  ...[
    'cjld2cjxh0000qzrmn831i7rn',
    'tz4a98xxat96iws9zmbrgj3a',
    '01ARZ3NDEKTSV4RRFFQ69G5FAV',
    '9m4e2mr0ui3e8a215n4g',
  ],
  ...['0o5Fs0EELR0fUjHjbCnEtdUwQe3', 'V1StGXR8_Z5jdHi6B-myT', 'eyJhbGciOiJIUzI1NiJ9.e30.c2lnbmF0dXJl'],
  ...[32, 40, 64, 96, 128].map((length) => '0123456789abcdef'.repeat(8).slice(0, length)),
  ...[24, 28, 44, 64, 88].map((length) => 'A'.repeat(length - 1) + '='),
];

const LONGEST = 200;

/** Returns strings that a schema may accept, most likely first. */
export function stringsFor({
  format = '',
  pattern,
  allOf,
  minLength = 0,
  maxLength = LONGEST,
}: JsonSchema): string[] {
  const usual = FORMATS[format];
  const some = usual === undefined ? [TEXT] : [usual, TEXT];
  const isFree = pattern === undefined && allOf === undefined;
  const all = isFree ? some : [...some, ...STRINGS];
  const length = Math.min(Math.max(minLength, 0), LONGEST);
  const sized =
    length > 0 || maxLength < TEXT.length
      ? resized(isFree ? [TEXT] : [TEXT, 'TEXT', '1', 'a', 'A'], length, maxLength)
      : [];
  return [...all, ...sized];
}

/** Repeats or truncates texts to a length between `min` and `max`. */
const resized = (texts: string[], min: number, max: number) =>
  texts.map((text) =>
    text
      .repeat(Math.max(1, Math.ceil(min / text.length)))
      .slice(0, Math.max(min, Math.min(max, text.length))),
  );

/** Limits the search for a number that a schema accepts. */
const MOST_NUMBERS = 99;

/** Yields numbers that a schema may accept, most likely first. */
export function* numbersFor(schema: JsonSchema): Generator<number> {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf = 1 } = schema;
  const least = Math.max(minimum ?? -Infinity, exclusiveMinimum ?? -Infinity);
  const most = Math.min(maximum ?? Infinity, exclusiveMaximum ?? Infinity);
  const from = Number.isFinite(least) ? least : Number.isFinite(most) ? most : 0;
  yield* [1, ...[least, most, (least + most) / 2].filter(Number.isFinite), 0];
  const step = Number.isFinite(least) ? 1 : -1;
  const first = Math.round(from / multipleOf);
  for (let i = -1; i < MOST_NUMBERS; i++) {
    yield Number(((first + step * i) * multipleOf).toPrecision(12));
  }
}
