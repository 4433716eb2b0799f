import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Returns the paths of the files and links below a folder, without following links.
 * @param folder relative to `root`, with slashes. The paths begin with it.
 */
export function filesUnder(folder: string, root: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    return entry.isDirectory() ? filesUnder(path, root) : [path];
  });
}
