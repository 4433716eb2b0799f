import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { openPostgresCopy } from '#server/db/copying/postgres';
import type { Database } from '#server/db/database';
import type { Env } from '#server/env';
import { s3Config } from '#server/s3/config';
import { findSecrets } from '#server/secrets/secrets';
import { ChildResult, type Job } from './job.ts';
import { type Fingerprints, fingerprintsOf } from './manifest.ts';
import { BackupError, fileProblem } from './problem.ts';
import { removePartial, targetOf } from './target.ts';
import { writeArchive, type WrittenArchive } from './write.ts';

/** How long the process that exports may take to remove what it has written, in milliseconds. */
const END_MS = 10_000;

const CHILD = join(process.cwd(), 'server/backup/child.ts');

/** The copies that are being exported, by folder. */
const copies = new Set<string>();

export interface BackupOptions {
  env: Env;
  /** The archive to write: a file, or `s3://bucket/key`. */
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
  let killing: NodeJS.Timeout | undefined;
  const end = () => {
    child.kill('SIGTERM');
    killing = setTimeout(() => child.kill('SIGKILL'), END_MS);
  };
  signal.addEventListener('abort', end, { once: true });
  try {
    child.stdin.on('error', () => undefined).end(JSON.stringify(job));
    const [output] = await Promise.all([text(child.stdout), once(child, 'exit')]);
    if (signal.aborted || child.exitCode !== 0) {
      await removePartial(job.path);
      signal.throwIfAborted();
      throw new BackupError('The process that writes the backup has ended before it was complete.');
    }
    const result = ChildResult.parse(JSON.parse(output));
    if ('problem' in result) throw new BackupError(result.problem);
    return result.written;
  } finally {
    clearTimeout(killing);
    signal.removeEventListener('abort', end);
  }
}

/** Copies the files of the embedded database while statements wait, and exports the copy. */
async function backUpFiles(
  { files, copyFiles }: Required<Pick<Database, 'files' | 'copyFiles'>>,
  secrets: Fingerprints,
  { env, path, signal, onPause }: BackupOptions,
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
    return await exportCopy({ files: copy, path, s3: s3Config(env), secrets }, signal);
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
  const target = await targetOf(options.path, s3Config(options.env));
  await target.requireFree(options.signal);
  const secrets = fingerprintsOf(found);
  const { files, copyFiles, openSession } = database;
  if (files !== undefined && copyFiles) return backUpFiles({ files, copyFiles }, secrets, options);
  if (!openSession) throw new BackupError('A database in memory cannot be backed up.');
  const session = openPostgresCopy(openSession);
  const end = () => void session.close();
  options.signal.addEventListener('abort', end, { once: true });
  try {
    return await writeArchive(session, target, secrets, options.signal);
  } finally {
    options.signal.removeEventListener('abort', end);
    await session.close();
  }
}
