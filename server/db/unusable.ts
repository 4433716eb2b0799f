import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { filesFolder } from './folder.ts';
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
