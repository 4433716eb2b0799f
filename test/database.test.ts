import { describe, expect, test } from '@jest/globals';
import { eq, sql } from 'drizzle-orm';
import { isUniqueViolation } from '#server/db/errors';
import { installation } from '#server/db/schema/index';
import { testDatabase } from './database.ts';

const fact = { fact: 'first', value: 'one' };

describe('the database of a test file', () => {
  test('is migrated and empty', async () => {
    const { db } = await testDatabase();
    expect(await db.select().from(installation)).toStrictEqual([]);
  });

  test('returns rows, dates, JSON and errors of this realm', async () => {
    const { db, execute } = await testDatabase();
    const [row] = await db.insert(installation).values(fact).returning();
    expect(row).toStrictEqual({ ...fact, createdAt: expect.any(Date) });
    expect(await execute(sql`select ${'{"a":[1]}'}::jsonb as json`)).toStrictEqual([{ json: { a: [1] } }]);
    const error: unknown = await db
      .insert(installation)
      .values(fact)
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(Error);
    expect(isUniqueViolation(error)).toBe(true);
  });

  test('rolls a transaction back', async () => {
    const { db } = await testDatabase();
    const attempt = db.transaction(async (tx) => {
      await tx.delete(installation).where(eq(installation.fact, 'first'));
      throw new Error('changed my mind');
    });
    await expect(attempt).rejects.toThrow('changed my mind');
    expect(await db.$count(installation)).toBe(1);
  });

  test('delivers notifications', async () => {
    const { listen, execute } = await testDatabase();
    let stop = () => Promise.resolve();
    const received = new Promise<string>((resolve) => {
      void listen('greetings', resolve).then(async (unlisten) => {
        stop = unlisten;
        await execute(sql`select pg_notify('greetings', 'hello')`);
      });
    });
    expect(await received).toBe('hello');
    await stop();
  });

  test('rejects queries after it was closed', async () => {
    const database = await testDatabase();
    await database.close();
    await expect(database.execute(sql`select 1`)).rejects.toThrow();
  });
});
