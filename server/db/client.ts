import type { Env } from '#server/env';
import type { Logger } from '#server/log/index';
import type { Database } from './database.ts';
import { checkEmbedded } from './embedded/opening.ts';
import { databaseLocation } from './folder.ts';

/** Loads the driver of the embedded database. Each driver is loaded only if it is used, and this one may be left out. */
async function loadPglite() {
  checkEmbedded();
  return import('./pglite.ts');
}

const loadPostgres = () => import('./postgres.ts');

/**
 * Loads the driver for a database, so that `openDatabase` does not have to wait for it.
 * @throws {DatabaseUnusableError} if this is a bundle without the embedded database.
 */
export async function loadDriver(location: ReturnType<typeof databaseLocation>): Promise<void> {
  await ('folder' in location ? loadPglite() : loadPostgres());
}

/**
 * Opens the database of `DATABASE_URL`.
 * @throws {DatabaseLockedError} if another process has the embedded database open.
 * @throws {DatabaseUnusableError} if this is a bundle without the embedded database.
 */
export async function openDatabase(env: Env, log: Logger): Promise<Database> {
  const place = databaseLocation(env);
  if ('folder' in place) {
    log.info(
      'using the embedded database, which can lose data in a power failure; use Postgres in production (DATABASE_URL)',
    );
    const { openPglite } = await loadPglite();
    return openPglite(place.folder, log);
  }
  const { openPostgres } = await loadPostgres();
  return openPostgres(place.url, env.DATABASE_POOL_SIZE, log, {
    directUrl: env.DATABASE_DIRECT_URL,
    prepared: env.DATABASE_PREPARED,
  });
}
