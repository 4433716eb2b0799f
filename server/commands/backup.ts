import { z } from 'zod';
import { auditCommand } from '#server/people/audit';
import { isMigrated } from '#server/db/migration-state';
import type { Env } from '#server/env';
import { type S3Config, s3Config } from '#server/s3/config';
import { S3Error } from '#server/s3/error';
import { CommandError, defineCommand, defineOfflineCommand } from './command.ts';

/** The time limit of a command that reads or writes a whole database, in milliseconds. */
export const DAY_MS = 24 * 3600_000;

const File = z.strictObject({ file: z.string().min(1).max(4096) });

/** Returns the path of a backup that the operator has named: a file, `s3:NAME` or `s3://bucket/key`. */
async function pathOf(env: Env, file: string): Promise<{ path: string; s3: S3Config | undefined }> {
  const { fullPath } = await import('#server/backup/paths');
  const s3 = s3Config(env);
  return { path: fullPath(file, s3), s3 };
}

/** Runs work on a backup. Its modules are loaded only then. */
export async function withBackups<T>(work: () => Promise<T>): Promise<T> {
  const { BackupError } = await import('#server/backup/problem');
  try {
    return await work();
  } catch (error) {
    const isExplained = error instanceof BackupError || error instanceof S3Error;
    throw isExplained ? new CommandError(error.message, 1, { cause: error }) : error;
  }
}

const megabytes = (bytes: number) => `${(bytes / 1_000_000).toFixed(1)} MB`;

const backup = defineCommand({
  name: 'backup',
  summary: 'writes the whole database to a new file, also while the server runs',
  positionals: ['file'],
  limitMs: DAY_MS,
  migrates: false,
  input: File,
  run: (context, { file }) =>
    withBackups(async () => {
      const { path } = await pathOf(context.env, file);
      const { createBackup } = await import('#server/backup/create');
      const { database, env, print, signal } = context;
      const written = await createBackup(database, {
        env,
        path,
        signal,
        onPause: (ms) => void print(`Statements waited for ${ms} ms while the database was copied.`),
      });
      // A backup before an upgrade finds an older schema.
      if (await isMigrated(database)) await auditCommand(database.db, 'backup.create');
      await print(`${path} has ${written.rows} rows in ${megabytes(written.bytes)}, and was read back.`);
      await print(
        'Keep AUTH_SECRET and ENCRYPTION_KEY, or secrets.json, apart from it. It does not contain them.',
      );
    }),
});

const verify = defineOfflineCommand({
  name: 'verify',
  summary: 'reads a whole backup, and compares it with its checksums',
  positionals: ['file'],
  limitMs: DAY_MS,
  input: File,
  run: ({ env, print, signal }, { file }) =>
    withBackups(async () => {
      const { path, s3 } = await pathOf(env, file);
      const { verifyArchive } = await import('#server/backup/read');
      const { version, createdAt, tables } = await verifyArchive(path, signal, s3);
      const rows = tables.reduce((sum, table) => sum + table.rows, 0);
      await print(`${path} is complete: ${rows} rows, made at ${createdAt} by version ${version}.`);
    }),
});

const restore = defineOfflineCommand({
  name: 'restore',
  summary: 'restores a backup into an empty database; stop the server first',
  positionals: ['file'],
  options: {
    'other-keys': { type: 'boolean', help: 'accepts that data which needs other secrets becomes unreadable' },
  },
  limitMs: DAY_MS,
  input: File.extend({ 'other-keys': z.boolean().default(false) }),
  run: ({ env, log, print }, { file, 'other-keys': acceptsOtherKeys }) =>
    withBackups(async () => {
      const { path } = await pathOf(env, file);
      const { restoreDatabase } = await import('#server/backup/restore-database');
      const { recordRestore } = await import('#server/backup/record');
      const { tables, createdAt } = await restoreDatabase({
        env,
        log,
        path,
        acceptsOtherKeys,
        afterwards: (session) => recordRestore(session, 'backup.restore'),
      });
      const rows = tables.reduce((sum, table) => sum + table.rows, 0);
      await print(`Restored ${rows} rows of ${createdAt}. Start the server.`);
    }),
});

const backups = defineOfflineCommand({
  name: 'backups',
  summary: 'lists the scheduled backups, newest first',
  input: z.strictObject({}),
  run: ({ env, print }) =>
    withBackups(async () => {
      const { backupPlace } = await import('#server/backup/places');
      const place = backupPlace(env);
      if (!place) throw new CommandError('No backups are scheduled. Set BACKUP_DIR or S3_BUCKET.');
      const whole = (await place.list()).filter(({ isPartial }) => !isPartial);
      for (const { name } of whole.reverse()) await print(place.pathOf(name));
      if (whole.length === 0) await print('There is no scheduled backup yet.');
    }),
});

export const backupCommands = [backup, backups, verify, restore];
