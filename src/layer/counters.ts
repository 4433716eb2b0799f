import type { Eventual } from './call/eventual.ts';
import { type Standing, WindowCounter } from './window-counter.ts';

/** What a counter limits. */
export interface CounterOptions {
  /** The name of the counter. It is unique in the application, and the same in all its processes. */
  name: string;
  /** The maximum amount per key and window. */
  limit: number;
  /** The length of a window, in seconds. */
  seconds: number;
}

/** Counts in the memory of this process. It may learn later what other processes have counted. */
export interface RateCounter {
  /** Takes an amount from the current window of a key, if all of it fits. */
  take: (key: string, amount?: number) => Standing;
}

/** Counts one by one. Over all processes, it lets through no more than the limit per key and window. */
export interface ExactCounter {
  /** Takes one from the current window of a key, if it fits. */
  take: (key: string) => Eventual<Standing>;
  /** Gives back one that was taken in the current window of a key. It does not fail. */
  giveBack: (key: string) => Eventual<void>;
}

/**
 * Creates the counters of limits. With `memoryCounters`, each process counts for itself. An application with several
 * processes can give `createRateLimits` its own, such as counters in a database.
 */
export interface Counters {
  /** Creates a counter for many calls, which must cost almost nothing. */
  rate: (options: CounterOptions) => RateCounter;
  /** Creates a counter for few calls, such as attempts to guess a password. It may ask a store for each of them. */
  exact: (options: CounterOptions) => ExactCounter;
}

const inMemory = ({ limit, seconds }: CounterOptions) => new WindowCounter(limit, seconds);

/** Counts in the memory of this process only. */
export const memoryCounters: Counters = { rate: inMemory, exact: inMemory };
