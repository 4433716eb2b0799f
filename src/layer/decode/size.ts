import type { AnyTRPCProcedure } from '@trpc/server';
import * as core from 'zod/v4/core';
import { MAX_FORM_PARTS, MAX_JSON_VALUES, MAX_SCHEMA_VALUES } from '../limits.ts';
import { isMeta } from '../meta.ts';
import { catchallOf } from '../schema/parts.ts';

type Schema = core.$ZodType;

/** The maximum size of a procedure's input. */
export interface InputSize {
  /** The maximum number of values in JSON, or of values that the names of a form or query create. */
  maxValues: number;
  /** The maximum number of fields of a form or query. */
  maxFields: number;
}

/** The limit of an input if no procedure sets one. */
export const DEFAULT_SIZE: InputSize = { maxValues: MAX_JSON_VALUES, maxFields: MAX_FORM_PARTS };

/**
 * Returns the maximum size of a procedure's input: `limits.maxValues` of its meta. Without that it is the default, or
 * more if the limits of the schemas themselves, such as `z.array().max()`, allow more.
 */
export function sizeOf({ _def: { meta, inputs } }: AnyTRPCProcedure): InputSize {
  const maxValues = isMeta(meta) ? meta.limits?.maxValues : undefined;
  if (maxValues !== undefined) return { maxValues, maxFields: maxValues };
  const bound = boundOf(inputs);
  return { maxValues: Math.max(MAX_JSON_VALUES, bound), maxFields: Math.max(MAX_FORM_PARTS, bound) };
}

/**
 * Returns the limit that the schemas of an input set; 0 if they do not limit their values. Limits of nested lists
 * multiply, and their author may not have considered the product, so the result is at most MAX_SCHEMA_VALUES.
 */
function boundOf(inputs: readonly unknown[]): number {
  let sum = 0;
  for (const input of inputs) sum += input instanceof core.$ZodType ? mostValues(input) : Infinity;
  return Number.isFinite(sum) ? Math.min(sum, MAX_SCHEMA_VALUES) : 0;
}

/**
 * Returns the maximum number of values in an input that a schema accepts; `Infinity` if the schema does not limit them.
 */
export function mostValues(schema: Schema, outer: ReadonlySet<Schema> = new Set()): number {
  if (outer.has(schema)) return Infinity;
  const seen = new Set(outer).add(schema);
  const most = (inner: Schema) => mostValues(inner, seen);
  const sum = (schemas: readonly Schema[]) => schemas.reduce((total, each) => total + most(each), 0);
  // Zod documents this cast. A custom kind of schema has a type that is not listed, and reaches the default.
  const { def } = (schema as core.$ZodTypes)._zod;
  switch (def.type) {
    case 'any':
    case 'unknown':
    case 'custom':
    case 'transform':
    case 'promise':
    case 'function':
    case 'success':
      return Infinity;
    case 'object':
      return 1 + sum(Object.values(def.shape)) + (catchallOf(def) ? Infinity : 0);
    case 'record': {
      const keys = def.keyType._zod.values;
      return keys ? 1 + keys.size * most(def.valueType) : Infinity;
    }
    case 'array':
      return 1 + times(maxSizeOf(schema), most(def.element));
    case 'tuple':
      return 1 + sum(def.items) + (def.rest ? Infinity : 0);
    case 'set':
      return 1 + times(maxSizeOf(schema), most(def.valueType));
    case 'map':
      return 1 + times(maxSizeOf(schema), 1 + most(def.keyType) + most(def.valueType));
    case 'union':
      return Math.max(0, ...def.options.map(most));
    case 'intersection':
      return most(def.left) + most(def.right);
    case 'nullable':
    case 'optional':
    case 'nonoptional':
    case 'readonly':
    case 'default':
    case 'prefault':
    case 'catch':
      return most(def.innerType);
    case 'pipe':
      return most(def.in);
    case 'lazy':
      return most(def.getter());
    default:
      return 1;
  }
}

/** Multiplies, with 0 for an empty list even if its items have no limit (0 × Infinity is NaN). */
const times = (size: number, each: number) => (size === 0 ? 0 : size * each);

/**
 * Returns the maximum number of items that the checks of an array, set or map accept; `Infinity` without such a check.
 * Other checks may change the items, so only the checks before them count.
 */
export function maxSizeOf(schema: Schema): number {
  let size = Infinity;
  for (const check of schema._zod.def.checks ?? []) {
    const { def } = (check as core.$ZodChecks)._zod;
    if (def.check === 'max_length' || def.check === 'max_size') size = Math.min(size, def.maximum);
    else if (def.check === 'length_equals') size = Math.min(size, def.length);
    else if (def.check === 'size_equals') size = Math.min(size, def.size);
    else if (def.check !== 'min_length' && def.check !== 'min_size') break;
  }
  return size;
}
