// @ts-check
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeClientTypes } from './client-types.mjs';
import { compressFiles } from './compress.mjs';
import { once, readIfThere, ROOT, run, say, SetupError } from './setup.mjs';
import { hashOf } from './sources.mjs';

/** The hash of the sources of the build. */
const RECORD = join(ROOT, '.next/source-hash');

const FOLDERS = ['app', 'public', 'routers', 'server', 'src'];
const FILES = [
  'instrumentation-client.ts',
  'next.config.ts',
  'package.json',
  'package-lock.json',
  'proxy.ts',
  'tsconfig.json',
];

/** Returns the hash of the current sources. */
export const sourceHash = () => hashOf(FOLDERS, FILES);

/** True if there is a complete build of the current sources. */
export function isBuilt() {
  return existsSync(join(ROOT, '.next/BUILD_ID')) && readIfThere(RECORD) === sourceHash();
}

/**
 * Writes the types for clients and builds the pages.
 * @param {string} node the path of Node.js
 * @param {{ quiet: boolean }} options `quiet` shows the output only if the build fails, and writes the types only if
 *   the sources have changed.
 */
export async function build(node, { quiet }) {
  const started = Date.now();
  await writeClientTypes(node, { always: !quiet });
  const hash = sourceHash();
  say('Building …');
  const next = join(ROOT, 'node_modules/next/dist/bin/next');
  rmSync(RECORD, { force: true });
  const code = await run(node, [next, 'build'], { quiet, env: { NODE_ENV: 'production' } });
  if (code !== 0) throw new SetupError('The build failed. See the output of Next.js above.');
  await compressFiles(join(ROOT, '.next/static'));
  writeFileSync(RECORD, hash);
  say(`Built in ${Math.round((Date.now() - started) / 1000)} s.`);
}

/**
 * Builds if there is no build or the sources have changed. Commands that start at the same time build only once.
 * @param {string} node the path of Node.js
 * @param {() => Promise<void>} [before] called before a build.
 */
export async function ensureBuilt(node, before = async () => undefined) {
  await once(isBuilt, async () => {
    await before();
    await build(node, { quiet: true });
  });
}
