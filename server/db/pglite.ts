import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { drizzle } from 'drizzle-orm/pglite';
import { migrate } from 'drizzle-orm/pglite/migrator';
import type { Database } from '#server/db/client';
import { lockFolder } from '#server/db/lock';
import { MIGRATIONS } from '#server/db/migrations';
import * as schema from '#server/db/schema';

/** A Database over a PGlite instance that somebody else opened; `release` is called after closing it. */
export function pgliteDatabase(client: PGlite, release: () => void = () => undefined): Database {
  const db = drizzle({ client, schema, casing: 'snake_case' });
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
    migrate: () => migrate(db, { migrationsFolder: MIGRATIONS }),
    async close() {
      await client.close();
      release();
    },
  };
  return database;
}

/**
 * Opens the embedded database in `folder`, creating it when there is none.
 * @throws {DatabaseLockedError} when another process has it open.
 */
export async function openPglite(folder: string): Promise<Database> {
  const unlock = lockFolder(folder);
  try {
    return pgliteDatabase(await PGlite.create(join(folder, 'pgdata')), unlock);
  } catch (error) {
    unlock();
    throw error;
  }
}
