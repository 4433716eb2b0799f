import { z } from 'zod';
import * as mini from 'zod/mini';

type Schema = z.core.$ZodType;

const Tree = z.object({
  name: z.string(),
  get children() {
    return z.array(Tree).max(1);
  },
});
const Chain: Schema = z.object({ at: z.int(), next: z.lazy(() => z.optional(Chain)) });
const MiniTree: Schema = mini.object({ n: mini.int(), below: mini.array(mini.lazy(() => MiniTree)) });
const Named = z
  .object({
    id: z.int(),
    get parent() {
      return Named.nullable();
    },
  })
  .meta({ id: 'CorpusNamed' });

const wait = () => Promise.resolve(true);

/** Schemas of values without parts, in classic zod. */
const CLASSIC: Record<string, Schema> = {
  string: z.string(),
  text: z.string().min(2).max(9),
  trimmed: z.string().trim().min(1),
  lower: z.string().toLowerCase(),
  email: z.email(),
  uuid: z.uuid(),
  uuid4: z.uuidv4(),
  url: z.url(),
  isoDate: z.iso.date(),
  isoDatetime: z.iso.datetime({ offset: true }),
  ipv4: z.ipv4(),
  number: z.number(),
  positive: z.number().positive(),
  multiple: z.number().multipleOf(5).max(-5),
  int: z.int(),
  int32: z.int32(),
  boolean: z.boolean(),
  bigint: z.bigint(),
  date: z.date(),
  enum: z.enum(['a', 'b']),
  numberEnum: z.enum({ Low: 1, High: 2 }),
  literal: z.literal('x'),
  literals: z.literal(['on', 3, true]),
  bigLiteral: z.literal(5n),
  template: z.templateLiteral(['v', z.int()]).meta({ examples: ['v1'] }),
  stringbool: z.stringbool().meta({ examples: ['true'] }),
  coerceNumber: z.coerce.number(),
  coerceBigint: z.coerce.bigint(),
  coerceDate: z.coerce.date(),
  coerceBoolean: z.coerce.boolean(),
  coerceString: z.coerce.string(),
  refined: z.string().refine((text) => text !== 'never'),
  refinedLater: z.int().refine(wait),
  transformed: z.string().transform((text) => text.length),
  transformedLater: z.string().transform(async (text) => (await wait(), text.length)),
  piped: z.int().pipe(z.number().max(9)),
  preprocessed: z.preprocess((value) => Number(value), z.int()),
  preprocessedLater: z.preprocess(async (value) => (await wait(), String(value)), z.string()),
  codec: z.codec(z.iso.date(), z.date(), {
    decode: (text) => new Date(text),
    encode: (date) => date.toISOString(),
  }),
  union: z.union([z.int(), z.boolean()]),
  stringUnion: z.union([z.boolean(), z.string()]),
  caught: z.int().catch(3),
  branded: z.string().brand('corpus'),
  readonly: z.int().readonly(),
  nonoptional: z.int().optional().nonoptional(),
  both: z.intersection(z.int().min(3), z.int().max(9)),
  unknown: z.unknown().meta({ examples: ['anything'] }),
};

/** The same in zod/mini. */
const MINI: Record<string, Schema> = {
  string: mini.string(),
  short: mini.string().check(mini.maxLength(3)),
  email: mini.email(),
  number: mini.number().check(mini.gt(1)),
  int: mini.int(),
  boolean: mini.boolean(),
  bigint: mini.bigint(),
  date: mini.date(),
  enum: mini.enum(['a', 'b']),
  numberEnum: mini.enum({ Low: 1, High: 2 }),
  literal: mini.literal([1, 'two']),
  union: mini.union([mini.int(), mini.boolean()]),
  coerce: mini.coerce.number(),
  refined: mini.string().check(mini.refine((text) => text !== 'never')),
  piped: mini.pipe(
    mini.int(),
    mini.transform((n) => n + 1),
  ),
  pipedLater: mini.pipe(
    mini.string(),
    mini.transform(async (text) => (await wait(), text.length)),
  ),
  readonly: mini.readonly(mini.int()),
  caught: mini.catch(mini.int(), 3),
};

/** Schemas of values with parts. */
const PARTS: Record<string, Schema> = {
  tree: Tree,
  chain: Chain,
  miniTree: MiniTree,
  named: Named,
  json: z.object({ json: z.json() }),
  strict: z.strictObject({ a: z.int(), b: z.string().optional() }),
  loose: z.looseObject({ a: z.int() }),
  catchall: z.object({ a: z.int() }).catchall(z.int()),
  flat: z.object({ status: z.enum(['open']), at: z.date(), big: z.bigint().optional() }),
  deep: z.object({ by: z.object({ name: z.string() }), tags: z.array(z.int()) }),
  emptyable: z.object({ a: z.int().optional() }),
  record: z.record(z.string(), z.int()).meta({ examples: [{ x: 1 }] }),
  recordOfEnum: z.record(z.enum(['a', 'b']), z.int()),
  partialRecord: z.partialRecord(z.enum(['a', 'b']), z.int()).meta({ examples: [{ a: 1 }] }),
  map: z.map(z.string(), z.int()).min(1),
  mapOfBigints: z.map(z.bigint(), z.date()).min(1),
  mapOfObjects: z.map(z.string(), z.object({ a: z.int() })).min(1),
  set: z.set(z.int()).min(1),
  setOfDates: z.set(z.date()).min(1),
  list: z.array(z.int()).min(1),
  listOfDates: z.array(z.date()).length(2),
  listOfObjects: z.array(z.object({ a: z.int(), b: z.date() })).min(1),
  listOfLists: z.array(z.array(z.int()).min(1)).min(1),
  tuple: z.tuple([z.string(), z.int()]),
  tupleRest: z.tuple([z.int()], z.boolean()),
  tupleOptional: z.tuple([z.int(), z.int().optional()]),
  discriminated: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('a'), n: z.int() }),
    z.object({ kind: z.literal('b'), at: z.date() }),
  ]),
  objects: z.union([z.strictObject({ a: z.int() }), z.strictObject({ b: z.string() })]),
  xor: z.xor([z.strictObject({ a: z.int() }), z.strictObject({ b: z.string() })]),
  both: z.intersection(z.object({ a: z.int() }), z.object({ b: z.date() })),
  transformedLater: z.object({ a: z.int() }).transform(async ({ a }) => (await wait(), a)),
  refinedLater: z.object({ a: z.int() }).refine(wait),
  listLater: z.array(z.int().refine(wait)).min(1),
  miniObject: mini.object({ a: mini.int(), b: mini.optional(mini.date()) }),
  miniSet: mini.set(mini.int()).check(mini.minSize(1)),
  miniMap: mini.map(mini.string(), mini.int()).check(mini.minSize(1)),
  miniList: mini.array(mini.object({ a: mini.int() })).check(mini.minLength(1)),
};

const LIFTS: Record<string, (schema: Schema) => Schema> = {
  '': (schema) => schema,
  Nullish: (schema) => z.optional(z.nullable(schema)),
  Object: (schema) => z.object({ inner: schema }),
};
const named = (kind: string, schemas: Record<string, Schema>) =>
  Object.entries(schemas).flatMap(([name, schema]) =>
    Object.entries(LIFTS).map(([lift, as]) => [`${kind}${name}${lift}`, as(schema)] as const),
  );

/** Schemas of one field: of every kind, unchanged, optional and nullable, and in an object. */
export const FIELDS = new Map<string, Schema>([
  ...named('classic', CLASSIC),
  ...named('mini', MINI),
  ...named('parts', PARTS),
]);

/** Each kind once. */
export const KINDS = new Map<string, Schema>([...FIELDS].filter(([name]) => !/(Nullish|Object)$/.test(name)));

/** Schemas of single values, which a path can contain. */
export const VALUES = new Map<string, Schema>([
  ...Object.entries(CLASSIC).map(([name, schema]) => [`classic${name}`, schema] as const),
  ...Object.entries(MINI).map(([name, schema]) => [`mini${name}`, schema] as const),
]);
