// @ts-check
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compressFiles } from './compress.mjs';
import { once, readIfThere, ROOT, run, say, SetupError } from './setup.mjs';

/** The build says which sources it was made of. */
const RECORD = join(ROOT, '.next/switchboard-source-hash');

const FOLDERS = ['app', 'public', 'routers', 'server', 'src'];
const FILES = ['next.config.ts', 'package.json', 'package-lock.json', 'tsconfig.json'];

/** @param {string} folder @returns {string[]} the paths of its files but the tests */
function filesOf(folder) {
  if (!existsSync(join(ROOT, folder))) return [];
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => !/\.test\.tsx?$/.test(path))
    .map((path) => join(folder, path))
    .filter((path) => statSync(join(ROOT, path)).isFile());
}

/** One hash over the names and contents of everything a build is made of. */
function sourceHash() {
  const hash = createHash('sha256');
  const files = [...FILES.filter((path) => existsSync(join(ROOT, path))), ...FOLDERS.flatMap(filesOf)];
  for (const path of files.sort()) {
    const content = readFileSync(join(ROOT, path));
    hash.update(`${path}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
}

/** Whether there is a whole build of the sources as they are now. */
function isBuilt() {
  return existsSync(join(ROOT, '.next/BUILD_ID')) && readIfThere(RECORD) === sourceHash();
}

/**
 * Builds the pages.
 * @param {string} node the path of Node.js
 * @param {{ quiet: boolean }} options `quiet` shows the build's output only when it fails.
 */
export async function build(node, { quiet }) {
  const started = Date.now();
  const hash = sourceHash();
  say('Building …');
  const next = join(ROOT, 'node_modules/next/dist/bin/next');
  rmSync(RECORD, { force: true });
  const code = await run(node, [next, 'build'], { quiet, env: { NODE_ENV: 'production' } });
  if (code !== 0) throw new SetupError('The build failed; Next.js says why above.');
  await compressFiles(join(ROOT, '.next/static'));
  writeFileSync(RECORD, hash);
  say(`Built in ${Math.round((Date.now() - started) / 1000)} s.`);
}

/**
 * Builds when there is no build or the sources have changed since. Commands that start together build once.
 * @param {string} node the path of Node.js
 */
export async function ensureBuilt(node) {
  await once(isBuilt, () => build(node, { quiet: true }));
}
