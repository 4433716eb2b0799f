// @ts-check
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeClientTypes } from './client-types.mjs';
import { compressFiles } from './compress.mjs';
import { once, readIfThere, ROOT, run, say, SetupError } from './setup.mjs';
import { hashOf } from './sources.mjs';

/** The build says which sources it was made of. */
const RECORD = join(ROOT, '.next/switchboard-source-hash');

const FOLDERS = ['app', 'public', 'routers', 'server', 'src'];
const FILES = [
  'instrumentation-client.ts',
  'next.config.ts',
  'package.json',
  'package-lock.json',
  'proxy.ts',
  'tsconfig.json',
];

/** A hash of what a build is made of. */
export const sourceHash = () => hashOf(FOLDERS, FILES);

/** Whether there is a whole build of the sources as they are now. */
export function isBuilt() {
  return existsSync(join(ROOT, '.next/BUILD_ID')) && readIfThere(RECORD) === sourceHash();
}

/**
 * Builds the pages, and before that the types that clients are checked against.
 * @param {string} node the path of Node.js
 * @param {{ quiet: boolean }} options `quiet` shows the build's output only when it fails, and writes the types only where
 *   the sources have changed since they were written.
 */
export async function build(node, { quiet }) {
  const started = Date.now();
  await writeClientTypes(node, { always: !quiet });
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
 * @param {() => Promise<void>} [before] is done before a build.
 */
export async function ensureBuilt(node, before = async () => undefined) {
  await once(isBuilt, async () => {
    await before();
    await build(node, { quiet: true });
  });
}
