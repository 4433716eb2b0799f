import { z } from 'zod';
import { isOptional, type Schema, unwrapOnce } from './schema.ts';

/** Where a value comes from: text (path, query) carries strings only, JSON lacks dates and bigints. */
export type Source = 'text' | 'json';

/** A value in the form its schema wants, and whether it has that form: that decides between the options of a union. */
interface Coerced {
  value: unknown;
  fits: boolean;
}

type Coerce = (value: unknown) => Coerced;
type Kind = z.core.$ZodTypeDef['type'];

const NUMBER = /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i;
/** Longer numbers are no use to anyone and slow to read. */
const BIGINT = /^-?\d{1,400}$/;
const DATE = z.union([z.iso.datetime({ offset: true }), z.iso.date()]);

const parseBigint = (text: string) => (BIGINT.test(text) ? BigInt(text) : undefined);
const parseDate = (text: string) => (DATE.safeParse(text).success ? new Date(text) : undefined);
const parseNumber = (text: string) => (NUMBER.test(text) ? Number(text) : undefined);
const parseBoolean = (text: string) => (text === 'true' ? true : text === 'false' ? false : undefined);

/** What a string stands for, by the kind of schema; `undefined` where it stands for nothing of that kind. */
const PARSERS: Record<Source, Partial<Record<Kind, (text: string) => unknown>>> = {
  text: { number: parseNumber, boolean: parseBoolean, bigint: parseBigint, date: parseDate },
  json: { bigint: parseBigint, date: parseDate },
};

/** Whether a value is of a kind already; kinds that are not listed take anything. */
const GUARDS: Partial<Record<Kind, (value: unknown) => boolean>> = {
  string: (value) => typeof value === 'string',
  template_literal: (value) => typeof value === 'string',
  number: (value) => typeof value === 'number',
  boolean: (value) => typeof value === 'boolean',
  bigint: (value) => typeof value === 'bigint',
  date: (value) => value instanceof Date,
  null: (value) => value === null,
  undefined: (value) => value === undefined,
};

/**
 * Compiles a function that turns what came over HTTP into what a schema expects: numbers, booleans, dates (ISO
 * 8601), bigints, and arrays out of one or more strings. What it cannot turn it leaves alone, for the schema to
 * refuse. Neither the schema nor the value is changed. A `z.preprocess` sees the value as it came.
 */
export function compileCoercion(schema: Schema, source: Source): (value: unknown) => unknown {
  const coerce = createCompiler(source)(schema);
  return (value) => coerce(value).value;
}

/** Compiles schemas once each, also where they contain themselves. */
function createCompiler(source: Source): (schema: Schema) => Coerce {
  const compiled = new Map<Schema, Coerce>();
  return function compile(schema) {
    const known = compiled.get(schema);
    if (known) return known;
    let built: Coerce | undefined;
    const coerce: Coerce = (value) => (built ??= build(schema, source, compile))(value);
    compiled.set(schema, coerce);
    return coerce;
  };
}

function build(schema: Schema, source: Source, compile: (schema: Schema) => Coerce): Coerce {
  if (schema instanceof z.core.$ZodNullable) return nullable(compile(schema._zod.def.innerType));
  const inner = unwrapOnce(schema);
  if (inner) return isOptional(schema) ? optional(compile(inner)) : compile(inner);
  if (schema instanceof z.core.$ZodPipe) return compile(schema._zod.def.in);
  if (schema instanceof z.ZodEnum) return oneOf(new Set(schema.options), source);
  if (schema instanceof z.ZodLiteral) return oneOf(schema.values, source);
  if (schema instanceof z.core.$ZodArray) return array(compile(schema._zod.def.element), source);
  if (schema instanceof z.core.$ZodTuple) {
    const { items, rest } = schema._zod.def;
    return tuple(items.map(compile), rest && compile(rest), source);
  }
  if (schema instanceof z.core.$ZodObject) return object(schema._zod.def.shape, compile);
  if (schema instanceof z.core.$ZodRecord) return record(compile(schema._zod.def.valueType));
  if (schema instanceof z.core.$ZodDiscriminatedUnion) return discriminated(schema, compile);
  if (schema instanceof z.core.$ZodUnion) return firstThatFits(schema._zod.def.options.map(compile));
  if (schema instanceof z.core.$ZodIntersection) {
    return both(compile(schema._zod.def.left), compile(schema._zod.def.right));
  }
  return leaf(schema._zod.def.type, source);
}

function leaf(kind: Kind, source: Source): Coerce {
  const parse = PARSERS[source][kind];
  const guard = GUARDS[kind] ?? (() => true);
  return (value) => {
    const parsed = parse && typeof value === 'string' ? parse(value) : undefined;
    return parsed === undefined ? { value, fits: guard(value) } : { value: parsed, fits: true };
  };
}

const nullable =
  (inner: Coerce): Coerce =>
  (value) =>
    value === null ? { value, fits: true } : inner(value);

const optional =
  (inner: Coerce): Coerce =>
  (value) =>
    value === undefined ? { value, fits: true } : inner(value);

function oneOf(values: ReadonlySet<unknown>, source: Source): Coerce {
  const byText = new Map(source === 'text' ? [...values].map((value) => [String(value), value]) : []);
  return (value) => {
    if (typeof value === 'string' && byText.has(value)) return { value: byText.get(value), fits: true };
    return { value, fits: values.has(value) };
  };
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A list may come as one string where it comes from text. */
const asList = (value: unknown, source: Source): unknown[] | undefined =>
  Array.isArray(value) ? value : source === 'text' && typeof value === 'string' ? [value] : undefined;

function array(element: Coerce, source: Source): Coerce {
  return (value) => {
    const list = asList(value, source)?.map(element);
    return list ? all(list) : { value, fits: false };
  };
}

function tuple(items: Coerce[], rest: Coerce | null, source: Source): Coerce {
  const other = rest ?? ((value: unknown) => ({ value, fits: false }));
  return (value) => {
    const list = asList(value, source)?.map((item, i) => (items[i] ?? other)(item));
    return list ? all(list) : { value, fits: false };
  };
}

const all = (list: Coerced[]): Coerced => ({
  value: list.map((item) => item.value),
  fits: list.every((item) => item.fits),
});

function object(shape: z.core.$ZodShape, compile: (schema: Schema) => Coerce): Coerce {
  const fields = Object.entries(shape).map(([name, schema]) => ({
    name,
    coerce: compile(schema),
    required: !isOptional(schema),
  }));
  return (value) => {
    if (!isObject(value)) return { value, fits: false };
    let fits = true;
    const changed: [string, unknown][] = [];
    for (const { name, coerce, required } of fields) {
      if (!Object.hasOwn(value, name)) {
        if (required) fits = false;
        continue;
      }
      const field = coerce(value[name]);
      if (field.value !== value[name]) changed.push([name, field.value]);
      if (!field.fits) fits = false;
    }
    return { value: changed.length > 0 ? { ...value, ...Object.fromEntries(changed) } : value, fits };
  };
}

function record(entry: Coerce): Coerce {
  return (value) => {
    if (!isObject(value)) return { value, fits: false };
    const entries = Object.entries(value).map(([key, item]) => ({ key, ...entry(item) }));
    return {
      value: Object.fromEntries(entries.map(({ key, value: item }) => [key, item])),
      fits: entries.every(({ fits }) => fits),
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

const firstThatFits =
  (options: Coerce[]): Coerce =>
  (value) => {
    for (const option of options) {
      const coerced = option(value);
      if (coerced.fits) return coerced;
    }
    return { value, fits: false };
  };

/** The option that its discriminator names, even where other fields do not fit: the errors are about that one. */
function discriminated(union: z.core.$ZodDiscriminatedUnion, compile: (schema: Schema) => Coerce): Coerce {
  const { options, discriminator } = union._zod.def;
  const choices = options.map((option) => ({
    tags: tagsOf(option, discriminator),
    coerce: compile(option),
  }));
  return (value) => {
    const tag = isObject(value) ? value[discriminator] : undefined;
    return choices.find(({ tags }) => tags.has(tag))?.coerce(value) ?? { value, fits: false };
  };
}

const tagsOf = (option: Schema, discriminator: string): ReadonlySet<unknown> =>
  option._zod.propValues?.[discriminator] ?? new Set();
