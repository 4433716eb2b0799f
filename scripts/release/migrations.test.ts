import { expect, test } from '@jest/globals';
import { type Migration, parseMigration, readMigrations } from '#server/db/migrations';
import { releasedVersions } from './changes.ts';
import { migrationFaults, type Releases } from './migrations.ts';

/** The migrations that need no declaration. */
const FIRST = readMigrations().slice(0, 27);

const releases: Releases = {
  versions: ['0.2.0', '0.1.0'],
  current: '0.2.0',
  schemaOf: (version) => ({
    tables: {
      'public.messages': {
        columns: {
          id: { notNull: true },
          text: { notNull: false },
          ...(version === '0.1.0' && { old: { notNull: false } }),
        },
      },
    },
  }),
};

const fileOf = (text: string): Migration => parseMigration('0027_change', 1, text);
const faults = (text: string, of = releases) => migrationFaults([...FIRST, fileOf(text)], of);

test('a migration declares a released version', () => {
  expect(migrationFaults(FIRST, releases)).toEqual([]);
  expect(faults('SELECT 1;')).toEqual([
    expect.stringContaining('Add "-- works with 0.2.0" to its first lines'),
  ]);
  expect(faults('SELECT 1;\n-- works with 0.2.0')).toHaveLength(1);
  for (const version of ['0.1.0', '0.2.0']) expect(faults(`-- works with ${version}\nSELECT 1;`)).toEqual([]);
  expect(faults('-- works with 0.3.0\nSELECT 1;')).toEqual([
    expect.stringContaining('which was not released'),
  ]);
  const unreleased = { ...releases, versions: [], current: '0.1.0' };
  expect(faults('-- works with 0.1.0\nSELECT 1;', unreleased)).toEqual([]);
  expect(faults('-- works with 0.2.0\nSELECT 1;', unreleased)).toHaveLength(1);
});

test.each([
  ['ALTER TABLE "messages" DROP COLUMN "text";', 'drops or renames the column messages.text'],
  [
    'ALTER TABLE messages\n  ADD COLUMN a int, DROP COLUMN IF EXISTS text;',
    'drops or renames the column messages.text',
  ],
  ['ALTER TABLE "messages" RENAME COLUMN "text" TO "body";', 'drops or renames the column messages.text'],
  ['ALTER TABLE "messages" RENAME "text" TO "body";', 'drops or renames the column messages.text'],
  ['ALTER TABLE "messages" RENAME TO "lines";', 'renames the table messages'],
  ['-- A comment.\nDROP TABLE "messages" CASCADE;', 'drops the table messages'],
  ['DROP TABLE IF EXISTS "public"."messages";', 'drops the table messages'],
  [
    'ALTER TABLE "messages" ALTER COLUMN "text" SET NOT NULL;',
    'requires a value in the column messages.text',
  ],
])('%j takes something away from the declared version', (statement, fault) => {
  const [found, ...others] = faults(`-- works with 0.2.0\nSELECT 1;--> statement-breakpoint\n${statement}`);
  expect(found).toContain(fault);
  expect(others).toEqual([]);
});

test.each([
  'ALTER TABLE "messages" DROP COLUMN "old";',
  'ALTER TABLE "messages" ALTER COLUMN "id" SET NOT NULL;',
  'ALTER TABLE "messages" ALTER COLUMN "text" DROP NOT NULL;',
  'ALTER TABLE "messages" DROP CONSTRAINT "text";',
  'ALTER TABLE "messages" RENAME CONSTRAINT "text" TO "body";',
  'DROP INDEX "messages";',
  'DROP TABLE "drafts";',
])('%j takes nothing away from the declared version', (statement) => {
  expect(faults(`-- works with 0.2.0\n${statement}`)).toEqual([]);
});

test('what a version used may go with the release after the one that stopped', () => {
  const drop = 'ALTER TABLE "messages" DROP COLUMN "old";';
  expect(faults(`-- works with 0.1.0\n${drop}`)).toHaveLength(1);
  expect(faults(`-- works with 0.2.0\n${drop}`)).toEqual([]);
});

test('the released versions are the sections of the changelog', () => {
  expect(
    releasedVersions('# Changelog\n\n## Unreleased\n\n## 0.2.0 (2026-02-01)\n\n## 0.1.0 (2026-01-01)\n'),
  ).toEqual(['0.2.0', '0.1.0']);
});
