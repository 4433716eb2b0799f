import { sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/postgres-js';
import { migrate } from 'drizzle-orm/postgres-js/migrator';
import postgres from 'postgres';
import type { Database } from '#server/db/client';
import { MIGRATIONS } from '#server/db/migrations';
import * as schema from '#server/db/schema';
import type { Logger } from '#server/log';

/** Any constant will do as long as every instance uses the same. */
const MIGRATION_LOCK = 7_926_133_402;

/** Seconds; a statement that takes longer is a fault, and its caller has an error instead of a wait. */
const CONNECT_TIMEOUT = 5;
const STATEMENT_TIMEOUT = 30;

/** Opens a Postgres database with a pool of `poolSize` connections; they are made as they are needed. */
export function openPostgres(url: string, poolSize: number, log: Logger): Database {
  const options = {
    connect_timeout: CONNECT_TIMEOUT,
    onnotice: () => undefined,
    connection: { application_name: 'switchboard' },
  };
  const client = postgres(url, {
    ...options,
    max: poolSize,
    // A lost database is asked for again at once: callers get a 503 from each failed try, not a silent wait.
    backoff: () => 0.25,
    connection: { ...options.connection, statement_timeout: STATEMENT_TIMEOUT * 1000 },
  });
  const db = drizzle({ client, schema, casing: 'snake_case' });
  return {
    kind: 'postgres',
    db,
    execute: (query) => db.execute(query),
    async listen(channel, onPayload) {
      let connected = false;
      const subscription = await client.listen(channel, onPayload, () => {
        if (connected) {
          log.warn({ channel }, 'the LISTEN connection was lost and is back');
          onPayload('');
        }
        connected = true;
      });
      return () => subscription.unlisten();
    },
    async migrate() {
      const migrator = postgres(url, { ...options, max: 1 });
      try {
        const migratorDb = drizzle({ client: migrator, casing: 'snake_case' });
        await migratorDb.execute(sql`set lock_timeout = '60s'`);
        await migratorDb.execute(sql`select pg_advisory_lock(${sql.raw(String(MIGRATION_LOCK))})`);
        await migrate(migratorDb, { migrationsFolder: MIGRATIONS });
      } finally {
        // Ending the connection gives the advisory lock back.
        await migrator.end({ timeout: 5 });
      }
    },
    close: () => client.end({ timeout: 5 }),
  };
}
