import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PGlite } from '@electric-sql/pglite';
import { z } from 'zod';
import { openOlderCopy, openPgliteCopy } from '../../server/db/copying/pglite.ts';
import { defaultFolder, filesFolder } from '../../server/db/folder.ts';
import { OLDER_FOLDER } from '../../server/db/unusable.ts';
import { runAdmin } from '../admin.ts';
import { StartError, startServer } from '../server.ts';
import { allRows, fillAllTables } from '../whole-database.ts';
import { migrateAll, SECRETS } from './migrated.ts';
import type { Part } from './part.ts';

const Module = z.object({ PGlite: z.custom<typeof PGlite>((value) => typeof value === 'function') });

/** Makes a database with PostgreSQL 17, and takes it over by the commands that the server names. */
export const olderMajor: Part = async ({ report }) => {
  const root = mkdtempSync(join(tmpdir(), 'switchboard-older-'));
  try {
    const installed = join(root, OLDER_FOLDER);
    mkdirSync(installed);
    const install = (folder: string) => {
      const args = ['install', '--no-audit', '--no-fund', '--prefix', folder, '@electric-sql/pglite@0.3.16'];
      execFileSync('npm', args, { stdio: 'pipe' });
    };
    install(installed);
    const older = Module.parse(createRequire(join(installed, 'index.js'))('@electric-sql/pglite')).PGlite;
    const DATA_DIR = join(root, 'data');
    const files = filesFolder(defaultFolder(DATA_DIR));
    mkdirSync(files, { recursive: true });
    const session = await openOlderCopy(files, older);
    await migrateAll(session);
    await fillAllTables(session);
    const before = await allRows(session);
    await session.close();
    assert.equal(readFileSync(join(files, 'PG_VERSION'), 'utf8').trim(), '17');

    const settings = { ...SECRETS, DATA_DIR };
    const refused = await startServer(settings).catch((error: unknown) => error);
    assert(refused instanceof StartError);
    assert.match(
      refused.output,
      /written by PostgreSQL 17, .* npm install --prefix .*@0\.3\.16, .* move --to file:/,
    );
    const to = join(root, 'new');
    const missing = await runAdmin(settings, 'move', '--to', `file:${to}`);
    assert.equal(missing.code, 1);
    assert.match(missing.err, /which an older PGlite can read\. Run: npm install --prefix /);
    cpSync(installed, join(DATA_DIR, OLDER_FOLDER), { recursive: true });
    const began = Date.now();
    const moved = await runAdmin(settings, 'move', '--to', `file:${to}`);
    assert.deepEqual({ code: moved.code, err: moved.err }, { code: 0, err: '' });
    report(`took over a database of PostgreSQL 17 in ${((Date.now() - began) / 1000).toFixed(1)} s`);

    const there = await openPgliteCopy(filesFolder(to));
    const after = await allRows(there);
    await there.close();
    const compared = (rows: Record<string, string[]>) => ({ ...rows, audit_events: [] });
    assert.deepEqual(compared(after), compared(before));
    const server = await startServer({ ...settings, DATABASE_URL: `file:${to}` });
    await server.stop();
  } finally {
    rmSync(root, { recursive: true });
  }
};
