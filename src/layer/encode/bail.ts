class Bailout extends Error {}
/** Created once, because capturing the stack of a new error would take longer than writing the value. */
const BAILOUT = new Bailout('A compiled encoder cannot write this value.');

/**
 * Stops a compiled encoder at a value that it does not expect.
 * @throws {Bailout} always; `withFallback` catches it.
 */
export function bail(): never {
  throw BAILOUT;
}

/**
 * Returns `write`, with `fallback` for values at which it bails out or, because they contain themselves, overflows the
 * stack.
 */
export function withFallback<T>(
  write: (value: unknown) => T,
  fallback: (value: unknown) => T,
): (value: unknown) => T {
  return (value) => {
    try {
      return write(value);
    } catch (error) {
      if (error === BAILOUT || error instanceof RangeError) return fallback(value);
      throw error;
    }
  };
}
