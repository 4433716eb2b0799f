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

/** An empty database that instances can be started on. */
export interface Ground {
  name: 'PGlite' | 'Postgres';
  /** How many instances it can have at a time. */
  instances: number;
  /** Where an instance keeps its files. */
  folder: string;
  /** The settings that lead an instance to it. */
  settings: Record<string, string>;
  /** Opens it for a look at the rows; on PGlite when no instance runs. */
  open: () => Promise<Database>;
  drop: () => Promise<void>;
}

function ground(
  name: Ground['name'],
  instances: number,
  given: Record<string, string>,
  drop = async () => {},
): Ground {
  const folder = mkdtempSync(join(tmpdir(), 'switchboard-crash-'));
  const settings = { ...given, DATA_DIR: folder };
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

/** The embedded database in a new folder, for one instance. */
export const pglite = (): Ground => ground('PGlite', 1, {});

/** The same with the tables in it, which takes less time than to make them. */
export async function migratedPglite(): Promise<Ground> {
  const made = pglite();
  await unpackSnapshot(defaultFolder(made.folder));
  return made;
}

/**
 * A new database of a Postgres server, for three instances.
 * @param server the address of any database there; what earlier runs left behind is dropped.
 * @throws when the server cannot be reached.
 */
export async function postgresOn(server: string): Promise<Ground> {
  await dropDatabases(server);
  // Called so that dropDatabases knows it as one of this process.
  const name = `sb_test_${process.pid}_crash`;
  const sql = postgres(server, { max: 1, connect_timeout: 5, onnotice: () => undefined });
  try {
    await sql`create database ${sql(name)}`;
  } finally {
    await sql.end({ timeout: 5 });
  }
  const url = new URL(server);
  url.pathname = `/${name}`;
  return ground('Postgres', 3, { DATABASE_URL: url.href }, () => dropDatabases(server, process.pid));
}
