import { budgetsOf } from '#server/callers';
import type { Actor } from '#server/context';
import type { Env } from '#server/env';
import { AppError } from '#server/errors';

/** When a caller that has too many streams may try again, in seconds: streams end when somebody closes one. */
const RETRY_SECONDS = 10;

/** Who reads a stream. */
export interface Reader {
  /** `null` for an anonymous caller. */
  actor: Pick<Actor, 'userId' | 'isGuest'> | null;
  ip: string | null;
  /** Aborted when the reader goes away; the stream then counts no longer, whether or not anybody ended it. */
  signal: AbortSignal;
}

/** The streams that are open on this instance. */
export interface Streams {
  /**
   * Counts a stream until it ends.
   * @returns the same values; ending the iteration, a failure, or the reader's signal ends the count.
   * @throws {AppError} TOO_MANY_REQUESTS when the instance, the account, or the address of a guest or anonymous caller has as
   * many as it may.
   */
  hold: <T>(values: AsyncIterable<T>, reader: Reader) => AsyncIterableIterator<T, undefined>;
  /** Returns how many are open. */
  count: () => number;
}

type Limits = Pick<Env, 'MAX_STREAMS' | 'MAX_STREAMS_PER_ACCOUNT' | 'MAX_STREAMS_PER_ADDRESS'>;

/** Limits the streams that are open at a time, because each holds memory and asks the database now and then. */
export function limitStreams(limits: Limits): Streams {
  const byCaller = new Map<string, number>();
  let open = 0;

  function check(keys: readonly string[], isKnown: boolean): void {
    if (open >= limits.MAX_STREAMS) throw tooMany('This server has as many open streams as it can serve.');
    for (const [i, key] of keys.entries()) {
      const isAccount = isKnown && i === 0;
      const most = isAccount ? limits.MAX_STREAMS_PER_ACCOUNT : limits.MAX_STREAMS_PER_ADDRESS;
      if ((byCaller.get(key) ?? 0) < most) continue;
      throw tooMany(`${isAccount ? 'An account' : 'An address'} may have ${most} open streams; close one.`);
    }
  }

  function take(keys: readonly string[]): () => void {
    open++;
    for (const key of keys) byCaller.set(key, (byCaller.get(key) ?? 0) + 1);
    let isOpen = true;
    return () => {
      if (!isOpen) return;
      isOpen = false;
      open--;
      for (const key of keys) {
        const left = (byCaller.get(key) ?? 1) - 1;
        if (left === 0) byCaller.delete(key);
        else byCaller.set(key, left);
      }
    };
  }

  return {
    hold(values, { actor, ip, signal }) {
      const keys = budgetsOf(actor, ip);
      check(keys, actor !== null);
      const release = take(keys);
      if (signal.aborted) release();
      else signal.addEventListener('abort', release, { once: true });
      return withEnd(values[Symbol.asyncIterator](), () => {
        release();
        signal.removeEventListener('abort', release);
      });
    },
    count: () => open,
  };
}

const tooMany = (detail: string) => new AppError('TOO_MANY_REQUESTS', { detail, retryAfter: RETRY_SECONDS });

/** Returns the same iteration, which tells `onEnd` when it is over. */
function withEnd<T>(iterator: AsyncIterator<T>, onEnd: () => void): AsyncIterableIterator<T, undefined> {
  const end = { done: true as const, value: undefined };
  async function finish(rest: Promise<unknown> | undefined): Promise<typeof end> {
    onEnd();
    await rest;
    return end;
  }
  return {
    async next() {
      try {
        const result = await iterator.next();
        return result.done === true ? await finish(undefined) : result;
      } catch (error) {
        onEnd();
        throw error;
      }
    },
    return: () => finish(iterator.return?.()),
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
