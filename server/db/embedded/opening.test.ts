import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { sql } from 'drizzle-orm';
import { filesFolder } from '#server/db/folder';
import { DatabaseLockedError, lockFolder } from '#server/db/lock';
import { openPglite } from '#server/db/pglite';
import { DatabaseUnusableError } from '#server/db/unusable';
import { silent } from '#test/logs';
import { unpackSnapshot } from '#test/snapshot';
import { beginOpening, closeOpenings } from './opening.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'switchboard-opening-'));
});
afterEach(async () => {
  await closeOpenings();
  rmSync(folder, { recursive: true });
});

test('a database that is being opened is locked, and is opened only once', async () => {
  await unpackSnapshot(folder);
  beginOpening(folder);
  expect(() => {
    beginOpening(folder);
  }).toThrow(DatabaseLockedError);

  const database = await openPglite(folder, silent);
  const heard: string[] = [];
  await database.listen('news', (payload) => heard.push(payload));
  await database.execute(sql`select pg_notify('news', 'late')`);
  expect(heard).toEqual(['late']);
  // The opening has been used, so a second one finds the lock.
  await expect(openPglite(folder, silent)).rejects.toThrow(DatabaseLockedError);
  await database.close();
});

test('an opening that is not used is closed, and the database can be opened again', async () => {
  await unpackSnapshot(folder);
  beginOpening(folder);
  await closeOpenings();
  const database = await openPglite(folder, silent);
  expect(await database.execute(sql`select 1 as one`)).toEqual([{ one: 1 }]);
  await database.close();
});

test('a database of another version is rejected before it is opened', () => {
  const file = join(filesFolder(folder), 'PG_VERSION');
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, '17');
  expect(() => {
    beginOpening(folder);
  }).toThrow(DatabaseUnusableError);
});

test('a folder that cannot be opened fails when the database is asked for, and is unlocked then', async () => {
  mkdirSync(folder, { recursive: true });
  writeFileSync(filesFolder(folder), 'a file');
  beginOpening(folder);
  await expect(openPglite(folder, silent)).rejects.toThrow();
  expect(lockFolder(folder)).not.toThrow();
});
