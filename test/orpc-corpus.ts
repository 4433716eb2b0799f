import { z } from 'zod';

/** Schemas of all kinds, most of them with one field `v`. */
export const SCHEMAS = {
  string: z.strictObject({ v: z.string() }),
  number: z.strictObject({ v: z.number() }),
  int: z.strictObject({ v: z.int() }),
  boolean: z.strictObject({ v: z.boolean() }),
  bigint: z.strictObject({ v: z.bigint() }),
  date: z.strictObject({ v: z.date() }),
  optional: z.strictObject({ v: z.number().optional() }),
  default: z.strictObject({ v: z.number().default(3) }),
  nullable: z.strictObject({ v: z.number().nullable() }),
  catch: z.strictObject({ v: z.number().catch(7) }),
  enum: z.strictObject({ v: z.enum(['a', 'b']) }),
  numberEnum: z.strictObject({ v: z.enum({ Low: 1, High: 2 }) }),
  literal: z.strictObject({ v: z.literal(1) }),
  literals: z.strictObject({ v: z.literal(['on', 3, true]) }),
  numbers: z.strictObject({ v: z.array(z.number()) }),
  strings: z.strictObject({ v: z.array(z.string()).optional() }),
  set: z.strictObject({ v: z.set(z.number()) }),
  map: z.strictObject({ v: z.map(z.string(), z.number()) }),
  tuple: z.strictObject({ v: z.tuple([z.string(), z.number()]) }),
  object: z.strictObject({
    v: z.strictObject({ a: z.number(), b: z.strictObject({ c: z.boolean() }).optional() }),
  }),
  objects: z.strictObject({ v: z.array(z.strictObject({ a: z.number() })) }),
  record: z.strictObject({ v: z.record(z.string(), z.number()) }),
  union: z.strictObject({ v: z.union([z.boolean(), z.number()]) }),
  stringFirst: z.strictObject({ v: z.union([z.string(), z.number()]) }),
  numberFirst: z.strictObject({ v: z.union([z.number(), z.string()]) }),
  discriminated: z.discriminatedUnion('v', [
    z.strictObject({ v: z.literal('a'), n: z.number() }),
    z.strictObject({ v: z.literal('b'), n: z.string() }),
  ]),
  objectUnion: z.union([z.strictObject({ v: z.number() }), z.strictObject({ w: z.string() })]),
  intersection: z.intersection(
    z.strictObject({ v: z.number() }),
    z.strictObject({ w: z.number().optional() }),
  ),
  transform: z.strictObject({ v: z.number().transform((n) => n + 1) }),
  pipe: z.strictObject({ v: z.number().pipe(z.number().max(5)) }),
  codec: z.strictObject({ v: z.codec(z.number(), z.string(), { decode: String, encode: Number }) }),
  preprocess: z.strictObject({ v: z.preprocess((x) => x, z.number()) }),
  stringbool: z.strictObject({ v: z.stringbool() }),
  coerce: z.strictObject({ v: z.coerce.number() }),
  lazy: z.strictObject({ v: z.lazy(() => z.number()) }),
  url: z.strictObject({ v: z.url() }),
  unknown: z.strictObject({ v: z.unknown() }),
  loose: z.looseObject({ v: z.number() }),
  catchall: z.object({}).catchall(z.number()),
  stripped: z.object({ v: z.string() }),
} satisfies Record<string, z.ZodType>;

/** Values of a field in a query or a form, percent-encoded. */
export const TEXTS = [
  '',
  ...(
    '0 1 2 10 -1.5 1e3 01 +1 %201 1%20 0x10 1_000 1,5 .5 5. Infinity NaN 9007199254740993 true false ' +
    'TRUE on off yes null undefined a b ab %C3%A9 %ff %zz %00 2026-02-03 2026-02-03T04:05:06Z ' +
    '2026-02-03T04:05:06%2B01:00 2026-02-30 2026 yesterday http://a.example [] {} [1] %7B%22a%22:1%7D'
  ).split(' '),
];

/** Names of fields in a query or a form. */
export const NAMES = [
  '',
  ...(
    'v v[] v[0] v[1] v[2] v[a] v[b][c] v[0][a] v[1][a] v[][a] n w __proto__ v[__proto__] constructor ' +
    'v[constructor] toString v[a v] [v] v%5Ba%5D'
  ).split(' '),
];

/** Values of the field `v` in JSON, as text. */
export const JSON_VALUES = [
  '0',
  '1',
  '2',
  '10',
  '-1.5',
  '1e400',
  '9007199254740993',
  '"1"',
  '"12"',
  '"01"',
  '" 1"',
  '"0x10"',
  '""',
  'true',
  'false',
  '"true"',
  '"on"',
  'null',
  '"null"',
  '"a"',
  '"b"',
  '"2026-02-03"',
  '"2026-02-03T04:05:06Z"',
  '"2026-02-30"',
  '"2026"',
  '"yesterday"',
  '"9007199254740993"',
  '"http://a.example"',
  '[]',
  '[1]',
  '["1"]',
  '["a",2]',
  '["a","2"]',
  '[[1]]',
  '{}',
  '{"0":1}',
  '{"a":1}',
  '{"a":"1"}',
  '{"a":1,"b":{"c":true}}',
  '{"a":1,"b":{"c":"true"}}',
  '[{"a":1}]',
  '[{"a":"1"}]',
  '{"__proto__":1}',
  '{"constructor":1}',
  '{"toString":1}',
];

/** Whole bodies, sent as JSON. */
export const BODIES = [
  '',
  ' ',
  '{}',
  '[]',
  'null',
  '"x"',
  '1',
  '{',
  '{"v":1,"w":1}',
  '{"v":"a","n":1}',
  '{"v":"a","n":"1"}',
  '{"v":"b","n":"1"}',
  '{"v":"b","n":1}',
  '{"w":"x"}',
  '{"__proto__":{"v":1}}',
  '{"constructor":{"v":1}}',
  '[{"v":1}]',
  '{"v":1}x',
  '{"v":1,"v":2}',
  '\ufeff{"v":1}',
];

/** Parameters of a path, percent-encoded. */
export const IDS = 'x 1 a%2Fb %20 a+b %C3%A9 __proto__ constructor a.b %00 x%0a %25 %ff %zz %'.split(' ');
