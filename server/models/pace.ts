import { AsyncLocalStorage } from 'node:async_hooks';
import { performance } from 'node:perf_hooks';

/** How long deltas are collected, in milliseconds. At 25 steps per second, text still seems to flow. */
const INTERVAL_MS = 40;
/** The same for an overloaded process: fewer and larger steps cost less, and text still flows. */
const BUSY_INTERVAL_MS = 100;
/** The event loop utilization above which a process is overloaded. */
const BUSY = 0.95;
/** How many answers continue in one turn of the event loop, which then takes a few milliseconds. */
const WAKES_PER_TURN = 25;

/** Calls `wake` when what has been collected is due. */
export type Schedule = (wake: () => void) => void;

/**
 * Calls all waiting callbacks at once, in the next turn of the event loop, but never twice within INTERVAL_MS. The
 * interval grows step by step to BUSY_INTERVAL_MS while the event loop is overloaded, and shrinks afterwards.
 */
export function createSchedule(): Schedule {
  let waiting: (() => void)[] = [];
  let last = -Infinity;
  let interval = INTERVAL_MS;
  let load = performance.eventLoopUtilization();
  function wakeAll() {
    last = performance.now();
    const { utilization } = performance.eventLoopUtilization(load);
    load = performance.eventLoopUtilization();
    interval =
      utilization > BUSY ? Math.min(2 * interval, BUSY_INTERVAL_MS) : Math.max(interval / 2, INTERVAL_MS);
    wakeInTurns(waiting);
    waiting = [];
  }
  return (wake) => {
    waiting.push(wake);
    if (waiting.length > 1) return;
    const rest = last + interval - performance.now();
    if (rest > 0) setTimeout(wakeAll, rest);
    else setImmediate(wakeAll);
  };
}

/** Calls a few callbacks in each turn of the event loop, so that other work is done in between. */
function wakeInTurns(woken: (() => void)[]): void {
  for (const wake of woken.splice(0, WAKES_PER_TURN)) wake();
  if (woken.length > 0) setImmediate(wakeInTurns, woken);
}

/** The pace of one model call. */
export interface Pace {
  schedule: Schedule;
  /** True after the first delta, which nothing may delay. */
  hasDelta: boolean;
  /** True if the events of its response are collected, so that their deltas need not wait again. */
  hasEvents: boolean;
}

const current = new AsyncLocalStorage<Pace>();

/** Runs a model call whose response is to be collected at this pace. */
export const atPace = <T>(pace: Pace, call: () => T): T => current.run(pace, call);

/** Returns the pace of the current model call; undefined if its response is not collected. */
export const currentPace = (): Pace | undefined => current.getStore();
