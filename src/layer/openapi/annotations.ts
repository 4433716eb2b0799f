import { z } from 'zod';
import { toJson } from '../encode/json.ts';
import type { Schema, Side } from '../schema/schema.ts';

type Annotations = NonNullable<ReturnType<typeof z.globalRegistry.get>>;

/** What of a meta says nothing about the values. */
const ANNOTATIONS: ReadonlySet<string> = new Set([
  ...['id', 'outputId', 'unusedIO', 'param', 'header', 'title', 'description'],
  ...['examples', 'example', 'default', 'deprecated', 'readOnly', 'writeOnly'],
]);

/** True if the meta of a schema says in JSON Schema what the values are. */
export function isDescribed(schema: Schema): boolean {
  return Object.keys(z.globalRegistry.get(schema) ?? {}).some((key) => !ANNOTATIONS.has(key));
}

/** The schema, which nobody else has, with this meta. */
export function annotated(schema: Schema, meta: Annotations | undefined): Schema {
  if (meta && Object.keys(meta).length > 0) z.globalRegistry.add(schema, meta);
  return schema;
}

/** A schema that takes the place of another, with the other's meta. */
export function instead(schema: Schema, by: Schema): Schema {
  const meta = z.globalRegistry.get(schema);
  return meta ? annotated(z.core.clone(by), meta) : by;
}

/** A value as JSON has it; `undefined` where it has none. */
export function asJson(value: unknown): unknown {
  try {
    return JSON.parse(toJson(value));
  } catch {
    return undefined;
  }
}

/** The schema with its examples as JSON: those of a bigint or a set are none, and no document could be written. */
export function withJsonExamples(schema: Schema): Schema {
  const meta = z.globalRegistry.get(schema);
  if (!meta || !('example' in meta || 'examples' in meta)) return schema;
  const { example, examples, ...others }: Record<string, unknown> = meta;
  const given: unknown[] = Array.isArray(examples) ? examples : [];
  const json = [...(example === undefined ? [] : [example]), ...given].map(asJson);
  const copy = z.core.clone(schema, { ...schema._zod.def });
  copy._zod.parent = schema._zod.parent;
  return annotated(copy, { ...others, examples: json.filter((value) => value !== undefined) });
}

function sizeOf({ checks = [] }: z.core.$ZodTypeDef): { min?: number; max?: number } {
  const size: { min?: number; max?: number } = {};
  for (const check of checks) {
    if (check instanceof z.core.$ZodCheckMinSize) size.min = check._zod.def.minimum;
    if (check instanceof z.core.$ZodCheckMaxSize) size.max = check._zod.def.maximum;
    if (check instanceof z.core.$ZodCheckSizeEquals) size.min = size.max = check._zod.def.size;
  }
  return size;
}

/** The limits of a set for the list that it is in JSON: one with the same item twice is a smaller set. */
export function listOf(def: z.core.$ZodSetDef, side: Side): Annotations {
  const { min, max } = sizeOf(def);
  return {
    ...(min !== undefined && { minItems: min }),
    ...(max !== undefined && { maxItems: max }),
    ...(side === 'input' && min !== undefined && min > 1 && { uniqueItems: true }),
  };
}

/** The limits of a map for the object that it is in JSON. */
export function propertiesOf(def: z.core.$ZodMapDef): Annotations {
  const { min, max } = sizeOf(def);
  return {
    ...(min !== undefined && { minProperties: min }),
    ...(max !== undefined && { maxProperties: max }),
  };
}

/** The schema of the names of an object for the keys of a map; `null` for keys that are no text in JSON. */
export function keysOf(key: Schema): z.core.$ZodRecordKey | null {
  if (key instanceof z.core.$ZodBoolean) return z.enum(['true', 'false']);
  return isText(key) ? key : null;
}

/** True for what JSON has as the name of a field. */
function isText(key: Schema): key is z.core.$ZodRecordKey {
  if (key instanceof z.core.$ZodUnion) return key._zod.def.options.every(isText);
  return TEXTS.has(key._zod.def.type);
}

const TEXTS: ReadonlySet<string> = new Set([
  ...['string', 'number', 'bigint', 'date', 'enum', 'literal', 'template_literal', 'any', 'unknown'],
]);
