import type { z } from 'zod';
import { withFallback } from './bail.ts';
import { compile } from './compile.ts';
import { ROOT } from './meta.ts';

/** What JSON has for a value it does not know: a string for a bigint, an array for a set, an object for a map. */
export function jsonValue(item: unknown): unknown {
  if (typeof item === 'bigint') return item.toString();
  if (item instanceof Set) return [...(item as Set<unknown>)];
  return item instanceof Map ? Object.fromEntries(item as Map<string, unknown>) : item;
}

/** JSON of what a procedure gave: dates in ISO 8601, bigints as strings, sets as arrays, maps as objects. */
export function toJson(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) => jsonValue(item));
}

/** Compiles `toJson` for the values that `schema` returns from a parse. @returns the same text, and throws the same errors. */
export function compileJson(schema: z.core.$ZodType): (value: unknown) => string {
  const encoder = compile(schema);
  return withFallback((value) => encoder.write(value, null, ROOT, ROOT) || toJson(value), toJson);
}
