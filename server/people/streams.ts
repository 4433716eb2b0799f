import type { Access } from '#server/access';
import type { Env } from '#server/env';
import { AppError } from '#server/errors';
import type { Actor } from './actor.ts';
import { budgetsOf } from './budgets.ts';
import type { CredentialWatch } from './revocation.ts';

/** When a caller that has too many streams may try again, in seconds: streams end when somebody closes one. */
const RETRY_SECONDS = 10;

/** Who reads a stream. */
export interface Reader {
  /** `null` for an anonymous caller. */
  actor: Pick<Actor, 'userId' | 'isGuest' | 'via'> | null;
  /** Who may call the procedure that the stream is of. */
  access: Access | undefined;
  ip: string | null;
  /** Aborted when the reader goes away; the stream then counts no longer, whether or not anybody ended it. */
  signal: AbortSignal;
  /** Is aborted when the reader loses the right to read, which also ends the source if that heeds its signal. */
  revocation: AbortController;
}

/** The streams that are open on this instance. */
export interface Streams {
  /**
   * Counts a stream until it ends, and ends it when its reader loses the right to read: at once, whatever the source does.
   * @returns the same values; ending the iteration, a failure, or the reader's signal ends the count. Throws UNAUTHORIZED
   * when the session or the API key of the reader is not valid any more, FORBIDDEN when the reader is no admin any more.
   * @throws {AppError} TOO_MANY_REQUESTS when the instance, the account, or the address of a guest or anonymous caller has as
   * many as it may.
   */
  hold: <T>(values: AsyncIterable<T>, reader: Reader) => AsyncIterableIterator<T, undefined>;
  /** Returns how many are open. */
  count: () => number;
}

type Limits = Pick<Env, 'MAX_STREAMS' | 'MAX_STREAMS_PER_ACCOUNT' | 'MAX_STREAMS_PER_ADDRESS'>;

/**
 * Limits the streams that are open at a time, because each holds memory and asks the database now and then.
 * @param watch tells when a reader loses the right to read.
 */
export function limitStreams(limits: Limits, watch: CredentialWatch['watch']): Streams {
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
    hold(values, { actor, access, ip, signal, revocation }) {
      const keys = budgetsOf(actor, ip);
      check(keys, actor !== null);
      const giveBack = take(keys);
      const watched =
        actor &&
        watch({ actor, access }, (error) => {
          revocation.abort(error);
        });
      const release = () => {
        giveBack();
        watched?.end();
      };
      if (signal.aborted) release();
      else signal.addEventListener('abort', release, { once: true });
      const onEnd = () => {
        release();
        signal.removeEventListener('abort', release);
      };
      const checked = () => watched?.checked();
      return withEndings(values[Symbol.asyncIterator](), { revoked: revocation.signal, checked, onEnd });
    },
    count: () => open,
  };
}

const tooMany = (detail: string) => new AppError('TOO_MANY_REQUESTS', { detail, retryAfter: RETRY_SECONDS });

/** How an iteration ends. */
interface Endings {
  /** Ends it when aborted, with the reason as the error. */
  revoked: AbortSignal;
  /** Is awaited before it ends by itself. */
  checked: () => Promise<void> | undefined;
  onEnd: () => void;
}

/** Returns the same iteration with other endings. */
function withEndings<T>(
  iterator: AsyncIterator<T>,
  { revoked, checked, onEnd }: Endings,
): AsyncIterableIterator<T, undefined> {
  const end = { done: true as const, value: undefined };
  async function finish(rest: Promise<unknown> | undefined): Promise<typeof end> {
    revoked.removeEventListener('abort', stop);
    onEnd();
    await rest;
    return end;
  }
  /** Ends the source. It is not waited for, because it may be waiting for something that never comes. */
  function stop() {
    void finish(undefined);
    iterator.return?.().catch(() => undefined);
  }
  /** What takes the right to read, such as a ban, often ends the source too; the reader is to learn the reason. */
  async function take(): Promise<IteratorResult<T>> {
    try {
      const result = await iterator.next();
      if (result.done === true) await checked();
      return result;
    } catch (error) {
      await checked();
      throw error;
    }
  }
  if (revoked.aborted) stop();
  else revoked.addEventListener('abort', stop, { once: true });
  return {
    async next() {
      try {
        const result = await unlessAborted(revoked, take);
        return result.done === true ? await finish(undefined) : result;
      } catch (error) {
        void finish(undefined);
        throw error;
      }
    },
    return: () => finish(revoked.aborted ? undefined : iterator.return?.()),
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

/** Returns what `work` resolves to. @throws the reason of `signal` once that is aborted, without waiting for `work`. */
async function unlessAborted<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  signal.throwIfAborted();
  const aborted = Promise.withResolvers<never>();
  const onAbort = () => {
    aborted.reject(signal.reason);
  };
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([work(), aborted.promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
