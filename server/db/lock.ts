import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { createFolder } from '#server/folders';

/** Thrown if another process has locked the folder of the embedded database. */
export class DatabaseLockedError extends Error {
  override name = 'DatabaseLockedError';
}

/**
 * Locks the folder of the embedded database for this process. Two processes in one folder would corrupt it silently, so
 * the lock must be atomic: it is a file lock of the operating system, which SQLite takes on every platform. The
 * operating system releases it when the process ends, even after kill -9, so it cannot be stale.
 * @returns a function that releases the lock.
 * @throws {DatabaseLockedError} with the id of the process that has the lock.
 * @throws {EnvError} if the folder cannot be created.
 */
export function lockFolder(folder: string): () => void {
  createFolder(folder);
  const pidFile = join(folder, 'server.pid');
  const lock = new DatabaseSync(join(folder, 'server.lock'));
  try {
    lock.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
  } catch (cause) {
    lock.close();
    let pid = 'unknown';
    try {
      pid = readFileSync(pidFile, 'utf8').trim();
    } catch {
      // The other process has not written its pid yet.
    }
    throw new DatabaseLockedError(
      `The database in ${folder} is in use by process ${pid}. Stop that process, or set DATA_DIR or DATABASE_URL to another location.`,
      { cause },
    );
  }
  writeFileSync(pidFile, `${process.pid}\n`);
  return () => {
    lock.close();
  };
}
