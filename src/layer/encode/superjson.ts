import type * as core from 'zod/v4/core';
import { withFallback } from './bail.ts';
import { compile } from './compile.ts';
import { Meta, ROOT } from './meta.ts';
import { ANY } from './values.ts';

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
 * Compiles `toSuperjson` for the values that `schema.parse` returns, or without a schema for any values. The function
 * returns the same text and throws the same errors. That also holds for other values, if each of their objects that no
 * parse created is in one place only.
 * Nothing may be registered with superjson (`registerClass` and similar).
 */
export function compileSuperjson(schema: core.$ZodType | null, toSuperjson: ToSuperjson): ToSuperjson {
  const encoder = schema ? compile(schema) : ANY;
  return withFallback((value: unknown) => {
    const meta = new Meta();
    return withMeta(encoder.write(value, meta, ROOT, ROOT), meta);
  }, toSuperjson);
}

/**
 * Compiles the writer of `[id, 0, [[value]]]`, the line of a streamed batch with an output, in the same way.
 */
export function compileSuperjsonLine(
  schema: core.$ZodType | null,
  toSuperjson: ToSuperjson,
): (id: number, value: unknown) => string {
  const encoder = schema ? compile(schema) : ANY;
  return withFallback(
    (id: number, value: unknown) => {
      const meta = new Meta();
      return withMeta(`[${id},0,[[${encoder.write(value, meta, IN_LINE, 0)}]]]`, meta);
    },
    (id, value) => toSuperjson([id, 0, [[value]]]),
  );
}

/** The path of the container of an output in its line. */
const IN_LINE = ',"2.0.';

function withMeta(json: string, meta: Meta): string {
  const annotations = meta.text();
  return annotations === '' ? `{"json":${json}}` : `{"json":${json},"meta":${annotations}}`;
}
