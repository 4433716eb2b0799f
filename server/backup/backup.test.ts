import {
  createWriteStream,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { sql } from 'drizzle-orm';
import { ZipFile } from 'yazl';
import type { Database } from '#server/db/database';
import { defaultFolder, filesFolder } from '#server/db/folder';
import { openPglite } from '#server/db/pglite';
import { openPostgres } from '#server/db/postgres';
import { type Env, parseEnv } from '#server/env';
import { SECRETS } from '#test/caller';
import { until } from '#test/client';
import { withCopySession } from '#test/copy-session';
import { installations, isPostgres } from '#test/installation';
import { silent } from '#test/logs';
import { allRows, fillAllTables } from '#test/whole-database';
import { createBackup } from './create.ts';
import { BackupError } from './problem.ts';
import { openArchive, verifyArchive } from './read.ts';
import { restoreDatabase } from './restore-database.ts';
import { backUpIfDue } from './scheduled.ts';
import { entryOf } from './write.ts';

const { root, fresh, create } = installations('backup');
afterAll(() => {
  rmSync(root, { recursive: true });
});

/** Returns the settings of an installation, on the database of the tests or on the embedded one. */
const installation = async (kind: 'empty' | 'migrated', on = isPostgres): Promise<Env> =>
  parseEnv(await create(kind, on));

const open = async ({ DATABASE_URL, DATA_DIR }: Env): Promise<Database> =>
  DATABASE_URL === undefined
    ? openPglite(defaultFolder(DATA_DIR), silent)
    : openPostgres(DATABASE_URL, 4, silent);

const restore = (env: Env, path: string, acceptsOtherKeys = false) =>
  restoreDatabase({ env, log: silent, path, acceptsOtherKeys, afterwards: async () => undefined });

const backUp = (database: Database, env: Env, path: string, signal = new AbortController().signal) =>
  createBackup(database, { env, path, signal, onPause: () => undefined });

/** Returns the message of the error, which must be one sentence for the operator. */
async function problemOf(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof BackupError)) throw new Error('No problem was reported.', { cause: error });
  expect(error.message).not.toContain('\n');
  return error.message;
}

/** True if nothing has been restored. */
async function isUntouched(env: Env): Promise<boolean> {
  if (env.DATABASE_URL === undefined) {
    const folder = defaultFolder(env.DATA_DIR);
    return !existsSync(folder) || readdirSync(folder).every((name) => name.startsWith('server.'));
  }
  return withCopySession(env, async ({ rows }) => {
    const found = await rows(`select from pg_namespace where nspname = 'drizzle'
      union all select from pg_class where relnamespace = 'public'::regnamespace`);
    return found.length === 0;
  });
}

let env: Env;
let path: string;
let database: Database;
let before: Record<string, string[]>;
/** The number of pairs that were written before and after the backup. */
let [atStart, atEnd] = [0, 0];

beforeAll(async () => {
  env = await installation('migrated');
  await withCopySession(env, async (session) => {
    await fillAllTables(session);
    // A message that comes before its parent, rows of many parts, and a part with a single large row.
    await session.rows(`insert into messages (id, chat_id, user_id, role, status, parts)
      select 'child-' || n, 'row-1', 'row-1', 'user', 'complete', '[]' from generate_series(1, 500) n`);
    await session.rows(`insert into messages (id, chat_id, user_id, role, status, parts) values
      ('parent', 'row-1', 'row-1', 'user', 'complete', json_build_array(repeat('large ', 900000)))`);
    await session.rows(`update messages set parent_id = 'parent' where id like 'child-%'`);
    await session.rows(`insert into file_contents select 'row-1', 'text', n, decode(repeat(md5(n::text), 4096), 'hex')
      from generate_series(1, 40) n`);
    before = await allRows(session);
  });

  database = await open(env);
  const stop = new AbortController();
  const load = (async () => {
    while (!stop.signal.aborted) {
      const n = String(++atEnd);
      await database.db.transaction(async (tx) => {
        await tx.execute(sql`insert into installation (fact, value) values (${`load-${n}`}, ${n})`);
        await tx.execute(sql`insert into verifications (id, identifier, value, expires_at)
          values (${`load-${n}`}, 'load', ${n}, now())`);
      });
    }
  })();
  path = fresh('backup.zip');
  while (atEnd < 5) await new Promise((resolve) => setTimeout(resolve, 10));
  atStart = atEnd - 1;
  await backUp(database, env, path);
  stop.abort();
  await load;
});
afterAll(() => database.close());

test('a backup that was made under load restores every row, on both databases', async () => {
  expect(Object.values(before).every(({ length }) => length > 0)).toBe(true);
  for (const on of new Set([isPostgres, false])) {
    const target = await installation('empty', on);
    await restore(target, path);
    await withCopySession(target, async (session) => {
      const { rows } = session;
      // The load: each transaction is complete or missing, and none is missing before a later one.
      const [{ pairs = 0, last = 0, facts = 0, values = 0 } = {}] = await rows(`
        select count(*)::int as pairs, max(v.value::int)::int as last,
          (select count(*)::int from installation where fact like 'load-%') as facts,
          (select count(*)::int from verifications where id like 'load-%') as values
        from installation i join verifications v on v.id = i.fact and v.value = i.value where i.fact like 'load-%'`);
      expect([last, facts, values]).toEqual([pairs, pairs, pairs]);
      expect(pairs).toBeGreaterThanOrEqual(atStart);
      expect(pairs).toBeLessThanOrEqual(atEnd);
      await rows(`delete from installation where fact like 'load-%'`);
      await rows(`delete from verifications where id like 'load-%'`);
      expect(await allRows(session)).toEqual(before);
      // Constraints and triggers are as before.
      await expect(rows(`update messages set parent_id = 'none'`)).rejects.toThrow(/foreign key/);
      await rows('delete from removed_accounts');
      await rows(`delete from users where id = 'row-1'`);
      expect(await rows('select user_id from removed_accounts order by 1')).toEqual([{ user_id: 'row-1' }]);
    });
  }
});

test('the archive is a ZIP file for its owner only, with one COPY text per table', async () => {
  const { tables, database, version } = await verifyArchive(path);
  expect(database).toBe(isPostgres ? 'postgres' : 'pglite');
  expect(version).toMatch(/^\d/);
  expect(tables.map(({ name }) => name)).toEqual(Object.keys(before));
  if (process.platform !== 'win32') expect((statSync(path).mode & 0o777).toString(8)).toBe('600');
  expect(readFileSync(path).subarray(0, 4).toString()).toBe('PK\x03\x04');
  // Neither secret is in it.
  const manifest = JSON.stringify(await verifyArchive(path));
  for (const secret of Object.values(SECRETS)) expect(manifest).not.toContain(secret);
});

describe('a backup is rejected, and nothing is left,', () => {
  const changed = (change: (bytes: Buffer) => Buffer): string => {
    const copy = fresh('damaged.zip');
    writeFileSync(copy, change(readFileSync(path)));
    return copy;
  };
  const flip = (at: (length: number) => number) => (bytes: Buffer) => {
    const position = Math.floor(at(bytes.length));
    bytes.writeUInt8(bytes.readUInt8(position) ^ 0xff, position);
    return bytes;
  };

  test.each<[string, (bytes: Buffer) => Buffer, RegExp]>([
    ['empty', () => Buffer.alloc(0), /is damaged, or no backup of this program/],
    ['another file', () => Buffer.from('hello'.repeat(100)), /is damaged, or no backup/],
    ['cut in half', (bytes) => bytes.subarray(0, bytes.length / 2), /is damaged, or no backup/],
    ['without its last byte', (bytes) => bytes.subarray(0, -1), /is damaged, or no backup/],
    [
      'changed in a table',
      flip((length) => length / 2),
      /is damaged.*: the table \w+ (cannot be read|differs from the manifest)\.$/,
    ],
  ])('if it is %s', async (_, change, message) => {
    const target = await installation('empty');
    expect(await problemOf(restore(target, changed(change)))).toMatch(message);
    expect(await isUntouched(target)).toBe(true);
  });

  test.each<[string, object, (text: Uint8Array) => Uint8Array]>([
    ['its manifest has another checksum', { sha256: 'a'.repeat(64) }, (text) => text],
    ['a table has bytes that are no UTF-8', {}, (text) => Buffer.from(text).fill(0xa9, 0, 1)],
  ])('if %s', async (_, summary, change) => {
    const target = await installation('empty');
    const copy = fresh('changed.zip');
    const archive = await openArchive(path);
    const zip = new ZipFile();
    async function* changedText(text: AsyncIterable<Uint8Array>) {
      for await (const chunk of text) yield change(chunk);
    }
    const tables = archive.manifest.tables.map((table) => {
      const isChanged = table.name === 'messages';
      const text = archive.read(table);
      zip.addReadStream(
        Readable.from(isChanged ? changedText(text) : text, { objectMode: false }),
        entryOf(table.name),
      );
      return isChanged ? { ...table, ...summary } : table;
    });
    zip.addBuffer(Buffer.from(JSON.stringify({ ...archive.manifest, tables })), 'manifest.json');
    zip.end();
    await pipeline(zip.outputStream, createWriteStream(copy));
    archive.close();
    expect(await problemOf(restore(target, copy))).toMatch(/the table messages differs from the manifest\.$/);
    expect(await isUntouched(target)).toBe(true);
  });

  test('if its file is missing', async () => {
    const target = await installation('empty');
    expect(await problemOf(restore(target, fresh('none.zip')))).toMatch(/^There is no .*none/);
  });

  test('if the database has tables or data', async () => {
    const target = await installation('migrated');
    expect(await problemOf(restore(target, path))).toMatch(
      isPostgres ? /^The database is not empty: it has migrations\./ : /^There is a database in /,
    );
  });

  test('if the secrets are others, unless that is accepted', async () => {
    const target = await installation('empty');
    const other: Env = { ...target, ENCRYPTION_KEY: [Buffer.alloc(32, 9).toString('base64')] };
    expect(await problemOf(restore(other, path))).toBe(
      `The backup needs other secrets: ENCRYPTION_KEY differs, so 1 provider keys and 1 responses of idempotency keys ` +
        `would be unreadable. Set the secrets of that installation, or put its secrets.json into ${target.DATA_DIR}. ` +
        'If they are lost, add --other-keys.',
    );
    const { AUTH_SECRET: _, ENCRYPTION_KEY: _key, ...none } = target;
    expect(
      await problemOf(restore({ ...none, AUTH_SECRET: undefined, ENCRYPTION_KEY: undefined }, path)),
    ).toContain('AUTH_SECRET differs, so 1 sessions would end');
    // No secrets were generated.
    expect(existsSync(join(target.DATA_DIR, 'secrets.json'))).toBe(false);
    expect(await isUntouched(target)).toBe(true);
    // What is accepted goes on, until the damage is found.
    expect(await problemOf(restore(other, changed(flip((length) => length / 2)), true))).toContain(
      'is damaged',
    );
  });
});

describe('making a backup', () => {
  test('replaces no file, and reports a folder that does not exist', async () => {
    writeFileSync(`${path}.other`, 'kept');
    expect(await problemOf(backUp(database, env, `${path}.other`))).toMatch(/other exists already\.$/);
    expect(readFileSync(`${path}.other`, 'utf8')).toBe('kept');
    expect(await problemOf(backUp(database, env, join(root, 'none/a.zip')))).toMatch(
      /^There is no folder .*none\.$/,
    );
  });

  test('leaves no file when it is ended', async () => {
    const stop = new AbortController();
    const ended = fresh('ended.zip');
    const made = backUp(database, env, ended, stop.signal);
    // While it is being written.
    await until(
      async () => existsSync(`${ended}.partial`),
      (exists) => exists,
      30_000,
    );
    stop.abort();
    await expect(made).rejects.toThrow();
    expect(readdirSync(root).filter((name) => name.startsWith(basename(ended)))).toEqual([]);
    expect(existsSync(`${filesFolder(defaultFolder(env.DATA_DIR))}.copy`)).toBe(false);
    expect(await database.execute(sql`select 1 as one`)).toEqual([{ one: 1 }]);
  });
});

test('scheduled backups are made when they are due, and the oldest are deleted', async () => {
  const BACKUP_DIR = fresh('backups');
  const { signal } = new AbortController();
  const settings = { ...env, BACKUP_DIR, BACKUP_EVERY: 24, BACKUP_KEEP: 2 };
  const at = (hour: number) =>
    backUpIfDue({ database, env: settings, log: silent, signal }, new Date(Date.UTC(2026, 0, 2, hour)));
  const others = ['other', 'switchboard-notes.zip'];
  const nameOf = (time: string) => `switchboard-${time}-00-00Z.zip`;
  const earlier = ['2025-12-30T12', '2025-12-31T12', '2026-01-01T12'].map(nameOf);
  // The last one is what a killed process has left.
  const all = [...others, ...earlier, `${nameOf('2026-01-01T13')}.partial`];
  mkdirSync(BACKUP_DIR);
  for (const name of all) writeFileSync(join(BACKUP_DIR, name), '');
  const copy = `${filesFolder(defaultFolder(env.DATA_DIR))}.copy`;
  if (!isPostgres) mkdirSync(join(copy, 'base'), { recursive: true });
  await at(11);
  expect(readdirSync(BACKUP_DIR).sort()).toEqual(all.sort());
  // Two instances at the same time make one.
  await Promise.all([at(12), ...(isPostgres ? [at(12)] : [])]);
  await at(13);
  const kept = [...others, nameOf('2026-01-01T12'), nameOf('2026-01-02T12')];
  expect(readdirSync(BACKUP_DIR).sort()).toEqual(kept.sort());
  await verifyArchive(join(BACKUP_DIR, nameOf('2026-01-02T12')));
  expect(existsSync(copy)).toBe(false);
});
