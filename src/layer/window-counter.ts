import { MAX_COUNTED_KEYS } from './limits.ts';

/** What is left of a key's window. */
export interface Standing {
  /** False if the amount did not fit and was not taken. */
  fits: boolean;
  left: number;
  /** Seconds until the window ends, rounded up. */
  seconds: number;
}

interface Window {
  used: number;
  /** On the clock of `performance.now()`. */
  endsAt: number;
}

/** How many expired windows an addition removes at most, so that no single one pauses the process. */
const PRUNED_AT_ONCE = 8;

/**
 * Counts what each key uses in fixed windows of time, in bounded memory and without timers. The windows of a counter are
 * equally long, so a Map keeps them in the order in which they end: expired ones are removed from its front, and when it is
 * full, the one that would end next gives way.
 */
export class WindowCounter {
  readonly #limit: number;
  readonly #ms: number;
  readonly #maxKeys: number;
  readonly #windows = new Map<string, Window>();
  #keys = this.#windows.keys();
  /** The key whose window ends first, once it is looked up. */
  #oldest: string | undefined;

  /** @param seconds the length of a window, which begins when its key is first used. */
  constructor(limit: number, seconds: number, maxKeys = MAX_COUNTED_KEYS) {
    this.#limit = limit;
    this.#ms = seconds * 1000;
    this.#maxKeys = maxKeys;
  }

  /** How many keys are remembered, expired ones among them. */
  get size(): number {
    return this.#windows.size;
  }

  /** Takes an amount, if all of it fits in what is left. */
  take(key: string, amount = 1): Standing {
    // Whole milliseconds, so that a window of 60 seconds does not round up to 61.
    const now = Math.floor(performance.now());
    const window = this.#windowOf(key, now);
    const fits = window.used + amount <= this.#limit;
    if (fits) window.used += amount;
    return { fits, left: this.#limit - window.used, seconds: Math.ceil((window.endsAt - now) / 1000) };
  }

  /** Gives back an amount that was taken in the key's current window. */
  giveBack(key: string, amount = 1): void {
    const window = this.#windows.get(key);
    if (window) window.used = Math.max(0, window.used - amount);
  }

  #windowOf(key: string, now: number): Window {
    const known = this.#windows.get(key);
    if (known && known.endsAt > now) return known;
    if (known) this.#windows.delete(key);
    if (this.#oldest === key) this.#oldest = undefined;
    this.#makeRoom(now);
    const fresh = { used: 0, endsAt: now + this.#ms };
    this.#windows.set(key, fresh);
    return fresh;
  }

  #makeRoom(now: number): void {
    for (let pruned = 0; pruned < PRUNED_AT_ONCE; pruned++) {
      const key = (this.#oldest ??= this.#nextKey());
      const window = key === undefined ? undefined : this.#windows.get(key);
      if (key === undefined || !window) return;
      if (this.#windows.size < this.#maxKeys && window.endsAt > now) return;
      this.#windows.delete(key);
      this.#oldest = undefined;
    }
  }

  /** A new iterator would walk over everything that was deleted before it, so one is kept. */
  #nextKey(): string | undefined {
    const { done, value } = this.#keys.next();
    if (!done) return value;
    this.#keys = this.#windows.keys();
    return this.#keys.next().value;
  }
}
