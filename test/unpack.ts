import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { promisify } from 'node:util';
import { filesFolder } from '../server/db/folder.ts';

/** Puts the embedded database of a snapshot's file into its folder, which has none. */
export async function unpack(file: string, folder: string): Promise<void> {
  const files = filesFolder(folder);
  mkdirSync(files, { recursive: true, mode: 0o700 });
  await promisify(execFile)('tar', ['-xf', file, '-C', files, '--no-same-owner']);
}
