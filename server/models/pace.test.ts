import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { createSchedule } from './pace.ts';

test('createSchedule wakes many answers in turns, each exactly once and in order', async () => {
  const schedule = createSchedule();
  const woken: number[] = [];
  for (let index = 0; index < 100; index++) schedule(() => woken.push(index));
  const counts: number[] = [];
  while (woken.length < 100) {
    await nextTurn();
    counts.push(woken.length);
  }
  expect(counts.filter((count) => count > 0).length).toBeGreaterThan(1);
  expect(woken).toEqual(Array.from({ length: 100 }, (_, index) => index));
});
