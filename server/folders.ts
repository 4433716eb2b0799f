import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { EnvError } from './env.ts';

/**
 * Makes a folder, and those it is in, for its owner only (Windows gives it the rights of the folder it is in). It may exist.
 * Node's own `recursive` tries forever if the system makes no folder in one that is there, as in /proc.
 * @throws {EnvError} if the folder cannot be made.
 */
export function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  const parent = dirname(folder);
  if (parent !== folder) makeFolder(parent);
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    const code =
      typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : 'unknown';
    // Another process was first.
    if (code === 'EEXIST' && existsSync(folder)) return;
    throw new EnvError(
      `The folder ${folder} cannot be created (${code}): set DATA_DIR, or DATABASE_URL, to one where this user may write.`,
      { cause: error },
    );
  }
}
