import { RequestTimeoutError } from './error.ts';

/** The backoff before the first retry, in milliseconds. It doubles with each further retry. */
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 8_000;
/** If the server asks for a longer pause, such as until a daily quota resets, there is no retry. */
const LONGEST_RETRY_AFTER_MS = 60_000;

/**
 * Returns the pause before the next attempt in milliseconds: exponential backoff with up to half of it as jitter, so
 * clients that failed together do not retry together.
 * @param retryAfter the seconds from Retry-After. The pause is never shorter.
 * @returns undefined if the server asks for more than LONGEST_RETRY_AFTER_MS.
 */
export function pauseBefore(attempt: number, retryAfter = 0): number | undefined {
  const asked = retryAfter * 1000;
  if (asked > LONGEST_RETRY_AFTER_MS) return undefined;
  const backoff = Math.min(FIRST_PAUSE_MS * 2 ** attempt, LONGEST_PAUSE_MS) * (0.5 + Math.random() / 2);
  return Math.max(asked, backoff);
}

/** Waits for `ms` milliseconds. If `signal` aborts, rejects with its reason. */
export function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
      if (signal?.aborted) reject(signal.reason as Error);
      else resolve();
    };
    const timer = setTimeout(end, ms);
    signal?.addEventListener('abort', end);
    if (signal?.aborted) end();
  });
}

/** A signal that aborts after a timeout, or if the caller's signal aborts. */
export interface Limit {
  signal: AbortSignal;
  /** Restarts the timeout. */
  restart: (ms: number) => void;
  /** Stops the timeout until it is restarted. */
  stop: () => void;
  /** Aborts the signal. */
  abort: () => void;
  /** Stops the timeout and removes the listener from the caller's signal. */
  clear: () => void;
}

/** Starts a timeout of `ms` milliseconds. After it, the signal aborts with a RequestTimeoutError. */
export function limit(ms: number, caller: AbortSignal | undefined): Limit {
  const controller = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const restart = (next: number) => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      controller.abort(new RequestTimeoutError(next));
    }, next);
  };
  const forward = () => {
    controller.abort(caller?.reason);
  };
  restart(ms);
  if (caller?.aborted) forward();
  else caller?.addEventListener('abort', forward);
  return {
    signal: controller.signal,
    restart,
    stop: () => {
      clearTimeout(timer);
    },
    abort: () => {
      controller.abort();
    },
    clear: () => {
      clearTimeout(timer);
      caller?.removeEventListener('abort', forward);
    },
  };
}
