import type { SQL } from 'drizzle-orm';
import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core';
import type postgres from 'postgres';
import type * as schema from './schema/index.ts';

/** Drizzle over either driver, or a transaction of it. */
export type Db = PgDatabase<PgQueryResultHKT, typeof schema>;

/** What a connection of its own can set. */
export interface SessionOptions {
  /** Startup parameters, such as `statement_timeout`. */
  parameters?: Record<string, string | number>;
  /** Called once, when the connection is closed. The client cannot be used after that. */
  onClose?: () => void;
}

/** The common interface of the embedded database and Postgres. */
export interface Database {
  kind: 'pglite' | 'postgres';
  db: Db;
  /** Runs one statement and returns its rows. */
  execute: (query: SQL) => Promise<Record<string, unknown>[]>;
  /**
   * Runs `work` in one transaction with the isolation level REPEATABLE READ. It sees a single state of the database,
   * and fails if it changes a row that others have changed since. Everything that it awaits must use its own
   * `database`, because the embedded database has no second connection.
   */
  snapshot: <T>(work: (database: Database) => Promise<T>) => Promise<T>;
  /**
   * Calls `onPayload` for each NOTIFY on `channel`. After a lost connection was restored, it first calls
   * `onPayload('')`, because notifications may have been lost. Returns a function that ends it.
   */
  listen: (channel: string, onPayload: (payload: string) => void) => Promise<() => Promise<void>>;
  /**
   * Sends a NOTIFY as a transaction of its own, on the connection that listens. So it takes no connection of the pool,
   * and PostgreSQL need not wake up another session for the notifications that an instance sends to itself. Undefined
   * on the embedded database, which has one instance only.
   */
  notify?: (channel: string, payload: string) => Promise<void>;
  /**
   * Creates a client with one connection of its own, which never goes through a transaction pooler and is not closed
   * because of its age: for what belongs to a session, such as its locks. Its user ends it. Undefined on the embedded
   * database.
   */
  openSession?: (options?: SessionOptions) => postgres.Sql;
  /** Brings the schema up to date, under a lock: several instances that start at once migrate only once. */
  migrate: () => Promise<void>;
  close: () => Promise<void>;
}
