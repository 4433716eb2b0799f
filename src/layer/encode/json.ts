import type * as core from 'zod/v4/core';
import { withFallback } from './bail.ts';
import { compile } from './compile.ts';
import { ROOT } from './meta.ts';

/**
 * Converts a value that JSON lacks: a bigint to a string, a set to an array, a map to an object. Returns others
 * unchanged.
 */
export function jsonValue(item: unknown): unknown {
  if (typeof item === 'bigint') return item.toString();
  if (item instanceof Set) return [...(item as Set<unknown>)];
  return item instanceof Map ? Object.fromEntries(item as Map<string, unknown>) : item;
}

/**
 * Returns the output of a procedure as plain JSON: dates in ISO 8601, bigints as strings, sets as arrays, maps as
 * objects.
 * @throws {TypeError} for a value that contains itself.
 */
export function toJson(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) => jsonValue(item));
}

/**
 * Compiles `toJson` for the values that `schema.parse` returns. The function returns the same text and throws the same
 * errors.
 */
export function compileJson(schema: core.$ZodType): (value: unknown) => string {
  const encoder = compile(schema);
  return withFallback((value) => encoder.write(value, null, ROOT, ROOT) || toJson(value), toJson);
}
