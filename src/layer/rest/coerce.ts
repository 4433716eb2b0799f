import { z } from 'zod';
import { isOptional, type Schema, unwrapOnce } from '../schema/schema.ts';
import { type Coerce, type Coerced, isNoValue, oneOf, scalar } from './scalars.ts';
import { BracketNode, isPlainObject, plain, RawText } from './text.ts';

/** `isOption`: the outcome decides between the options of a union. */
type Compile = (schema: Schema, isOption: boolean) => Coerce;

/**
 * Compiles a function that turns what came over HTTP into what a schema expects. Text (see text.ts) becomes numbers,
 * booleans, dates (ISO 8601, or as in HTTP headers), bigints, lists and objects; strings of JSON become dates and
 * bigints only, and lists sets, objects maps. What it cannot turn it leaves alone, for the schema to refuse. Neither
 * the schema nor the value is changed. A `z.preprocess` sees the value as it came; one around the whole object sees
 * its fields coerced.
 */
export function compileCoercion(schema: Schema): (value: unknown) => unknown {
  let object = schema;
  while (object instanceof z.core.$ZodPipe && object._zod.def.in instanceof z.core.$ZodTransform) {
    object = object._zod.def.out;
  }
  const coerce = createCompiler()(object, false);
  return (value) => plain(coerce(value).value);
}

/** Compiles schemas once each, also where they contain themselves. */
function createCompiler(): Compile {
  const compiled = { option: new Map<Schema, Coerce>(), other: new Map<Schema, Coerce>() };
  return function compile(schema, isOption) {
    const known = compiled[isOption ? 'option' : 'other'];
    const before = known.get(schema);
    if (before) return before;
    let built: Coerce | undefined;
    const coerce: Coerce = (value) => {
      built ??= build(schema, isOption, (inner, within) => compile(inner, isOption || within));
      return built(value);
    };
    known.set(schema, coerce);
    return coerce;
  };
}

function build(schema: Schema, isOption: boolean, compile: Compile): Coerce {
  const inside = (inner: Schema) => compile(inner, isOption);
  if (schema instanceof z.core.$ZodNullable) return nullable(inside(schema._zod.def.innerType));
  const inner = unwrapOnce(schema);
  if (inner) return isOptional(schema) ? optional(inside(inner)) : inside(inner);
  if (schema instanceof z.core.$ZodPipe) return inside(schema._zod.def.in);
  if (schema instanceof z.core.$ZodEnum) return oneOf(z.core.util.getEnumValues(schema._zod.def.entries));
  if (schema instanceof z.core.$ZodLiteral) return oneOf(schema._zod.def.values);
  if (schema instanceof z.core.$ZodArray) return list(inside(schema._zod.def.element), (items) => items);
  if (schema instanceof z.core.$ZodSet) {
    return list(inside(schema._zod.def.valueType), (items) => new Set(items));
  }
  if (schema instanceof z.core.$ZodTuple) {
    const { items, rest } = schema._zod.def;
    return tuple(items.map(inside), rest && inside(rest));
  }
  if (schema instanceof z.core.$ZodObject) return object(schema, inside);
  if (schema instanceof z.core.$ZodRecord) return record(inside(schema._zod.def.valueType));
  if (schema instanceof z.core.$ZodMap) {
    return map(inside(schema._zod.def.keyType), inside(schema._zod.def.valueType));
  }
  if (schema instanceof z.core.$ZodDiscriminatedUnion) return discriminated(schema, inside);
  if (schema instanceof z.core.$ZodUnion) {
    return firstThatFits(schema._zod.def.options.map((option) => compile(option, true)));
  }
  if (schema instanceof z.core.$ZodIntersection) {
    return both(inside(schema._zod.def.left), inside(schema._zod.def.right));
  }
  // The other side of an intersection may know the field.
  if (schema instanceof z.core.$ZodNever) return misfit;
  return scalar(schema, isOption);
}

const misfit: Coerce = (value) => ({ value, fits: false });

const nullable =
  (inner: Coerce): Coerce =>
  (value) =>
    value === null ? { value, fits: true } : inner(value);

const optional =
  (inner: Coerce): Coerce =>
  (value) =>
    value === undefined ? { value, fits: true } : inner(value);

/** The items of a list; one text or file may be a list of one, and a branch a list by its numbers. */
function itemsOf(value: unknown): unknown[] | undefined {
  if (Array.isArray(value)) return Array.from<unknown>(value);
  if (value instanceof BracketNode) return value.asList();
  return value instanceof RawText || value instanceof File ? [value] : undefined;
}

/** The fields of an object. */
function fieldsIn(value: unknown): Record<string, unknown> | undefined {
  if (value instanceof BracketNode) return Object.fromEntries(value.fields);
  return isPlainObject(value) ? value : undefined;
}

function list(element: Coerce, make: (items: unknown[]) => unknown): Coerce {
  return (value) => {
    const items = itemsOf(value)?.map(element);
    return items ? { value: make(items.map((item) => item.value)), fits: allFit(items) } : misfit(value);
  };
}

function tuple(items: Coerce[], rest: Coerce | null): Coerce {
  return (value) => {
    const given = itemsOf(value)?.map((item, i) => (items[i] ?? rest ?? misfit)(item));
    return given ? { value: given.map((item) => item.value), fits: allFit(given) } : misfit(value);
  };
}

const allFit = (items: Coerced[]) => items.every((item) => item.fits);

/** The value with each field as `coerce` has it; the same value where nothing is to change. */
function coerceFields(value: unknown, coerce: (name: string, item: unknown) => Coerced): Coerced {
  const given = fieldsIn(value);
  if (!given) return misfit(value);
  let fits = true;
  const changed: [string, unknown][] = [];
  for (const [name, item] of Object.entries(given)) {
    const coerced = coerce(name, item);
    if (coerced.value !== item) changed.push([name, coerced.value]);
    if (!coerced.fits) fits = false;
  }
  // Spread and fromEntries define each name as data, also `__proto__`.
  return { value: changed.length > 0 ? { ...given, ...Object.fromEntries(changed) } : given, fits };
}

function object(schema: z.core.$ZodObject, compile: (schema: Schema) => Coerce): Coerce {
  const { shape, catchall } = schema._zod.def;
  const fields = new Map(Object.entries(shape).map(([name, field]) => [name, compile(field)]));
  const required = Object.entries(shape).flatMap(([name, field]) => (isOptional(field) ? [] : [name]));
  const other = catchall ? compile(catchall) : (item: unknown) => ({ value: item, fits: true });
  return (value) => {
    const coerced = coerceFields(value, (name, item) => (fields.get(name) ?? other)(item));
    const given = fieldsIn(coerced.value);
    const isWhole = given !== undefined && required.every((name) => Object.hasOwn(given, name));
    return isWhole ? coerced : misfit(coerced.value);
  };
}

const record =
  (entry: Coerce): Coerce =>
  (value) =>
    coerceFields(value, (_name, item) => entry(item));

/** JSON has no maps; its objects have text for keys. */
function map(key: Coerce, entry: Coerce): Coerce {
  return (value) => {
    const given = fieldsIn(value);
    if (!given) return misfit(value);
    const entries = Object.entries(given).map(
      ([name, item]) => [key(new RawText(name)), entry(item)] as const,
    );
    return {
      value: new Map(entries.map(([name, item]) => [plain(name.value), item.value])),
      fits: allFit(entries.flat()),
    };
  };
}

const both =
  (left: Coerce, right: Coerce): Coerce =>
  (value) => {
    const half = left(value);
    const whole = right(half.value);
    return { value: whole.value, fits: half.fits && whole.fits };
  };

/** Zod takes the first option that accepts the value, so what none fits is left to it as it came; no option may coerce that. */
const firstThatFits =
  (options: Coerce[]): Coerce =>
  (value) => {
    let refused: Coerced | undefined;
    for (const option of options) {
      const coerced = option(value);
      if (coerced.fits) return coerced;
      if (isNoValue(coerced.value)) refused = coerced;
    }
    return refused ?? misfit(value);
  };

/** The option that its discriminator names, even where other fields do not fit: the errors are about that one. */
function discriminated(union: z.core.$ZodDiscriminatedUnion, compile: (schema: Schema) => Coerce): Coerce {
  const { options, discriminator } = union._zod.def;
  const choices = options.map((option) => {
    const tags: ReadonlySet<unknown> = option._zod.propValues?.[discriminator] ?? new Set();
    return { tags, texts: new Set([...tags].map(String)), coerce: compile(option) };
  });
  return (value) => {
    const tag = fieldsIn(value)?.[discriminator];
    const isNamed = ({ tags, texts }: (typeof choices)[number]) =>
      tag instanceof RawText ? texts.has(tag.value) : tags.has(tag);
    return choices.find(isNamed)?.coerce(value) ?? misfit(value);
  };
}
