import * as core from 'zod/v4/core';
import { defOf, isNothing, type Schema, type Side } from '../schema/schema.ts';
import { isDescribed, keysOf } from './annotations.ts';
import { createWire } from './wire.ts';

/** A part of a schema that JSON Schema cannot describe. */
export interface Undescribed {
  /** The schema of the part. */
  part: Schema;
  /** Its place in the schema that contains it. */
  path: readonly string[];
  /** What it is, such as `a transform, which no JSON Schema describes`. */
  kind: string;
}

/** Finds the parts of a schema that its document leaves open. */
export type FindUndescribed = (schema: Schema) => readonly Undescribed[];

/** An empty result, of most schemas. */
const NONE: readonly Undescribed[] = [];

/** Stops at this depth, because a lazy schema can create new schemas without end. */
const MAX_DEPTH = 50;

/**
 * Creates a function that finds the parts which `createWire` leaves open, without converting anything. It walks each
 * schema once, even if many procedures share it, and follows the same parts as `createWire`.
 * @param side `input` for what callers send, `output` for what they get.
 */
export function createUndescribed(side: Side): FindUndescribed {
  const known = new Map<Schema, readonly Undescribed[]>();
  const names = new Map<string, Schema>();

  function find(schema: Schema, depth: number): readonly Undescribed[] {
    if (LEAVES.has(defOf(schema).type)) return nameless(schema);
    const before = known.get(schema);
    if (before) return before;
    if (depth > MAX_DEPTH) return [undescribable(schema, 'an endless schema')];
    // A schema that contains itself reaches this while it is being walked.
    known.set(schema, NONE);
    const found = both(within(schema, depth), nameless(schema));
    if (found !== NONE) known.set(schema, found);
    return found;
  }

  /** Reports a schema whose id another schema has. The first one keeps the name. */
  function nameless(schema: Schema): readonly Undescribed[] {
    const id = core.globalRegistry.has(schema) ? core.globalRegistry.get(schema)?.id : undefined;
    if (id === undefined) return NONE;
    const owner = names.get(id) ?? schema;
    names.set(id, owner);
    if (owner === schema) return NONE;
    return [{ part: schema, path: [], kind: `another schema with the id ${id}, so it has none` }];
  }

  function within(schema: Schema, depth: number): readonly Undescribed[] {
    const found = inside(schema, depth);
    // A meta that describes the values replaces what is inside.
    return found !== NONE && isDescribed(schema) ? NONE : found;
  }

  function inside(schema: Schema, depth: number): readonly Undescribed[] {
    const def = defOf(schema);
    const part = (inner: Schema) => find(inner, depth);
    const member = (inner: Schema, key: string) => inKey(find(inner, depth + 1), key);
    const members = (parts: readonly Schema[], key = '') =>
      parts.reduce((found, one, i) => both(found, member(one, `${key}${i}`)), NONE);
    switch (def.type) {
      case 'object': {
        let found = NONE;
        for (const [name, field] of Object.entries<Schema>(def.shape))
          found = both(found, member(field, name));
        return def.catchall ? both(found, member(def.catchall, '*')) : found;
      }
      case 'array':
        return member(def.element, '*');
      case 'tuple':
        return both(members(def.items), def.rest ? member(def.rest, '*') : NONE);
      case 'record':
        return both(member(def.keyType, '{key}'), member(def.valueType, '*'));
      case 'map':
        if (keysOf(createWire(side)(def.keyType))) {
          return both(member(def.keyType, '{key}'), member(def.valueType, '*'));
        }
        return both(member(def.keyType, '{key}'), [
          undescribable(schema, 'a map whose keys have no text form'),
        ]);
      case 'set':
        return member(def.valueType, '*');
      case 'union':
        return members(
          def.options.filter((option) => !isNothing(option)),
          '|',
        );
      case 'intersection':
        return both(part(def.left), part(def.right));
      case 'success':
        return side === 'output' ? NONE : part(def.innerType);
      case 'default':
      case 'prefault':
      case 'catch':
      case 'optional':
      case 'nullable':
      case 'nonoptional':
      case 'readonly':
        return part(def.innerType);
      case 'pipe':
        return part(side === 'output' || def.in._zod.def.type === 'transform' ? def.out : def.in);
      case 'lazy':
        return part((schema as core.$ZodLazy)._zod.innerType);
      case 'file':
        return side === 'input' ? NONE : [undescribable(schema, 'a file')];
      case 'transform':
      case 'custom':
      case 'promise':
      case 'function':
      case 'symbol':
        return schema._zod.toJSONSchema ? NONE : [undescribable(schema, `a ${def.type}`)];
      default:
        return NONE;
    }
  }

  return (schema) => find(schema, 0);
}

/** The kinds that contain no schemas, and that JSON Schema describes. */
const LEAVES: ReadonlySet<string> = new Set<core.$ZodTypeDef['type']>([
  ...(['string', 'number', 'boolean', 'bigint', 'date', 'enum', 'literal', 'null'] as const),
  ...(['any', 'unknown', 'never', 'undefined', 'void', 'nan', 'template_literal'] as const),
]);

const both = (one: readonly Undescribed[], other: readonly Undescribed[]): readonly Undescribed[] =>
  one === NONE ? other : other === NONE ? one : [...one, ...other];

/** Returns the parts of a member in the schema that contains it. */
const inKey = (found: readonly Undescribed[], key: string): readonly Undescribed[] =>
  found === NONE ? NONE : found.map((one) => ({ ...one, path: [key, ...one.path] }));

const undescribable = (part: Schema, kind: string): Undescribed => ({
  part,
  path: [],
  kind: `${kind}, which no JSON Schema describes`,
});
