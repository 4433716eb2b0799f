import * as core from 'zod/v4/core';
import { intersectionOf, neverOf, objectOf, optionalOf, unionOf } from './build.ts';

/** Any zod 4 schema. */
export type Schema = core.$ZodType;

/** The side from which a schema is read: the input that a caller sends, or the output that it gets. */
export type Side = 'input' | 'output';

/**
 * Returns the schema inside a wrapper that does not change its kind, such as optional or readonly.
 * @returns `undefined` for a schema that is not a wrapper; a pipe is none.
 */
export function unwrapOnce(schema: Schema): Schema | undefined {
  if (
    schema instanceof core.$ZodOptional ||
    schema instanceof core.$ZodNullable ||
    schema instanceof core.$ZodDefault ||
    schema instanceof core.$ZodPrefault ||
    schema instanceof core.$ZodNonOptional ||
    schema instanceof core.$ZodCatch ||
    schema instanceof core.$ZodReadonly
  ) {
    return schema._zod.def.innerType;
  }
  // The getter may create a new schema each time. Zod keeps the first one.
  return schema instanceof core.$ZodLazy ? schema._zod.innerType : undefined;
}

/** Returns the schema inside a wrapper or pipe that receives the input first; `undefined` for any other schema. */
export const innerOf = (schema: Schema): Schema | undefined =>
  schema instanceof core.$ZodPipe ? schema._zod.def.in : unwrapOnce(schema);

/**
 * Returns the end of a pipe that faces the caller, or the other end if a bare function is there: it describes nothing.
 */
function pipeEnd({ _zod: { def } }: core.$ZodPipe, side: Side): Schema {
  const [near, far] = side === 'input' ? [def.in, def.out] : [def.out, def.in];
  return near instanceof core.$ZodTransform ? far : near;
}

/** Returns a schema without its wrappers and pipes, as the caller sees it on one side. */
export function unwrap(schema: Schema, side: Side): Schema {
  const inner = schema instanceof core.$ZodPipe ? pipeEnd(schema, side) : unwrapOnce(schema);
  return inner ? unwrap(inner, side) : schema;
}

/** True if a schema is void or undefined: there is no value. */
export function isNothing(schema: Schema): boolean {
  return schema instanceof core.$ZodVoid || schema instanceof core.$ZodUndefined;
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
  if (schema instanceof core.$ZodCatch) return mayBeLeftOut(schema._zod.def.innerType);
  if (schema instanceof core.$ZodNullable) return mayBeLeftOut(schema._zod.def.innerType);
  if (schema instanceof core.$ZodPipe && schema._zod.def.in instanceof core.$ZodTransform) {
    return mayBeLeftOut(schema._zod.def.out);
  }
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

/** Returns the schemas directly inside a schema. */
function partsOf(schema: Schema): readonly Schema[] {
  const inner = unwrapOnce(schema);
  if (inner) return [inner];
  if (schema instanceof core.$ZodPipe) return [pipeEnd(schema, 'input')];
  if (schema instanceof core.$ZodArray) return [schema._zod.def.element];
  if (schema instanceof core.$ZodTuple) {
    const { items, rest } = schema._zod.def;
    return rest ? [...items, rest] : items;
  }
  if (schema instanceof core.$ZodObject) {
    const { shape, catchall } = schema._zod.def;
    return [...Object.values(shape), ...(catchall ? [catchall] : [])];
  }
  if (schema instanceof core.$ZodUnion) return schema._zod.def.options;
  if (schema instanceof core.$ZodIntersection) return [schema._zod.def.left, schema._zod.def.right];
  const holdsValues =
    schema instanceof core.$ZodRecord || schema instanceof core.$ZodMap || schema instanceof core.$ZodSet;
  return holdsValues ? [schema._zod.def.valueType] : [];
}

/** True if a schema accepts files, itself or at any depth. */
export function holdsFiles(schema: Schema, seen = new Set<Schema>()): boolean {
  if (schema instanceof core.$ZodFile) return true;
  if (seen.has(schema)) return false;
  seen.add(schema);
  return partsOf(schema).some((part) => holdsFiles(part, seen));
}

/**
 * Returns the fields of an object, of every option of a union of objects, or of both sides of an intersection.
 * A field that some options of a union lack is optional.
 * @returns the schema of each field by name; `null` if the schema does not consist of objects.
 */
export function fieldsOf(schema: Schema, side: Side): Map<string, Schema> | null {
  const bare = unwrap(schema, side);
  if (bare instanceof core.$ZodObject) return new Map(Object.entries(bare._zod.def.shape));
  if (bare instanceof core.$ZodUnion) return mergeFields(bare._zod.def.options, side, 'any');
  if (bare instanceof core.$ZodIntersection) {
    return mergeFields([bare._zod.def.left, bare._zod.def.right], side, 'all');
  }
  return null;
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
