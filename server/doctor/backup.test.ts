import { rmSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { nameAt } from '#server/backup/places';
import { parseEnv } from '#server/env';
import { openBucket } from '#server/s3/bucket';
import { s3Config } from '#server/s3/config';
import { runAdmin } from '#test/admin';
import { SECRETS } from '#test/caller';
import { installations } from '#test/installation';
import { type S3Server, startS3Server } from '#test/s3-server';
import { checkBackup } from './backup.ts';

const { root, fresh } = installations('doctor-s3');
let server: S3Server;
let settings: Record<string, string>;

beforeAll(async () => {
  server = await startS3Server();
  settings = { ...SECRETS, ...server.settings, DATA_DIR: fresh('data') };
  const config = s3Config(parseEnv(settings));
  if (!config) throw new Error('There is no bucket.');
  const bucket = openBucket(config);
  await bucket.put(`test/backups/${nameAt(new Date('2026-01-31T12:00:00Z'))}`, Buffer.from('x'));
  await bucket.put(`recent/backups/${nameAt(new Date())}`, Buffer.from('x'));
});
afterAll(async () => {
  await server.close();
  rmSync(root, { recursive: true, force: true });
});

test.each([
  [{}, 'problem', 'backupOld'],
  [{ S3_PREFIX: 'recent/' }, 'ok', 'backupRecent'],
  [{ S3_PREFIX: 'other/' }, 'warning', 'backupNone'],
  [{ BACKUP_EVERY: '0' }, 'warning', 'backupOff'],
  [{ S3_BUCKET: 'missing' }, 'problem', 'backupUnreachable'],
])('backups in S3 with %j are a finding', async (other, level, code) => {
  const env = parseEnv({ ...settings, ...other });
  const { signal } = new AbortController();
  const found = await checkBackup({ env, database: undefined, secrets: () => undefined, signal });
  expect(found).toMatchObject([{ level, code }]);
  if (code === 'backupUnreachable') expect(found[0]?.values).toEqual({ reason: 'NO_SUCH_BUCKET' });
});

test('the report has no key of S3', async () => {
  const { out } = await runAdmin(settings, 'doctor');
  expect(out).toContain(`S3_ENDPOINT=${settings['S3_ENDPOINT']}`);
  expect(out).toContain('S3_BUCKET=example-bucket');
  expect(out).not.toContain(settings['S3_SECRET_ACCESS_KEY']);
  expect(out).not.toContain(settings['S3_ACCESS_KEY_ID']);
}, 60_000);
