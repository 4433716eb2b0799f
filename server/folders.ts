import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { EnvError } from './env.ts';

/**
 * Creates a folder and its parents, with access only for the owner (on Windows, with the access rights of the parent).
 * The folder may exist. Node's own `recursive` option retries forever in folders such as /proc, in which the system
 * creates no folder.
 * @throws {EnvError} if the folder cannot be created.
 */
export function createFolder(folder: string): void {
  if (existsSync(folder)) return;
  const parent = dirname(folder);
  if (parent !== folder) createFolder(parent);
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    const code =
      typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : 'unknown';
    // Another process created it first.
    if (code === 'EEXIST' && existsSync(folder)) return;
    throw new EnvError(
      `The folder ${folder} cannot be created (${code}). Set DATA_DIR or DATABASE_URL to a folder where this user may write.`,
      { cause: error },
    );
  }
}
