import type { Access } from '#server/access';
import type { Env } from '#server/env';
import { AppError } from '#server/errors';
import { metrics } from '#server/metrics/instruments';
import type { Actor } from './actor.ts';
import { budgetsOf } from './budgets.ts';
import type { CredentialWatch } from './revocation.ts';

/** The Retry-After for a caller with too many streams, in seconds. A guess, because a stream can end at any time. */
const RETRY_SECONDS = 10;

/** The reader of a stream. */
export interface Reader {
  /** `null` for an anonymous caller. */
  actor: Pick<Actor, 'userId' | 'isGuest' | 'via'> | null;
  /** The access that the procedure of the stream requires. */
  access: Access | undefined;
  ip: string | null;
  /** Aborted when the reader disconnects. The stream then no longer counts, even if its iteration was not ended. */
  signal: AbortSignal;
  /** Aborted by `hold` when the reader loses access. This also ends the source if it observes the signal. */
  revocation: AbortController;
  /** Called when this instance stops. The stream should end, if its client can resume it on another instance. */
  onStop?: (() => void) | undefined;
}

/** Returns the error with which a stream ends without its last event, so that its client resumes it. */
export const resumableEnd = () => new DOMException('This instance is stopping.', 'AbortError');

/** The place of an open stream. */
export interface StreamPlace {
  /** Resolves when a running check of the reader's access has ended. */
  checked: () => Promise<void> | undefined;
  /** Ends the count. */
  leave: () => void;
}

/** The streams that are open on this instance. */
export interface Streams {
  /**
   * Counts an open stream, or a call that waits like one, until it leaves or its reader disconnects. Aborts the
   * `revocation` of the reader when they lose access.
   * @throws {AppError} like `hold`.
   */
  enter: (reader: Reader) => StreamPlace;
  /**
   * Counts a stream until it ends, and ends it immediately when its reader loses access, even if the source is blocked.
   * @returns the same values. The end of the iteration, a failure, or the reader's signal ends the count. The iteration
   * throws UNAUTHORIZED if the session or API key of the reader is no longer valid, and FORBIDDEN if the reader is no
   * longer an admin.
   * @throws {AppError} TOO_MANY_REQUESTS if the instance, the account, or the IP address of a guest or anonymous caller
   * has reached its limit.
   */
  hold: <T>(values: AsyncIterable<T>, reader: Reader) => AsyncIterableIterator<T, undefined>;
  /** Returns the number of open streams. */
  count: () => number;
  /** Calls the `onStop` of all readers, and of those that come later. */
  stop: () => void;
}

type Limits = Pick<Env, 'MAX_STREAMS' | 'MAX_STREAMS_PER_ACCOUNT' | 'MAX_STREAMS_PER_ADDRESS'>;

/**
 * Limits the number of open streams, because each one holds memory and queries the database now and then.
 * @param watch reports that a reader has lost access.
 */
export function limitStreams(limits: Limits, watch: CredentialWatch['watch']): Streams {
  const byCaller = new Map<string, number>();
  const stops = new Set<() => void>();
  let open = 0;
  let isStopping = false;
  metrics.streams.read(() => open);

  function check(keys: readonly string[], isKnown: boolean): void {
    if (open >= limits.MAX_STREAMS) throw tooMany('This server has reached its limit of open streams.');
    for (const [i, key] of keys.entries()) {
      const isAccount = isKnown && i === 0;
      const most = isAccount ? limits.MAX_STREAMS_PER_ACCOUNT : limits.MAX_STREAMS_PER_ADDRESS;
      if ((byCaller.get(key) ?? 0) < most) continue;
      throw tooMany(
        `${isAccount ? 'An account' : 'An IP address'} may have ${most} open streams. Close one.`,
      );
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

  function enter({ actor, access, ip, signal, revocation, onStop = () => undefined }: Reader): StreamPlace {
    const keys = budgetsOf(actor, ip);
    check(keys, actor !== null);
    const giveBack = take(keys);
    const watched =
      actor &&
      watch({ actor, access }, (error) => {
        revocation.abort(error);
      });
    stops.add(onStop);
    const release = () => {
      giveBack();
      watched?.end();
      stops.delete(onStop);
    };
    if (signal.aborted) release();
    else signal.addEventListener('abort', release, { once: true });
    if (isStopping) onStop();
    return {
      checked: () => watched?.checked(),
      leave() {
        release();
        signal.removeEventListener('abort', release);
      },
    };
  }

  return {
    enter,
    hold(values, reader) {
      const { checked, leave } = enter(reader);
      const { signal: revoked } = reader.revocation;
      return withEndings(values[Symbol.asyncIterator](), { revoked, checked, onEnd: leave });
    },
    count: () => open,
    stop() {
      isStopping = true;
      for (const stop of stops) stop();
    },
  };
}

function tooMany(detail: string): AppError {
  metrics.rejections.add(1, 'streams');
  return new AppError('TOO_MANY_REQUESTS', { detail, retryAfter: RETRY_SECONDS });
}

/** The additional ways in which an iteration ends. */
interface Endings {
  /** When aborted, ends the iteration with the reason as the error. */
  revoked: AbortSignal;
  /** Awaited before the iteration ends by itself. */
  checked: () => Promise<void> | undefined;
  onEnd: () => void;
}

/** Returns the same iteration with the given endings. */
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
  /** Ends the source, without awaiting it, because it may itself wait for something that never happens. */
  function stop() {
    void finish(undefined);
    iterator.return?.().catch(() => undefined);
  }
  /** Awaits the running check at the end, because a ban often ends the source too. The reader must learn the reason. */
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
