import * as core from 'zod/v4/core';
import {
  allOf,
  anyOf,
  type LazyPlace,
  leaf,
  listOf,
  mapOf,
  objectOf,
  OPEN,
  type Place,
  PLAIN,
  setOf,
} from './place.ts';

type Schema = core.$ZodType;
type Compile = (schema: Schema) => LazyPlace;

const UNDEFINED = leaf('undefined');
const NUMBER = leaf('number');
const BIGINT = leaf('bigint');
const DATE = leaf('Date');

/**
 * Compiles where the input of a procedure can have annotations, and which. Chained `.input()` calls apply together. A
 * schema that does not show what it accepts, or is not a zod schema, allows any annotation.
 */
export function compilePlace(inputs: readonly unknown[]): LazyPlace {
  const compile = createCompiler();
  const places = inputs.map((input) => (input instanceof core.$ZodType ? compile(input) : open));
  const [only = open] = places;
  return places.length > 1 ? later(() => allOf(places.map((place) => place()))) : only;
}

/** Creates a compiler that compiles each schema once, even if schemas contain themselves. */
function createCompiler(): Compile {
  const known = new Map<Schema, LazyPlace>();
  return function compile(schema) {
    const cached = known.get(schema);
    if (cached) return cached;
    const place = later(() => build(schema, compile));
    known.set(schema, place);
    return place;
  };
}

/** Returns a place that is created at its first use. */
function later(create: () => Place): LazyPlace {
  let created: Place | undefined;
  return () => (created ??= create());
}

const open: LazyPlace = () => OPEN;

function build(schema: Schema, compile: Compile): Place {
  // Zod documents this cast. A custom kind of schema has a type that is not listed, and reaches the default.
  const { def } = (schema as core.$ZodTypes)._zod;
  if ('coerce' in def && def.coerce) return OPEN;
  switch (def.type) {
    case 'string':
    case 'template_literal':
    case 'boolean':
    case 'null':
    case 'symbol':
    case 'never':
    case 'file':
      return PLAIN;
    case 'number':
    case 'nan':
      return NUMBER;
    case 'bigint':
      return BIGINT;
    case 'date':
      return DATE;
    case 'undefined':
    case 'void':
      return UNDEFINED;
    case 'literal':
      return ofValues(def.values);
    case 'enum':
      return ofValues(core.util.getEnumValues(def.entries));
    case 'object':
      return compileObject(def, compile);
    case 'record':
      return objectOf(new Map(), def.mode === 'loose' ? open : compile(def.valueType));
    case 'array':
      return listOf([], compile(def.element));
    case 'tuple':
      return listOf(def.items.map(compile), def.rest ? compile(def.rest) : undefined);
    case 'set':
      return setOf(compile(def.valueType));
    case 'map':
      return mapOf(compile(def.keyType), compile(def.valueType));
    case 'union':
      return anyOf(def.options.map((option) => compile(option)())) ?? PLAIN;
    case 'intersection':
      return allOf([compile(def.left)(), compile(def.right)()]);
    case 'nullable':
    case 'nonoptional':
    case 'readonly':
      return compile(def.innerType)();
    case 'optional':
    case 'default':
    case 'prefault':
      return anyOf([UNDEFINED, compile(def.innerType)()]) ?? UNDEFINED;
    case 'pipe':
      return compile(def.in)();
    case 'lazy':
      return compile(def.getter())();
    default:
      return OPEN;
  }
}

/** Fields that the schema ignores or passes on unchecked may have any annotation. */
function compileObject({ shape, catchall }: core.$ZodObjectDef, compile: Compile): Place {
  const fields = Object.entries(shape).map(([name, field]) => [name, compile(field)] as const);
  const isStrict = catchall instanceof core.$ZodNever;
  return objectOf(new Map(fields), isStrict ? undefined : catchall ? compile(catchall) : open);
}

/** A literal 0 allows the annotation of numbers, because zod also accepts -0 for it. */
function ofValues(values: readonly unknown[]): Place {
  const kinds = new Set(values.map((value) => typeof value));
  return leaf(...(['undefined', 'bigint', 'number'] as const).filter((kind) => kinds.has(kind)));
}
