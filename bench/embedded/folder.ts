import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Returns the size of the files in a folder, in MB of a million bytes. Skips files that are deleted meanwhile. */
export function megabytes(folder: string): number {
  const sizes = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => {
    const stat = statSync(join(folder, name), { throwIfNoEntry: false });
    return stat?.isFile() ? stat.size : 0;
  });
  return sizes.reduce((sum, size) => sum + size, 0) / 1e6;
}
