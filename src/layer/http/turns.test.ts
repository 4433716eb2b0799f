import { setImmediate as nextTurn } from 'node:timers/promises';
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

test('many loops with small steps continue in the same turns', async () => {
  // The slice must have ended, so that all loops wait.
  for (const from = performance.now(); performance.now() < from + 20;);
  let done = 0;
  const loops = Promise.all(
    Array.from({ length: 500 }, async () => {
      await nextSlice('small');
      done++;
    }),
  );
  let turns = 0;
  for (; done < 500; turns++) await nextTurn();
  await loops;
  expect(turns).toBeLessThan(20);
});
