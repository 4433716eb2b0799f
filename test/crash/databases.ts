import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import postgres from 'postgres';
import { openDatabase } from '#server/db/client';
import type { Database } from '#server/db/database';
import { defaultFolder } from '#server/db/folder';
import { parseEnv } from '#server/env';
import { createLogger } from '#server/log/index';
import { dropDatabases } from '#test/postgres-databases';
import { unpackSnapshot } from '#test/snapshot';

/** An empty database for instances. */
export interface Backend {
  name: 'PGlite' | 'Postgres';
  /** The maximum number of instances at a time. */
  instances: number;
  /** The folder for the files of instances. */
  folder: string;
  /** The settings of instances that use it. */
  settings: Record<string, string>;
  /** Opens it to read the rows. On PGlite, no instance may be running. */
  open: () => Promise<Database>;
  drop: () => Promise<void>;
}

function backend(
  name: Backend['name'],
  instances: number,
  databaseSettings: Record<string, string>,
  drop = async () => {},
): Backend {
  const folder = mkdtempSync(join(tmpdir(), 'switchboard-crash-'));
  const settings = { ...databaseSettings, DATA_DIR: folder };
  return {
    name,
    instances,
    folder,
    settings,
    open: () => openDatabase(parseEnv(settings), createLogger({ LOG_LEVEL: 'silent' })),
    async drop() {
      await drop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Returns an embedded database in a new folder, for one instance. */
export const pglite = (): Backend => backend('PGlite', 1, {});

/** Returns the same with the tables in it, which is faster than migrating it. */
export async function migratedPglite(): Promise<Backend> {
  const migrated = pglite();
  await unpackSnapshot(defaultFolder(migrated.folder));
  return migrated;
}

/**
 * Creates a database on a Postgres server, for three instances. Drops the databases of earlier runs.
 * @param server the URL of any database of the server.
 * @throws {Error} if the server cannot be reached.
 */
export async function postgresOn(server: string): Promise<Backend> {
  await dropDatabases(server);
  // dropDatabases recognizes this name as one of this process.
  const name = `sb_test_${process.pid}_crash`;
  const sql = postgres(server, { max: 1, connect_timeout: 5, onnotice: () => undefined });
  try {
    await sql`create database ${sql(name)}`;
  } finally {
    await sql.end({ timeout: 5 });
  }
  const url = new URL(server);
  url.pathname = `/${name}`;
  return backend('Postgres', 3, { DATABASE_URL: url.href }, () => dropDatabases(server, process.pid));
}
