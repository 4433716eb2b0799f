/** Random choices, which are the same for the same seed. */
export interface Random {
  /** Returns a number from `min` up to but excluding `max`. */
  between: (min: number, max: number) => number;
  /** Returns one of the items. @throws {RangeError} if there are none. */
  pick: <T>(items: readonly T[]) => T;
  /** Returns true with this probability. */
  chance: (probability: number) => boolean;
  /** Returns separate choices for one actor, which do not depend on the choices of others. */
  fork: () => Random;
}

/** Creates choices from a 32-bit seed, with the generator mulberry32. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;

  function next(): number {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  return {
    between: (min, max) => min + next() * (max - min),
    pick(items) {
      const item = items[Math.floor(next() * items.length)];
      if (item === undefined) throw new RangeError('There is nothing to pick from.');
      return item;
    },
    chance: (probability) => next() < probability,
    fork: () => createRandom(Math.floor(next() * 2 ** 32)),
  };
}
