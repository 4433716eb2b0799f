import type * as core from 'zod/v4/core';
import { withFallback } from './bail.ts';
import { compile } from './compile.ts';
import { Meta, ROOT } from './meta.ts';

/**
 * Writes superjson's serialization of a value as JSON: `{"json":…,"meta":…}`.
 * @throws {Error} for a key such as __proto__.
 */
export type ToSuperjson = (value: unknown) => string;

/**
 * Returns the function that writes values by the given copy of superjson. The layer has none of its own, so it always
 * writes what the router's copy would.
 */
export const superjsonWriter =
  (superjson: { serialize: (value: unknown) => unknown }): ToSuperjson =>
  (value) =>
    JSON.stringify(superjson.serialize(value));

/**
 * Compiles `toSuperjson` for the values that `schema.parse` returns. The function returns the same text and throws the
 * same errors. That also holds for other values, if each of their objects that no parse created is in one place only.
 * Nothing may be registered with superjson (`registerClass` and similar).
 */
export function compileSuperjson(schema: core.$ZodType, toSuperjson: ToSuperjson): ToSuperjson {
  const encoder = compile(schema);
  return withFallback((value) => {
    const meta = new Meta();
    const json = encoder.write(value, meta, ROOT, ROOT);
    const annotations = meta.text();
    return annotations === '' ? `{"json":${json}}` : `{"json":${json},"meta":${annotations}}`;
  }, toSuperjson);
}
