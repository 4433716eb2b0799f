import { sql } from 'drizzle-orm';
import { makePgArray, parsePgArray } from 'drizzle-orm/pg-core';
import { drizzle } from 'drizzle-orm/postgres-js';
import type postgres from 'postgres';
import type { Logger } from '#server/log/index';
import type { Database } from './database.ts';
import { isConnectionError, isLoginRejected } from './errors.ts';
import { findPending } from './migration-state.ts';
import { readMigrations } from './migrations.ts';
import { SESSIONS, warnIfScarce } from './postgres-capacity.ts';
import { type ConnectionOptions, openConnection } from './postgres-connection.ts';
import { createHostChooser } from './postgres-hosts.ts';
import { IDLE_IN_TRANSACTION_MS } from './postgres-limits.ts';
import { createListener } from './postgres-listener.ts';
import { migratePostgres } from './postgres-migrate.ts';
import { createPool } from './postgres-pool.ts';
import { createSocketFactory } from './postgres-socket.ts';
import { describeProblem, parsePostgresUrl, type PostgresTarget } from './postgres-url.ts';
import * as schema from './schema/index.ts';
import { TIME_LIMITS, type TimeLimits } from './work.ts';
import { PRODUCT } from '#contract/product';

/** The timeout for connecting, in seconds. After it, callers get an error instead of waiting. */
const CONNECT_TIMEOUT = 3;

/** How a database on Postgres is used. */
export interface PostgresOptions {
  /**
   * The URL for connections that must not go through a transaction pooler. If it is set, `url` may be that of a
   * transaction pooler.
   */
  directUrl?: string | undefined;
  /** True if the pooler supports prepared statements. */
  prepared?: boolean;
  /** The time limits of statements. */
  limits?: TimeLimits;
}

/** Arrays of text, which are the only ones in statements. Drizzle writes those of its columns itself. */
const TEXTS = {
  // The OID of the type.
  to: 1009,
  from: [1009],
  serialize: (value: string | string[]) => (typeof value === 'string' ? value : makePgArray(value)),
  parse: parsePgArray,
};

const OPTIONS = {
  connect_timeout: CONNECT_TIMEOUT,
  onnotice: () => undefined,
  // Otherwise, postgres.js asks each new session for the types of arrays. If the connection is lost meanwhile, it
  // rejects a promise that nobody can handle, which would end the process.
  fetch_types: false,
  types: { texts: TEXTS },
  connection: { application_name: PRODUCT.slug },
};

/** Creates the options of postgres.js for connections to `target`. */
function connectionsTo(target: PostgresTarget) {
  const { mustAcceptWrites, hosts } = target;
  const [host] = hosts;
  const chooser = mustAcceptWrites ? createHostChooser(target, OPTIONS, CONNECT_TIMEOUT * 1000) : undefined;
  const server = chooser ?? (host.host === '' ? undefined : host);
  return {
    /** @param idleTimeoutMs how long the server may take to respond, in milliseconds; 0 for no limit. */
    options: (idleTimeoutMs: number): ConnectionOptions => ({
      ...OPTIONS,
      socket: createSocketFactory(idleTimeoutMs, server),
    }),
    /** Lets the next connection choose its host again. */
    reconsider: () => chooser?.reconsider(),
  };
}

/** Runs the first statement on a database. @throws {DatabaseUnusableError} if the database cannot be used. */
async function usable<T>(target: PostgresTarget, work: () => PromiseLike<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw isConnectionError(error) || isLoginRejected(error) ? describeProblem(target, error) : error;
  }
}

/**
 * Opens a Postgres database with a pool of up to `poolSize` connections, which are created as needed.
 * @throws {DatabaseUnusableError} if a URL is invalid.
 */
export function openPostgres(
  url: string,
  poolSize: number,
  log: Logger,
  { directUrl, prepared = false, limits = TIME_LIMITS }: PostgresOptions = {},
): Database {
  const target = parsePostgresUrl(url, 'DATABASE_URL');
  const connections = connectionsTo(target);
  const directTarget = directUrl === undefined ? target : parsePostgresUrl(directUrl, 'DATABASE_DIRECT_URL');
  const directConnections = directUrl === undefined ? connections : connectionsTo(directTarget);
  // The server ends slow statements itself. After that time, no response will arrive.
  const longestMs = Math.max(limits.read, limits.write, limits.maintenance);
  const idleTimeoutMs = longestMs + CONNECT_TIMEOUT * 1000;
  // A transaction pooler rejects these parameters.
  const sessionLimits =
    directUrl === undefined
      ? { statement_timeout: longestMs, idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS }
      : {};
  const client = createPool(
    target.url,
    { ...connections.options(idleTimeoutMs), connection: { ...OPTIONS.connection, ...sessionLimits } },
    {
      reconsider: connections.reconsider,
      size: poolSize,
      limits,
      holdMs: 2 * idleTimeoutMs,
      pooler: directUrl === undefined ? undefined : { prepared },
    },
  );
  const db = drizzle({ client, schema, casing: 'snake_case' });
  const sessions = new Set<postgres.Sql>();
  let isClosed = false;
  const direct = (timeoutMs: number, own: Partial<ConnectionOptions> = {}) =>
    openConnection(directTarget.url, { ...directConnections.options(timeoutMs), ...own });
  const listener = createListener({
    connect: (events) => direct(idleTimeoutMs, events),
    reconsider: directConnections.reconsider,
    log,
  });
  const database: Database = {
    kind: 'postgres',
    db,
    execute: (query) => db.execute(query),
    snapshot: (work) =>
      db.transaction((tx) => work({ ...database, db: tx, execute: (query) => tx.execute(query) }), {
        isolationLevel: 'repeatable read',
      }),
    listen: (channel, onPayload) => listener.listen(channel, onPayload),
    notify: (channel, payload) => listener.notify(channel, payload),
    openSession({ parameters, onClose, idleTimeoutMs: ownTimeoutMs = idleTimeoutMs } = {}) {
      const session = direct(ownTimeoutMs, {
        connection: { ...OPTIONS.connection, ...parameters },
        onclose() {
          sessions.delete(session);
          onClose?.();
        },
      });
      sessions.add(session);
      // Its owner may open another one when the end of the database has ended the last one.
      if (isClosed) void session.end({ timeout: 0 });
      return session;
    },
    async migrate(own = readMigrations()) {
      // By the pool, because a transaction pooler without DATABASE_DIRECT_URL rejects it. It must not carry migrations.
      const pending = await usable(target, () =>
        findPending((statement) => database.execute(sql.raw(statement)), own, log),
      );
      // A pooler opens the connections of the pool as it is configured.
      const needed = (directUrl === undefined ? poolSize : 0) + SESSIONS;
      if (pending.length === 0 && directUrl === undefined) {
        return warnIfScarce((query) => database.execute(query), needed, log);
      }
      // No limits: it may wait for another instance that migrates, and a migration may take any time.
      const migrator = direct(0);
      try {
        await usable(directTarget, () => migrator.unsafe('set statement_timeout = 0'));
        if (pending.length > 0) await migratePostgres(migrator, own, log);
        const migratorDb = drizzle({ client: migrator, casing: 'snake_case' });
        await warnIfScarce((query) => migratorDb.execute(query), needed, log);
      } finally {
        // Ending the connection releases the lock of migrations.
        await migrator.end({ timeout: 5 });
      }
    },
    async close() {
      isClosed = true;
      const ended = [client, ...sessions].map((each) => each.end({ timeout: 5 }));
      await Promise.all([...ended, listener.close()]);
    },
  };
  return database;
}
