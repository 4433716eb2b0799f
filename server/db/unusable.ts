import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sql, type SQL } from 'drizzle-orm';
import { readMigrationFiles } from 'drizzle-orm/migrator';
import { filesFolder } from './folder.ts';
import { MIGRATIONS } from './migrations.ts';
import { PRODUCT } from '#contract/product';

/** PGlite's major version of PostgreSQL. */
const EMBEDDED_MAJOR = '18';

/** Thrown at the start if the database cannot be used. Its message says what to do, so it is shown without a stack. */
export class DatabaseUnusableError extends Error {
  override name = 'DatabaseUnusableError';
}

/**
 * Checks that PGlite can read the folder of an embedded database.
 * @throws {DatabaseUnusableError} if another major version of PostgreSQL has written it.
 */
export function checkMajor(folder: string): void {
  const file = join(filesFolder(folder), 'PG_VERSION');
  const major = existsSync(file) ? readFileSync(file, 'utf8').trim() : EMBEDDED_MAJOR;
  if (major === EMBEDDED_MAJOR) return;
  throw new DatabaseUnusableError(
    `The database in ${folder} was written by PostgreSQL ${major}, but this version of ${PRODUCT.name} embeds PostgreSQL ` +
      `${EMBEDDED_MAJOR}. Dump it with the version that wrote it (docs/upgrade.md), or set DATA_DIR to another folder.`,
  );
}

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
