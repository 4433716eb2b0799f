import { mkdtempSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eq, sql } from 'drizzle-orm';
import { toAppError } from '#server/errors';
import { until } from '#test/answers';
import { silent } from '#test/logs';
import { unpackSnapshot } from '#test/snapshot';
import type { Database } from './database.ts';
import { isUniqueViolation } from './errors.ts';
import { DatabaseLockedError } from './lock.ts';
import { openPglite } from './pglite.ts';
import { chats, installation, users } from './schema/index.ts';
import { asMaintenance, onBehalfOf } from './work.ts';

const LIMITS = { read: 2000, write: 2000, maintenance: 60_000, wait: 60_000 };

/** Takes minutes within the database's code, which checks no time limit. */
const endless = sql`select count(*) from generate_series(1, 1e9::int) a cross join generate_series(1, 1000) b`;

const kindOf = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (error: unknown) => toAppError(error).kind,
  );

describe('the embedded database', () => {
  const folder = mkdtempSync(join(tmpdir(), 'switchboard-pglite-'));
  let database: Database;
  const ask = (query = sql`select 1`) => database.execute(query);

  beforeAll(async () => {
    // Faster than creating a new database.
    await unpackSnapshot(folder);
    database = await openPglite(folder, silent, LIMITS);
    await database.migrate();
  }, 120_000);

  afterAll(async () => {
    await database.close();
    rmSync(folder, { recursive: true });
  });

  test('reads and writes dates, JSON, arrays and numbers across threads', async () => {
    const [row] = await database.db.insert(installation).values({ fact: 'a', value: 'b' }).returning();
    expect(row?.createdAt).toBeInstanceOf(Date);
    const [found] = await ask(
      sql`select '{"a":[1]}'::json as j, array['x', 'y'] as a, 1::int as i, 2::bigint as b, true as t, null as n`,
    );
    expect(found).toEqual({ j: { a: [1] }, a: ['x', 'y'], i: 1, b: 2, t: true, n: null });
  });

  test('reports the constraint that a row violates', async () => {
    const insert = () => database.db.insert(installation).values({ fact: 'unique', value: '' });
    await insert();
    const error: unknown = await insert().then(undefined, (reason: unknown) => reason);
    expect(isUniqueViolation(error, 'installation_pkey')).toBe(true);
  });

  test('keeps a statement that runs again prepared, and only the last ones', async () => {
    const countPrepared = async (text: string) => {
      const [row] = await ask(
        sql`select count(*)::int as count from pg_prepared_statements where statement like ${text}`,
      );
      return row?.['count'];
    };
    for (let number = 1; number <= 3; number++)
      expect(await ask(sql`select ${number}::int as n, 'again' as a`)).toHaveLength(1);
    expect(await countPrepared('select $1::int as n, %')).toBe(1);
    for (let number = 1; number <= 150; number++) await ask(sql.raw(`select ${number} as number`));
    expect(await countPrepared('select % as number')).toBeGreaterThan(50);
    expect(await countPrepared('%')).toBeLessThanOrEqual(100);
    expect(await ask(sql`select ${4}::int as n, 'again' as a`)).toEqual([{ n: 4, a: 'again' }]);
  });

  test('prepares a statement again if the schema has changed since', async () => {
    const read = () => ask(sql`select * from changing`);
    await ask(sql`create table changing as select 1 as a`);
    expect(await read()).toEqual([{ a: 1 }]);
    await ask(sql`alter table changing add b text default 'b'`);
    expect(await read()).toEqual([{ a: 1, b: 'b' }]);
    await ask(sql`drop table changing`);
    await expect(read()).rejects.toMatchObject({ cause: { code: '42P01' } });
    await ask(sql`create table changing as select 'text' as c`);
    expect(await read()).toEqual([{ c: 'text' }]);
    await ask(sql`deallocate all`);
    expect(await read()).toEqual([{ c: 'text' }]);
    await ask(sql`drop table changing`);
  });

  test('runs a statement again after it has failed', async () => {
    const divide = (by: number) => ask(sql`select 6 / ${by}::int as result`);
    await expect(divide(0)).rejects.toMatchObject({ cause: { code: '22012' } });
    expect(await divide(2)).toEqual([{ result: 3 }]);
    await expect(
      database.db.transaction(async (tx) => {
        await tx.execute(sql`select 6 / ${0}::int as result`);
      }),
    ).rejects.toThrow();
    expect(await divide(3)).toEqual([{ result: 2 }]);
  });

  test('keeps the event loop free while a statement runs', async () => {
    await ask();
    const delay = monitorEventLoopDelay({ resolution: 1 });
    delay.enable();
    const began = performance.now();
    await asMaintenance(() => ask(sql`select count(*) from generate_series(1, 2000000)`));
    delay.disable();
    expect(delay.max / 1e6).toBeLessThan((performance.now() - began) / 4);
  });

  test('ends an endless statement, and continues with waiting ones', async () => {
    await ask(sql`insert into installation (fact, value) values ('kept', '')`);
    const began = Date.now();
    const ended = kindOf(ask(endless));
    const waiting = Promise.all(Array.from({ length: 5 }, () => ask(sql`select 2 as two`)));
    expect(await ended).toBe('DATABASE_BUSY');
    expect(Date.now() - began).toBeLessThan(2 * LIMITS.read);
    expect((await waiting).flat()).toEqual(Array.from({ length: 5 }, () => ({ two: 2 })));
    expect(await database.db.$count(installation, eq(installation.fact, 'kept'))).toBe(1);
  });

  test('has the folder open in one thread only, even after a statement was ended', async () => {
    const filesOpen = () =>
      readdirSync('/proc/self/fd').filter((fd) => {
        try {
          return readlinkSync(`/proc/self/fd/${fd}`).endsWith('/global/pg_control');
        } catch {
          return false;
        }
      }).length;
    const before = filesOpen();
    expect(await kindOf(ask(endless))).toBe('DATABASE_BUSY');
    await ask();
    expect(filesOpen()).toBe(before);
    await expect(openPglite(folder, silent)).rejects.toThrow(DatabaseLockedError);
  }, 120_000);

  test('receives notifications, even after it was reopened, and reports that some may be lost', async () => {
    const payloads: string[] = [];
    const unlisten = await database.listen('news', (payload) => payloads.push(payload));
    await ask(sql`select pg_notify('news', 'one')`);
    await until(() => payloads.includes('one'));
    expect(await kindOf(ask(endless))).toBe('DATABASE_BUSY');
    await ask(sql`select pg_notify('news', 'two')`);
    await until(() => payloads.includes('two'));
    expect(payloads).toEqual(['one', '', 'two']);
    await unlisten();
    await ask(sql`select pg_notify('news', 'three')`);
    expect(payloads).toHaveLength(3);
  });

  test('rolls back a transaction that fails, takes too long or has a statement that does', async () => {
    const write = (work: () => Promise<unknown>) =>
      database.db.transaction(async (tx) => {
        await tx.insert(installation).values({ fact: 'never', value: '' });
        await work();
        await tx.insert(installation).values({ fact: 'never again', value: '' });
      });
    await expect(write(() => Promise.reject(new Error('changed my mind')))).rejects.toThrow(
      'changed my mind',
    );
    const idle = write(() => new Promise((resolve) => setTimeout(resolve, 2 * LIMITS.write)));
    expect(await kindOf(idle)).toBe('DATABASE_BUSY');
    const inside = database.db.transaction(async (tx) => {
      await tx.insert(installation).values({ fact: 'never', value: '' });
      await tx.execute(endless);
    });
    expect(await kindOf(inside)).toBe('DATABASE_BUSY');
    expect(await database.db.$count(installation, eq(installation.fact, 'never'))).toBe(0);
  });

  test('does not let a caller with many statements delay another caller', async () => {
    const order: string[] = [];
    const askAs = (caller: string) => onBehalfOf(caller, () => ask().then(() => order.push(caller)));
    const many = Array.from({ length: 300 }, () => askAs('many'));
    await askAs('one');
    expect(order.length).toBeLessThan(10);
    await Promise.all(many);
  });

  test('keeps committed rows after it is closed and reopened', async () => {
    await database.db.insert(users).values({ id: 'ada', name: 'Ada', email: 'ada@example.com' });
    await database.close();
    await expect(ask()).rejects.toThrow();
    database = await openPglite(folder, silent, LIMITS);
    expect(await database.db.$count(users)).toBe(1);
    expect(await database.db.$count(chats)).toBe(0);
  }, 120_000);
});
