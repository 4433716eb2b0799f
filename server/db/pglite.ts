import type { PGlite } from '@electric-sql/pglite';
import { sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/pglite';
import type { Logger } from '#server/log/index';
import type { Database } from './database.ts';
import { type Connection, type EmbeddedClient, openInThread } from './embedded/client.ts';
import { openingOf } from './embedded/opening.ts';
import { applyMigrations } from './migrate.ts';
import { findPending } from './migration-state.ts';
import { readMigrations } from './migrations.ts';
import * as schema from './schema/index.ts';
import { asMigration, TIME_LIMITS, type TimeLimits } from './work.ts';

/** Reads have more time than on Postgres, because ending one delays all callers until the database is open again. */
const LIMITS: TimeLimits = { ...TIME_LIMITS, read: 5_000 };

/** Returns a function that runs statements on a connection. */
const runOn = (connection: Connection) => async (statement: string) =>
  (await connection.query(statement)).rows;

/** Returns a Database over PGlite, in this thread or another. `release` is called after closing it. */
export function pgliteDatabase(
  client: EmbeddedClient,
  log: Logger,
  release: () => void = () => undefined,
): Database {
  // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- Drizzle's driver calls `query` and `transaction` only (drizzle-orm/pglite/session.js)
  const db = drizzle({ client: client as PGlite, schema, casing: 'snake_case' });
  const database: Database = {
    kind: 'pglite',
    db,
    execute: async (query) => (await db.execute(query)).rows,
    snapshot: (work) =>
      db.transaction(
        (tx) => work({ ...database, db: tx, execute: async (query) => (await tx.execute(query)).rows }),
        { isolationLevel: 'repeatable read' },
      ),
    listen: (channel, onPayload) => client.listen(channel, onPayload),
    migrate: (own = readMigrations()) =>
      asMigration(async () => {
        const pending = await findPending((statement) => database.execute(sql.raw(statement)), own, log);
        if (pending.length === 0) return;
        await applyMigrations(
          {
            run: runOn(client),
            transaction: (work) => client.transaction((connection) => work(runOn(connection))),
            isShared: false,
          },
          pending,
          log,
        );
      }),
    async close() {
      await client.close();
      release();
    },
  };
  return database;
}

/**
 * Opens the embedded database in `folder` in a thread of its own. Creates it if it does not exist.
 * @throws {DatabaseLockedError} if another process has it open.
 * @throws {DatabaseUnusableError} if another version of PostgreSQL has written it.
 */
export async function openPglite(
  folder: string,
  log: Logger,
  limits: TimeLimits = LIMITS,
): Promise<Database> {
  const opening = openingOf(folder);
  try {
    const client = await openInThread(opening, limits, log);
    const { files } = opening;
    return { ...pgliteDatabase(client, log, opening.unlock), files, copyFiles: (to) => client.copyFiles(to) };
  } catch (error) {
    opening.unlock();
    throw error;
  }
}
