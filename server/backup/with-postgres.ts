import type { CopySession } from '#server/db/copying/session';
import type { Env } from '#server/env';
import type { Logger } from '#server/log/index';

/** Runs work with a session of its own on a Postgres server. */
export async function withPostgres<T>(
  { DATABASE_DIRECT_URL: directUrl, DATABASE_PREPARED: prepared }: Env,
  url: string,
  log: Logger,
  work: (session: CopySession) => Promise<T>,
): Promise<T> {
  const [{ openPostgres }, { openPostgresCopy }] = await Promise.all([
    import('#server/db/postgres'),
    import('#server/db/copying/postgres'),
  ]);
  const database = openPostgres(url, 2, log, { directUrl, prepared });
  try {
    if (!database.openSession) throw new Error('Postgres has no sessions.');
    return await work(openPostgresCopy(database.openSession));
  } finally {
    await database.close();
  }
}
