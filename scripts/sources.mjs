// @ts-check
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './setup.mjs';

/** Tests, and temporary files of editors. */
const NOT_A_SOURCE = /\.test\.tsx?$|(^|[\\/])[.#][^\\/]*$|~$/;

/** @param {string} folder @returns {{ path: string, isFolder: boolean, isFile: boolean }[]} everything in the folder */
function entriesOf(folder) {
  if (!existsSync(join(ROOT, folder))) return [];
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((name) => {
    const path = join(folder, name);
    // Undefined for a broken link, such as a lock of Emacs.
    const found = statSync(join(ROOT, path), { throwIfNoEntry: false });
    return { path, isFolder: found?.isDirectory() ?? false, isFile: found?.isFile() ?? false };
  });
}

/** @param {string} folder @returns {string[]} the paths of its sources, without tests */
const filesOf = (folder) =>
  entriesOf(folder).flatMap(({ path, isFile }) => (isFile && !NOT_A_SOURCE.test(path) ? [path] : []));

/** @param {string} folder @returns {string[]} the paths of all folders in it */
export const foldersOf = (folder) =>
  entriesOf(folder).flatMap(({ path, isFolder }) => (isFolder ? [path] : []));

/**
 * Returns a hash of the names and contents of sources, without tests.
 * @param {string[]} folders
 * @param {string[]} files missing ones are ignored.
 */
export function hashOf(folders, files) {
  const hash = createHash('sha256');
  const paths = [...files.filter((path) => existsSync(join(ROOT, path))), ...folders.flatMap(filesOf)];
  for (const path of paths.sort()) {
    const content = readFileSync(join(ROOT, path));
    hash.update(`${path}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
}
