import type { Meta } from './meta.ts';

/**
 * Writes the JSON of a value. It does not rely on the value matching the schema: at an unexpected value it bails out,
 * and superjson or `JSON.stringify` writes the whole output.
 */
export interface Encoder {
  /** True if nothing in the value is ever annotated, so `write` needs no path. */
  readonly plain: boolean;
  /** True if it reports every object in the value to `meta`, so an object in two places is found. */
  readonly tracked: boolean;
  /**
   * Writes a value.
   * @param meta receives superjson's annotations; `null` for plain JSON, which has none.
   * @param path the path of the value's container, and `key` the value's key in it; see `Meta`.
   * @returns JSON; `''` for `undefined` in plain JSON, which omits it.
   * @throws {Bailout} for a value that it does not expect.
   */
  readonly write: (value: unknown, meta: Meta | null, path: string, key: string | number) => string;
}
