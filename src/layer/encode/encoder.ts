import type { Meta } from './meta.ts';

/**
 * Writes the JSON of a value. It does not trust the value to be what its schema says: at what it does not expect it
 * gives up, and the library that it stands for writes the answer.
 */
export interface Encoder {
  /** Whether nothing in the value is ever annotated: then it need not be told where the value stands. */
  readonly plain: boolean;
  /** Whether it tells `meta` of every object in the value, so that one may stand in two places. */
  readonly tracked: boolean;
  /**
   * @param meta takes superjson's annotations; `null` for plain JSON, which has none.
   * @param path of what the value is in, and its `key` there; see `Meta`.
   * @returns JSON; `''` for `undefined` in plain JSON, where it is left out.
   */
  readonly write: (value: unknown, meta: Meta | null, path: string, key: string | number) => string;
}
