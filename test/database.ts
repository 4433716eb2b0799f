import type { PGlite, Results, Transaction } from '@electric-sql/pglite';
import type { Database } from '#server/db/database';
import { pgliteDatabase } from '#server/db/pglite';
import { openPostgres } from '#server/db/postgres';
import type { TestGlobals } from './jest-environment-node.ts';
import { silent } from './logs.ts';

declare global {
  var openWorkerDatabase: TestGlobals['openWorkerDatabase'];
  var onFileEnd: TestGlobals['onFileEnd'];
}

/** Object identifiers of the types json and jsonb. */
const JSON_PARSERS = { 114: JSON.parse, 3802: JSON.parse };

/**
 * Brings what the worker's PGlite answers into the realm of the test file, where its arrays, objects and errors have the
 * prototypes that code there compares with.
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

/** A member of the worker's PGlite or of its transaction, answering in this realm. */
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

/** The worker's PGlite for one test file. Closing it leaves the next file's alone, and refuses what this one left behind. */
function fileClient(client: PGlite): PGlite {
  let closed = false;
  const listening: (() => Promise<void>)[] = [];

  const listen: PGlite['listen'] = async (...args) => {
    const unlisten = await client.listen(...args);
    listening.push(unlisten);
    return unlisten;
  };
  const close: PGlite['close'] = async () => {
    closed = true;
    for (const unlisten of listening.splice(0)) await unlisten();
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

/**
 * A migrated database, empty at the start of each test file: PGlite, or Postgres with TEST_DATABASE_URL. Called again in
 * the same file, it opens the same data once more, as a second instance would. It is closed after the file.
 */
export async function testDatabase(): Promise<Database> {
  const worker = await openWorkerDatabase();
  const database =
    worker.kind === 'pglite'
      ? pgliteDatabase(fileClient(worker.client))
      : openPostgres(worker.url, 4, silent);
  onFileEnd(() => database.close());
  return database;
}
