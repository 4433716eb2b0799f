import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { cpuTime } from '#test/cpu-time';
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

/** The longest share of the CPU time of `busy` in which nothing else could run. */
async function longestShare(busy: Promise<unknown>): Promise<number> {
  const ended = new AbortController();
  void busy.finally(() => {
    ended.abort();
  });
  let longest = 0;
  const started = cpuTime();
  let last = started;
  while (!ended.signal.aborted) {
    await turn();
    longest = Math.max(longest, cpuTime() - last);
    last = cpuTime();
  }
  return longest / (last - started);
}

test.each([1, 12])('%d loops together hold up others for about one slice', async (loops) => {
  const share = await longestShare(Promise.all(Array.from({ length: loops }, () => work(600 / loops))));
  expect(share).toBeLessThan(0.3);
});
