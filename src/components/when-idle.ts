/** The time after which work is done although the page is busy, in milliseconds. */
const IDLE_MS = 2_000;
/** The time after which it is done in Safari, which does not say when it is idle, in milliseconds. */
const SAFARI_MS = 500;

/** Calls `work` when the browser has nothing else to do, or after two seconds. @returns a function that cancels it. */
export function whenIdle(work: () => void): () => void {
  if (!('requestIdleCallback' in window)) {
    const timer = setTimeout(work, SAFARI_MS);
    return () => clearTimeout(timer);
  }
  const id = requestIdleCallback(work, { timeout: IDLE_MS });
  return () => cancelIdleCallback(id);
}
