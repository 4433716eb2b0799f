import { setTimeout as pause } from 'node:timers/promises';
import type postgres from 'postgres';
import type { Logger } from '#server/log/index';
import { applyMigrations, type MigrationConnection } from './migrate.ts';
import { findPending } from './migration-state.ts';
import type { Migration } from './migrations.ts';
import { DatabaseUnusableError } from './unusable.ts';

/** An arbitrary constant, which must be the same on every instance. */
const MIGRATION_LOCK = 7_926_133_402;

/** How long to wait for another instance that migrates, in milliseconds. */
const WAIT_MS = 15 * 60_000;
const POLL_MS = 250;

/** Returns a client with one connection as that of a migration. */
export const migrationConnection = (client: postgres.Sql): MigrationConnection => ({
  run: (statement) => client.unsafe(statement),
  async transaction(work) {
    await client.begin((transaction) => work((statement) => transaction.unsafe(statement)));
  },
  isShared: true,
});

/**
 * Takes the lock of migrations, which the end of the connection releases. It asks again and again, because a session that
 * waits for a lock has a snapshot, and building an index concurrently waits for that.
 * @throws {DatabaseUnusableError} if another instance has the lock for too long.
 */
async function lock(client: postgres.Sql, log: Logger): Promise<void> {
  const until = performance.now() + WAIT_MS;
  for (let isFirst = true; ; isFirst = false) {
    const [row] = await client.unsafe(`select pg_try_advisory_lock(${MIGRATION_LOCK}) as held`);
    if (row?.['held'] === true) return;
    if (performance.now() > until) {
      throw new DatabaseUnusableError(
        `Another instance has been migrating the database for ${WAIT_MS / 60_000} minutes. Start again when it is done.`,
      );
    }
    if (isFirst) log.info('waiting for another instance that migrates the database');
    await pause(POLL_MS);
  }
}

/**
 * Applies the migrations that a database lacks, while no other instance does.
 * @param client has one connection of its own, which goes through no transaction pooler.
 * @throws {DatabaseUnusableError} if that is not possible.
 */
export async function migratePostgres(
  client: postgres.Sql,
  own: readonly Migration[],
  log: Logger,
): Promise<void> {
  await lock(client, log);
  const connection = migrationConnection(client);
  // Another instance may have applied them meanwhile.
  const pending = await findPending(connection.run, own, log);
  if (pending.length > 0) await applyMigrations(connection, pending, log);
}
