import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { makeFolder } from '#server/folders';

/** Thrown when another process has the folder of the embedded database. */
export class DatabaseLockedError extends Error {
  override name = 'DatabaseLockedError';
}

/**
 * Takes the embedded database's folder for this process. Two processes in one folder would corrupt it silently, so
 * the lock must not have a moment of doubt: it is the operating system's own file lock, which SQLite takes on every
 * platform. The system drops it with the process, also on kill -9, so it cannot be stale.
 * @returns a function that gives the folder back.
 * @throws {DatabaseLockedError} naming the process that has it.
 * @throws {EnvError} if the folder cannot be made.
 */
export function lockFolder(folder: string): () => void {
  makeFolder(folder);
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
      `The database in ${folder} is in use by process ${pid}: stop that process first, or set DATA_DIR or DATABASE_URL to another place.`,
      { cause },
    );
  }
  writeFileSync(pidFile, `${process.pid}\n`);
  return () => {
    lock.close();
  };
}
