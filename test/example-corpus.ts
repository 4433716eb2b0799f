import { z } from 'zod';
import * as mini from 'zod/mini';

const Tree = z.object({
  name: z.string().min(6),
  get children() {
    return z.array(Tree);
  },
});

/** Schemas that accept few values. An example can be found for each. */
export const WITH_EXAMPLE = {
  max: z.number().max(-5),
  min: z.number().min(1000),
  gt: z.number().gt(1),
  lt: z.number().lt(0),
  between: z.number().gt(0).lt(1),
  multiple: z.number().multipleOf(5),
  multipleAbove: z.number().min(7).multipleOf(5),
  multiples: z.number().multipleOf(4).multipleOf(6).min(1),
  cents: z.number().multipleOf(0.01).gt(0.1),
  negative: z.int().negative(),
  negativeMultiple: z.number().max(-1).multipleOf(3),
  intBetween: z.int().gt(4).lt(6),
  byte: z.uint32(),
  long: z.string().min(10),
  short: z.string().max(2),
  exact: z.string().length(7),
  emptyText: z.string().length(0),
  uuid: z.uuid(),
  uuid4: z.uuidv4(),
  uuid6: z.uuidv6(),
  uuid1: z.uuid({ version: 'v1' }),
  guid: z.guid(),
  email: z.email(),
  url: z.url(),
  httpUrl: z.httpUrl(),
  hostname: z.hostname(),
  datetime: z.iso.datetime(),
  datetimeLocal: z.iso.datetime({ local: true }),
  datetimeOffset: z.iso.datetime({ offset: true }),
  datetimeSeconds: z.iso.datetime({ precision: 0 }),
  datetimeMinutes: z.iso.datetime({ precision: -1 }),
  isoDate: z.iso.date(),
  time: z.iso.time(),
  duration: z.iso.duration(),
  ipv4: z.ipv4(),
  ipv6: z.ipv6(),
  cidr4: z.cidrv4(),
  cidr6: z.cidrv6(),
  base64: z.base64(),
  base64url: z.base64url(),
  e164: z.e164(),
  jwt: z.jwt(),
  emoji: z.emoji(),
  nanoid: z.nanoid(),
  cuid2: z.cuid2(),
  ulid: z.ulid(),
  xid: z.xid(),
  ksuid: z.ksuid(),
  hex: z.hex(),
  sha256: z.hash('sha256'),
  digits: z.string().regex(/^\d+$/),
  capitals: z.string().regex(/^[A-Z]{3}$/),
  upper: z.string().uppercase().min(2),
  date: z.date(),
  bigint: z.bigint(),
  bigLiteral: z.literal(5n),
  tuple: z.tuple([z.string(), z.number().min(3)]),
  tupleRest: z.tuple([z.boolean()], z.number().max(0)),
  tupleMini: mini.tuple([mini.literal('a'), mini.int()]),
  list: z.array(z.number().gt(1)).min(2),
  listOfNothing: z.array(z.never()),
  listLength: z.array(z.boolean()).length(3),
  set: z.set(z.number()).min(2),
  setOfEnum: z.set(z.enum(['a', 'b'])).min(2),
  map: z.map(z.string(), z.number()).min(1),
  record: z.record(z.string(), z.number()),
  recordOfEnum: z.record(z.enum(['a', 'b']), z.number().max(0)),
  recordOfNumbers: z.record(z.number(), z.string()),
  enum: z.enum(['x', 'y']),
  numberEnum: z.enum({ Low: 1, High: 2 }),
  literal: z.literal([3, 'three', null]),
  template: z.templateLiteral(['v', z.number()]).meta({ examples: ['v1'] }),
  union: z.union([z.number().max(-1), z.string()]),
  unionOfClosed: z.union([z.strictObject({ a: z.number().max(-1) }), z.strictObject({ b: z.string() })]),
  discriminated: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('a'), n: z.int().min(5) }),
    z.object({ kind: z.literal('b') }),
  ]),
  xor: z.xor([z.object({ a: z.string() }), z.object({ b: z.string() })]),
  both: z.intersection(z.object({ a: z.number().min(3) }), z.object({ b: z.string().min(5) })),
  bothClosed: z.intersection(z.strictObject({ a: z.number() }), z.strictObject({ b: z.string() })),
  bothNumbers: z.intersection(z.number().min(5), z.number().max(9)),
  nullable: z.number().min(5).nullable(),
  optional: z.number().min(5).optional(),
  default: z.number().min(5).default(7),
  prefault: z.string().min(5).prefault('hello'),
  wrongDefault: z.string().transform(Number).default(5),
  tree: Tree,
  trees: z.array(Tree).min(1),
  json: z.json(),
  stringbool: z.stringbool(),
  codec: z.codec(z.iso.datetime(), z.date(), {
    decode: (text) => new Date(text),
    encode: (date) => date.toISOString(),
  }),
  piped: z.string().transform(Number).pipe(z.number().min(5)),
  pipedExample: z
    .string()
    .min(3)
    .transform((text) => text.length)
    .pipe(z.number())
    .meta({ examples: [4] }),
  wrongExample: z
    .number()
    .min(5)
    .meta({ examples: [1] }),
  someWrong: z
    .number()
    .min(5)
    .meta({ examples: [1, 6] }),
  wrongNamed: z.object({ n: z.number().min(5) }).meta({ id: 'WrongNamed', examples: [{ n: 1 }] }),
  dateExample: z.date().meta({ examples: [new Date(0)] }),
  bigExample: z.bigint().meta({ examples: [12n] }),
  setExample: z.set(z.number()).meta({ examples: [new Set([1])] }),
  mini: mini.object({ n: mini.number().check(mini.gt(1), mini.multipleOf(7)) }),
} satisfies Record<string, z.core.$ZodType>;

/** Schemas for which no example can be found, or that accept nothing. */
export const WITHOUT_EXAMPLE = {
  pattern: z.string().regex(/^x{3}-y{4}$/),
  impossible: z.number().min(5).max(4),
  never: z.never(),
  longList: z.array(z.number()).min(500),
} satisfies Record<string, z.core.$ZodType>;
