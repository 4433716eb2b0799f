import { use } from 'react';

/** How long a page may keep the event loop to itself while it is rendered on the server, in milliseconds. */
const SLICE_MS = 10;

/** Until when components may go on in this turn of the event loop; 0 when none has begun. */
let sliceEnd = 0;
const waiting: (() => void)[] = [];

function begin(): void {
  sliceEnd = performance.now() + SLICE_MS;
  // React renders what was resumed in the next turn, so the slice ends in the one after that.
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
 * Lets a component that takes long be rendered in a turn of its own, where much was rendered in this one already: React
 * renders a page on the server in one go, and gives the event loop back only where a component waits. In a browser it
 * does nothing, for there React takes turns by itself.
 */
export function useOwnTurn(): void {
  if (typeof window !== 'undefined') return;
  const slice = nextSlice();
  if (slice) use(slice);
}
