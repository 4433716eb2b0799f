import { expect, test } from '@jest/globals';
import { loadOnce } from './load-once.ts';

test('loads once, and again after a failure', async () => {
  let fails = true;
  let loads = 0;
  const load = loadOnce(() => {
    loads++;
    return fails ? Promise.reject(new Error('EMFILE')) : Promise.resolve({ loads });
  });
  expect(await Promise.allSettled([load(), load()])).toMatchObject([
    { status: 'rejected' },
    { status: 'rejected' },
  ]);
  expect(loads).toBe(1);
  fails = false;
  const [first, second] = await Promise.all([load(), load()]);
  expect(first).toEqual({ loads: 2 });
  expect(second).toBe(first);
  expect(await load()).toBe(first);
});
