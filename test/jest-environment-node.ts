import { readFileSync } from 'node:fs';
import { PGlite } from '@electric-sql/pglite';
import { TestEnvironment } from 'jest-environment-node';
import postgres from 'postgres';
import { createCopy } from './postgres-databases.ts';
import { snapshotFile } from './snapshot.ts';

/** The worker's database, as test/database.ts gets it from its environment. */
export type WorkerDatabase = { kind: 'pglite'; client: PGlite } | { kind: 'postgres'; url: string };

export interface TestGlobals {
  /** The worker's database, empty. Its content is the test file's own. */
  openWorkerDatabase: () => Promise<WorkerDatabase>;
  /** Runs `close` when the file's tests and hooks are over. */
  onFileEnd: (close: () => Promise<void>) => void;
}

const EMPTY = `
  do $$ declare tables text; begin
    select string_agg(format('%I.%I', schemaname, tablename), ', ') into tables from pg_tables where schemaname = 'public';
    execute 'truncate ' || tables || ' restart identity cascade';
  end $$`;

const { setTimeout } = globalThis;

/**
 * Loads the snapshot. PGlite keeps Postgres' alarm clock with this realm's setTimeout, as long as it lives; it must not keep
 * a worker alive that has nothing left to do. Test files get the real setTimeout.
 */
function loadPglite(): Promise<PGlite> {
  globalThis.setTimeout = Object.assign(
    (...args: Parameters<typeof setTimeout>) => setTimeout(...args).unref(),
    setTimeout,
  );
  return PGlite.create({ loadDataDir: new Blob([readFileSync(snapshotFile())]) });
}

/** This module lives as long as its worker, while each test file has a realm of its own. */
let opened: Promise<WorkerDatabase> | undefined;

async function open(): Promise<WorkerDatabase> {
  const server = process.env['TEST_DATABASE_URL'];
  if (!server) return { kind: 'pglite', client: await loadPglite() };
  const url = await createCopy(server, Number(process.env['TEST_RUN']), process.env['JEST_WORKER_ID'] ?? '1');
  return { kind: 'postgres', url };
}

async function empty(database: WorkerDatabase): Promise<void> {
  if (database.kind === 'pglite') {
    await database.client.exec(EMPTY);
    return;
  }
  const sql = postgres(database.url, { max: 1, connect_timeout: 5, onnotice: () => undefined });
  await sql.unsafe(EMPTY);
  await sql.end({ timeout: 5 });
}

/**
 * Jest's node environment with a migrated database that is opened once per worker and emptied for each file that asks for
 * it. The name of this file tells next/jest's compiler that code runs in Node: it looks for "jest-environment-node".
 */
export default class DatabaseEnvironment extends TestEnvironment {
  readonly #closers: (() => Promise<void>)[] = [];
  #database: Promise<WorkerDatabase> | undefined;

  override async setup(): Promise<void> {
    await super.setup();
    const globals: TestGlobals = {
      openWorkerDatabase: () => (this.#database ??= this.#openEmpty()),
      onFileEnd: (close) => void this.#closers.push(close),
    };
    Object.assign(this.global, globals, { setTimeout });
  }

  override async teardown(): Promise<void> {
    for (const close of this.#closers) await close();
    await super.teardown();
  }

  async #openEmpty(): Promise<WorkerDatabase> {
    const database = await (opened ??= open());
    await empty(database);
    return database;
  }
}
