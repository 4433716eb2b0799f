import type { Results } from '@electric-sql/pglite';

/** What the thread of the embedded database is asked. */
export interface Statement {
  text: string;
  params: unknown[] | undefined;
  rowMode: 'array' | 'object' | undefined;
}

/** What is sent to the thread; numbers tell which reply belongs to which. */
export type Request = { id: number; statement: Statement } | { id: number; close: true };

/** An error without its class, which does not survive the way between threads. */
export interface Failure {
  message: string;
  /** What the error had beside its message, such as `code`, the SQLSTATE. */
  fields: Record<string, unknown>;
  /** Whether the database cannot go on after it. */
  isFatal: boolean;
}

/** What the thread sends: that the database is open, the end of a request, or a notification. */
export type Reply =
  | { opened: true }
  | { id: number; results: Results | null }
  | { id: number; failure: Failure }
  | { channel: string; payload: string };
