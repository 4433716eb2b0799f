import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { nextSlice } from './turns.ts';

const SLICE_MS = 2;

/** Works for `ms` milliseconds in small steps, each in a microtask. */
async function work(ms: number): Promise<void> {
  let worked = 0;
  while (worked < ms) {
    await nextSlice();
    const from = performance.now();
    while (performance.now() < from + SLICE_MS);
    worked += SLICE_MS;
  }
}

/** The longest time that nothing else could run while `busy` went on, in milliseconds. */
async function longestGap(busy: Promise<unknown>): Promise<number> {
  const ended = new AbortController();
  void busy.finally(() => {
    ended.abort();
  });
  let longest = 0;
  let last = performance.now();
  while (!ended.signal.aborted) {
    await turn();
    longest = Math.max(longest, performance.now() - last);
    last = performance.now();
  }
  return longest;
}

test.each([1, 12])('%d loops together hold up others for about one slice', async (loops) => {
  const started = performance.now();
  const longest = await longestGap(Promise.all(Array.from({ length: loops }, () => work(600 / loops))));
  expect(longest / (performance.now() - started)).toBeLessThan(0.3);
});
