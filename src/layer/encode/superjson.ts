import superjson from 'superjson';
import type { z } from 'zod';
import { withFallback } from './bail.ts';
import { compile } from './compile.ts';
import { Meta, ROOT } from './meta.ts';

/** What superjson makes of a value, in JSON: `{"json":…,"meta":…}`. @throws {Error} for a key such as __proto__. */
export function toSuperjson(value: unknown): string {
  return JSON.stringify(superjson.serialize(value));
}

/**
 * Compiles `toSuperjson` for the values that `schema` returns from a parse. It is right for others too as long as an object
 * that no parse made stands in them once only, and as long as nothing is registered with superjson.
 * @returns the same text as `toSuperjson`, and throws the same errors. tRPC's answer to a call is `{"result":{"data":…}}`.
 */
export function compileSuperjson(schema: z.core.$ZodType): (value: unknown) => string {
  const encoder = compile(schema);
  return withFallback((value) => {
    const meta = new Meta();
    const json = encoder.write(value, meta, ROOT, ROOT);
    const annotations = meta.text();
    return annotations === '' ? `{"json":${json}}` : `{"json":${json},"meta":${annotations}}`;
  }, toSuperjson);
}
