import { resolve } from 'node:path';
import type { CopySession } from '#server/db/copying/session';
import { installOlder, OLDER_FOLDER, otherMajor } from '#server/db/unusable';
import type { Env } from '#server/env';
import { BackupError } from './problem.ts';

/** Opens a copy of the files of an embedded database. */
export type OpenCopy = (files: string) => Promise<CopySession>;

/**
 * Returns what opens a copy of a folder: PGlite, or an older one that the operator has installed, because PGlite reads only
 * the files of its own major version of PostgreSQL.
 * @throws {BackupError} if an older one is needed and not installed.
 */
export async function opener(folder: string, { DATA_DIR }: Pick<Env, 'DATA_DIR'>): Promise<OpenCopy> {
  const { findOlder, openPgliteCopy, openOlderCopy } = await import('#server/db/copying/pglite');
  const major = otherMajor(folder);
  if (major === undefined) return openPgliteCopy;
  const place = resolve(DATA_DIR, OLDER_FOLDER);
  const needed = `The database in ${folder} was written by PostgreSQL ${major}`;
  const install = `Run: ${installOlder(major, place)}, and run this command again`;
  const older = findOlder(place);
  if (!older)
    throw new BackupError(`${needed}, which an older PGlite can read. ${install} (docs/upgrade.md).`);
  return async (files) => {
    try {
      return await openOlderCopy(files, older);
    } catch (cause) {
      throw new BackupError(`${needed}, which the PGlite in ${place} cannot read. ${install}.`, { cause });
    }
  };
}
