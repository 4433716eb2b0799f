import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import type { PGlite } from '@electric-sql/pglite';
import { z } from 'zod';
import type { CopySession } from '#server/db/copying/session';
import { installOlder, OLDER_FOLDER, otherMajor } from '#server/db/unusable';
import type { Env } from '#server/env';
import { BackupError } from './problem.ts';

/** Opens a copy of the files of an embedded database. */
export type OpenCopy = (files: string) => Promise<CopySession>;

const PACKAGE = '@electric-sql/pglite';

const Module = z.object({ PGlite: z.custom<typeof PGlite>((value) => typeof value === 'function') });

/** Returns the PGlite that is installed in a folder; `undefined` if there is none. */
function loadFrom(folder: string): typeof PGlite | undefined {
  const load = createRequire(join(folder, 'index.js'));
  let path: string;
  try {
    path = load.resolve(PACKAGE);
  } catch {
    return undefined;
  }
  // Otherwise it is the one of this version, which Node has found in a folder above.
  return path.startsWith(folder) ? Module.parse(load(path)).PGlite : undefined;
}

/**
 * Returns what opens a copy of a folder: PGlite, or an older one that the operator has installed, because PGlite reads only
 * the files of its own major version of PostgreSQL.
 * @throws {BackupError} if an older one is needed and not installed.
 */
export async function opener(folder: string, { DATA_DIR }: Pick<Env, 'DATA_DIR'>): Promise<OpenCopy> {
  const { openPgliteCopy, openOlderCopy } = await import('#server/db/copying/pglite');
  const major = otherMajor(folder);
  if (major === undefined) return openPgliteCopy;
  const place = resolve(DATA_DIR, OLDER_FOLDER);
  const needed = `The database in ${folder} was written by PostgreSQL ${major}`;
  const install = `Run: ${installOlder(major, place)}, and run this command again`;
  const older = loadFrom(place);
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
