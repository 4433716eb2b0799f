import { createLogger } from '#server/log/index';
import { openPostgres } from '#server/db/postgres';
import postgres from 'postgres';

/** The prefix of the databases of a test run. It contains the process id, so that a later run can remove leftovers. */
const PREFIX = /^sb_test_(\d+)_/;

const template = (run: number) => `sb_test_${run}_template`;
const copy = (run: number, worker: string) => `sb_test_${run}_${worker}`;

/** Returns the URL of another database of the same server. */
function urlOf(server: string, database: string): string {
  const url = new URL(server);
  url.pathname = `/${database}`;
  return url.href;
}

async function withServer<T>(server: string, work: (sql: postgres.Sql) => Promise<T>): Promise<T> {
  const sql = postgres(server, { max: 1, connect_timeout: 5, onnotice: () => undefined });
  try {
    return await work(sql);
  } finally {
    await sql.end({ timeout: 5 });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** Drops the databases of a run, or by default of every run whose process has ended. */
export async function dropDatabases(server: string, run?: number): Promise<void> {
  await withServer(server, async (sql) => {
    const rows = await sql<{ name: string }[]>`select datname as name from pg_database`;
    for (const { name } of rows) {
      const owner = Number(PREFIX.exec(name)?.[1] ?? NaN);
      if (Number.isNaN(owner) || (run === undefined ? isAlive(owner) : owner !== run)) continue;
      await sql`drop database if exists ${sql(name)} with (force)`;
    }
  });
}

/** Creates the migrated database that the workers of `run` copy. */
export async function createTemplate(server: string, run: number): Promise<void> {
  await withServer(server, (sql) => sql`create database ${sql(template(run))}`);
  const database = openPostgres(urlOf(server, template(run)), 1, createLogger({ LOG_LEVEL: 'silent' }));
  await database.migrate();
  await database.close();
}

/**
 * Creates the database of one worker.
 * @param of the worker whose database is copied, which must have no connections; by default the empty database.
 * @returns its URL.
 */
export async function createCopy(server: string, run: number, worker: string, of?: string): Promise<string> {
  const original = of === undefined ? template(run) : copy(run, of);
  await withServer(server, (sql) => sql`create database ${sql(copy(run, worker))} template ${sql(original)}`);
  return urlOf(server, copy(run, worker));
}

/** Creates a database without tables. @returns its URL. */
export async function createEmpty(server: string, run: number, name: string): Promise<string> {
  await withServer(server, (sql) => sql`create database ${sql(copy(run, name))}`);
  return urlOf(server, copy(run, name));
}
