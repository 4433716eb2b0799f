import type { Env } from '#server/env';
import type { Logger } from '#server/log/index';
import type { Database } from './database.ts';
import { databaseLocation } from './folder.ts';
import { openPglite } from './pglite.ts';
import { openPostgres } from './postgres.ts';

/**
 * Opens the database of `DATABASE_URL`.
 * @throws {DatabaseLockedError} if another process has the embedded database open.
 */
export async function openDatabase(env: Env, log: Logger): Promise<Database> {
  const place = databaseLocation(env);
  if ('folder' in place) {
    log.info(
      'using the embedded database, which can lose data in a power failure; use Postgres in production (DATABASE_URL)',
    );
    return openPglite(place.folder, log);
  }
  return openPostgres(place.url, env.DATABASE_POOL_SIZE, log, {
    directUrl: env.DATABASE_DIRECT_URL,
    prepared: env.DATABASE_PREPARED,
  });
}
