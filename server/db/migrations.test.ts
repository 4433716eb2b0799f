import { expect, test } from '@jest/globals';
import { readMigrationFiles } from 'drizzle-orm/migrator';
import { parseMigration, readMigrations, withoutComments } from './migrations.ts';

const BREAKPOINT = '--> statement-breakpoint';

test('the files are read in the order of the journal, with the hashes that Drizzle computes', () => {
  const own = readMigrations();
  expect(own.length).toBeGreaterThan(26);
  const drizzles = readMigrationFiles({ migrationsFolder: 'server/db/migrations' });
  expect(own.map(({ hash, when }) => [hash, when])).toEqual(
    drizzles.map(({ hash, folderMillis }) => [hash, folderMillis]),
  );
});

test.each<[string, boolean, string | undefined]>([
  ['SELECT 1;', true, undefined],
  ['-- works with 0.1.0\nSELECT 1;', true, '0.1.0'],
  ['-- outside transaction\n-- works with 0.2.0-rc.1\nSELECT 1;', false, '0.2.0-rc.1'],
  ['-- outside transaction\r\n-- Why.\r\n-- works with 1.2.3\r\nSELECT 1;', false, '1.2.3'],
  ['-- Not outside transaction\nSELECT 1;\n-- works with 0.1.0', true, undefined],
  ['-- works with everything\nSELECT 1;', true, undefined],
])('the comments at the start of %j are read', (text, isTransactional, worksWith) => {
  expect(parseMigration('a', 1, text)).toMatchObject({ isTransactional, worksWith });
});

test('statements without content are left out', () => {
  expect(parseMigration('a', 1, '-- works with 0.1.0\n').statements).toEqual([]);
  const text = `-- One.\nSELECT 1;${BREAKPOINT}\n-- Two.\nSELECT 2;${BREAKPOINT}\n-- None.\n`;
  expect(parseMigration('a', 1, text).statements.map((one) => withoutComments(one).trim())).toEqual([
    'SELECT 1;',
    'SELECT 2;',
  ]);
});
