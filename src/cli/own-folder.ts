import { existsSync, readdirSync } from 'node:fs';
import { Problem } from './problem.ts';
import { shown } from './router/failure.ts';

/**
 * Requires a folder that a command may write or replace: a new or empty one, or one that the command has written.
 * @param isWritten true if the command has written the files of the folder.
 * @param other what to give `--out` instead, such as `a new or empty folder`.
 * @throws {Problem} if the folder has other files.
 */
export function requireOwnFolder(folder: string, isWritten: () => boolean, other: string): void {
  if (!existsSync(folder) || readdirSync(folder).length === 0 || isWritten()) return;
  throw new Problem(`${shown(folder)} has other files. Give --out ${other}.`, 2);
}
