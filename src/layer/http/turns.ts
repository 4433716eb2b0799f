import { MAX_SLICE_MS } from '../limits.ts';

/** Until when work that takes turns may go on in this turn of the event loop. */
let sliceEnd = 0;
const waiting: (() => void)[] = [];

function release(): void {
  sliceEnd = performance.now() + MAX_SLICE_MS;
  waiting.shift()?.();
  if (waiting.length > 0) setImmediate(release);
}

/**
 * For loops over rows whose promises all settle at once, so that nothing else would ever run: await it in each round.
 * All such loops of a process share one slice of MAX_SLICE_MS and take turns, so many at once hold up others no longer
 * than one.
 * @returns `undefined` while the slice lasts, else a promise that waits for the next one.
 */
export function nextSlice(): Promise<void> | undefined {
  if (performance.now() < sliceEnd) return undefined;
  return new Promise((resolve) => {
    if (waiting.push(resolve) === 1) setImmediate(release);
  });
}
