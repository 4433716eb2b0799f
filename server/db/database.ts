import type { SQL } from 'drizzle-orm';
import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core';
import type * as schema from './schema/index.ts';
/** Drizzle over either driver; also what a transaction hands to its callback. */
export type Db = PgDatabase<PgQueryResultHKT, typeof schema>;

/** One database, embedded or not, behind one interface. */
export interface Database {
  kind: 'pglite' | 'postgres';
  db: Db;
  /** Runs one statement and returns its rows. */
  execute: (query: SQL) => Promise<Record<string, unknown>[]>;
  /**
   * Does `work` with this database in one transaction of the isolation level REPEATABLE READ: it sees the state of one
   * moment, and fails when it changes a row that others have changed since. Anything it awaits must go through the
   * database it is given: the embedded one has no second connection.
   */
  snapshot: <T>(work: (database: Database) => Promise<T>) => Promise<T>;
  /**
   * Calls `onPayload` for each NOTIFY on `channel`, also after a lost connection came back (`onPayload('')` then,
   * for what was sent meanwhile is lost). Returns a function that ends it.
   */
  listen: (channel: string, onPayload: (payload: string) => void) => Promise<() => Promise<void>>;
  /** Brings the schema up to date, under a lock: several instances starting at once migrate once. */
  migrate: () => Promise<void>;
  close: () => Promise<void>;
}
