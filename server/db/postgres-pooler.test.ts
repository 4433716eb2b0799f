import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { sql } from 'drizzle-orm';
import postgres from 'postgres';
import { toAppError } from '#server/errors';
import { until } from '#test/answers';
import { listen } from '#test/listen';
import { silent } from '#test/logs';
import { databaseSettings } from '#test/pooler';
import type { Database } from './database.ts';
import { openPostgres, type PostgresOptions } from './postgres.ts';
import { asMaintenance, asMigration } from './work.ts';

const LIMITS = { read: 200, write: 500, maintenance: 900, wait: 10_000 };
/** Statements that are sent at the same time. There are fewer connections. */
const MANY = 50;

const worker = await openWorkerDatabase();

const kindOf = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (error: unknown) => toAppError(error).kind,
  );

/**
 * Starts a TCP proxy that records what clients send.
 * @param resetAfter after this number of packets, the first connection is reset.
 */
async function startRecorder(target: URL, resetAfter = Infinity) {
  const sent: string[] = [];
  let isFirst = true;
  const server = createServer((inner) => {
    if (isFirst) {
      const reset = () => sent.length >= resetAfter && inner.resetAndDestroy();
      inner.on('data', () => setImmediate(reset));
      reset();
    }
    isFirst = false;
    if (inner.destroyed) return;
    const outer = connect(Number(target.port || 5432), target.hostname);
    inner.on('data', (chunk) => sent.push(chunk.toString('latin1'))).pipe(outer);
    outer.pipe(inner);
    for (const socket of [inner, outer]) socket.on('error', () => undefined);
  });
  const url = new URL(target);
  url.host = `127.0.0.1:${await listen(server)}`;
  return { url: url.href, sent, close: () => once(server.close(), 'close') };
}

// With TEST_POOLER, these tests go through a real transaction pooler.
(worker.kind === 'postgres' ? describe : describe.skip)('a database behind a transaction pooler', () => {
  let urls: { pooler: string; direct: string; prepared: boolean };
  let database: Database;
  const open = (url: string, poolSize: number, options: PostgresOptions = {}) =>
    openPostgres(url, poolSize, silent, {
      directUrl: urls.direct,
      prepared: urls.prepared,
      limits: LIMITS,
      ...options,
    });
  const sleep = (seconds: number) => database.execute(sql`select pg_sleep(${seconds})`);
  const sleepForUpdate = (seconds: number) =>
    database.execute(sql`with nothing as (delete from installation where false) select pg_sleep(${seconds})`);
  const setting = async (name: string, on = database) => {
    const [row] = await on.execute(sql`select current_setting(${name}) as value`);
    return row?.['value'];
  };

  beforeAll(() => {
    if (worker.kind !== 'postgres') throw new Error('This test needs Postgres.');
    const { DATABASE_URL, DATABASE_PREPARED } = databaseSettings(worker.url);
    urls = { pooler: DATABASE_URL, direct: worker.url, prepared: DATABASE_PREPARED === 'true' };
    database = open(urls.pooler, 4);
  });
  afterAll(() => database.close());

  test('ends reads, writes and maintenance by their own limits, and their transactions', async () => {
    expect(await kindOf(sleep(0.35))).toBe('DATABASE_BUSY');
    expect(await kindOf(sleepForUpdate(0.35))).toBe('done');
    expect(await kindOf(sleepForUpdate(0.7))).toBe('DATABASE_BUSY');
    expect(await kindOf(asMaintenance(() => sleep(0.7)))).toBe('done');
    expect(await kindOf(sleep(0.35))).toBe('DATABASE_BUSY');
    expect(await kindOf(asMigration(() => sleep(1)))).toBe('done');
    expect(
      await database.execute(sql`
      select from pg_stat_activity where datname = current_database() and state like 'idle in transaction%'
    `),
    ).toEqual([]);
  });

  (process.env['TEST_POOLER'] ? test : test.skip)('is rejected without DATABASE_DIRECT_URL', async () => {
    const own = open(urls.pooler, 2, { directUrl: undefined });
    await expect(own.migrate()).rejects.toThrow(
      /unsupported startup parameter.* also set DATABASE_DIRECT_URL/,
    );
    await own.close();
  });

  test('limits the statements and the pauses of a transaction, and rolls back', async () => {
    const work = database.db.transaction(async (tx) => {
      const rows = await tx.execute(
        sql`select current_setting('statement_timeout') as statement, current_setting('idle_in_transaction_session_timeout') as idle`,
      );
      expect(rows).toEqual([{ statement: '500ms', idle: '10s' }]);
      await tx.execute(sql`insert into installation (fact, value) values ('late', '')`);
      await tx.execute(sql`select pg_sleep(0.8)`);
    });
    expect(await kindOf(work)).toBe('DATABASE_BUSY');
    expect(await database.execute(sql`select from installation where fact = 'late'`)).toEqual([]);
    const isolation = await database.snapshot((snapshot) => setting('transaction_isolation', snapshot));
    expect(isolation).toBe('repeatable read');
  });

  test('commits every transaction that it reports as done', async () => {
    const facts = Array.from({ length: MANY }, (_, index) => `done ${index}`);
    const write = (fact: string) =>
      database.db.transaction((tx) =>
        tx.execute(sql`insert into installation (fact, value) values (${fact}, '')`),
      );
    for (let round = 0; round < 4; round++) {
      await Promise.all(facts.map((fact) => write(`${fact} ${round}`)));
    }
    const rows = await database.execute(sql`select from installation where fact like 'done %'`);
    expect(rows).toHaveLength(4 * MANY);
  });

  test('leaves nothing in the sessions of the pooler', async () => {
    await Promise.all(Array.from({ length: MANY }, () => kindOf(sleep(0.01))));
    const other = postgres(urls.pooler, { max: 4, prepare: false, fetch_types: false });
    const rows = await Promise.all(
      Array.from({ length: MANY }, () => other`select current_setting('statement_timeout') as limit`),
    );
    expect(new Set(rows.map(([row]) => String(row?.['limit'])))).toEqual(new Set(['0']));
    await other.end();
  });

  test('sends a statement with its limit in one packet, and no startup parameter that poolers reject', async () => {
    const recorder = await startRecorder(new URL(urls.pooler));
    const recorded = open(recorder.url, 1);
    const statement = (text: string) =>
      recorded.execute(sql`select ${text}::text, ${1}::int + 1, ${true}::bool, ${null}`);
    await statement('first');
    await statement('second');
    const before = recorder.sent.length;
    for (let count = 0; count < 10; count++) await statement(`text ${count}`);
    expect(recorder.sent.length - before).toBe(10);
    expect(
      recorder.sent.slice(before).every((chunk) => chunk.includes('set local statement_timeout = 200')),
    ).toBe(true);
    const startup = recorder.sent[0] ?? '';
    expect(startup).toContain('application_name');
    expect(startup).not.toContain('timeout');
    for (let count = 0; count < 2; count++) await recorded.db.transaction((tx) => tx.execute(sql`select 1`));
    // The message Parse has a name if the statement is prepared.
    const isPrepared = (text: string) =>
      new RegExp(`P\\0\\0..(\\w*)\\0${text}`, 's').exec(recorder.sent.join(''))?.[1] !== '';
    expect([isPrepared('select'), isPrepared('commit')]).toEqual([urls.prepared, false]);
    await recorded.close();
    await recorder.close();
  });

  test('reads and writes values of every type like a direct connection', async () => {
    const direct = open(urls.direct, 1, { directUrl: undefined });
    const values = sql`select ${'text'}::text as text, ${1.5}::float8 as float, ${7}::int as int, ${'8'}::bigint as big,
      ${false}::bool as bool, ${null}::text as nothing, ${'2026-01-02T03:04:05Z'}::timestamptz as at,
      ${'{"a":[1]}'}::jsonb as json, ${sql.param(['a', 'b,"c'])}::text[] as list, ${'{a,b}'}::text[] as written,
      ${new Uint8Array([0, 255])}::bytea as bytes`;
    const [row] = await direct.execute(values);
    expect(row).toMatchObject({
      float: 1.5,
      bool: false,
      json: { a: [1] },
      list: ['a', 'b,"c'],
      written: ['a', 'b'],
    });
    expect(await database.execute(values)).toEqual([row]);
    await direct.close();
  });

  test.each([0, 2])('fails a statement if its connection is lost after %i packets', async (packets) => {
    const proxy = await startRecorder(new URL(urls.pooler), packets);
    const refused = open(proxy.url, 1);
    const insert = sql`insert into installation (fact, value) values ('ghost', '')`;
    expect(await kindOf(refused.execute(insert))).toBe('SERVICE_UNAVAILABLE');
    await until(async () => (await kindOf(refused.execute(sql`select 1`))) === 'done');
    expect(await database.execute(sql`select from installation where fact = 'ghost'`)).toEqual([]);
    await refused.close();
    await proxy.close();
  });

  test('sends no statement without its limit while connections are lost', async () => {
    const other = postgres(urls.direct, { max: 1 });
    const endAll = () => other`
      select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid()`;
    const limits = new Set<unknown>();
    let lost = 0;
    const read = () =>
      setting('statement_timeout').then(
        (limit) => limits.add(limit),
        () => lost++,
      );
    for (let round = 0; round < 10; round++) {
      await Promise.all([...Array.from({ length: 100 }, read), endAll()]);
    }
    await other.end();
    expect(lost).toBeGreaterThan(0);
    expect([...limits]).toEqual(['200ms']);
    await until(async () => (await kindOf(sleep(0))) === 'done');
  });
});
