import type { Database } from '#server/db/client';

/** A statement as it went to the database. */
export interface Statement {
  sql: string;
  params: unknown[];
}

/**
 * Records every statement that `database` is sent from now on, in the order they are sent, except BEGIN and COMMIT.
 * Drizzle takes a logger only when it is made, so this puts one where it keeps it.
 */
export function recordStatements({ db }: Database): Statement[] {
  const statements: Statement[] = [];
  const logger = { logQuery: (sql: string, params: unknown[]) => void statements.push({ sql, params }) };
  const session: unknown = Reflect.get(db, 'session');
  if (typeof session !== 'object' || session === null) throw new Error('Drizzle has no session.');
  const options: unknown = Reflect.get(session, 'options');
  if (typeof options !== 'object' || options === null) throw new Error('The session has no options.');
  // The session's own is for statements outside of transactions, that of its options for those inside.
  Object.assign(session, { logger });
  Object.assign(options, { logger });
  return statements;
}
