import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { openPostgresCopy } from '#server/db/copying/postgres';
import type { Database } from '#server/db/database';
import type { Env } from '#server/env';
import { findSecrets } from '#server/secrets/secrets';
import { ChildResult, type Job } from './job.ts';
import { type Fingerprints, fingerprintsOf } from './manifest.ts';
import { BackupError, fileProblem } from './problem.ts';
import { writeArchive, type WrittenArchive } from './write.ts';

const CHILD = join(process.cwd(), 'server/backup/child.ts');

/** The copies that are being exported, by folder. */
const copies = new Set<string>();

export interface BackupOptions {
  env: Env;
  /** The archive to write. */
  path: string;
  /** Ends the backup, which then leaves no file. */
  signal: AbortSignal;
  /** Called after statements had to wait, with the time in milliseconds. */
  onPause: (ms: number) => void;
}

/** Exports a copy of the embedded database in a process of its own, because its event loop is not free meanwhile. */
async function exportCopy(job: Job, signal: AbortSignal): Promise<WrittenArchive> {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', CHILD], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const end = () => child.kill('SIGKILL');
  signal.addEventListener('abort', end, { once: true });
  try {
    child.stdin.on('error', () => undefined).end(JSON.stringify(job));
    const [output] = await Promise.all([text(child.stdout), once(child, 'exit')]);
    if (signal.aborted || child.exitCode !== 0) {
      await rm(`${job.path}.partial`, { force: true });
      signal.throwIfAborted();
      throw new BackupError('The process that writes the backup has ended before it was complete.');
    }
    const result = ChildResult.parse(JSON.parse(output));
    if ('problem' in result) throw new BackupError(result.problem);
    return result.written;
  } finally {
    signal.removeEventListener('abort', end);
  }
}

/** Copies the files of the embedded database while statements wait, and exports the copy. */
async function backUpFiles(
  { files, copyFiles }: Required<Pick<Database, 'files' | 'copyFiles'>>,
  secrets: Fingerprints,
  { path, signal, onPause }: BackupOptions,
): Promise<WrittenArchive> {
  const copy = `${files}.copy`;
  if (copies.has(copy)) throw new BackupError('Another backup is in progress. Wait until it is complete.');
  copies.add(copy);
  try {
    // An earlier process was killed.
    await rm(copy, { recursive: true, force: true });
    try {
      onPause(await copyFiles(copy));
    } catch (error) {
      throw fileProblem(error, copy, 'written');
    }
    signal.throwIfAborted();
    return await exportCopy({ files: copy, path, secrets }, signal);
  } finally {
    await rm(copy, { recursive: true, force: true });
    copies.delete(copy);
  }
}

/**
 * Writes a database to an archive while it is in use, and reads the archive back.
 * @throws {BackupError} if that is not possible. Then no file is left.
 */
export async function createBackup(database: Database, options: BackupOptions): Promise<WrittenArchive> {
  const found = findSecrets(options.env);
  if (!found) {
    throw new BackupError(
      'Set AUTH_SECRET and ENCRYPTION_KEY as on the server, because a backup names the secrets that it needs.',
    );
  }
  if (existsSync(options.path)) throw new BackupError(`${options.path} exists already.`);
  if (!existsSync(dirname(options.path)))
    throw new BackupError(`There is no folder ${dirname(options.path)}.`);
  const secrets = fingerprintsOf(found);
  const { files, copyFiles, openSession } = database;
  if (files !== undefined && copyFiles) return backUpFiles({ files, copyFiles }, secrets, options);
  if (!openSession) throw new BackupError('A database in memory cannot be backed up.');
  const session = openPostgresCopy(openSession);
  const end = () => void session.close();
  options.signal.addEventListener('abort', end, { once: true });
  try {
    return await writeArchive(session, options.path, secrets, options.signal);
  } finally {
    options.signal.removeEventListener('abort', end);
    await session.close();
  }
}
