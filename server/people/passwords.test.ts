import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { limitConcurrency, MAX_HASHED_AT_ONCE, scrypt } from './passwords.ts';

describe('passwords', () => {
  test('are hashed by scrypt, and verified', async () => {
    const hash = await scrypt.hash('correct horse');
    await expect(scrypt.verify({ hash, password: 'correct horse' })).resolves.toBe(true);
    await expect(scrypt.verify({ hash, password: 'wrong horse' })).resolves.toBe(false);
  });

  test('are hashed and verified a few at a time, in order of arrival', async () => {
    let running = 0;
    let most = 0;
    const started: string[] = [];
    async function work(password: string): Promise<string> {
      started.push(password);
      most = Math.max(most, ++running);
      await pause(5);
      running--;
      if (password === '3') throw new Error('no hash');
      return password;
    }
    const passwords = limitConcurrency({
      hash: work,
      verify: async ({ password }) => (await work(password)) !== '',
    });
    const all = Array.from({ length: 8 }, (_, at) =>
      at % 2 === 0 ? passwords.hash(String(at)) : passwords.verify({ hash: '', password: String(at) }),
    );
    const ended = await Promise.allSettled(all);
    expect(most).toBe(MAX_HASHED_AT_ONCE);
    expect(started).toEqual(['0', '1', '2', '3', '4', '5', '6', '7']);
    expect(ended.map(({ status }) => status)).toEqual(
      Array.from({ length: 8 }, (_, at) => (at === 3 ? 'rejected' : 'fulfilled')),
    );
  });
});
