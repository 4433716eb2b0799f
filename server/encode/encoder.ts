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

class GivenUp extends Error {}
/** Made once: the stack of a new one would take longer than the answer. */
const GIVEN_UP = new GivenUp('A compiled encoder cannot write this value.');

/** @throws always; `orElse` catches it. */
export function giveUp(): never {
  throw GIVEN_UP;
}

/** What `write` gives, or `instead` where that gives up, or goes round in a circle until the stack ends. */
export function orElse<T>(
  write: (value: unknown) => T,
  instead: (value: unknown) => T,
): (value: unknown) => T {
  return (value) => {
    try {
      return write(value);
    } catch (error) {
      if (error === GIVEN_UP || error instanceof RangeError) return instead(value);
      throw error;
    }
  };
}
