import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { createConnectionQueue } from './connection-queue.ts';
import { onBehalfOf } from './work.ts';

const PATIENT = { waitMs: 60_000, patienceMs: 60_000 };

/** Returns work that ends when `finish` is called. */
function started() {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const finish = () => {
    resolve(undefined);
  };
  return { work: () => promise, finish };
}

const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (error: unknown) => (error instanceof Error && 'code' in error ? error.code : error),
  );

describe('a connection queue', () => {
  test('limits a caller to its share, and gives the rest to others', async () => {
    const { pass } = createConnectionQueue({ width: 4, share: 2, ...PATIENT });
    const counts: Record<string, number> = { a: 0, b: 0 };
    const { work, finish } = started();
    const enter = (caller: string) =>
      onBehalfOf(caller, () =>
        pass(() => {
          counts[caller] = (counts[caller] ?? 0) + 1;
          return work();
        }),
      );
    const all = [...Array.from({ length: 10 }, () => enter('a')), enter('b'), enter('b'), enter('b')];
    await pause(1);
    expect(counts).toEqual({ a: 2, b: 2 });
    finish();
    await Promise.all(all);
    expect(counts).toEqual({ a: 10, b: 3 });
  });

  test('does not limit the server’s own work, and gives callers turns', async () => {
    const { pass } = createConnectionQueue({ width: 1, share: 1, ...PATIENT });
    const order: string[] = [];
    const enter = (caller: string) =>
      onBehalfOf(caller, () =>
        pass(() => {
          order.push(caller);
          return Promise.resolve();
        }),
      );
    const own = started();
    const before = pass(own.work);
    const all = ['a', 'a', 'a', 'b', 'b', 'c'].map(enter);
    own.finish();
    await Promise.all([before, ...all]);
    expect(order.join('')).toBe('abcaba');
  });

  test('rejects work that has waited too long', async () => {
    const { pass, isIdle } = createConnectionQueue({ width: 1, share: 1, waitMs: 50, patienceMs: 60_000 });
    const slow = started();
    const first = pass(slow.work);
    expect(await codeOf(pass(() => Promise.resolve()))).toBe('53300');
    expect(isIdle()).toBe(false);
    slow.finish();
    await first;
    expect(isIdle()).toBe(true);
    expect(await codeOf(pass(() => Promise.resolve()))).toBe('done');
  });

  test('rejects waiting work early if the database does not respond, but not if it is slow', async () => {
    const { pass } = createConnectionQueue({ width: 1, share: 1, waitMs: 60_000, patienceMs: 200 });
    const slow = Array.from({ length: 5 }, () => codeOf(pass(() => pause(100))));
    expect(await Promise.all(slow)).toEqual(['done', 'done', 'done', 'done', 'done']);
    const lost = started();
    const first = pass(lost.work);
    expect(await codeOf(pass(() => Promise.resolve()))).toBe('CONNECT_TIMEOUT');
    lost.finish();
    await first;
  });

  test('releases the place of failed work', async () => {
    const { pass, isIdle } = createConnectionQueue({ width: 2, share: 1, ...PATIENT });
    const fail = () => onBehalfOf('a', () => pass(() => Promise.reject(new Error('no'))));
    await Promise.allSettled(Array.from({ length: 10 }, fail));
    expect(isIdle()).toBe(true);
  });
});
