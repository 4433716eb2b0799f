import { expect, test } from '@jest/globals';
import { sql } from 'drizzle-orm';
import { idempotencyKeys } from '#server/db/schema/index';
import { testDatabase } from '#test/database';
import { Manifest } from './manifest.ts';
import { neededKeys } from './needed-keys.ts';
import { lostWith } from './restore.ts';

const [NEW, OLD, OTHER] = ['a'.repeat(16), 'b'.repeat(16), 'c'.repeat(16)];

test('the first key is needed, and older ones with which something is encrypted', async () => {
  const database = await testDatabase();
  const session = { rows: (text: string) => database.execute(sql.raw(text)) };
  const tables = [{ name: 'idempotency_keys', columns: ['answer'] }];
  const store = (key: string, answer: string | null) =>
    database.db.insert(idempotencyKeys).values({
      userId: 'ada',
      key,
      answer,
      fingerprint: '',
      attemptId: '',
      leaseExpiresAt: new Date(),
    });
  const needed = () => neededKeys(session, tables, [NEW, OLD, OTHER]);
  await store('running', null);
  await store('new', `v2.${NEW}.aaaa`);
  expect(await needed()).toEqual([NEW]);
  await store('old', `v2.${OLD}.aaaa`);
  await store('lost', `v2.${'d'.repeat(16)}.aaaa`);
  expect(await needed()).toEqual([NEW, OLD]);
  expect(await neededKeys(session, [], [NEW, OLD])).toEqual([NEW]);
  // It names no key.
  await store('before', 'v1.aaaa');
  expect(await needed()).toEqual([NEW, OLD, OTHER]);
});

test('a backup is rejected if a key that it needs is missing, in any order of the list', () => {
  const tables = ['provider_keys', 'idempotency_keys', 'sessions'].map((name, index) => ({
    name,
    columns: ['id'],
    rows: index + 1,
    bytes: 0,
    sha256: 'a'.repeat(64),
  }));
  const manifestOf = (encryptionKey: unknown) =>
    Manifest.parse({
      format: 1,
      version: '1.0.0',
      createdAt: '2026-01-01T00:00:00.000Z',
      database: 'postgres',
      migrations: ['a'.repeat(64)],
      secrets: { authSecret: [NEW, OLD], encryptionKey },
      tables,
    });
  const manifest = manifestOf([NEW, OLD]);
  const lost = (encryptionKey: [string, ...string[]], authSecret: [string, ...string[]] = [OLD, NEW]) =>
    lostWith({ authSecret, encryptionKey }, manifest);
  expect(lost([OTHER, OLD, NEW])).toEqual([]);
  expect(lost([NEW])).toEqual([
    `ENCRYPTION_KEY lacks ${OLD}, so up to 1 provider keys and 2 responses of idempotency keys would be unreadable`,
  ]);
  expect(lost([OTHER])).toEqual([
    'ENCRYPTION_KEY differs, so 1 provider keys and 2 responses of idempotency keys would be unreadable',
  ]);
  expect(lost([NEW, OLD], [NEW])).toEqual([`AUTH_SECRET lacks ${OLD}, so up to 3 sessions would end`]);
  // Archives from before secrets were lists.
  expect(lostWith({ authSecret: [NEW, OLD], encryptionKey: [NEW] }, manifestOf(NEW))).toEqual([]);
});
