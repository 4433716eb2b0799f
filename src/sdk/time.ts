import { RequestTimeoutError } from './error.ts';

/** The pause before the first retry, in milliseconds; it doubles with every further one. */
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 8_000;
/** A server that asks for a longer pause, such as until the end of a quota's day, is not waited for. */
const LONGEST_RETRY_AFTER_MS = 60_000;

/**
 * How long to wait before the next attempt, in milliseconds: twice as long each time, of which a random half is left
 * out, so that clients that failed together do not come back together.
 * @param retryAfter seconds, as the server asked; the pause is no shorter.
 * @returns undefined when the server asks for longer than anybody would wait.
 */
export function pauseBefore(attempt: number, retryAfter = 0): number | undefined {
  const asked = retryAfter * 1000;
  if (asked > LONGEST_RETRY_AFTER_MS) return undefined;
  const backoff = Math.min(FIRST_PAUSE_MS * 2 ** attempt, LONGEST_PAUSE_MS) * (0.5 + Math.random() / 2);
  return Math.max(asked, backoff);
}

/** Waits; `signal` ends the wait by throwing its reason. */
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

/** A signal that aborts after a time, and with the caller's own. */
export interface Limit {
  signal: AbortSignal;
  /** Starts the time anew. */
  restart: (ms: number) => void;
  /** Stops the time until it is started anew. */
  stop: () => void;
  abort: () => void;
  /** Forgets the time and the caller's signal. */
  clear: () => void;
}

/** Starts a limit of `ms` milliseconds, whose reason is a RequestTimeoutError. */
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
