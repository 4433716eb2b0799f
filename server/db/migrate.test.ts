import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { sql } from 'drizzle-orm';
import { PRODUCT } from '#contract/product';
import { until } from '#test/answers';
import { openTestPostgres, testDatabase } from '#test/database';
import { recordLog } from '#test/logs';
import { recordStatements } from '#test/statements';
import { programVersion } from '#server/version';
import type { Database } from './database.ts';
import { applyMigrations } from './migrate.ts';
import { type Migration, parseMigration, readMigrations } from './migrations.ts';
import { migrationConnection } from './postgres-migrate.ts';
import { DatabaseUnusableError } from './unusable.ts';

const isPostgres = (process.env['TEST_DATABASE_URL'] ?? '') !== '';

const own = readMigrations();
const { log, lines } = recordLog();
/** Older than all migrations of the product. */
let when = 1_700_000_000_000;

/** Returns a migration of this test. Its tables begin with `zz_`. */
const fileOf = (tag: string, ...statements: string[]): Migration =>
  parseMigration(tag, ++when, statements.join('--> statement-breakpoint\n'));

let database: Database;
const rows = (text: string) => database.execute(sql.raw(text));
const recorded = (migrations: readonly Migration[]) =>
  rows(`select hash, works_with from drizzle.__drizzle_migrations
    where hash in ('${migrations.map(({ hash }) => hash).join(`', '`)}') order by id`);

/** Returns the message of a DatabaseUnusableError. */
async function reasonOf(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof DatabaseUnusableError)) throw new Error('It was not rejected.', { cause: error });
  return error.message;
}

beforeAll(async () => {
  database = await testDatabase(log);
});
afterEach(async () => {
  lines.length = 0;
  await rows(`delete from drizzle.__drizzle_migrations
    where hash not in ('${own.map(({ hash }) => hash).join(`', '`)}')`);
  await rows('drop table if exists zz_a, zz_b');
});
afterAll(() => rows('drop table if exists zz_a, zz_b'));

test('a migrated database costs one statement', async () => {
  const statements = recordStatements(database);
  await database.migrate();
  // Postgres is also asked for its connections.
  const sent = statements.map(({ sql: text }) => text).filter((text) => !text.includes('max_connections'));
  expect(sent).toEqual([expect.stringContaining('__drizzle_migrations')]);
  expect(lines).toEqual([]);
});

test('each file is applied once, also an older one that was merged later', async () => {
  const older = fileOf('9001_older', '-- works with 0.1.0\ncreate table zz_b (b int)');
  const newer = fileOf(
    '9002_newer',
    '-- works with 0.2.0\n-- Why.\ncreate table zz_a (a int)',
    'insert into zz_a values (1)',
  );
  await database.migrate([...own, newer]);
  await database.migrate([...own, older, newer]);
  await database.migrate([...own, older, newer]);
  expect(await rows('select a from zz_a')).toEqual([{ a: 1 }]);
  expect(await rows('select b from zz_b')).toEqual([]);
  expect(await recorded([older, newer])).toEqual([
    { hash: newer.hash, works_with: '0.2.0' },
    { hash: older.hash, works_with: '0.1.0' },
  ]);
  expect(lines.map(({ msg }) => msg)).toEqual([
    'applied the migration 9002_newer',
    'applied the migration 9001_older',
  ]);
});

test('a database that Drizzle has migrated goes on', async () => {
  await rows('alter table drizzle.__drizzle_migrations drop column works_with');
  await database.migrate();
  const file = fileOf('9001_later', '-- works with 0.1.0\ncreate table zz_a (a int)');
  await database.migrate([...own, file]);
  expect(await recorded([file])).toEqual([{ hash: file.hash, works_with: '0.1.0' }]);
});

test('a file that was changed after it was applied is named', async () => {
  const file = fileOf('9001_changed', 'create table zz_a (a int)');
  await database.migrate([...own, file]);
  const changed = parseMigration(file.tag, file.when, 'create table zz_a (a text)');
  expect(await reasonOf(database.migrate([...own, changed]))).toBe(
    'The migration 9001_changed was changed after it was applied to this database. Restore its file, and put the change into a new migration.',
  );
});

test('a file that fails leaves nothing, and earlier files stay', async () => {
  const first = fileOf('9001_first', 'create table zz_a (a int)');
  const broken = fileOf('9002_broken', 'create table zz_b (b int)', '-- Why.\nalter table zz_c\n  add c int');
  expect(await reasonOf(database.migrate([...own, first, broken]))).toBe(
    'The migration 9002_broken failed, and was rolled back: relation "zz_c" does not exist, in: alter table zz_c add c int',
  );
  expect(await recorded([first, broken])).toHaveLength(1);
  await database.migrate([...own, first, fileOf('9002_broken', 'create table zz_b (b int)')]);
  expect(await rows('select b from zz_b')).toEqual([]);
});

describe('a database of a newer version', () => {
  const add = (worksWith: string | null) =>
    rows(`insert into drizzle.__drizzle_migrations (hash, created_at, works_with)
      values ('newer ${worksWith}', 1, ${worksWith === null ? 'null' : `'${worksWith}'`})`);

  test('is used with a warning if it declares that this version works with it', async () => {
    await add(programVersion());
    await add('0.0.9');
    await database.migrate();
    expect(lines).toEqual([
      expect.objectContaining({
        level: 40,
        version: programVersion(),
        unknownMigrations: 2,
        msg: expect.stringContaining('the database was migrated by a newer version'),
      }),
    ]);
  });

  test('is rejected if it needs a newer version, or does not say', async () => {
    const rest = 'Start that version, or restore the backup from before the upgrade.';
    await add('7.10.0');
    await add('7.9.0');
    expect(await reasonOf(database.migrate())).toBe(
      `The database was migrated by a newer version of ${PRODUCT.name}, and needs version 7.10.0 or later. ${rest}`,
    );
    await add(null);
    expect(await reasonOf(database.migrate())).toBe(
      `The database was migrated by a newer version of ${PRODUCT.name}. ${rest}`,
    );
    expect(lines).toEqual([]);
  });
});

test('a file outside of a transaction builds its index again if the first attempt has left an invalid one', async () => {
  const file = fileOf(
    '9001_index',
    '-- outside transaction\n-- works with 0.1.0\ncreate index concurrently "zz_a_plain" on zz_a (a)',
    'create unique index concurrently if not exists zz_a_unique on zz_a (a)',
    'drop index concurrently if exists zz_none',
  );
  await rows('create table zz_a as select 1 as a from generate_series(1, 2)');
  const indexes = () =>
    rows(`select c.relname::text as name, indisvalid as valid from pg_index i join pg_class c on c.oid = indexrelid
      where indrelid = 'zz_a'::regclass order by 1`);
  expect(await reasonOf(database.migrate([...own, file]))).toMatch(
    /^The migration 9001_index failed: could not create unique index "zz_a_unique", in: create unique/,
  );
  expect(await indexes()).toEqual(
    isPostgres
      ? [
          { name: 'zz_a_plain', valid: true },
          { name: 'zz_a_unique', valid: false },
        ]
      : [],
  );
  expect(await recorded([file])).toEqual([]);
  await rows('delete from zz_a where ctid = (select min(ctid) from zz_a)');
  await database.migrate([...own, file]);
  expect(await indexes()).toEqual([
    { name: 'zz_a_plain', valid: true },
    { name: 'zz_a_unique', valid: true },
  ]);
  expect(await recorded([file])).toHaveLength(1);
});

(isPostgres ? describe : describe.skip)('on Postgres', () => {
  /** Keeps a table locked. @returns a function that ends it. */
  async function hold(table: string): Promise<() => Promise<void>> {
    const session = database.openSession?.();
    if (!session) throw new Error('Postgres has no sessions.');
    await session.unsafe('begin');
    await session.unsafe(`lock table ${table} in access share mode`);
    return () => session.end();
  }

  test('a migration lets others pass when it gets no lock, and tries again', async () => {
    await rows('create table zz_a (a int)');
    const release = await hold('zz_a');
    const migrated = database.migrate([...own, fileOf('9001_lock', 'alter table zz_a add b int')]);
    await until(async () => {
      const waiting = await rows(`select from pg_locks where not granted and relation = 'zz_a'::regclass`);
      return waiting.length > 0;
    });
    // Waits behind the migration.
    await rows('insert into zz_a values (1)');
    await release();
    await migrated;
    expect(await rows('select a, b from zz_a')).toEqual([{ a: 1, b: null }]);
    expect(lines.map(({ msg }) => msg)).toEqual([
      'the migration 9001_lock waits for a lock, retrying',
      'applied the migration 9001_lock',
    ]);
  });

  test('a migration gives up after all attempts, with the reason', async () => {
    await rows('create table zz_a (a int)');
    const release = await hold('zz_a');
    const session = database.openSession?.();
    if (!session) throw new Error('Postgres has no sessions.');
    const limits = { lockMs: 20, concurrentMs: 20, attempts: 3, pauseMs: 1 };
    const file = fileOf('9001_lock', 'create table zz_b (b int)', 'alter table zz_a add b int');
    expect(await reasonOf(applyMigrations(migrationConnection(session), [file], log, limits))).toBe(
      'The database was not migrated, because the migration 9001_lock did not get a lock in 3 attempts. End long transactions on it, and start again.',
    );
    expect(lines).toHaveLength(2);
    expect(await rows(`select to_regclass('zz_b')::text as name`)).toEqual([{ name: null }]);
    await release();
    await session.end();
  });

  test('instances that start at once apply each file once, also one that waits for all transactions', async () => {
    await rows('create table zz_a (a int)');
    const files = [
      ...own,
      fileOf('9001_slow', 'insert into zz_a select 1 from pg_sleep(0.3)'),
      fileOf('9002_index', '-- outside transaction\ncreate index concurrently zz_a_idx on zz_a (a)'),
    ];
    const worker = await openWorkerDatabase();
    if (worker.kind !== 'postgres') throw new Error('This test needs Postgres.');
    const instances = Array.from({ length: 3 }, () => openTestPostgres(worker.url, 2, log));
    await Promise.all(instances.map((instance) => instance.migrate(files)));
    await Promise.all(instances.map((instance) => instance.close()));
    expect(await rows('select a from zz_a')).toEqual([{ a: 1 }]);
    expect(lines.filter(({ msg }) => msg.startsWith('applied'))).toHaveLength(2);
  });
});
