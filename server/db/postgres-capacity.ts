import { sql } from 'drizzle-orm';
import type { Logger } from '#server/log/index';
import type { Database } from './database.ts';

/** The connections of an instance besides its pool: one listens on all channels, and one holds its lock. */
export const SESSIONS = 2;

/**
 * Writes a warning if Postgres may have too few connections left for this instance.
 * @param execute runs a statement on a connection of its own.
 * @param needed the most connections that this instance opens.
 */
export async function warnIfScarce(execute: Database['execute'], needed: number, log: Logger): Promise<void> {
  // The statistics of databases count the sessions of all users, which other views may hide.
  const [row] = await execute(sql`
    select current_setting('max_connections')::int as "maxConnections",
      current_setting('superuser_reserved_connections')::int
        + coalesce(current_setting('reserved_connections', true), '0')::int as reserved,
      (select sum(numbackends)::int from pg_stat_database) - 1 as open`);
  const { maxConnections, reserved, open } = { maxConnections: 0, reserved: 0, open: 0, ...row };
  if (open + needed <= maxConnections - reserved) return;
  log.warn(
    { needed, open, reserved, maxConnections },
    'Postgres may have too few connections left for this instance: lower DATABASE_POOL_SIZE, raise max_connections, or use a connection pooler (DATABASE_DIRECT_URL)',
  );
}
