import { MAX_COUNTED_KEYS } from './limits.ts';

/** The state of a key's window after `take`. */
export interface Standing {
  /** False if the amount did not fit and was not taken. */
  fits: boolean;
  /** The amount that is left in the window. */
  left: number;
  /** The time until the window ends, in seconds, rounded up. */
  seconds: number;
}

/** A window of a key. */
export interface Window {
  /** What was taken here. */
  used: number;
  /** What other processes have taken, as far as it is known here. */
  others: number;
  /** The end of the window, in milliseconds of `performance.now()`. */
  endsAt: number;
  /** True once `onBusy` was called. */
  isBusy: boolean;
}

/** Options of a WindowCounter that have defaults. */
export interface WindowCounterOptions {
  /** The maximum number of keys. Default: MAX_COUNTED_KEYS, 100,000. */
  maxKeys?: number;
  /**
   * Called once for each window of which more than a tenth of the limit was taken here. The receiver may change `others`
   * and `endsAt` of the window later.
   */
  onBusy?: (key: string, window: Window) => void;
}

/** The maximum number of expired windows that an addition removes, so no single addition blocks the process. */
const PRUNED_AT_ONCE = 8;

/** The part of its limit above which a window is busy. */
const BUSY = 0.1;

/**
 * Counts the use of each key in fixed windows of time, in bounded memory and without timers. The windows of a counter
 * are equally long, so its Map has them in the order in which they end, unless a receiver of `onBusy` has changed that.
 * Expired windows are removed from its front. If it is full, a new key replaces the one whose window ends next.
 */
export class WindowCounter {
  readonly #limit: number;
  readonly #ms: number;
  readonly #maxKeys: number;
  readonly #busyFrom: number;
  readonly #onBusy: WindowCounterOptions['onBusy'];
  readonly #windows = new Map<string, Window>();
  #keys = this.#windows.keys();
  /** The key whose window ends first, once it is looked up. */
  #oldest: string | undefined;

  /**
   * @param limit the maximum amount per key and window.
   * @param seconds the length of a window, which starts at the first use of its key.
   */
  constructor(
    limit: number,
    seconds: number,
    { maxKeys = MAX_COUNTED_KEYS, onBusy }: WindowCounterOptions = {},
  ) {
    this.#limit = limit;
    this.#ms = seconds * 1000;
    this.#maxKeys = maxKeys;
    this.#busyFrom = onBusy ? limit * BUSY : Infinity;
    this.#onBusy = onBusy;
  }

  /** The number of keys in memory, including expired ones. */
  get size(): number {
    return this.#windows.size;
  }

  /** Takes an amount, if all of it fits into the rest of the window. */
  take(key: string, amount = 1): Standing {
    // Whole milliseconds, so that a window of 60 seconds does not round up to 61.
    const now = Math.floor(performance.now());
    const window = this.#windowOf(key, now);
    const fits = window.used + window.others + amount <= this.#limit;
    if (fits) window.used += amount;
    if (window.used > this.#busyFrom && !window.isBusy) {
      window.isBusy = true;
      this.#onBusy?.(key, window);
    }
    const left = Math.max(0, this.#limit - window.used - window.others);
    const ms = Math.min(window.endsAt - now, this.#ms);
    return { fits, left, seconds: Math.ceil(ms / 1000) };
  }

  /** Returns the current window of a key, if there is one. */
  find(key: string): Window | undefined {
    const window = this.#windows.get(key);
    return window && window.endsAt > Math.floor(performance.now()) ? window : undefined;
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
    const fresh = { used: 0, others: 0, endsAt: now + this.#ms, isBusy: false };
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

  /** Returns the next key. It keeps one iterator, because a new one would walk over all deleted entries first. */
  #nextKey(): string | undefined {
    const { done, value } = this.#keys.next();
    if (!done) return value;
    this.#keys = this.#windows.keys();
    return this.#keys.next().value;
  }
}
