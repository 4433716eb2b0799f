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

/** The PGlite that reads the files of an older major version of PostgreSQL, by that version. */
const OLDER: Readonly<Record<string, string>> = { '16': '0.2.17', '17': '0.3.16' };

/** The folder below DATA_DIR in which an older PGlite is installed. */
export const OLDER_FOLDER = 'older-pglite';

/** Returns the major version of PostgreSQL that has written a folder; `undefined` if PGlite can read it. */
export function otherMajor(folder: string): string | undefined {
  const file = join(filesFolder(folder), 'PG_VERSION');
  const major = existsSync(file) ? readFileSync(file, 'utf8').trim() : EMBEDDED_MAJOR;
  return major === EMBEDDED_MAJOR ? undefined : major;
}

/**
 * Returns the commands that install the PGlite for a major version.
 * @param folder where it is installed.
 */
export const installOlder = (major: string, folder: string): string =>
  `npm install --prefix ${folder} @electric-sql/pglite@${OLDER[major] ?? 'VERSION'}`;

/**
 * Checks that PGlite can read the folder of an embedded database.
 * @throws {DatabaseUnusableError} if another major version of PostgreSQL has written it.
 */
export function checkMajor(folder: string): void {
  const major = otherMajor(folder);
  if (major === undefined) return;
  throw new DatabaseUnusableError(
    `The database in ${folder} was written by PostgreSQL ${major}, but this version of ${PRODUCT.name} embeds PostgreSQL ` +
      `${EMBEDDED_MAJOR}. Its files are unchanged. Take it over with: ${installOlder(major, `DATA_DIR/${OLDER_FOLDER}`)}, and ` +
      `then: node admin.ts move --to file:NEW_FOLDER (docs/upgrade.md). Or set DATA_DIR to another folder.`,
  );
}
