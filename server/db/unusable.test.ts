import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { sql } from 'drizzle-orm';
import { testDatabase } from '#test/database';
import { silent } from '#test/logs';
import { unpackSnapshot } from '#test/snapshot';
import { filesFolder } from './folder.ts';
import { openPglite } from './pglite.ts';
import { DatabaseUnusableError } from './unusable.ts';
import { PRODUCT } from '#contract/product';

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});
const freshFolder = () => {
  const folder = mkdtempSync(join(tmpdir(), 'switchboard-unusable-'));
  folders.push(folder);
  return folder;
};

/** Returns the message of a DatabaseUnusableError, another error, or `it works`. */
const reasonOf = (work: Promise<unknown>) =>
  work.then(
    () => 'it works',
    (error: unknown) => (error instanceof DatabaseUnusableError ? error.message : error),
  );

test('openPglite rejects a folder of another PostgreSQL version, with instructions', async () => {
  const folder = freshFolder();
  mkdirSync(filesFolder(folder), { recursive: true });
  writeFileSync(join(filesFolder(folder), 'PG_VERSION'), '16\n');
  expect(await reasonOf(openPglite(folder, silent))).toMatch(
    /written by PostgreSQL 16.*npm install --prefix \S+ @electric-sql\/pglite@0\.2\.17, .*move --to file:.*upgrade\.md/,
  );
});

test('openPglite opens a folder of this version', async () => {
  const folder = freshFolder();
  await unpackSnapshot(folder);
  expect(readFileSync(join(filesFolder(folder), 'PG_VERSION'), 'utf8')).toMatch(/^\d+\n$/);
  expect(await reasonOf(openPglite(folder, silent).then((database) => database.close()))).toBe('it works');
}, 120_000);

test('migrate rejects a database of a newer version of the server', async () => {
  const database = await testDatabase();
  const { db } = database;
  expect(await reasonOf(database.migrate())).toBe('it works');
  await db.execute(
    sql`insert into drizzle.__drizzle_migrations (hash, created_at) values ('newer', ${Date.now() + 1e12})`,
  );
  try {
    expect(await reasonOf(database.migrate())).toContain(
      `newer version of ${PRODUCT.name}. Start that version`,
    );
  } finally {
    await db.execute(sql`delete from drizzle.__drizzle_migrations where hash = 'newer'`);
  }
});
