import * as core from 'zod/v4/core';
import { toJson } from '../encode/json.ts';
import { annotated, enumOf } from '../schema/build.ts';
import type { Schema, Side } from '../schema/schema.ts';

type Annotations = NonNullable<ReturnType<typeof core.globalRegistry.get>>;

/** The keys of a meta that do not restrict the values. */
const ANNOTATIONS: ReadonlySet<string> = new Set([
  ...['id', 'outputId', 'unusedIO', 'param', 'header', 'title', 'description'],
  ...['examples', 'example', 'default', 'deprecated', 'readOnly', 'writeOnly'],
]);

/** True if the meta of a schema describes the values in JSON Schema. */
export function isDescribed(schema: Schema): boolean {
  return Object.keys(core.globalRegistry.get(schema) ?? {}).some((key) => !ANNOTATIONS.has(key));
}

/** Returns the schema `by`, with the meta of the schema that it replaces. */
export function instead(schema: Schema, by: Schema): Schema {
  const meta = core.globalRegistry.get(schema);
  return meta ? annotated(core.clone(by), meta) : by;
}

/** Returns a value as JSON represents it, or `undefined` if JSON cannot. */
export function asJson(value: unknown): unknown {
  try {
    return JSON.parse(toJson(value));
  } catch {
    return undefined;
  }
}

/**
 * Returns the schema with its examples converted to JSON. Without this, a document with the example of a bigint or a
 * set could not be serialized.
 */
export function withJsonExamples(schema: Schema): Schema {
  const meta = core.globalRegistry.get(schema);
  if (!meta || !('example' in meta || 'examples' in meta)) return schema;
  const { example, examples, ...others }: Record<string, unknown> = meta;
  const listed: unknown[] = Array.isArray(examples) ? examples : [];
  const json = [...(example === undefined ? [] : [example]), ...listed].map(asJson);
  const copy = core.clone(schema, { ...schema._zod.def });
  copy._zod.parent = schema._zod.parent;
  return annotated(copy, { ...others, examples: json.filter((value) => value !== undefined) });
}

function sizeOf({ checks = [] }: core.$ZodTypeDef): { min?: number; max?: number } {
  const size: { min?: number; max?: number } = {};
  for (const check of checks) {
    if (check instanceof core.$ZodCheckMinSize) size.min = check._zod.def.minimum;
    if (check instanceof core.$ZodCheckMaxSize) size.max = check._zod.def.maximum;
    if (check instanceof core.$ZodCheckSizeEquals) size.min = size.max = check._zod.def.size;
  }
  return size;
}

/**
 * Returns the size limits of a set as limits of the JSON array that represents it. An array with duplicates becomes a
 * smaller set, so a minimum above 1 requires unique items.
 */
export function listOf(def: core.$ZodSetDef, side: Side): Annotations {
  const { min, max } = sizeOf(def);
  return {
    ...(min !== undefined && { minItems: min }),
    ...(max !== undefined && { maxItems: max }),
    ...(side === 'input' && min !== undefined && min > 1 && { uniqueItems: true }),
  };
}

/** Returns the size limits of a map as limits of the JSON object that represents it. */
export function propertiesOf(def: core.$ZodMapDef): Annotations {
  const { min, max } = sizeOf(def);
  return {
    ...(min !== undefined && { minProperties: min }),
    ...(max !== undefined && { maxProperties: max }),
  };
}

/**
 * Returns the schema of the property names that represent the keys of a map, or `null` if JSON cannot represent them.
 */
export function keysOf(key: Schema): core.$ZodRecordKey | null {
  if (key instanceof core.$ZodBoolean) return enumOf(['true', 'false']);
  return isText(key) ? key : null;
}

/** True if JSON can represent the key as a property name. */
function isText(key: Schema): key is core.$ZodRecordKey {
  if (key instanceof core.$ZodUnion) return key._zod.def.options.every(isText);
  return TEXTS.has(key._zod.def.type);
}

const TEXTS: ReadonlySet<string> = new Set([
  ...['string', 'number', 'bigint', 'date', 'enum', 'literal', 'template_literal', 'any', 'unknown'],
]);
