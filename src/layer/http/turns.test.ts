import { expect, test } from '@jest/globals';
import { longestShare } from '#test/cpu-time';
import { nextSlice } from './turns.ts';

const SLICE_MS = 2;

/** Blocks for `ms` milliseconds in small steps, each in a microtask. */
async function work(ms: number): Promise<void> {
  let worked = 0;
  while (worked < ms) {
    await nextSlice();
    const from = performance.now();
    while (performance.now() < from + SLICE_MS);
    worked += SLICE_MS;
  }
}

test.each([1, 12])('%d loops together block other work for about one slice', async (loops) => {
  const share = await longestShare(Promise.all(Array.from({ length: loops }, () => work(600 / loops))));
  expect(share).toBeLessThan(0.3);
});
