import { globSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, expect, test } from '@jest/globals';
import { sql } from 'drizzle-orm';
import { createDeps } from '#server/compose';
import type { CopySession } from '#server/db/copying/session';
import { isMigrated } from '#server/db/migration-state';
import { type Env, parseEnv } from '#server/env';
import { SECRETS } from '#test/caller';
import { withCopySession } from '#test/copy-session';
import { silent } from '#test/logs';
import { createEmpty } from '#test/postgres-databases';
import { type Archive, openArchive } from './read.ts';
import { restoreDatabase } from './restore-database.ts';
import { tablesOf } from './tables.ts';

const { TEST_DATABASE_URL = '', TEST_RUN } = process.env;

const root = mkdtempSync(join(tmpdir(), 'switchboard-releases-'));
afterAll(() => {
  rmSync(root, { recursive: true });
});

/** The databases of all releases, which `npm run release -- --prepare` writes. */
const RELEASES = globSync('test/fixtures/releases/*.zip').map((path) => basename(path, '.zip'));

/** Returns the settings of an installation with an empty database. */
async function installation(version: string): Promise<Env> {
  const settings = { ...SECRETS, NODE_ENV: 'test', DATA_DIR: join(root, version) };
  if (TEST_DATABASE_URL === '') return parseEnv(settings);
  const name = `release_${version.replaceAll(/\W/g, '_')}`;
  return parseEnv({
    ...settings,
    DATABASE_URL: await createEmpty(TEST_DATABASE_URL, Number(TEST_RUN), name),
  });
}

type Rows = Record<string, string>[];

/** Returns the rows of a COPY text by the names of their columns. */
const rowsOf = (copied: string, columns: readonly string[]): Rows =>
  copied
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => Object.fromEntries(line.split('\t').map((value, index) => [columns[index] ?? '', value])));

/** Returns all rows of an archive. */
async function archivedRows({ manifest, read }: Archive): Promise<Record<string, Rows>> {
  const tables: Record<string, Rows> = {};
  for (const table of manifest.tables) {
    tables[table.name] = rowsOf(await text(read(table)), table.columns);
  }
  return tables;
}

/** Returns all rows of a database. */
async function presentRows(session: CopySession): Promise<Record<string, Rows>> {
  const tables: Record<string, Rows> = {};
  for (const table of await tablesOf(session)) {
    tables[table.name] = rowsOf(await text(session.copyOut(table)), table.columns);
  }
  return tables;
}

test('there is a database of a release', () => {
  expect(RELEASES).not.toEqual([]);
});

test.each(RELEASES)(
  'this version starts on the database of %s, and keeps its rows',
  async (version) => {
    const path = `test/fixtures/releases/${version}.zip`;
    const env = await installation(version);
    const afterwards = () => Promise.resolve();
    await restoreDatabase({ env, log: silent, path, acceptsOtherKeys: true, afterwards });

    const deps = await createDeps(env, silent, [], { print: () => undefined });
    expect(await isMigrated(deps.database)).toBe(true);
    expect(await deps.database.execute(sql`select id from users`)).toEqual([{ id: 'row-1' }]);
    await deps.close();

    const archive = await openArchive(path);
    const expected = await archivedRows(archive);
    archive.close();
    const present = await withCopySession(env, presentRows);
    for (const [name, rows] of Object.entries(expected)) {
      expect(rows).not.toEqual([]);
      // A later migration may have dropped the table or some of its columns.
      const found = present[name];
      if (!found) continue;
      const columns = Object.keys(found[0] ?? {});
      for (const row of rows) {
        const kept = Object.entries(row).filter(([column]) => columns.includes(column));
        expect(found).toContainEqual(expect.objectContaining(Object.fromEntries(kept)));
      }
    }
  },
  120_000,
);
