import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from '#server/log/index';

/** How long a count in the database may take, in milliseconds. After that, only this instance counts. */
const LIMIT_MS = 5_000;

/** Runs a statement, and resolves to undefined if it fails or takes too long. */
export type Attempt = <T>(work: () => Promise<T>) => Promise<T | undefined>;

/** Returns a function that runs statements, and logs when they begin to fail and when they work again. */
export function createAttempt(log: Logger): Attempt {
  let isFailing = false;
  return async (work) => {
    const timer = new AbortController();
    const late = pause(LIMIT_MS, undefined, { ref: false, signal: timer.signal }).then(() => {
      throw new Error(`The database has not counted within ${LIMIT_MS} ms.`);
    });
    try {
      const result = await Promise.race([work(), late]);
      if (isFailing) log.info('limits hold across all instances again');
      isFailing = false;
      return result;
    } catch (err) {
      if (!isFailing) log.warn({ err }, 'counting across instances failed, so limits apply to each instance');
      isFailing = true;
      return undefined;
    } finally {
      timer.abort();
    }
  };
}
