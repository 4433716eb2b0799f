import { join } from 'node:path';
import { sql, type SQL } from 'drizzle-orm';
import { readMigrationFiles } from 'drizzle-orm/migrator';
import { PRODUCT } from '#contract/product';
import { DatabaseUnusableError } from './unusable.ts';

/** The folder of the committed migrations, which both drivers share. */
export const MIGRATIONS = join(process.cwd(), 'server/db/migrations');

/**
 * Checks before a migration that no newer version of this server has migrated the database.
 * @throws {DatabaseUnusableError}
 */
export async function checkNotNewer(
  execute: (query: SQL) => Promise<Record<string, unknown>[]>,
): Promise<void> {
  const [table] = await execute(sql`select to_regclass('drizzle.__drizzle_migrations')::text as name`);
  if (table?.['name'] == null) return;
  const [row] = await execute(sql`select max(created_at)::text as at from drizzle.__drizzle_migrations`);
  const own = readMigrationFiles({ migrationsFolder: MIGRATIONS });
  const newest = Math.max(...own.map(({ folderMillis }) => folderMillis));
  if (Number(row?.['at'] ?? 0) <= newest) return;
  throw new DatabaseUnusableError(
    `The database was migrated by a newer version of ${PRODUCT.name}. Start that version, or restore the backup from ` +
      'before the upgrade.',
  );
}
