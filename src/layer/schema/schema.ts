import * as core from 'zod/v4/core';
import { intersectionOf, neverOf, objectOf, optionalOf, unionOf } from './build.ts';
import { partsOf } from './parts.ts';

/** Any zod 4 schema. */
export type Schema = core.$ZodType;

/** True for a zod 4 schema of any copy of zod. It is faster than `instanceof`, which looks up the traits of a schema. */
export const isSchema = (value: unknown): value is Schema =>
  typeof value === 'object' && value !== null && '_zod' in value;

/** The side from which a schema is read: the input that a caller sends, or the output that it gets. */
export type Side = 'input' | 'output';

/**
 * Returns the definition of a schema, by whose `type` its kind is known. `instanceof` says the same, but takes several
 * times as long in zod. Zod documents this cast. A kind that an application has defined has a type that is not listed.
 */
export const defOf = (schema: Schema) => (schema as core.$ZodTypes)._zod.def;

/**
 * Returns the schema inside a wrapper that does not change its kind, such as optional or readonly.
 * @returns `undefined` for a schema that is not a wrapper; a pipe is none.
 */
export function unwrapOnce(schema: Schema): Schema | undefined {
  const def = defOf(schema);
  switch (def.type) {
    case 'optional':
    case 'nullable':
    case 'default':
    case 'prefault':
    case 'nonoptional':
    case 'catch':
    case 'readonly':
      return def.innerType;
    case 'lazy':
      // The getter may create a new schema each time. Zod keeps the first one.
      return (schema as core.$ZodLazy)._zod.innerType;
    default:
      return undefined;
  }
}

/** Returns the schema inside a wrapper or pipe that receives the input first; `undefined` for any other schema. */
export function innerOf(schema: Schema): Schema | undefined {
  const def = defOf(schema);
  return def.type === 'pipe' ? def.in : unwrapOnce(schema);
}

/**
 * Returns the end of a pipe that faces the caller, or the other end if a bare function is there: it describes nothing.
 */
function pipeEnd(def: core.$ZodPipeDef, side: Side): Schema {
  const [near, far] = side === 'input' ? [def.in, def.out] : [def.out, def.in];
  return defOf(near).type === 'transform' ? far : near;
}

/** Returns a schema without its wrappers and pipes, as the caller sees it on one side. */
export function unwrap(schema: Schema, side: Side): Schema {
  const def = defOf(schema);
  const inner = def.type === 'pipe' ? pipeEnd(def, side) : unwrapOnce(schema);
  return inner ? unwrap(inner, side) : schema;
}

/** True if a schema is void or undefined: there is no value. */
export function isNothing(schema: Schema): boolean {
  const { type } = defOf(schema);
  return type === 'void' || type === 'undefined';
}

/** True if the schema accepts `undefined` from a caller, a preprocess and a catch included. */
export function isOptional(schema: Schema): boolean {
  return schema._zod.optin !== undefined;
}

/**
 * True if a schema declares that a caller may leave it out. A preprocess and a catch also accept a missing value, but
 * do not declare that, so they count by the schema inside.
 */
export function mayBeLeftOut(schema: Schema): boolean {
  const def = defOf(schema);
  if (def.type === 'catch' || def.type === 'nullable') return mayBeLeftOut(def.innerType);
  if (def.type === 'pipe' && defOf(def.in).type === 'transform') return mayBeLeftOut(def.out);
  return isOptional(schema);
}

/** True if a parse of the schema may return `undefined`, as far as the schema shows. */
export function mayBeUndefined(schema: Schema): boolean {
  const bare = unwrap(schema, 'output');
  if (schema._zod.optout !== undefined || isNothing(bare)) return true;
  if (bare instanceof core.$ZodUnion) return bare._zod.def.options.some(mayBeUndefined);
  if (bare instanceof core.$ZodLiteral) return bare._zod.def.values.includes(undefined);
  return (
    bare instanceof core.$ZodUnknown ||
    bare instanceof core.$ZodAny ||
    bare instanceof core.$ZodCustom ||
    bare instanceof core.$ZodTransform
  );
}

/** True if a schema accepts files, itself or at any depth. */
export function holdsFiles(schema: Schema, seen = new Set<Schema>()): boolean {
  const def = defOf(schema);
  if (def.type === 'file') return true;
  if (seen.has(schema)) return false;
  seen.add(schema);
  const parts = def.type === 'pipe' ? [pipeEnd(def, 'input')] : partsOf(schema).schemas;
  return parts.some((part) => holdsFiles(part, seen));
}

/**
 * Returns the fields of an object, of every option of a union of objects, or of both sides of an intersection.
 * A field that some options of a union lack is optional.
 * @returns the schema of each field by name; `null` if the schema does not consist of objects.
 */
export function fieldsOf(schema: Schema, side: Side): Map<string, Schema> | null {
  const def = defOf(unwrap(schema, side));
  if (def.type === 'object') return new Map(Object.entries(def.shape));
  if (def.type === 'union') return mergeFields(def.options, side, 'any');
  return def.type === 'intersection' ? mergeFields([def.left, def.right], side, 'all') : null;
}

function mergeFields(parts: readonly Schema[], side: Side, holds: 'any' | 'all'): Map<string, Schema> | null {
  const found = new Map<string, Schema[]>();
  for (const part of parts) {
    const fields = fieldsOf(part, side);
    if (!fields) return null;
    for (const [name, schema] of fields) found.set(name, [...(found.get(name) ?? []), schema]);
  }
  const merged = new Map<string, Schema>();
  for (const [name, schemas] of found) {
    merged.set(name, holds === 'any' ? anyOf(schemas, schemas.length < parts.length) : allOf(schemas));
  }
  return merged;
}

function anyOf(schemas: Schema[], mayLack: boolean): Schema {
  const [only] = schemas;
  const either = only && schemas.length === 1 ? only : unionOf(schemas);
  return mayLack ? optionalOf(either) : either;
}

/** Zod's intersection accepts `undefined` if all sides do, but does not declare it, so this declares it. */
function allOf(schemas: Schema[]): Schema {
  const [first = neverOf(), ...others] = new Set(schemas);
  if (others.length === 0) return first;
  const whole = others.reduce<Schema>((left, right) => intersectionOf(left, right), first);
  return schemas.every(isOptional) ? optionalOf(whole) : whole;
}

/** Returns the schema without some of its fields. Only for documents: refinements of the whole object are lost. */
export function withoutFields(schema: Schema, names: ReadonlySet<string>): Schema {
  const bare = unwrap(schema, 'input');
  if (bare instanceof core.$ZodObject) {
    const { shape, catchall } = bare._zod.def;
    const rest = Object.fromEntries(Object.entries(shape).filter(([name]) => !names.has(name)));
    return objectOf(rest, catchall);
  }
  if (bare instanceof core.$ZodUnion) {
    return unionOf(bare._zod.def.options.map((option) => withoutFields(option, names)));
  }
  if (bare instanceof core.$ZodIntersection) {
    return intersectionOf(
      withoutFields(bare._zod.def.left, names),
      withoutFields(bare._zod.def.right, names),
    );
  }
  return bare;
}
