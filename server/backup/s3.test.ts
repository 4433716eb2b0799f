import { rmSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { defaultFolder } from '#server/db/folder';
import type { Database } from '#server/db/database';
import { openPglite } from '#server/db/pglite';
import { openPostgres } from '#server/db/postgres';
import { type Env, parseEnv } from '#server/env';
import { runAdmin } from '#test/admin';
import { withCopySession } from '#test/copy-session';
import { installations, isPostgres, type Settings } from '#test/installation';
import { silent } from '#test/logs';
import { type S3Server, startS3Server } from '#test/s3-server';
import { allRows, fillAllTables } from '#test/whole-database';
import { openBucket } from '#server/s3/bucket';
import { s3Config } from '#server/s3/config';
import { createBackup } from './create.ts';
import { fullPath } from './paths.ts';
import { backupPlace } from './places.ts';
import { verifyArchive } from './read.ts';
import { restoreDatabase } from './restore-database.ts';
import { backUpIfDue } from './scheduled.ts';

const { root, create } = installations('backup-s3');
let server: S3Server;
let settings: Settings;
let env: Env;
let database: Database;
let before: Record<string, string[]>;
let closed: Promise<void> | undefined;

const closeDatabase = () => (closed ??= database.close());

beforeAll(async () => {
  server = await startS3Server();
  settings = { ...(await create('migrated')), ...server.settings };
  env = parseEnv(settings);
  await withCopySession(env, async (session) => {
    await fillAllTables(session);
    // 1 MB, which does not compress. Uploads of several parts are tested with the bucket.
    await session.rows(`insert into file_contents select 'row-1', 'text', 1,
      string_agg(decode(md5(m::text), 'hex'), '') from generate_series(1, 65536) m`);
    before = await allRows(session);
  });
  const { DATABASE_URL, DATA_DIR } = env;
  database =
    DATABASE_URL === undefined
      ? await openPglite(defaultFolder(DATA_DIR), silent)
      : openPostgres(DATABASE_URL, 4, silent);
}, 240_000);
afterEach(() => server.setFault(() => 'pass'));
afterAll(async () => {
  await closeDatabase();
  await server.close();
  rmSync(root, { recursive: true });
});

const keys = async () => {
  const config = s3Config(env);
  if (!config) throw new Error('There is no bucket.');
  return (await Array.fromAsync(openBucket(config).list(''))).map(({ key }) => key);
};

const backUp = (path: string, signal = new AbortController().signal) =>
  createBackup(database, { env, path, signal, onPause: () => undefined });

test('a backup in S3 is read back, and restores every row', async () => {
  const path = 's3://example-bucket/elsewhere/monday.zip';
  const { bytes } = await backUp(path);
  expect(bytes).toBeGreaterThan(1024 * 1024);
  expect(await keys()).toEqual(['elsewhere/monday.zip']);
  const { tables } = await verifyArchive(path, undefined, s3Config(env));
  expect(tables.map(({ name }) => name)).toEqual(Object.keys(before));
  await expect(backUp(path)).rejects.toThrow(`${path} exists already.`);

  const target = parseEnv({ ...(await create('empty')), ...server.settings });
  await restoreDatabase({
    env: target,
    log: silent,
    path,
    acceptsOtherKeys: false,
    afterwards: async () => undefined,
  });
  await withCopySession(target, async (session) => expect(await allRows(session)).toEqual(before));
}, 240_000);

test('a backup that cannot be read back leaves no object', async () => {
  const others = await keys();
  server.setFault(({ method, headers }) => {
    const isRead = method === 'GET' && headers.range !== undefined;
    return isRead ? { change: (body) => body.fill(7, body.length >> 2, body.length >> 1) } : 'pass';
  });
  await expect(backUp('s3://example-bucket/broken.zip')).rejects.toThrow(/is damaged/);
  server.setFault(() => 'pass');
  expect(await keys()).toEqual(others);
}, 240_000);

test('a backup that is ended leaves no object and no part', async () => {
  const others = await keys();
  const stop = new AbortController();
  server.setFault(({ method }) => {
    if (method === 'PUT') stop.abort();
    return 'pass';
  });
  await expect(backUp('s3://example-bucket/ended.zip', stop.signal)).rejects.toThrow();
  server.setFault(() => 'pass');
  expect(await keys()).toEqual(others);
  expect(server.leftParts()).toEqual([]);
}, 240_000);

test('scheduled backups are made in S3 when they are due, and the oldest are deleted', async () => {
  const own = parseEnv({ ...settings, S3_PREFIX: 'scheduled/', BACKUP_KEEP: '2' });
  const { signal } = new AbortController();
  const at = (hour: number) =>
    backUpIfDue({ database, env: own, log: silent, signal }, new Date(Date.UTC(2026, 0, 2, hour)));
  const place = backupPlace(own);
  const config = s3Config(own);
  if (!place || !config) throw new Error('Nothing is scheduled.');
  expect(await place.newestAt()).toBe(0);
  const nameOf = (time: string) => `scheduled/backups/switchboard-${time}-00-00Z.zip`;
  const earlier = ['2025-12-30T12', '2025-12-31T12', '2026-01-01T12'].map(nameOf);
  const others = ['scheduled/backups/other', 'scheduled/other'];
  for (const key of [...earlier, ...others]) await openBucket(config).put(key, Buffer.from('x'));
  await place.list();
  await at(11);
  const scheduled = async () => (await keys()).filter((key) => key.startsWith('scheduled/'));
  expect(await scheduled()).toEqual([...earlier, ...others].sort());
  // Two instances at the same time make one.
  await Promise.all([at(12), ...(isPostgres ? [at(12)] : [])]);
  await at(13);
  const kept = [nameOf('2026-01-01T12'), nameOf('2026-01-02T12'), ...others];
  expect(await scheduled()).toEqual(kept.sort());
  expect(await place.newestAt()).toBe(Date.UTC(2026, 0, 2, 12));
}, 240_000);

test('commands name backups in S3', async () => {
  await closeDatabase();
  const backup = await runAdmin(settings, 'backup', 's3:tuesday.zip');
  expect(backup.err).toBe('');
  expect(backup.out).toContain('s3://example-bucket/test/backups/tuesday.zip has');
  expect((await runAdmin(settings, 'verify', 's3:tuesday.zip')).out).toContain('is complete');
  const target = { ...(await create('empty')), ...server.settings };
  const restored = await runAdmin(target, 'restore', 's3://example-bucket/test/backups/tuesday.zip');
  expect(restored.out).toMatch(/^Restored \d+ rows/);
  const listed = await runAdmin({ ...target, S3_PREFIX: 'scheduled/' }, 'backups');
  expect(listed.out.split('\n')[0]).toBe(
    's3://example-bucket/scheduled/backups/switchboard-2026-01-02T12-00-00Z.zip',
  );
  const missing = await runAdmin({ ...target, S3_BUCKET: 'missing' }, 'backups');
  expect(missing).toMatchObject({ code: 1, err: expect.stringContaining('NoSuchBucket') });
}, 240_000);

test('names in S3 are checked', async () => {
  const config = s3Config(env);
  expect(fullPath('s3:a.zip', config)).toBe('s3://example-bucket/test/backups/a.zip');
  expect(fullPath('/a/b.zip', undefined)).toBe('/a/b.zip');
  expect(() => fullPath('s3:a.zip', undefined)).toThrow('Set S3_BUCKET');
  expect(() => fullPath('s3:../a.zip', config)).toThrow('is no name of a backup');
  await expect(verifyArchive('s3://example-bucket/a.zip')).rejects.toThrow('Set S3_BUCKET');
  for (const path of [
    's3://example-bucket/a/../b',
    's3://example-bucket/',
    's3://a',
    's3://example-bucket//a',
  ]) {
    await expect(verifyArchive(path, undefined, config)).rejects.toThrow('names no object');
  }
  await expect(verifyArchive('s3://example-bucket/none', undefined, config)).rejects.toThrow(
    'There is no s3://',
  );
});
