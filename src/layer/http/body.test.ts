import { expect, test } from '@jest/globals';
import { cpuTime, longestShare } from '#test/cpu-time';
import { callOf } from '../testing/testkit.ts';
import { readBody } from './body.ts';

/** So long that the garbage collector, which works in one of the turns, has a small share. */
const WORK_MS = 100;

/** Reads a body and then blocks the event loop, as a parser does, for as much CPU time whatever else the machine does. */
async function read(bytes: number): Promise<void> {
  await readBody(callOf(new Request('http://localhost', { method: 'POST', body: 'x'.repeat(bytes) }), {}));
  const from = cpuTime();
  while (cpuTime() < from + WORK_MS);
}

test('readBody lets other work run between large bodies that arrive at once', async () => {
  const share = await longestShare(Promise.all(Array.from({ length: 10 }, () => read(100_000))));
  expect(share).toBeLessThan(0.3);
});
