// @ts-check
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './setup.mjs';

/** @param {string} folder @returns {string[]} the paths of its files but the tests */
function filesOf(folder) {
  if (!existsSync(join(ROOT, folder))) return [];
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => !/\.test\.tsx?$/.test(path))
    .map((path) => join(folder, path))
    .filter((path) => statSync(join(ROOT, path)).isFile());
}

/**
 * One hash over the names and contents of sources, tests left out.
 * @param {string[]} folders
 * @param {string[]} files those that are not there are left out.
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
