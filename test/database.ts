import type { PGlite, Results, Transaction } from '@electric-sql/pglite';
import type { Database } from '#server/db/database';
import { pgliteDatabase } from '#server/db/pglite';
import { openPostgres, type PostgresOptions } from '#server/db/postgres';
import type { Logger } from '#server/log/index';
import type { TestGlobals } from './jest-environment-node.ts';
import { silent } from './logs.ts';
import { databaseSettings } from './pooler.ts';

declare global {
  var openWorkerDatabase: TestGlobals['openWorkerDatabase'];
  var onFileEnd: TestGlobals['onFileEnd'];
}

/** Object identifiers of the types json and jsonb. */
const JSON_PARSERS = { 114: JSON.parse, 3802: JSON.parse };

/**
 * Sends a query and copies the result into the realm of the test file. Otherwise, arrays, objects and errors would not
 * have the prototypes that code in the test file compares with.
 */
async function localQuery(
  target: PGlite | Transaction,
  ...[text, parameters, options]: Parameters<PGlite['query']>
): Promise<Results> {
  try {
    const parsers = { ...JSON_PARSERS, ...options?.parsers };
    const results = await target.query<Record<string, unknown>>(text, parameters, { ...options, parsers });
    const rows = Array.from(results.rows, (row) => (Array.isArray(row) ? Array.from(row) : { ...row }));
    return { ...results, rows };
  } catch (error) {
    throw Object.assign(new Error(Error.isError(error) ? error.message : String(error)), error);
  }
}

/** Returns a member of the worker's PGlite, or of a transaction, whose results are of this realm. */
function localMember(target: PGlite | Transaction, name: string | symbol): unknown {
  if (name === 'query') return localQuery.bind(undefined, target);
  if (name === 'transaction' && 'transaction' in target) {
    return <T>(run: (transaction: Transaction) => Promise<T>) =>
      target.transaction((transaction) => run(new Proxy<Transaction>(transaction, { get: localMember })));
  }
  const member: unknown = Reflect.get(target, name, target);
  return typeof member === 'function'
    ? (...args: unknown[]) => Reflect.apply(member, target, args) as unknown
    : member;
}

/**
 * Returns the worker's PGlite for one test file. Closing it rejects later queries of this file. The PGlite itself stays
 * open for the next file.
 */
function fileClient(client: PGlite): PGlite {
  let closed = false;
  const unlisteners: (() => Promise<void>)[] = [];

  const listen: PGlite['listen'] = async (...args) => {
    const unlisten = await client.listen(...args);
    unlisteners.push(unlisten);
    return unlisten;
  };
  const close: PGlite['close'] = async () => {
    closed = true;
    for (const unlisten of unlisteners.splice(0)) await unlisten();
  };

  return new Proxy(client, {
    get(target, name) {
      if (name === 'closed') return closed;
      if (name === 'close') return close;
      if (closed) throw new Error('The database of this test is closed');
      return name === 'listen' ? listen : localMember(target, name);
    },
  });
}

/** Opens a database on Postgres, through the pooler of TEST_POOLER if that is set. */
export function openTestPostgres(
  url: string,
  poolSize: number,
  log: Logger = silent,
  options: PostgresOptions = {},
): Database {
  const { DATABASE_URL, DATABASE_DIRECT_URL, DATABASE_PREPARED } = databaseSettings(url);
  return openPostgres(DATABASE_URL, poolSize, log, {
    directUrl: DATABASE_DIRECT_URL,
    prepared: DATABASE_PREPARED === 'true',
    ...options,
  });
}

/**
 * Opens a migrated database, which is empty at the start of each test file: PGlite, or Postgres if TEST_DATABASE_URL is
 * set. A second call in the same file opens the same data again, like a second instance. The database is closed after
 * the file.
 */
export async function testDatabase(log = silent): Promise<Database> {
  const worker = await openWorkerDatabase();
  const database =
    worker.kind === 'pglite'
      ? pgliteDatabase(fileClient(worker.client), log)
      : openTestPostgres(worker.url, 4, log);
  onFileEnd(() => database.close());
  return database;
}
