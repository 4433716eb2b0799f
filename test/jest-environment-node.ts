import { readFileSync } from 'node:fs';
import { constants, createContext, runInContext } from 'node:vm';
import { PGlite } from '@electric-sql/pglite';
import { TestEnvironment } from 'jest-environment-node';
import postgres from 'postgres';
import { createCopy } from './postgres-databases.ts';
import { snapshotFile } from './snapshot.ts';

/** The worker's database, which test/database.ts gets from its environment. */
export type WorkerDatabase = { kind: 'pglite'; client: PGlite } | { kind: 'postgres'; url: string };

export interface TestGlobals {
  /** Opens the worker's database. It is empty at the start of each test file. */
  openWorkerDatabase: () => Promise<WorkerDatabase>;
  /** Calls `close` after all tests and hooks of the file. */
  onFileEnd: (close: () => Promise<void>) => void;
}

const EMPTY = `
  do $$ declare tables text; begin
    select string_agg(format('%I.%I', schemaname, tablename), ', ') into tables from pg_tables where schemaname = 'public';
    execute 'truncate ' || tables || ' restart identity cascade';
  end $$`;

const { setTimeout } = globalThis;

/**
 * Loads the snapshot. PGlite runs timers of Postgres with this realm's setTimeout, as long as it is open. These timers
 * must not keep an idle worker alive. Test files get the real setTimeout.
 */
function loadPglite(): Promise<PGlite> {
  globalThis.setTimeout = Object.assign(
    (...args: Parameters<typeof setTimeout>) => setTimeout(...args).unref(),
    setTimeout,
  );
  return PGlite.create({ loadDataDir: new Blob([readFileSync(snapshotFile())]) });
}

/** The worker's database. This module is loaded once per worker, but each test file has its own realm. */
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

/** Globals of Node.js that Jest's environment takes from its own realm, although each realm has its own. */
const SHARED = new Set(['ArrayBuffer', 'Uint8Array']);

/**
 * Returns a new realm with the globals of another one. In Jest's realms, each use of a global such as `Object` or
 * `Promise` calls a Proxy, which costs a fifth of the time of a test that uses a database.
 * @param slow the global object of a realm of Jest.
 */
function createRealm<Global extends object>(slow: Global): Global {
  const fast = runInContext('globalThis', createContext(constants.DONT_CONTEXTIFY)) as Global;
  const own = new Set(Object.getOwnPropertyNames(fast));
  for (const [name, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(slow))) {
    if (own.has(name) && !SHARED.has(name)) continue;
    // Jest defines globals of Node.js as getters, which would be called each time.
    const { configurable = false, enumerable = false } = descriptor;
    const value: unknown = Reflect.get(slow, name);
    Object.defineProperty(fast, name, { configurable, enumerable, writable: true, value });
  }
  for (const symbol of Object.getOwnPropertySymbols(slow)) {
    const descriptor = Object.getOwnPropertyDescriptor(slow, symbol);
    if (descriptor) Object.defineProperty(fast, symbol, descriptor);
  }
  return Object.assign(fast, { global: fast });
}

/**
 * Jest's node environment with a migrated database. It is opened once per worker, and emptied for each file that uses
 * it. This file must have its name, because next/jest's compiler looks for "jest-environment-node" to compile for Node.
 */
export default class DatabaseEnvironment extends TestEnvironment {
  readonly #closers: (() => Promise<void>)[] = [];
  #database: Promise<WorkerDatabase> | undefined;

  constructor(...args: ConstructorParameters<typeof TestEnvironment>) {
    super(...args);
    this.global = createRealm(this.global);
    this.context = this.global;
  }

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
