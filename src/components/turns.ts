import { use } from 'react';

/** The time for which rendering a page on the server may block the event loop, in milliseconds. */
const SLICE_MS = 10;

/** The end of the current turn, or 0 if there is none. */
let sliceEnd = 0;
const waiting: (() => void)[] = [];

function begin(): void {
  sliceEnd = performance.now() + SLICE_MS;
  // React renders resumed components in the next turn of the event loop, so the slice ends in the turn after that.
  setImmediate(() => setImmediate(end));
}

function end(): void {
  sliceEnd = 0;
  const resume = waiting.shift();
  if (!resume) return;
  begin();
  resume();
}

function nextSlice(): Promise<void> | undefined {
  if (sliceEnd === 0) begin();
  if (performance.now() < sliceEnd) return undefined;
  return new Promise((resolve) => {
    waiting.push(resolve);
  });
}

/**
 * Suspends a component of the server until the next turn of the event loop if the current turn has already taken long.
 * React renders a page on the server without a break and yields only if a component suspends.
 */
export function useOwnTurn(): void {
  const slice = nextSlice();
  if (slice) use(slice);
}
