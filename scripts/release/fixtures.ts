import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { openArchive } from '#server/backup/read';
import { MIGRATIONS, readMigrations } from '#server/db/migrations';
import type { Schema } from './migrations.ts';

const ROOT = join(import.meta.dirname, '../..');

/** Returns the name of the file with the database of a release: a backup with a row in each table. */
export const fixtureName = (version: string): string => `test/fixtures/releases/${version}.zip`;

const Snapshot = z.object({
  tables: z.record(
    z.string(),
    z.object({ columns: z.record(z.string(), z.object({ notNull: z.boolean() })) }),
  ),
});

/** Returns the hashes of the migrations in the database of a release; none if there is no record of it. */
async function migrationsOf(version: string): Promise<readonly string[]> {
  const path = join(ROOT, fixtureName(version));
  if (!existsSync(path)) return [];
  const archive = await openArchive(path);
  archive.close();
  return archive.manifest.migrations;
}

/** Returns what releases read and write, by version. */
export async function schemasOf(versions: readonly string[]): Promise<ReadonlyMap<string, Schema>> {
  const own = readMigrations();
  const schemas = new Map<string, Schema>();
  for (const version of versions) {
    const hashes = await migrationsOf(version);
    const last = own.findLast(({ hash }) => hashes.includes(hash));
    if (!last) continue;
    const snapshot = join(MIGRATIONS, 'meta', `${last.tag.slice(0, 4)}_snapshot.json`);
    schemas.set(version, Snapshot.parse(JSON.parse(readFileSync(snapshot, 'utf8'))));
  }
  return schemas;
}

/** True if the database of a version is recorded, with the present migrations. */
export async function hasFixture(version: string): Promise<boolean> {
  const hashes = await migrationsOf(version);
  const own = readMigrations();
  return hashes.length === own.length && own.every(({ hash }) => hashes.includes(hash));
}

/** Writes the database of a version, by a process of its own, because only tests know rows for all tables. */
export function writeFixture(version: string): void {
  execFileSync(process.execPath, [join(ROOT, 'test/release-fixture.ts'), join(ROOT, fixtureName(version))], {
    cwd: ROOT,
    stdio: 'inherit',
  });
}
