import type { SQL } from 'drizzle-orm';
import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core';
import type postgres from 'postgres';
import type { Migration } from './migrations.ts';
import type * as schema from './schema/index.ts';

/** Drizzle over either driver, or a transaction of it. */
export type Db = PgDatabase<PgQueryResultHKT, typeof schema>;

/** What a connection of its own can set. */
export interface SessionOptions {
  /** Startup parameters, such as `statement_timeout`. */
  parameters?: Record<string, string | number>;
  /** How long the server may take to respond, in milliseconds; 0 for no limit. */
  idleTimeoutMs?: number;
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
   * because of its age: for what belongs to a session, such as its locks. Its user ends it. After the database was
   * closed, the client rejects each statement. Undefined on the embedded database.
   */
  openSession?: (options?: SessionOptions) => postgres.Sql;
  /**
   * Copies the files of the embedded database to a new folder, in which another process can open them. Meanwhile, all
   * statements wait. Returns for how long, in milliseconds. Undefined on Postgres.
   */
  copyFiles?: (to: string) => Promise<number>;
  /** The folder with the files of the embedded database. */
  files?: string;
  /**
   * Applies the migrations that the database lacks, under a lock: several instances that start at once migrate only once.
   * @param own the migrations of this version, by default those of server/db/migrations.
   * @throws {DatabaseUnusableError} if one cannot be applied, or if this version does not work with the database.
   */
  migrate: (own?: readonly Migration[]) => Promise<void>;
  close: () => Promise<void>;
}
