import { AsyncLocalStorage } from 'node:async_hooks';
import type { Database } from '#server/db/database';
import { timeLimitOf } from '#server/db/work';

/** A statement that was sent to the database. */
export interface Statement {
  sql: string;
  params: unknown[];
}

const MAINTENANCE_ONLY = { read: 0, write: 0, maintenance: 1, wait: 0 };

/** True if the current statement has the time limit of maintenance, as those of periodic work have. */
const isMaintenance = () => timeLimitOf('', MAINTENANCE_ONLY) === MAINTENANCE_ONLY.maintenance;

type Listener = (statement: Statement) => void;

function objectAt(target: object, name: string): object {
  const member: unknown = Reflect.get(target, name);
  if (typeof member !== 'object' || member === null) throw new Error(`Drizzle has no ${name}.`);
  return member;
}

/** Replaces Drizzle's logger, which it otherwise accepts only when it is created. @returns Drizzle's session. */
function logTo({ db }: Database, listener: Listener): object {
  const session = objectAt(db, 'session');
  const logger = { logQuery: (sql: string, params: unknown[]) => listener({ sql, params }) };
  // The session's own logger is for statements outside of transactions, that of its options for those inside.
  Object.assign(session, { logger });
  Object.assign(objectAt(session, 'options'), { logger });
  return session;
}

/**
 * Records all later statements to `database` in their order, except BEGIN and COMMIT, and those of periodic work, which
 * can come at any time.
 */
export function recordStatements(database: Database): Statement[] {
  const statements: Statement[] = [];
  logTo(database, (statement) => {
    if (!isMaintenance()) statements.push(statement);
  });
  return statements;
}

/**
 * Counts the statements of calls to `database`, which must be a client that nothing else records.
 * @returns a function that runs `call` and resolves to the statements that it sent itself. They include BEGIN and
 *   COMMIT, because each is a round trip to Postgres, but not statements of background work.
 */
export function statementCounter(database: Database): (call: () => Promise<unknown>) => Promise<Statement[]> {
  const caller = new AsyncLocalStorage<Statement[]>();
  const listener: Listener = (statement) => void caller.getStore()?.push(statement);
  const session = logTo(database, listener);
  const own: unknown = Reflect.get(session, 'transaction');
  if (typeof own !== 'function') throw new Error('The session has no transactions.');
  const transaction = async (...args: unknown[]): Promise<unknown> => {
    listener({ sql: 'begin', params: [] });
    const result: unknown = await Reflect.apply(own, session, args);
    listener({ sql: 'commit', params: [] });
    return result;
  };
  Object.assign(session, { transaction });
  return async (call) => {
    const statements: Statement[] = [];
    await caller.run(statements, call);
    return statements;
  };
}
