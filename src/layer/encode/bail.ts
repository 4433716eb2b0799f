class GivenUp extends Error {}
/** Made once: the stack of a new one would take longer than the answer. */
const GIVEN_UP = new GivenUp('A compiled encoder cannot write this value.');

/** @throws always; `withFallback` catches it. */
export function bail(): never {
  throw GIVEN_UP;
}

/** What `write` gives, or `instead` where that gives up, or goes round in a circle until the stack ends. */
export function withFallback<T>(
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
