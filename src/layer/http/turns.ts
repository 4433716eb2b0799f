import { runtime } from '#runtime';
import { MAX_SLICE_MS } from '../limits.ts';

/** A loop that waits for a slice. */
interface Waiting {
  resume: () => void;
  isSmall: boolean;
}

/** The time (`performance.now()`) until which loops that take turns may continue in this turn of the event loop. */
let sliceEnd = 0;
const waiting: Waiting[] = [];

function startSlice(): void {
  sliceEnd = performance.now() + MAX_SLICE_MS;
}

function release(): void {
  startSlice();
  resume();
}

/** Lets the loop that has waited longest continue, and in the same slice those after it whose steps are small. */
function resume(): void {
  const first = waiting.shift();
  first?.resume();
  const [next] = waiting;
  if (!next) return;
  if (first?.isSmall && next.isSmall && performance.now() < sliceEnd) queueMicrotask(resume);
  else runtime.defer(release);
}

/**
 * Gives the event loop back during long loops. Await it in each round of a loop whose promises are already settled,
 * because otherwise nothing else would run until the loop ends. All such loops of a process share one slice of
 * MAX_SLICE_MS (10 ms) and take turns, so many loops block others no longer than one. On runtimes that isolate requests,
 * each loop waits for a timer of its own.
 * @param steps `small` if a round takes some microseconds: then hundreds of loops can continue in one slice.
 * @returns `undefined` while the slice lasts, or a promise of the next slice.
 */
export function nextSlice(steps: 'small' | 'large' = 'large'): Promise<void> | undefined {
  if (performance.now() < sliceEnd) return undefined;
  return new Promise((resolve) => {
    if (runtime.isolatesRequests) {
      runtime.defer(() => {
        startSlice();
        resolve();
      });
    } else if (waiting.push({ resume: resolve, isSmall: steps === 'small' }) === 1) runtime.defer(release);
  });
}
