import { metrics } from '#server/metrics/instruments';
import { isConnectionError } from './errors.ts';
import { currentCaller } from './work.ts';

/** Runs work in turn, or rejects it. */
export interface ConnectionQueue {
  pass: <T>(work: () => PromiseLike<T>) => Promise<T>;
  /** True if no work is running or waiting. */
  isIdle: () => boolean;
  /** Returns how much work is running. */
  running: () => number;
  /** Returns how much work is waiting. */
  waiting: () => number;
}

interface ConnectionQueueOptions {
  /** The maximum of work that runs at the same time. */
  width: number;
  /** The maximum of running work per caller. The server's own work is not limited. */
  share: number;
  /** The maximum time that work waits, in milliseconds. */
  waitMs: number;
  /** The maximum time that work waits while the database does not respond to any work, in milliseconds. */
  patienceMs: number;
}

interface Waiting {
  since: number;
  enter: () => void;
  reject: (error: Error) => void;
}

type Caller = string | undefined;

/** The minimum time between two checks for work that has waited too long, in milliseconds. */
const SWEEP_MS = 50;

const failure = (message: string, code: string) => Object.assign(new Error(message), { code });
/** The code of Postgres for too_many_connections. */
const tooLong = () => failure('No connection to the database became free in time.', '53300');
const unresponsive = () =>
  failure('No connection became free, because the database does not respond.', 'CONNECT_TIMEOUT');

/**
 * Runs at most `width` pieces of work at the same time, in turns: when one ends, the caller whose last turn was longest
 * ago is next. So a caller with a thousand statements delays only its own.
 *
 * No work waits longer than `waitMs`. If the database has not responded to any work for `patienceMs`, work that has
 * waited that long is rejected. So callers fail fast when the database is unreachable, however many there are.
 * @returns a queue whose `pass` rejects work with 53300 (too busy) or CONNECT_TIMEOUT (a connection error).
 */
export function createConnectionQueue({
  width,
  share,
  waitMs,
  patienceMs,
}: ConnectionQueueOptions): ConnectionQueue {
  let free = width;
  let respondedAt = performance.now();
  let timer: NodeJS.Timeout | undefined;
  const held = new Map<Caller, number>();
  /** In the order of their turns. */
  const waiting = new Map<Caller, Waiting[]>();

  const mayEnter = (caller: Caller) => caller === undefined || (held.get(caller) ?? 0) < share;

  /** Rejects work that has waited too long. @returns the time when the next check is due; Infinity if nothing waits. */
  function rejectLate(now: number): number {
    let due = Infinity;
    for (const [caller, queue] of waiting) {
      for (let first = queue[0]; first; first = queue[0]) {
        const busyAt = first.since + waitMs;
        const lostAt = Math.max(first.since, respondedAt) + patienceMs;
        if (Math.min(busyAt, lostAt) > now) {
          due = Math.min(due, busyAt, lostAt);
          break;
        }
        queue.shift();
        first.reject(busyAt <= now ? tooLong() : unresponsive());
      }
      if (queue.length === 0) waiting.delete(caller);
    }
    return due;
  }

  function watch(): void {
    const now = performance.now();
    const due = rejectLate(now);
    timer = due === Infinity ? undefined : setTimeout(watch, Math.max(SWEEP_MS, due - now));
  }

  function take(caller: Caller): void {
    free--;
    held.set(caller, (held.get(caller) ?? 0) + 1);
  }

  function enter(caller: Caller): Promise<void> | undefined {
    if (free > 0 && mayEnter(caller)) {
      take(caller);
      return undefined;
    }
    return new Promise<void>((resolve, reject) => {
      const queue = waiting.get(caller) ?? [];
      waiting.set(caller, queue);
      queue.push({ since: performance.now(), enter: resolve, reject });
      timer ??= setTimeout(watch, Math.min(waitMs, patienceMs));
    });
  }

  function leave(caller: Caller): void {
    free++;
    const left = (held.get(caller) ?? 1) - 1;
    if (left > 0) held.set(caller, left);
    else held.delete(caller);
    // Only callers that use their whole share are skipped, and these are few.
    for (const [next, queue] of waiting) {
      if (free === 0) return;
      if (!mayEnter(next)) continue;
      const first = queue.shift();
      waiting.delete(next);
      if (queue.length > 0) waiting.set(next, queue);
      if (!first) continue;
      take(next);
      first.enter();
    }
    if (waiting.size > 0) return;
    clearTimeout(timer);
    timer = undefined;
  }

  async function pass<T>(work: () => PromiseLike<T>): Promise<T> {
    const caller = currentCaller();
    const turn = enter(caller);
    const asked = performance.now();
    await turn;
    const began = performance.now();
    if (turn) metrics.statementWaits.observe((began - asked) / 1000);
    try {
      const result = await work();
      respondedAt = performance.now();
      return result;
    } catch (error) {
      if (!isConnectionError(error)) respondedAt = performance.now();
      throw error;
    } finally {
      metrics.statements.observe((performance.now() - began) / 1000);
      leave(caller);
    }
  }

  return {
    pass,
    isIdle: () => free === width,
    running: () => width - free,
    waiting: () => [...waiting.values()].reduce((sum, queue) => sum + queue.length, 0),
  };
}
