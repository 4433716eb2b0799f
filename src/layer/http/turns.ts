import { runtime } from '#runtime';
import { MAX_SLICE_MS } from '../limits.ts';

/** The time (`performance.now()`) until which loops that take turns may continue in this turn of the event loop. */
let sliceEnd = 0;
const waiting: (() => void)[] = [];

function startSlice(): void {
  sliceEnd = performance.now() + MAX_SLICE_MS;
}

function release(): void {
  startSlice();
  resume();
}

/** Lets loops that wait continue, one after the other, until the slice ends. */
function resume(): void {
  waiting.shift()?.();
  if (waiting.length === 0) return;
  if (performance.now() < sliceEnd) queueMicrotask(resume);
  else runtime.defer(release);
}

/**
 * Gives the event loop back during long loops. Await it in each round of a loop whose promises are already settled,
 * because otherwise nothing else would run until the loop ends. All such loops of a process share one slice of
 * MAX_SLICE_MS (10 ms) and take turns, so many loops block others no longer than one. On runtimes that isolate requests,
 * each loop waits for a timer of its own.
 * @returns `undefined` while the slice lasts, or a promise of the next slice.
 */
export function nextSlice(): Promise<void> | undefined {
  if (performance.now() < sliceEnd) return undefined;
  return new Promise((resolve) => {
    if (runtime.isolatesRequests) {
      runtime.defer(() => {
        startSlice();
        resolve();
      });
    } else if (waiting.push(resolve) === 1) runtime.defer(release);
  });
}
