import { setTimeout as pause } from 'node:timers/promises';

/** Waits for `ms` milliseconds, or until `signal` is aborted. The wait does not keep the process alive. */
export async function pauseUnless(signal: AbortSignal | undefined, ms: number): Promise<void> {
  try {
    await pause(ms, undefined, { ref: false, ...(signal && { signal }) });
  } catch (error) {
    if (!signal?.aborted) throw error;
  }
}
