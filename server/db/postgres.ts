import { sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/postgres-js';
import { migrate } from 'drizzle-orm/postgres-js/migrator';
import postgres from 'postgres';
import type { Logger } from '#server/log/index';
import type { Database } from './database.ts';
import { isConnectionError, isLoginRejected } from './errors.ts';
import { checkNotNewer, MIGRATIONS } from './migrations.ts';
import { createPool } from './postgres-pool.ts';
import { createSocketFactory } from './postgres-socket.ts';
import * as schema from './schema/index.ts';
import { DatabaseUnusableError } from './unusable.ts';
import { TIME_LIMITS, type TimeLimits } from './work.ts';
import { PRODUCT } from '#contract/product';

/** An arbitrary constant, which must be the same on every instance. */
const MIGRATION_LOCK = 7_926_133_402;

/** The timeout for connecting, in seconds. After it, callers get an error instead of waiting. */
const CONNECT_TIMEOUT = 3;
/** The maximum time between two statements of a transaction, in milliseconds. */
const IDLE_IN_TRANSACTION_MS = 10_000;

function describeProblem(url: string, cause: unknown): DatabaseUnusableError {
  const { hostname, port, pathname, username } = new URL(url);
  const place = `${hostname}:${port || '5432'}${pathname} as ${username || 'the default user'}`;
  const problem = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
  const code = problem instanceof Error && 'code' in problem ? String(problem.code) : 'unknown';
  // Node's error for a name with several IP addresses has only a code.
  const reason = problem instanceof Error && problem.message !== '' ? problem.message : code;
  return new DatabaseUnusableError(
    `The database at ${place} cannot be used: ${reason}. ` +
      `Check DATABASE_URL, for example DATABASE_URL=postgres://user:password@127.0.0.1:5432/${PRODUCT.slug}`,
    { cause },
  );
}

interface PostgresOptions {
  /** The URL for connections that must not go through a transaction pooler; by default `url`. */
  directUrl?: string | undefined;
  /** The time limits of statements. */
  limits?: TimeLimits;
}

/**
 * Opens a Postgres database with a pool of up to `poolSize` connections, which are created as needed.
 */
export function openPostgres(
  url: string,
  poolSize: number,
  log: Logger,
  { directUrl = url, limits = TIME_LIMITS }: PostgresOptions = {},
): Database {
  const options = {
    connect_timeout: CONNECT_TIMEOUT,
    onnotice: () => undefined,
    connection: { application_name: PRODUCT.slug },
    // Reconnects almost at once: callers of an unreachable database get a 503 from each failed attempt instead of
    // waiting.
    backoff: () => 0.25,
  };
  // The server ends slow statements itself. After that time, no response will arrive.
  const longestMs = Math.max(limits.read, limits.write, limits.maintenance);
  const idleTimeoutMs = longestMs + CONNECT_TIMEOUT * 1000;
  const limited = { ...options, socket: createSocketFactory(idleTimeoutMs) };
  const connection = {
    ...options.connection,
    statement_timeout: longestMs,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
  };
  const client = createPool(
    url,
    { ...limited, connection },
    { size: poolSize, limits, holdMs: 2 * idleTimeoutMs },
  );
  const db = drizzle({ client, schema, casing: 'snake_case' });
  const listeners: postgres.Sql[] = [];
  // By default, postgres.js closes a connection after 30 to 60 minutes.
  const direct = (own: postgres.Options<Record<string, postgres.PostgresType>>) =>
    postgres(directUrl, { ...own, max: 1, max_lifetime: null });
  const database: Database = {
    kind: 'postgres',
    db,
    execute: (query) => db.execute(query),
    snapshot: (work) =>
      db.transaction((tx) => work({ ...database, db: tx, execute: (query) => tx.execute(query) }), {
        isolationLevel: 'repeatable read',
      }),
    async listen(channel, onPayload) {
      let connected = false;
      // One client per channel: while the database is unreachable, a client with two channels would queue statements
      // without limit.
      const listener = direct(limited);
      listeners.push(listener);
      await listener.listen(channel, onPayload, () => {
        if (connected) {
          log.warn({ channel }, 'the LISTEN connection was lost and has been restored');
          onPayload('');
        }
        connected = true;
      });
      return () => listener.end({ timeout: 1 });
    },
    openSession: ({ parameters, onClose } = {}) =>
      direct({
        ...limited,
        connection: { ...options.connection, ...parameters },
        ...(onClose && { onclose: onClose }),
      }),
    async migrate() {
      // No limits: it may wait for another instance that migrates, and a migration may take any time.
      const unlimited = { ...options, socket: createSocketFactory(0) };
      const migrator = direct(unlimited);
      try {
        const migratorDb = drizzle({ client: migrator, casing: 'snake_case' });
        await migratorDb.execute(sql`set lock_timeout = '60s'`);
        await migratorDb.execute(sql`select pg_advisory_lock(${sql.raw(String(MIGRATION_LOCK))})`);
        await checkNotNewer((query) => migratorDb.execute(query));
        await migrate(migratorDb, { migrationsFolder: MIGRATIONS });
      } catch (error) {
        throw isConnectionError(error) || isLoginRejected(error) ? describeProblem(directUrl, error) : error;
      } finally {
        // Ending the connection releases the advisory lock.
        await migrator.end({ timeout: 5 });
      }
    },
    async close() {
      await Promise.all([client, ...listeners].map((each) => each.end({ timeout: 5 })));
    },
  };
  return database;
}
