import { isConnectionError } from './errors.ts';
import { currentCaller } from './work.ts';

/** Lets work through in turn, or rejects it. */
export interface ConnectionQueue {
  pass: <T>(work: () => PromiseLike<T>) => Promise<T>;
  /** True if nothing is being done and nothing waits. */
  isIdle: () => boolean;
}

interface ConnectionQueueOptions {
  /** How many pieces of work are done at a time. */
  width: number;
  /** How many of them may be one caller's. The server's own work is not limited. */
  share: number;
  /** How long work waits at most, in milliseconds. */
  waitMs: number;
  /** How long work waits while no work has had an answer of the database, in milliseconds. */
  patienceMs: number;
}

interface Waiting {
  since: number;
  enter: () => void;
  reject: (error: Error) => void;
}

type Caller = string | undefined;

/** Rejected work is looked for no more often than this, in milliseconds. */
const SWEEP_MS = 50;

const failure = (message: string, code: string) => Object.assign(new Error(message), { code });
/** As Postgres says too_many_connections. */
const tooLong = () => failure('No connection to the database became free in time.', '53300');
const unanswered = () => failure('No connection to the database became free.', 'CONNECT_TIMEOUT');

/**
 * Lets `width` pieces of work through at a time, and gives callers turns: when one is done, the next is that of the
 * caller whose turn is the longest ago, so that a caller with a thousand statements holds up its own. Nobody waits
 * longer than `waitMs`. If no work has had an answer of the database for `patienceMs`, those that waited so long are
 * rejected earlier, so that callers of a lost database are told soon, however many they are.
 * @returns a queue whose `pass` fails with 53300 (too busy) or CONNECT_TIMEOUT (a connection error) when rejected.
 */
export function createConnectionQueue({
  width,
  share,
  waitMs,
  patienceMs,
}: ConnectionQueueOptions): ConnectionQueue {
  let free = width;
  let answeredAt = performance.now();
  let timer: NodeJS.Timeout | undefined;
  const held = new Map<Caller, number>();
  /** In the order of their turns. */
  const waiting = new Map<Caller, Waiting[]>();

  const mayEnter = (caller: Caller) => caller === undefined || (held.get(caller) ?? 0) < share;

  /** Rejects those that waited too long. @returns when the next will have, or Infinity. */
  function rejectLate(now: number): number {
    let due = Infinity;
    for (const [caller, queue] of waiting) {
      for (let first = queue[0]; first; first = queue[0]) {
        const busyAt = first.since + waitMs;
        const lostAt = Math.max(first.since, answeredAt) + patienceMs;
        if (Math.min(busyAt, lostAt) > now) {
          due = Math.min(due, busyAt, lostAt);
          break;
        }
        queue.shift();
        first.reject(busyAt <= now ? tooLong() : unanswered());
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
    // Passed over are only those that have their share, of whom there are few.
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
    await enter(caller);
    try {
      const result = await work();
      answeredAt = performance.now();
      return result;
    } catch (error) {
      if (!isConnectionError(error)) answeredAt = performance.now();
      throw error;
    } finally {
      leave(caller);
    }
  }

  return { pass, isIdle: () => free === width };
}
