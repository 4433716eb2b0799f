import { isConnectionError } from '#server/db/errors';

/** Lets work through, or refuses it. */
export type Turnstile = <T>(work: () => PromiseLike<T>) => Promise<T>;

interface Waiting {
  since: number;
  enter: () => void;
  refuse: (error: Error) => void;
}

const refusal = () =>
  Object.assign(new Error('No connection to the database became free.'), { code: 'CONNECT_TIMEOUT' });
const lateness = () =>
  Object.assign(new Error('The database did not answer in time.'), { code: 'ETIMEDOUT' });

/**
 * Lets `width` pieces of work through at a time; others wait in turn. Where work is only slow they wait as long as it
 * takes. Where no work has had an answer of the database for `patienceMs` those that waited so long are refused, so
 * that callers of a lost database are told soon, however many they are. Work that takes longer than `limitMs` is given
 * up.
 * @returns a function whose promise fails with CONNECT_TIMEOUT when refused and ETIMEDOUT when given up; both are
 * connection errors.
 */
export function createTurnstile(width: number, patienceMs: number, limitMs: number): Turnstile {
  let free = width;
  let answeredAt = performance.now();
  let timer: NodeJS.Timeout | undefined;
  const waiting: Waiting[] = [];

  function refuseImpatient(): void {
    timer = undefined;
    const since = performance.now() - patienceMs;
    while (answeredAt <= since) {
      const [first] = waiting;
      if (!first || first.since > since) break;
      waiting.shift()?.refuse(refusal());
    }
    watch();
  }

  function watch(): void {
    const [first] = waiting;
    if (!first || timer) return;
    const dueIn = Math.max(first.since, answeredAt) + patienceMs - performance.now();
    timer = setTimeout(refuseImpatient, Math.max(1, Math.ceil(dueIn)));
  }

  async function enter(): Promise<void> {
    if (free > 0) {
      free--;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      waiting.push({ since: performance.now(), enter: resolve, refuse: reject });
      watch();
    });
  }

  function leave(): void {
    const next = waiting.shift();
    if (next) next.enter();
    else free++;
    if (waiting.length > 0) return;
    clearTimeout(timer);
    timer = undefined;
  }

  return async (work) => {
    await enter();
    const late = Promise.withResolvers<never>();
    const limit = setTimeout(() => {
      late.reject(lateness());
    }, limitMs);
    try {
      const result = await Promise.race([work(), late.promise]);
      answeredAt = performance.now();
      return result;
    } catch (error) {
      if (!isConnectionError(error)) answeredAt = performance.now();
      throw error;
    } finally {
      clearTimeout(limit);
      leave();
    }
  };
}
