import { isConnectionError } from './errors.ts';
import { currentCaller } from './work.ts';

/** The use of a connection by one caller. */
export interface Turn {
  /** How many pieces of its work are in progress. */
  uses: number;
  /** False if no further work of its caller may use the connection, for example during a transaction. */
  isShared: boolean;
  /** Called when the connection is no longer used. */
  onEnd: () => void;
}

/** Runs work in turn, or rejects it. */
export interface ConnectionQueue {
  /** @param isShared false if the work must not share its connection. */
  pass: <T>(work: (turn: Turn) => PromiseLike<T>, isShared?: boolean) => Promise<T>;
  /** True if no work is running or waiting. */
  isIdle: () => boolean;
}

interface ConnectionQueueOptions {
  /** The number of connections. */
  width: number;
  /** The maximum of connections per caller. The server's own work is not limited. */
  share: number;
  /** The maximum of work of one caller on one connection. */
  depth: number;
  /** The maximum time that work waits, in milliseconds. */
  waitMs: number;
  /** The maximum time that work waits while the database does not respond to any work, in milliseconds. */
  patienceMs: number;
}

interface Waiting {
  since: number;
  isShared: boolean;
  enter: (turn: Turn) => void;
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
 * Gives `width` connections to work, in turns: when one becomes free, the caller whose last turn was longest ago is
 * next. So a caller with a thousand statements delays only its own.
 *
 * A caller that uses its whole share sends up to `depth` pieces of work over each of its connections without waiting for
 * responses, unless others wait for a connection. So a busy event loop does not delay each of them by a round trip, and
 * a slow one still delays only its own caller.
 *
 * No work waits longer than `waitMs`. If the database has not responded to any work for `patienceMs`, work that has
 * waited that long is rejected. So callers fail fast when the database is unreachable, however many there are.
 * @returns a queue whose `pass` rejects work with 53300 (too busy) or CONNECT_TIMEOUT (a connection error).
 */
export function createConnectionQueue({
  width,
  share,
  depth,
  waitMs,
  patienceMs,
}: ConnectionQueueOptions): ConnectionQueue {
  let free = width;
  let respondedAt = performance.now();
  let timer: NodeJS.Timeout | undefined;
  const held = new Map<Caller, Set<Turn>>();
  /** In the order of their turns. */
  const waiting = new Map<Caller, Waiting[]>();

  /** True if no other caller waits for a connection. With a free one, those who wait use their whole share. */
  const isUncontended = (caller: Caller) =>
    free > 0 || waiting.size === 0 || (waiting.size === 1 && waiting.has(caller));

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

  /** Returns a turn for work of a caller; undefined if it must wait. */
  function take(caller: Caller, isShared: boolean): Turn | undefined {
    const own = held.get(caller) ?? new Set();
    if (free > 0 && (caller === undefined || own.size < share)) {
      const turn = { uses: 1, isShared, onEnd: () => undefined };
      free--;
      held.set(caller, own.add(turn));
      return turn;
    }
    if (!isShared || caller === undefined || own.size < share || !isUncontended(caller)) return undefined;
    let least: Turn | undefined;
    for (const turn of own) if (turn.isShared && turn.uses < (least?.uses ?? depth)) least = turn;
    if (least) least.uses++;
    return least;
  }

  function enter(caller: Caller, isShared: boolean): Turn | Promise<Turn> {
    const turn = waiting.has(caller) ? undefined : take(caller, isShared);
    if (turn) return turn;
    return new Promise<Turn>((resolve, reject) => {
      const queue = waiting.get(caller) ?? [];
      waiting.set(caller, queue);
      queue.push({ since: performance.now(), isShared, enter: resolve, reject });
      timer ??= setTimeout(watch, Math.min(waitMs, patienceMs));
    });
  }

  function leave(caller: Caller, turn: Turn): void {
    turn.uses--;
    if (turn.uses === 0) {
      const own = held.get(caller);
      own?.delete(turn);
      if (own?.size === 0) held.delete(caller);
      free++;
      turn.onEnd();
    }
    // Only callers that use their whole share are skipped, and these are few.
    for (const [next, queue] of waiting) {
      if (free === 0 && waiting.size > 1) return;
      const [first] = queue;
      const taken = first && take(next, first.isShared);
      if (!taken) continue;
      queue.shift();
      waiting.delete(next);
      if (queue.length > 0) waiting.set(next, queue);
      first.enter(taken);
    }
    if (waiting.size > 0) return;
    clearTimeout(timer);
    timer = undefined;
  }

  async function pass<T>(work: (turn: Turn) => PromiseLike<T>, isShared = true): Promise<T> {
    const caller = currentCaller();
    const turn = await enter(caller, isShared);
    try {
      const result = await work(turn);
      respondedAt = performance.now();
      return result;
    } catch (error) {
      if (!isConnectionError(error)) respondedAt = performance.now();
      throw error;
    } finally {
      leave(caller, turn);
    }
  }

  return { pass, isIdle: () => free === width };
}
