import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { pgliteDatabase } from '#server/db/pglite';
import { MIGRATIONS } from '#server/db/migrations';
import { silent } from './logs.ts';
import { unpack } from './unpack.ts';

const ROOT = join(import.meta.dirname, '..');
const FOLDER = join(ROOT, 'node_modules/.cache/switchboard');

/** Returns a hash of what determines a migrated database: the migrations and their runner, and PGlite's version. */
function fingerprint(): string {
  const hash = createHash('sha256');
  for (const file of ['package-lock.json', 'server/db/migrate.ts'])
    hash.update(readFileSync(join(ROOT, file)));
  for (const file of globSync('**/*.{sql,json}', { cwd: MIGRATIONS }).sort()) {
    hash.update(file).update(readFileSync(join(MIGRATIONS, file)));
  }
  return hash.digest('hex').slice(0, 16);
}

/** Returns the file with the migrated, empty database that test workers load. */
export const snapshotFile = (): string => join(FOLDER, `pglite-${fingerprint()}.tar`);

/**
 * Creates the snapshot unless an earlier run did. PGlite needs 3 s to create a database, and less than 1 s to load one.
 * @returns its file.
 */
export async function createSnapshot(): Promise<string> {
  const file = snapshotFile();
  if (existsSync(file)) return file;
  const client = await PGlite.create();
  await pgliteDatabase(client, silent).migrate();
  const dump = await client.dumpDataDir('none');
  await client.close();
  mkdirSync(FOLDER, { recursive: true });
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, Buffer.from(await dump.arrayBuffer()));
  renameSync(draft, file);
  return file;
}

/** Unpacks the migrated, empty database into the empty folder of an embedded database. */
export async function unpackSnapshot(folder: string): Promise<void> {
  await unpack(await createSnapshot(), folder);
}
