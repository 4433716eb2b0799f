import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { WindowCounter } from './window-counter.ts';

test('take accepts amounts that fit, until the window ends', async () => {
  const counter = new WindowCounter(3, 0.1);
  expect([1, 3, 2, 1].map((amount) => counter.take('a', amount).fits)).toEqual([true, false, true, false]);
  expect(counter.take('b').left).toBe(2);
  counter.giveBack('a');
  expect(counter.take('a').fits).toBe(true);
  await pause(150);
  expect(counter.take('a')).toMatchObject({ fits: true, left: 2 });
});

test('take keeps a bounded number of keys, and drops the oldest first', () => {
  const counter = new WindowCounter(1, 60, { maxKeys: 3 });
  for (const key of ['a', 'b', 'c', 'd']) expect(counter.take(key).fits).toBe(true);
  expect(counter.size).toBe(3);
  expect(counter.take('d').fits).toBe(false);
  expect(counter.take('a').fits).toBe(true);
  expect(counter.take('c').fits).toBe(false);
});

test('take removes expired keys when it adds others', async () => {
  const counter = new WindowCounter(1, 0.05);
  for (let i = 0; i < 20; i++) counter.take(`old ${i}`);
  await pause(100);
  for (let i = 0; i < 5; i++) counter.take(`new ${i}`);
  expect(counter.size).toBe(5);
});

test('take adds a new key in constant time when the counter is full', () => {
  const counter = new WindowCounter(1, 60);
  const started = performance.now();
  for (let i = 0; i < 400_000; i++) counter.take(String(i));
  // It took minutes when each new key walked over all deleted ones.
  expect(performance.now() - started).toBeLessThan(10_000);
  expect(counter.size).toBe(100_000);
});
