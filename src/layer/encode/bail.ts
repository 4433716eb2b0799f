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
export function withFallback<Args extends unknown[], T>(
  write: (...args: Args) => T,
  fallback: (...args: Args) => T,
): (...args: Args) => T {
  return (...args) => {
    try {
      return write(...args);
    } catch (error) {
      if (error === BAILOUT || error instanceof RangeError) return fallback(...args);
      throw error;
    }
  };
}
