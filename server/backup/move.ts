import { existsSync } from 'node:fs';
import { cp, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { PRODUCT } from '#contract/product';
import { type CopySession, literal } from '#server/db/copying/session';
import { checkEmbedded } from '#server/db/embedded/opening';
import type { Database } from '#server/db/database';
import { databaseLocation, filesFolder } from '#server/db/folder';
import { DatabaseLockedError, lockFolder } from '#server/db/lock';
import { readMigrationState } from '#server/db/migration-state';
import { readMigrations } from '#server/db/migrations';
import { parsePostgresUrl } from '#server/db/postgres-url';
import type { Env } from '#server/env';
import { createFolder } from '#server/folders';
import type { Logger } from '#server/log/index';
import {
  INSTANCES,
  QUIET_NAME,
  readActivity,
  readSwitch,
  sentenceOf,
  waitUntilQuiet,
  writeSwitch,
} from '#server/maintenance/switch';
import { findSecrets } from '#server/secrets/secrets';
import { ENCRYPTS, SIGNS_LAST } from '#server/vault/key-use';
import { createMeter, type Fingerprints, fingerprintsOf, type Manifest } from './manifest.ts';
import { usedKeys } from './needed-keys.ts';
import { opener, type OpenCopy } from './older-major.ts';
import { BackupError, fileProblem } from './problem.ts';
import { recordRestore } from './record.ts';
import { restoreDatabase } from './restore-database.ts';
import { requireEmpty } from './restore.ts';
import { tablesOf } from './tables.ts';
import { fileTarget } from './target.ts';
import { withPostgres } from './with-postgres.ts';
import { writeArchive } from './write.ts';

export interface MoveOptions {
  env: Env;
  log: Logger;
  /** The new DATABASE_URL. */
  to: string;
  /** How long to wait for answers that servers are writing, in milliseconds. */
  waitMs: number;
  /** Ends the move, which then changes nothing. */
  signal: AbortSignal;
}

/** The rows and tables that were moved, and the names of both databases without passwords. */
export interface Moved {
  rows: number;
  tables: number;
  from: string;
  to: string;
  /** True if servers run on the old database, which stay in maintenance mode. */
  isServed: boolean;
}

const Count = z.object({ count: z.int() });
const Facts = z.array(z.object({ fact: z.string(), value: z.string() }));

const nameOf = (env: Env): string => {
  const location = databaseLocation(env);
  return 'folder' in location
    ? resolve(location.folder)
    : parsePostgresUrl(location.url, 'DATABASE_URL').name;
};

/**
 * Runs work while the servers that are connected to the database of a session are in maintenance mode and change nothing.
 * They stay in it, unless the work fails.
 * @param work gets true if there are such servers.
 * @throws {BackupError} if they do not get quiet in time.
 */
async function whileQuiet<T>(
  { rows }: CopySession,
  { waitMs, signal }: MoveOptions,
  work: (isServed: boolean) => Promise<T>,
): Promise<T> {
  const [row] = await rows(
    `select count(*)::int as count from ${INSTANCES} and application_name in (${literal(PRODUCT.slug)}, ${literal(QUIET_NAME)})`,
  );
  if (Count.parse(row).count === 0) return work(false);
  const before = await readSwitch(rows);
  await writeSwitch(rows, true);
  try {
    const left = sentenceOf(await waitUntilQuiet(() => readActivity(rows), waitMs, signal));
    if (left !== undefined) throw new BackupError(`Nothing was moved, because ${left}.`);
    return await work(true);
  } catch (error) {
    if (before?.isOn !== true) await writeSwitch(rows, false);
    throw error;
  }
}

/** Locks the folder of a stopped server. */
function lockStopped(folder: string): () => void {
  try {
    return lockFolder(folder);
  } catch (error) {
    if (!(error instanceof DatabaseLockedError)) throw error;
    throw new BackupError(
      `A server has the database in ${folder} open. Stop it, and move the database then.`,
      {
        cause: error,
      },
    );
  }
}

/** Runs work with a copy of the files of an embedded database, because opening the files would change them. */
async function withCopy<T>(
  files: string,
  openCopy: OpenCopy,
  work: (session: CopySession) => Promise<T>,
): Promise<T> {
  const copy = `${files}.copy`;
  try {
    await rm(copy, { recursive: true, force: true });
    await cp(files, copy, { recursive: true }).catch((error: unknown) => {
      throw fileProblem(error, copy, 'written');
    });
    const session = await openCopy(copy);
    try {
      return await work(session);
    } finally {
      await session.close();
    }
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
}

/** Returns the fingerprints of the secrets. @throws {BackupError} if the data needs others. */
async function requireSecrets(session: CopySession, env: Env): Promise<Fingerprints> {
  const found = findSecrets(env);
  if (!found) throw new BackupError('Set AUTH_SECRET and ENCRYPTION_KEY as on the server.');
  const own = fingerprintsOf(found);
  const facts = Facts.parse(await session.rows('select fact, value from public.installation'));
  const lastStarted = (fact: string) => facts.flatMap((row) => (row.fact === fact ? [row.value] : []));
  const used = [...(await usedKeys(session, await tablesOf(session)))].flatMap((id) => id ?? []);
  const keys = new Set([...lastStarted(ENCRYPTS), ...used]);
  const missing = [...keys].filter((id) => !own.encryptionKey.includes(id));
  if (missing.length > 0) {
    throw new BackupError(
      `The data needs another ENCRYPTION_KEY (${missing.join(' and ')}). Set the one of the server, or put its secrets.json into ${env.DATA_DIR}.`,
    );
  }
  if (lastStarted(SIGNS_LAST).some((secret) => !own.authSecret.includes(secret))) {
    throw new BackupError(
      `The server has another AUTH_SECRET, so all sessions would end. Set the one of the server, or put its secrets.json into ${env.DATA_DIR}.`,
    );
  }
  return own;
}

/** @throws {BackupError} if this version does not know the database. */
async function requireKnown({ rows }: CopySession): Promise<void> {
  const { unknown } = await readMigrationState(rows, readMigrations());
  if (unknown > 0) {
    throw new BackupError('A newer version has migrated the database. Move it with that version.');
  }
}

/** Checks the target before anything is read, as the restoration does again. */
async function requireFree(target: Env, log: Logger): Promise<void> {
  const location = databaseLocation(target);
  if ('url' in location) return withPostgres(target, location.url, log, requireEmpty);
  if (existsSync(filesFolder(location.folder))) {
    throw new BackupError(
      `There is a database in ${location.folder}. Choose another folder, or move that one away.`,
    );
  }
}

/** Compares the tables of a session with an archive. @throws {BackupError} if one differs. */
async function compare(session: CopySession, { tables }: Manifest, signal: AbortSignal): Promise<void> {
  // Otherwise, a scan of a large table may begin in its middle, where another session reads it.
  await session.rows('set local synchronize_seqscans = off');
  for (const table of tables) {
    const { pass, result } = createMeter();
    for await (const _ of pass(session.copyOut(table))) signal.throwIfAborted();
    const { rows, sha256 } = result();
    if (rows !== table.rows || sha256 !== table.sha256) {
      throw new BackupError(`The table ${table.name} was not moved as it is, so nothing was moved.`);
    }
  }
}

/** Writes the archive of the old database. */
type Write = (path: string) => Promise<void>;

/**
 * Runs work with the database to move.
 * @param work gets a function that writes its archive.
 */
async function withSource<T>(
  options: MoveOptions,
  work: (write: Write, isServed: boolean) => Promise<T>,
): Promise<T> {
  const { env, log, signal } = options;
  const location = databaseLocation(env);
  async function writeFrom(session: CopySession, path: string): Promise<void> {
    await requireKnown(session);
    await writeArchive(session, fileTarget(path), await requireSecrets(session, env), signal);
  }
  if ('url' in location) {
    return withPostgres(env, location.url, log, (session) =>
      whileQuiet(session, options, (isServed) => work((path) => writeFrom(session, path), isServed)),
    );
  }
  checkEmbedded();
  const files = filesFolder(location.folder);
  if (!existsSync(files)) throw new BackupError(`There is no database in ${location.folder}.`);
  const openCopy = await opener(location.folder, env);
  const unlock = lockStopped(location.folder);
  try {
    return await work((path) => withCopy(files, openCopy, (session) => writeFrom(session, path)), false);
  } finally {
    unlock();
  }
}

/** Returns the settings with the new database. @throws {BackupError} if it is the old one, or not free. */
async function targetOf({ env, log, to }: Pick<MoveOptions, 'env' | 'log' | 'to'>): Promise<Env> {
  // The other settings belong to the old database.
  const target: Env = { ...env, DATABASE_URL: to, DATABASE_DIRECT_URL: undefined, DATABASE_PREPARED: false };
  if (nameOf(env) === nameOf(target)) {
    throw new BackupError('--to is the database of the settings. Name the new one.');
  }
  await requireFree(target, log);
  return target;
}

/** Writes an archive of the old database, restores it into the new one, and compares all tables. */
async function copyTo(
  target: Env,
  { env, log, signal }: Pick<MoveOptions, 'env' | 'log' | 'signal'>,
  write: Write,
  isServed: boolean,
): Promise<Moved> {
  createFolder(env.DATA_DIR);
  const path = join(env.DATA_DIR, `move-${process.pid}.zip`);
  try {
    await rm(path, { force: true });
    await write(path);
    const { tables } = await restoreDatabase({
      env: target,
      log,
      path,
      acceptsOtherKeys: false,
      async afterwards(session, manifest) {
        await compare(session, manifest, signal);
        await recordRestore(session, 'database.move');
        signal.throwIfAborted();
      },
    });
    const rows = tables.reduce((sum, table) => sum + table.rows, 0);
    return { rows, tables: tables.length, from: nameOf(env), to: nameOf(target), isServed };
  } finally {
    await rm(path, { force: true });
  }
}

/**
 * Copies the database of the settings into another, empty one, through an archive, and compares all tables. The old one
 * stays as it is. Servers on Postgres are in maintenance mode from then on.
 * @throws {BackupError} if that is not possible. Then nothing has changed.
 */
export async function moveDatabase(options: MoveOptions): Promise<Moved> {
  const target = await targetOf(options);
  return withSource(options, (write, isServed) => copyTo(target, options, write, isServed));
}

/**
 * Does the same with the embedded database that this server has open.
 * @param enter switches the maintenance mode on, after the new database was checked, and waits until nothing changes.
 * @param leave called if the move fails after that.
 * @throws {BackupError} if that is not possible.
 */
export async function moveServed(
  options: Omit<MoveOptions, 'waitMs'> & { database: Database },
  { enter, leave }: { enter: () => Promise<void>; leave: () => Promise<void> },
): Promise<Moved> {
  const { env, signal, database, to } = options;
  if ('folder' in databaseLocation({ ...env, DATABASE_URL: to })) {
    throw new BackupError(
      'Stop the server to move the database to another folder. Only a move to Postgres works meanwhile.',
    );
  }
  const { createBackup } = await import('./create.ts');
  const target = await targetOf(options);
  const write = async (path: string) => {
    await createBackup(database, { env, path, signal, onPause: () => undefined });
  };
  try {
    await enter();
    return await copyTo(target, options, write, true);
  } catch (error) {
    await leave();
    throw error;
  }
}
