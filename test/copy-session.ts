import { openPgliteCopy } from '#server/db/copying/pglite';
import { openPostgresCopy } from '#server/db/copying/postgres';
import type { CopySession } from '#server/db/copying/session';
import { defaultFolder, filesFolder } from '#server/db/folder';
import { openPostgres } from '#server/db/postgres';
import type { Env } from '#server/env';
import { silent } from './logs.ts';

/** Runs work with a session that copies tables, on the database of an installation that no one uses. */
export async function withCopySession<T>(
  { DATABASE_URL, DATA_DIR }: Env,
  work: (session: CopySession) => Promise<T>,
): Promise<T> {
  const database = DATABASE_URL === undefined ? undefined : openPostgres(DATABASE_URL, 2, silent);
  const session = database?.openSession
    ? openPostgresCopy(database.openSession)
    : await openPgliteCopy(filesFolder(defaultFolder(DATA_DIR)));
  try {
    return await work(session);
  } finally {
    await session.close();
    await database?.close();
  }
}
