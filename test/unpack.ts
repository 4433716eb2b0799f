import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { promisify } from 'node:util';
import { filesFolder } from '../server/db/folder.ts';

/** Unpacks the file of a snapshot into the empty folder of an embedded database. */
export async function unpack(file: string, folder: string): Promise<void> {
  const files = filesFolder(folder);
  mkdirSync(files, { recursive: true, mode: 0o700 });
  await promisify(execFile)('tar', ['-xf', file, '-C', files, '--no-same-owner']);
}
