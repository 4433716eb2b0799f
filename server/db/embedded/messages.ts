import type { Results } from '@electric-sql/pglite';

/** A statement for the thread of the embedded database. */
export interface Statement {
  text: string;
  params: unknown[] | undefined;
  rowMode: 'array' | 'object' | undefined;
}

/** A message to the thread. Its reply has the same id. */
export type Request = { id: number; statement: Statement } | { id: number; close: true };

/** An error without its class, which is lost between threads. */
export interface Failure {
  message: string;
  /** The other fields of the error, such as `code`, the SQLSTATE. */
  fields: Record<string, unknown>;
  /** True if the database cannot continue after it. */
  isFatal: boolean;
}

/** A message from the thread: the database is open, a request has ended, or a notification. */
export type Reply =
  | { opened: true }
  | { id: number; results: Results | null }
  | { id: number; failure: Failure }
  | { channel: string; payload: string };
