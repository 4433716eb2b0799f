import { AsyncLocalStorage } from 'node:async_hooks';
import type { Database } from '#server/db/database';

/** A statement as it went to the database. */
export interface Statement {
  sql: string;
  params: unknown[];
}

type Hear = (statement: Statement) => void;

function objectAt(target: object, name: string): object {
  const member: unknown = Reflect.get(target, name);
  if (typeof member !== 'object' || member === null) throw new Error(`Drizzle has no ${name}.`);
  return member;
}

/** Drizzle takes a logger only when it is made, so this puts one where it keeps it. @returns drizzle's session. */
function logTo({ db }: Database, hear: Hear): object {
  const session = objectAt(db, 'session');
  const logger = { logQuery: (sql: string, params: unknown[]) => hear({ sql, params }) };
  // The session's own is for statements outside of transactions, that of its options for those inside.
  Object.assign(session, { logger });
  Object.assign(objectAt(session, 'options'), { logger });
  return session;
}

/** Records every statement that `database` is sent from now on, in the order they are sent, except BEGIN and COMMIT. */
export function recordStatements(database: Database): Statement[] {
  const statements: Statement[] = [];
  logTo(database, (statement) => void statements.push(statement));
  return statements;
}

/**
 * Counts what calls ask of `database`, which must be a client that nothing else records.
 * @returns a function that does `call` and resolves to the statements that it sent itself, BEGIN and COMMIT among them,
 * as each of those is a round trip to Postgres; what runs in the background meanwhile does not count.
 */
export function statementCounter(database: Database): (call: () => Promise<unknown>) => Promise<Statement[]> {
  const caller = new AsyncLocalStorage<Statement[]>();
  const hear: Hear = (statement) => void caller.getStore()?.push(statement);
  const session = logTo(database, hear);
  const own: unknown = Reflect.get(session, 'transaction');
  if (typeof own !== 'function') throw new Error('The session has no transactions.');
  const transaction = async (...args: unknown[]): Promise<unknown> => {
    hear({ sql: 'begin', params: [] });
    const result: unknown = await Reflect.apply(own, session, args);
    hear({ sql: 'commit', params: [] });
    return result;
  };
  Object.assign(session, { transaction });
  return async (call) => {
    const statements: Statement[] = [];
    await caller.run(statements, call);
    return statements;
  };
}
