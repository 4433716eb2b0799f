import * as core from 'zod/v4/core';
import { isOptional, type Schema, unwrapOnce } from '../schema/schema.ts';
import { type Coerce, type Coerced, isNoValue, oneOf, scalar } from './scalars.ts';
import { BracketNode, isPlainObject, plain, RawText } from './text.ts';

/** `isOption`: true if the result decides between the options of a union. */
type Compile = (schema: Schema, isOption: boolean) => Coerce;

/**
 * Compiles a function that converts values of a request into the types that a schema expects. Text (see text.ts)
 * becomes numbers, booleans, dates (ISO 8601, or as in HTTP headers), bigints, lists and objects. Strings of JSON
 * become only dates and bigints, lists become sets, and objects become maps. It does not change a value that it cannot
 * convert, so the schema rejects it. It changes neither the schema nor the value in place. A `z.preprocess` receives
 * the value unconverted, but one around the whole object receives the object with converted fields.
 */
export function compileCoercion(schema: Schema): (value: unknown) => unknown {
  let object = schema;
  while (object instanceof core.$ZodPipe && object._zod.def.in instanceof core.$ZodTransform) {
    object = object._zod.def.out;
  }
  const coerce = createCompiler()(object, false);
  return (value) => plain(coerce(value).value);
}

/** Creates a compiler that compiles each schema once, even if schemas contain themselves. */
function createCompiler(): Compile {
  const compiled = { option: new Map<Schema, Coerce>(), other: new Map<Schema, Coerce>() };
  return function compile(schema, isOption) {
    const known = compiled[isOption ? 'option' : 'other'];
    const cached = known.get(schema);
    if (cached) return cached;
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
  if (schema instanceof core.$ZodNullable) return nullable(inside(schema._zod.def.innerType));
  const inner = unwrapOnce(schema);
  if (inner) return isOptional(schema) ? optional(inside(inner)) : inside(inner);
  if (schema instanceof core.$ZodPipe) return inside(schema._zod.def.in);
  if (schema instanceof core.$ZodEnum) return oneOf(core.util.getEnumValues(schema._zod.def.entries));
  if (schema instanceof core.$ZodLiteral) return oneOf(schema._zod.def.values);
  if (schema instanceof core.$ZodArray) return list(inside(schema._zod.def.element), (items) => items);
  if (schema instanceof core.$ZodSet) {
    return list(inside(schema._zod.def.valueType), (items) => new Set(items));
  }
  if (schema instanceof core.$ZodTuple) {
    const { items, rest } = schema._zod.def;
    return tuple(items.map(inside), rest && inside(rest));
  }
  if (schema instanceof core.$ZodObject) return object(schema, inside);
  if (schema instanceof core.$ZodRecord) return record(inside(schema._zod.def.valueType));
  if (schema instanceof core.$ZodMap) {
    return map(inside(schema._zod.def.keyType), inside(schema._zod.def.valueType));
  }
  if (schema instanceof core.$ZodDiscriminatedUnion) return discriminated(schema, inside);
  if (schema instanceof core.$ZodUnion) {
    return firstThatFits(schema._zod.def.options.map((option) => compile(option, true)));
  }
  if (schema instanceof core.$ZodIntersection) {
    return both(inside(schema._zod.def.left), inside(schema._zod.def.right));
  }
  // The other side of an intersection may still accept the field.
  if (schema instanceof core.$ZodNever) return misfit;
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

/** Returns the items of a list. One text or file counts as a list of one, and numbered names in brackets as a list. */
function itemsOf(value: unknown): unknown[] | undefined {
  if (Array.isArray(value)) return Array.from<unknown>(value);
  if (value instanceof BracketNode) return value.asList();
  return value instanceof RawText || value instanceof File ? [value] : undefined;
}

/** Returns the fields of an object; `undefined` if the value is not an object. */
function fieldsIn(value: unknown): Record<string, unknown> | undefined {
  if (value instanceof BracketNode) return Object.fromEntries(value.fields);
  return isPlainObject(value) ? value : undefined;
}

function list(element: Coerce, create: (items: unknown[]) => unknown): Coerce {
  return (value) => {
    const items = itemsOf(value)?.map(element);
    return items ? { value: create(items.map((item) => item.value)), fits: allFit(items) } : misfit(value);
  };
}

function tuple(items: Coerce[], rest: Coerce | null): Coerce {
  return (value) => {
    const coerced = itemsOf(value)?.map((item, i) => (items[i] ?? rest ?? misfit)(item));
    return coerced ? { value: coerced.map((item) => item.value), fits: allFit(coerced) } : misfit(value);
  };
}

const allFit = (items: Coerced[]) => items.every((item) => item.fits);

/** Returns a value with each field converted by `coerce`, or the same value if no field changes. */
function coerceFields(value: unknown, coerce: (name: string, item: unknown) => Coerced): Coerced {
  const fields = fieldsIn(value);
  if (!fields) return misfit(value);
  let fits = true;
  const changed: [string, unknown][] = [];
  for (const [name, item] of Object.entries(fields)) {
    const coerced = coerce(name, item);
    if (coerced.value !== item) changed.push([name, coerced.value]);
    if (!coerced.fits) fits = false;
  }
  // Spread and fromEntries define each name as an own property, even `__proto__`.
  return { value: changed.length > 0 ? { ...fields, ...Object.fromEntries(changed) } : fields, fits };
}

function object(schema: core.$ZodObject, compile: (schema: Schema) => Coerce): Coerce {
  const { shape, catchall } = schema._zod.def;
  const fields = new Map(Object.entries(shape).map(([name, field]) => [name, compile(field)]));
  const required = Object.entries(shape).flatMap(([name, field]) => (isOptional(field) ? [] : [name]));
  const other = catchall ? compile(catchall) : (item: unknown) => ({ value: item, fits: true });
  return (value) => {
    const coerced = coerceFields(value, (name, item) => (fields.get(name) ?? other)(item));
    const sent = fieldsIn(coerced.value);
    const isComplete = sent !== undefined && required.every((name) => Object.hasOwn(sent, name));
    return isComplete ? coerced : misfit(coerced.value);
  };
}

const record =
  (entry: Coerce): Coerce =>
  (value) =>
    coerceFields(value, (_name, item) => entry(item));

/** Returns a map from an object, because JSON has no maps. The keys of the object are text. */
function map(key: Coerce, entry: Coerce): Coerce {
  return (value) => {
    const fields = fieldsIn(value);
    if (!fields) return misfit(value);
    const entries = Object.entries(fields).map(
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

/**
 * Converts a value as its first fitting option does, because zod also chooses the first. A value that fits no option
 * stays unchanged, and no coercing option may accept it.
 */
const firstThatFits =
  (options: Coerce[]): Coerce =>
  (value) => {
    let rejected: Coerced | undefined;
    for (const option of options) {
      const coerced = option(value);
      if (coerced.fits) return coerced;
      if (isNoValue(coerced.value)) rejected = coerced;
    }
    return rejected ?? misfit(value);
  };

/**
 * Converts a value as the option of its discriminator does, even if other fields do not fit, so errors concern that
 * option.
 */
function discriminated(union: core.$ZodDiscriminatedUnion, compile: (schema: Schema) => Coerce): Coerce {
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
