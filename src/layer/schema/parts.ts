import type * as core from 'zod/v4/core';

type Schema = core.$ZodType;

/** The schemas with which a schema parses. */
export interface Parts {
  schemas: readonly Schema[];
  /** True if a function of the application also takes part, or may, because the kind of the schema is unknown. */
  callsFunction: boolean;
}

const NONE: Parts = { schemas: [], callsFunction: false };
const UNKNOWN: Parts = { schemas: [], callsFunction: true };

const of = (...schemas: (Schema | null | undefined)[]): Parts => ({
  schemas: schemas.filter((schema) => schema !== null && schema !== undefined),
  callsFunction: false,
});

/** Returns the schemas directly inside a schema, both ends of a pipe and the keys of a record included. */
export function partsOf(schema: Schema): Parts {
  // Zod documents this cast. A custom kind of schema has a type that is not listed, and reaches the default.
  const { def } = (schema as core.$ZodTypes)._zod;
  switch (def.type) {
    case 'string':
    case 'number':
    case 'boolean':
    case 'bigint':
    case 'symbol':
    case 'null':
    case 'undefined':
    case 'void':
    case 'never':
    case 'any':
    case 'unknown':
    case 'date':
    case 'enum':
    case 'literal':
    case 'nan':
    case 'file':
    case 'template_literal':
      return NONE;
    case 'object':
      return of(...Object.values(def.shape), def.catchall);
    case 'record':
    case 'map':
      return of(def.keyType, def.valueType);
    case 'array':
      return of(def.element);
    case 'tuple':
      return of(...def.items, def.rest);
    case 'set':
      return of(def.valueType);
    case 'union':
      return of(...def.options);
    case 'intersection':
      return of(def.left, def.right);
    case 'nullable':
    case 'optional':
    case 'nonoptional':
    case 'readonly':
    case 'default':
    case 'prefault':
    case 'catch':
    case 'success':
      return of(def.innerType);
    case 'pipe':
      // A codec has a function in addition to its two schemas.
      return { schemas: [def.in, def.out], callsFunction: def.transform !== undefined };
    case 'lazy':
      // The getter may create a new schema each time. Zod keeps the first one.
      return of((schema as core.$ZodLazy)._zod.innerType);
    default:
      return UNKNOWN;
  }
}

/** Returns the schema of the fields that an object does not name; `undefined` if it ignores or rejects them. */
export const catchallOf = ({ catchall }: core.$ZodObjectDef): Schema | undefined =>
  catchall?._zod.def.type === 'never' ? undefined : catchall;

/** Stops at this depth, because a lazy schema can create new schemas without end. */
const MAX_DEPTH = 50;

/** True if a schema contains itself, at any depth, or a schema inside it does. */
export function isRecursive(
  schema: Schema,
  outer: ReadonlySet<Schema> = new Set(),
  known = new Set<Schema>(),
): boolean {
  if (outer.has(schema) || outer.size > MAX_DEPTH) return true;
  if (known.has(schema)) return false;
  const within = new Set(outer).add(schema);
  if (partsOf(schema).schemas.some((part) => isRecursive(part, within, known))) return true;
  known.add(schema);
  return false;
}

/** True if any schema at any depth is found, the schema itself included. Endless schemas count as found. */
export function someSchema(schema: Schema, isFound: (schema: Schema) => boolean): boolean {
  const seen = new Set<Schema>();
  const search = (one: Schema, depth: number): boolean => {
    if (seen.has(one)) return false;
    seen.add(one);
    return depth > MAX_DEPTH || isFound(one) || partsOf(one).schemas.some((part) => search(part, depth + 1));
  };
  return search(schema, 0);
}
