import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from '#server/log/index';
import { literal } from './copying/session.ts';
import { innermost, isLockTimeout } from './errors.ts';
import type { RunStatement } from './migration-state.ts';
import { type Migration, withoutComments } from './migrations.ts';
import { DatabaseUnusableError } from './unusable.ts';

/** One connection of a database that is migrated. */
export interface MigrationConnection {
  run: RunStatement;
  /** Runs `work` in a transaction. */
  transaction: (work: (run: RunStatement) => Promise<void>) => Promise<void>;
  /** True if others use the database at the same time. False for the embedded database, which has one connection. */
  isShared: boolean;
}

/** How long a migration waits for locks. */
export interface LockLimits {
  /** The time for one lock, in milliseconds. Whoever needs the same lock waits behind it. */
  lockMs: number;
  /** The same for indexes that are built concurrently, behind which nothing waits. */
  concurrentMs: number;
  attempts: number;
  /** The pause after the first attempt, in milliseconds. Later pauses are up to five times as long. */
  pauseMs: number;
}

const LIMITS: LockLimits = { lockMs: 2_000, concurrentMs: 10 * 60_000, attempts: 20, pauseMs: 1_000 };

/** The most characters of a statement in an error. */
const MAX_SHOWN = 200;

/** A statement that builds an index while others write, and the name of the index. */
const CONCURRENT_INDEX =
  /^\s*create\s+(?:unique\s+)?index\s+concurrently\s+(?:if\s+not\s+exists\s+)?("(?:[^"]|"")+"|\w+)\s+on\s/i;
const CONCURRENTLY = /^(\s*(?:create\s+(?:unique\s+)?|drop\s+|re)index)\s+concurrently\b/i;

/** The table of migrations, and true if it has our column. Neither if the database has never been migrated. */
const TABLE = `select attname is not null as complete
  from pg_class c left join pg_attribute a on a.attrelid = c.oid and attname = 'works_with'
  where c.oid = to_regclass('drizzle.__drizzle_migrations')`;

/**
 * Creates the table of migrations, which Drizzle's own migrator can use as well, or adds our column.
 * @returns true if the database has never been migrated.
 */
export async function createMigrationTable(run: RunStatement): Promise<boolean> {
  const [table] = await run(TABLE);
  if (!table) {
    await run('create schema if not exists drizzle');
    await run(`create table drizzle.__drizzle_migrations
      (id serial primary key, hash text not null, created_at bigint, works_with text)`);
  } else if (table['complete'] !== true) {
    await run(`set lock_timeout = ${LIMITS.lockMs}`);
    await run('alter table drizzle.__drizzle_migrations add column works_with text');
  }
  return !table;
}

const record = (run: RunStatement, { hash, when, worksWith }: Migration) =>
  run(
    `insert into drizzle.__drizzle_migrations (hash, created_at, works_with)
      values (${literal(hash)}, ${when}, ${worksWith === undefined ? 'null' : literal(worksWith)})`,
  );

/** Runs a statement of a migration. An error other than that of a lock gets the names of both. */
async function runOf(migration: Migration, run: RunStatement, statement: string): Promise<void> {
  try {
    await run(statement);
  } catch (error) {
    if (isLockTimeout(error)) throw error;
    const reason = innermost(error);
    const shown = withoutComments(statement).trim().replaceAll(/\s+/g, ' ').slice(0, MAX_SHOWN);
    const rest = migration.isTransactional ? ', and was rolled back' : '';
    throw new DatabaseUnusableError(`The migration ${migration.tag} failed${rest}: ${reason}, in: ${shown}`, {
      cause: error,
    });
  }
}

/**
 * Applies a migration in a transaction of the caller. An index is never built concurrently, because nobody else can use
 * the table.
 */
export async function applyWithin(run: RunStatement, migration: Migration): Promise<void> {
  for (const statement of migration.statements) {
    const bare = withoutComments(statement);
    await runOf(migration, run, CONCURRENTLY.test(bare) ? bare.replace(CONCURRENTLY, '$1') : statement);
  }
  await record(run, migration);
}

/** Runs a statement outside of a transaction. An index that an earlier attempt has left is kept only if it is valid. */
async function runOutside(
  migration: Migration,
  run: RunStatement,
  statement: string,
  limits: LockLimits,
): Promise<void> {
  const bare = withoutComments(statement);
  const isConcurrent = CONCURRENTLY.test(bare);
  await run(`set lock_timeout = ${isConcurrent ? limits.concurrentMs : limits.lockMs}`);
  const name = CONCURRENT_INDEX.exec(bare)?.[1];
  if (name !== undefined) {
    const [index] = await run(
      `select indisvalid as valid from pg_index where indexrelid = to_regclass(${literal(name)})`,
    );
    if (index?.['valid'] === true) return;
    if (index) await runOf(migration, run, `drop index concurrently ${name}`);
  }
  await runOf(migration, run, statement);
}

/** Applies a migration. Fails if it does not get a lock. */
async function apply(
  { run, transaction, isShared }: MigrationConnection,
  migration: Migration,
  limits: LockLimits,
): Promise<void> {
  if (migration.isTransactional || !isShared) {
    return transaction(async (inside) => {
      if (isShared) await inside(`set local lock_timeout = ${limits.lockMs}`);
      await applyWithin(inside, migration);
    });
  }
  for (const statement of migration.statements) await runOutside(migration, run, statement, limits);
  await record(run, migration);
}

/**
 * Applies migrations, each in a transaction of its own, or statement by statement if its file says so. If another
 * transaction holds a lock for too long, the migration lets others pass and tries again. Only one connection may do this
 * at a time.
 * @throws {DatabaseUnusableError} if a statement fails, or if a lock is not free after all attempts.
 */
export async function applyMigrations(
  connection: MigrationConnection,
  migrations: readonly Migration[],
  log: Logger,
  limits: LockLimits = LIMITS,
): Promise<void> {
  const isNew = await withRetries('the table of migrations', log, limits, () =>
    createMigrationTable(connection.run),
  );
  for (const migration of migrations) {
    const began = performance.now();
    const what = `the migration ${migration.tag}`;
    await withRetries(what, log, limits, () => apply(connection, migration, limits));
    if (!isNew) log.info({ ms: Math.round(performance.now() - began) }, `applied ${what}`);
  }
}

/** Repeats `work` as long as it does not get a lock. @param what what waits, for messages. */
async function withRetries<T>(
  what: string,
  log: Logger,
  { attempts, pauseMs }: LockLimits,
  work: () => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (!isLockTimeout(error)) throw error;
      if (attempt >= attempts) {
        throw new DatabaseUnusableError(
          `The database was not migrated, because ${what} did not get a lock in ${attempts} attempts. End long transactions on it, and start again.`,
          { cause: error },
        );
      }
      log.warn({ attempt, attempts }, `${what} waits for a lock, retrying`);
      await pause(Math.min(attempt, 5) * pauseMs);
    }
  }
}
