import type { CopySession } from '../../server/db/copying/session.ts';
import { applyWithin, createMigrationTable } from '../../server/db/migrate.ts';
import { readMigrations } from '../../server/db/migrations.ts';

/** The secrets of an installation that is made without a server. */
export const SECRETS = {
  AUTH_SECRET: 'a secret for tests only of 32 characters',
  ENCRYPTION_KEY: Buffer.alloc(32, 7).toString('base64'),
};

/** Applies all migrations to an empty database. */
export async function migrateAll(session: CopySession): Promise<void> {
  await createMigrationTable(session.rows);
  for (const migration of readMigrations()) await applyWithin(session.rows, migration);
}
