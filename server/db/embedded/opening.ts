import { existsSync } from 'node:fs';
import { filesFolder } from '#server/db/folder';
import { lockFolder } from '#server/db/lock';
import { checkMajor, DatabaseUnusableError } from '#server/db/unusable';
import { startThread, type Thread, WORKER } from './thread.ts';

/** An embedded database that is being opened. */
export interface Opening {
  /** The subfolder with PGlite's files. */
  files: string;
  /** Rejects with the error of PGlite if it cannot open the folder. */
  thread: Promise<Thread>;
  /** Releases the lock of the folder. Call it when the thread has ended. */
  unlock: () => void;
}

/** The openings that `beginOpening` has begun, by folder. */
const begun = new Map<string, Opening>();

/** @throws {DatabaseUnusableError} in a bundle that was made with `--without-pglite`. */
export function checkEmbedded(): void {
  if (existsSync(WORKER)) return;
  throw new DatabaseUnusableError(
    'This bundle has no embedded database (--without-pglite). Set DATABASE_URL to a Postgres server, for example ' +
      'postgres://user:password@127.0.0.1:5432/database.',
  );
}

function open(folder: string): Opening {
  checkEmbedded();
  checkMajor(folder);
  const unlock = lockFolder(folder);
  const files = filesFolder(folder);
  return { files, thread: startThread(files), unlock };
}

/**
 * Locks the folder of an embedded database and begins to open it in a thread of its own, so that it opens while this
 * thread loads the modules that use it. `openingOf` returns the result.
 * @throws {DatabaseLockedError} if another process has it open.
 * @throws {DatabaseUnusableError} if another version of PostgreSQL has written it.
 */
export function beginOpening(folder: string): void {
  const opening = open(folder);
  begun.set(folder, opening);
  // The caller of `openingOf` handles the error.
  opening.thread.catch(() => undefined);
}

/**
 * Returns the opening of an embedded database, which `beginOpening` may have begun.
 * @throws {DatabaseLockedError} if another process has it open.
 * @throws {DatabaseUnusableError} if another version of PostgreSQL has written it.
 */
export function openingOf(folder: string): Opening {
  const opening = begun.get(folder);
  begun.delete(folder);
  return opening ?? open(folder);
}

/** Closes the databases that `beginOpening` has begun to open and that `openingOf` has not returned. */
export async function closeOpenings(): Promise<void> {
  const openings = [...begun.values()];
  begun.clear();
  for (const { thread, unlock } of openings) {
    await thread.then(({ close }) => close()).catch(() => undefined);
    unlock();
  }
}
