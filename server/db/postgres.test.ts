import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { sql } from 'drizzle-orm';
import { toAppError } from '#server/errors';
import { until } from '#test/answers';
import { recordLog, silent } from '#test/logs';
import type { Database } from './database.ts';
import { openPostgres } from './postgres.ts';
import { SESSIONS } from './postgres-capacity.ts';
import { asMigration, asMaintenance, onBehalfOf } from './work.ts';

const LIMITS = { read: 300, write: 1300, maintenance: 2600, wait: 10_000 };
const POOL = 4;

const worker = await openWorkerDatabase();

const kindOf = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (error: unknown) => toAppError(error).kind,
  );

(worker.kind === 'postgres' ? describe : describe.skip)('a database on Postgres', () => {
  let database: Database;
  const sleep = (seconds: number) => database.execute(sql`select pg_sleep(${seconds})`);
  /** Sleeps in a statement that counts as a change. */
  const sleepForUpdate = (seconds: number) =>
    database.execute(sql`with nothing as (delete from installation where false) select pg_sleep(${seconds})`);

  beforeAll(() => {
    if (worker.kind !== 'postgres') throw new Error('This test needs Postgres.');
    database = openPostgres(worker.url, POOL, silent, { limits: LIMITS });
  });
  afterAll(() => database.close());

  test('ends reads, writes and maintenance by their own limits, in any order on the same connections', async () => {
    for (let round = 0; round < 3; round++) {
      expect(await kindOf(sleep(0.5))).toBe('DATABASE_BUSY');
      expect(await kindOf(sleepForUpdate(0.5))).toBe('done');
      expect(await kindOf(sleepForUpdate(1.5))).toBe('DATABASE_BUSY');
      expect(await kindOf(asMaintenance(() => sleep(1.5)))).toBe('done');
      expect(await kindOf(sleep(0.1))).toBe('done');
    }
    expect(await kindOf(asMigration(() => sleep(2.8)))).toBe('done');
  });

  test('ends a statement of a transaction by the write limit, and rolls back', async () => {
    const work = database.db.transaction(async (tx) => {
      await tx.execute(sql`insert into installation (fact, value) values ('late', '')`);
      await tx.execute(sql`select pg_sleep(1.5)`);
    });
    expect(await kindOf(work)).toBe('DATABASE_BUSY');
    expect(await database.execute(sql`select from installation where fact = 'late'`)).toEqual([]);
  });

  test('applies the limits after connections were lost', async () => {
    expect(await kindOf(sleep(0.1))).toBe('done');
    await kindOf(database.execute(sql`select pg_terminate_backend(pg_backend_pid())`));
    await until(async () => (await kindOf(sleep(0))) === 'done');
    expect(await kindOf(sleepForUpdate(0.5))).toBe('done');
    expect(await kindOf(sleep(0.5))).toBe('DATABASE_BUSY');
  });

  test('leaves connections to others while one caller keeps its share busy', async () => {
    let ended = 0;
    const slow = () => kindOf(sleepForUpdate(0.4)).finally(() => ended++);
    const busy = Array.from({ length: 3 * POOL }, () => onBehalfOf('many', slow));
    expect(await onBehalfOf('one', () => kindOf(sleep(0)))).toBe('done');
    expect(ended).toBe(0);
    expect(new Set(await Promise.all(busy))).toEqual(new Set(['done']));
  });

  test('keeps its own connections apart from the pool, whatever their age', async () => {
    if (worker.kind !== 'postgres') throw new Error('This test needs Postgres.');
    const directUrl = new URL(worker.url);
    // postgres.js closes connections of this age, in seconds.
    directUrl.searchParams.set('max_lifetime', '0.2');
    const direct = openPostgres('postgres://127.0.0.1:1/nowhere', 2, silent, { directUrl: directUrl.href });
    await expect(direct.migrate()).rejects.toThrow(
      /^The database at 127\.0\.0\.1:1\/nowhere as the default user cannot be used: .* Check DATABASE_URL, /,
    );
    const payloads: string[] = [];
    await direct.listen('direct', (payload) => payloads.push(payload));
    let closed = 0;
    const session = direct.openSession?.({
      parameters: { statement_timeout: 4321 },
      onClose: () => closed++,
    });
    const pid = () =>
      session?.unsafe('select pg_backend_pid() as pid, current_setting($1)', ['statement_timeout']).values();
    const before = await pid();
    expect(before).toEqual([[expect.any(Number), '4321ms']]);
    await pause(500);
    expect(await pid()).toEqual(before);
    expect(closed).toBe(0);
    await database.execute(sql`select pg_terminate_backend(${before?.[0]?.[0]}::int)`);
    await until(() => closed === 1);
    await database.execute(sql`select pg_notify('direct', 'news')`);
    await until(() => payloads.includes('news'));
    expect(await kindOf(direct.execute(sql`select 1`))).toBe('SERVICE_UNAVAILABLE');
    await session?.end();
    await direct.close();
  });

  test('is not migrated if DATABASE_DIRECT_URL leads nowhere', async () => {
    if (worker.kind !== 'postgres') throw new Error('This test needs Postgres.');
    const own = openPostgres(worker.url, 2, silent, { directUrl: 'postgres://a:secret@127.0.0.1:1/nowhere' });
    await expect(own.migrate()).rejects.toThrow(
      /^The database at 127\.0\.0\.1:1\/nowhere as a cannot be used: .* Check DATABASE_DIRECT_URL, /,
    );
    await own.close();
  });

  test('opens at most two connections besides the pool', async () => {
    if (worker.kind !== 'postgres') throw new Error('This test needs Postgres.');
    const own = openPostgres(worker.url, POOL, silent);
    const count = async () => {
      const [row] = await database.execute(
        sql`select count(*)::int as open from pg_stat_activity where datname = current_database()`,
      );
      return Number(row?.['open']);
    };
    const before = await count();
    for (const channel of ['one', 'two', 'three']) await own.listen(channel, () => undefined);
    const session = own.openSession?.();
    await session?.unsafe('select 1');
    await Promise.all(Array.from({ length: 5 * POOL }, () => own.execute(sql`select pg_sleep(0.05)`)));
    expect((await count()) - before).toBe(POOL + SESSIONS);
    await session?.end();
    await own.close();
  });

  test('opens no session any more after it was closed, also for an owner who opens another one', async () => {
    if (worker.kind !== 'postgres') throw new Error('This test needs Postgres.');
    const own = openPostgres(worker.url, POOL, silent);
    const reopened = new Promise<unknown>((resolve) => {
      const session = own.openSession?.({
        onClose: () => {
          const other = own.openSession?.();
          resolve(other?.unsafe('select 1').catch((error: unknown) => error));
        },
      });
      void session?.unsafe('select 1').then(() => own.close());
    });
    expect(await reopened).toMatchObject({ code: 'CONNECTION_ENDED' });
  });

  test('warns at the start if Postgres has too few connections for the pool', async () => {
    if (worker.kind !== 'postgres') throw new Error('This test needs Postgres.');
    const { log, lines } = recordLog();
    const start = async (poolSize: number, directUrl?: string) => {
      const own = openPostgres(worker.url, poolSize, log, { directUrl });
      await own.migrate();
      await own.close();
    };
    await start(2);
    // The connections of a pool behind a pooler are those of the pooler.
    await start(5000, worker.url);
    expect(lines).toEqual([]);
    await start(5000);
    expect(lines).toEqual([
      expect.objectContaining({
        level: 40,
        needed: 5002,
        maxConnections: expect.any(Number),
        msg: expect.stringContaining('lower DATABASE_POOL_SIZE'),
      }),
    ]);
  });

  test('parses values in the same way on every connection', async () => {
    const now = sql`select '2026-01-02 03:04:05+00'::timestamptz as at, array['a'] as list, '{"a":1}'::json as json, pg_sleep(0.05)`;
    const rows = await Promise.all(Array.from({ length: POOL }, () => database.execute(now)));
    expect(new Set(rows.map((row) => JSON.stringify(row))).size).toBe(1);
  });
});
