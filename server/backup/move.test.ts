import { createHash } from 'node:crypto';
import { existsSync, globSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import postgres from 'postgres';
import { defaultFolder, filesFolder } from '#server/db/folder';
import { lockFolder } from '#server/db/lock';
import { openPglite } from '#server/db/pglite';
import { parseEnv } from '#server/env';
import { runAdmin } from '#test/admin';
import { startInstance } from '#test/caller';
import { until } from '#test/answers';
import { withCopySession } from '#test/copy-session';
import { installations, isPostgres, type Settings } from '#test/installation';
import { silent } from '#test/logs';
import { createEmpty } from '#test/postgres-databases';
import { allRows, fillAllTables } from '#test/whole-database';
import { moveDatabase } from './move.ts';
import { BackupError } from './problem.ts';

const { TEST_DATABASE_URL = '', TEST_RUN } = process.env;

const { root, fresh, create } = installations('move');
afterAll(() => {
  rmSync(root, { recursive: true });
});

const withRows = (settings: Settings, statement: string) =>
  withCopySession(parseEnv(settings), ({ rows }) => rows(statement));

const move = (settings: Settings, to: string) =>
  moveDatabase({
    env: parseEnv(settings),
    log: silent,
    to,
    waitMs: 10_000,
    signal: new AbortController().signal,
  });

/** Returns the message of the error, which must be one sentence for the operator. */
async function problemOf(settings: Settings, to: string): Promise<string> {
  const error = await move(settings, to).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof BackupError)) throw new Error('No problem was reported.', { cause: error });
  expect(error.message).not.toContain('\n');
  expect(
    readdirSync(root, { recursive: true }).filter((name) => /\.zip|\.copy|\.restoring/.test(String(name))),
  ).toEqual([]);
  return error.message;
}

/** Returns a hash of all files of the embedded database, with their times. */
function stateOf({ DATA_DIR = '' }: Settings): string {
  const files = filesFolder(defaultFolder(DATA_DIR));
  const hash = createHash('sha256');
  for (const name of globSync('**/*', { cwd: files }).sort()) {
    const path = join(files, name);
    const { mtimeMs } = statSync(path);
    hash.update(`${name} ${mtimeMs}\n`);
    if (statSync(path).isFile()) hash.update(readFileSync(path));
  }
  return hash.digest('hex');
}

const newFolder = () => `file:${fresh('moved')}`;

/** Returns the new DATABASE_URL and the settings for it: Postgres if the tests run on it, else a folder. */
async function newDatabase(): Promise<string> {
  if (!isPostgres) return newFolder();
  return createEmpty(TEST_DATABASE_URL, Number(TEST_RUN), fresh('moved').replaceAll(/\W/g, '_').slice(-50));
}

/** Returns all rows, without the lines of the audit trail that a move adds. */
async function contentOf(settings: Settings) {
  const { DATABASE_URL = '' } = settings;
  const own = DATABASE_URL.startsWith('file:')
    ? withFolder(DATABASE_URL.slice('file:'.length))
    : withCopySession(parseEnv(settings), allRows);
  const rows = await own;
  return { ...rows, audit_events: rows['audit_events']?.filter((row) => !row.includes('database.move')) };
}

async function withFolder(folder: string) {
  const { openPgliteCopy } = await import('#server/db/copying/pglite');
  const session = await openPgliteCopy(filesFolder(folder));
  try {
    return await allRows(session);
  } finally {
    await session.close();
  }
}

let source: Settings;
let before: Record<string, string[] | undefined>;

beforeAll(async () => {
  // The embedded one, also if the tests run on Postgres.
  source = await create('migrated', false);
  await withCopySession(parseEnv(source), async (session) => {
    await fillAllTables(session);
    await session.rows(`update users set role = 'admin'`);
  });
  // The ciphertexts of the rows are none, and this is what a server has stored.
  before = await contentOf(source);
});

test('the embedded database is moved and back, with every row of every table', async () => {
  const state = stateOf(source);
  const DATABASE_URL = await newDatabase();
  const there = await move(source, DATABASE_URL);
  expect(there.rows).toBeGreaterThan(there.tables - 2);
  expect(stateOf(source)).toBe(state);
  expect(await contentOf({ ...source, DATABASE_URL })).toEqual(before);

  const back = newFolder();
  await move({ ...source, DATABASE_URL }, back);
  expect(await contentOf({ ...source, DATABASE_URL: back })).toEqual(before);
  expect(await contentOf({ ...source, DATABASE_URL })).toEqual(before);
}, 120_000);

test('the command says what to do next, and names generated secrets without showing them', async () => {
  const settings = await create('migrated', false);
  const { AUTH_SECRET = '', ENCRYPTION_KEY = '', DATA_DIR = '' } = settings;
  writeFileSync(
    join(DATA_DIR, 'secrets.json'),
    JSON.stringify({ authSecret: AUTH_SECRET, encryptionKey: ENCRYPTION_KEY }),
  );
  const { code, out, err } = await runAdmin({ DATA_DIR }, 'move', '--to', await newDatabase());
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out.split('\n')).toEqual([
    expect.stringMatching(/^Copied \d+ rows of \d+ tables to \S.*, and compared each table\.$/),
    'Set DATABASE_URL to the new database, and start the server.',
    `AUTH_SECRET and ENCRYPTION_KEY were generated in ${join(DATA_DIR, 'secrets.json')}. Keep that file in DATA_DIR of the server, or set them from it on all instances.`,
    expect.stringMatching(/^The old database \(\S+\) is unchanged\. /),
    '',
  ]);
  expect(out).not.toContain(AUTH_SECRET);
  const missing = await runAdmin({ DATA_DIR }, 'move', '--to', 'mysql://127.0.0.1/x');
  expect(missing).toMatchObject({
    code: 2,
    err: expect.stringMatching(/^move: --to must start with file:, /),
  });
}, 120_000);

(isPostgres ? test : test.skip)(
  'servers on Postgres stay in maintenance mode, unless the move fails',
  async () => {
    const settings = await create('migrated');
    const { openPostgres } = await import('#server/db/postgres');
    const instance = await startInstance({
      settings,
      database: async () => openPostgres(settings['DATABASE_URL'] ?? '', 4, silent),
    });
    try {
      expect(
        await problemOf(
          { ...settings, AUTH_SECRET: 'another secret for tests of 32 characters' },
          newFolder(),
        ),
      ).toMatch(/^The server has another AUTH_SECRET, /);
      await until(() => !instance.maintenance.isOn());

      const change = Promise.withResolvers<void>();
      const writing = Promise.resolve(instance.maintenance.write(() => change.promise));
      const moving = move(settings, newFolder());
      await until(() => instance.maintenance.isOn());
      change.resolve();
      await writing;
      const DATABASE_URL = newFolder();
      expect((await moving).isServed).toBe(true);
      expect(instance.maintenance.isOn()).toBe(true);
      await move(settings, DATABASE_URL);
      const folder = DATABASE_URL.slice('file:'.length);
      const { openPgliteCopy } = await import('#server/db/copying/pglite');
      const session = await openPgliteCopy(filesFolder(folder));
      const facts = await session.rows(`select fact from installation where fact = 'maintenance'`);
      await session.close();
      expect(facts).toEqual([]);
    } finally {
      await instance.close();
    }
  },
  180_000,
);

describe('a move is refused', () => {
  test('while a server runs', async () => {
    const unlock = lockFolder(defaultFolder(source['DATA_DIR'] ?? ''));
    try {
      expect(await problemOf(source, newFolder())).toMatch(
        /^A server has the database in \S+ open\. Stop it, and /,
      );
    } finally {
      unlock();
    }
  }, 60_000);

  test('to itself, and to a database with anything in it', async () => {
    expect(await problemOf(source, `file:${defaultFolder(source['DATA_DIR'] ?? '')}`)).toMatch(
      /^--to is the database of the settings\./,
    );
    const folder = fresh('used');
    await (await openPglite(folder, silent)).close();
    expect(await problemOf(source, `file:${folder}`)).toMatch(
      /^There is a database in \S+\. Choose another folder, /,
    );
    expect(await problemOf({ ...source, DATA_DIR: fresh('none') }, newFolder())).toMatch(
      /^There is no database in /,
    );
    if (!isPostgres) return;
    const migrated = await create('migrated');
    expect(await problemOf(source, migrated['DATABASE_URL'] ?? '')).toMatch(
      /^The database is not empty: it has migrations\./,
    );
    const other = await create('empty');
    await withRows(other, 'create table orders (id int)');
    expect(await problemOf(source, other['DATABASE_URL'] ?? '')).toMatch(
      /^The database is not empty: it has a table orders\./,
    );
  }, 60_000);

  (isPostgres ? test : test.skip)('to another encoding', async () => {
    const server = postgres(TEST_DATABASE_URL, { max: 1, onnotice: () => undefined });
    const name = `sb_test_${TEST_RUN}_latin`;
    await server.unsafe(`create database ${name} encoding 'LATIN1' locale 'C' template template0`);
    await server.end();
    const url = new URL(TEST_DATABASE_URL);
    url.pathname = `/${name}`;
    expect(await problemOf(source, url.href)).toMatch(/^The database has the encoding LATIN1, in which /);
  });

  test('with other secrets', async () => {
    const settings = await create('migrated', false);
    const fact = (name: string, value: string) =>
      withRows(
        settings,
        `insert into installation (fact, value) values ('${name}', '${value}')
        on conflict (fact) do update set value = excluded.value`,
      );
    await fact('auth-secret-of-last-start', 'fedcba9876543210');
    expect(await problemOf(settings, newFolder())).toMatch(
      /^The server has another AUTH_SECRET, so all sessions/,
    );
    await withRows(settings, `delete from installation`);
    await withRows(settings, `insert into users (id, name, email) values ('ada', 'Ada', 'ada@example.com')`);
    await withRows(
      settings,
      `insert into provider_keys (user_id, provider, ciphertext, last4)
        values ('ada', 'openai', 'v2.0123456789abcdef.rest', 'last')`,
    );
    const state = stateOf(settings);
    expect(await problemOf(settings, newFolder())).toMatch(
      /^The data needs another ENCRYPTION_KEY \(0123456789abcdef\)\. Set the one of the server, /,
    );
    expect(await problemOf({ DATA_DIR: settings['DATA_DIR'] ?? '' }, newFolder())).toBe(
      'Set AUTH_SECRET and ENCRYPTION_KEY as on the server.',
    );
    expect(stateOf(settings)).toBe(state);
  }, 60_000);

  test('of files of an older PostgreSQL version, without a PGlite that reads them', async () => {
    const settings = await create('migrated', false);
    const { DATA_DIR = '' } = settings;
    writeFileSync(join(filesFolder(defaultFolder(DATA_DIR)), 'PG_VERSION'), '17\n');
    const folder = join(DATA_DIR, 'older-pglite');
    expect(await problemOf(settings, newFolder())).toMatch(
      `was written by PostgreSQL 17, which an older PGlite can read. Run: npm install --prefix ${folder} @electric-sql/pglite@0.3.16, and run this command again`,
    );
  }, 60_000);

  test('of a database of a newer version', async () => {
    const settings = await create('migrated', false);
    await withRows(
      settings,
      `insert into drizzle.__drizzle_migrations (hash, created_at, works_with) values ('newer', 1, '0.0.1')`,
    );
    const target = newFolder();
    expect(await problemOf(settings, target)).toMatch(/^A newer version has migrated the database\./);
    expect(existsSync(filesFolder(target.slice('file:'.length)))).toBe(false);
  }, 60_000);
});
