// @ts-check
/** Keeps src/client/app-router.d.ts, by which clients know the procedures, what the sources say. */
import { watch, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readIfThere, ROOT, run, say, SetupError } from './setup.mjs';
import { hashOf } from './sources.mjs';

/** The sources it was last written from. */
const RECORD = join(ROOT, 'node_modules/.switchboard-types-hash');
/** What the types of procedures can be made of. */
const FOLDERS = ['routers', 'server', 'src/contract'];
const FILES = ['package-lock.json', 'tsconfig.json'];
/** Editors write a file in several steps, and people several files. */
const PAUSE_MS = 200;

/**
 * Whether the sources have changed since it was written. A new clone has it as it was committed, which CI has compared.
 * @param {string} hash
 */
function isStale(hash) {
  const before = readIfThere(RECORD);
  if (before === undefined) writeFileSync(RECORD, hash);
  return before !== undefined && before !== hash;
}

/**
 * Writes it.
 * @param {string} node the path of Node.js
 * @returns {Promise<boolean>} whether that was possible; if not, the reason was shown.
 */
async function write(node) {
  const hash = hashOf(FOLDERS, FILES);
  const code = await run(node, ['scripts/client-types/main.ts'], { quiet: true });
  if (code === 0) writeFileSync(RECORD, hash);
  return code === 0;
}

/**
 * Writes it for a build.
 * @param {string} node the path of Node.js
 * @param {{ always: boolean }} options without `always` only where the sources have changed.
 */
export async function writeClientTypes(node, { always }) {
  if (!always && !isStale(hashOf(FOLDERS, FILES))) return;
  say('Writing the types for clients …');
  if (!(await write(node))) throw new SetupError('They could not be written; the reason is above.');
}

/**
 * Writes it whenever the sources change, and at first where they have changed meanwhile.
 * @param {string} node the path of Node.js
 * @returns {() => void} ends that.
 */
export function watchClientTypes(node) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  let isWriting = false;
  let hasEnded = false;

  async function refresh() {
    if (isWriting || hasEnded || !isStale(hashOf(FOLDERS, FILES))) return;
    isWriting = true;
    const started = Date.now();
    const isWritten = await write(node);
    isWriting = false;
    if (isWritten) {
      say(`Types for clients written in ${((Date.now() - started) / 1000).toFixed(1)} s.`);
      // The sources may have changed while it was written.
      later();
    }
  }

  function later() {
    clearTimeout(timer);
    if (!hasEnded) timer = setTimeout(() => void refresh(), PAUSE_MS);
  }

  const watchers = FOLDERS.map((folder) => watch(join(ROOT, folder), { recursive: true }, later));
  later();
  return () => {
    hasEnded = true;
    clearTimeout(timer);
    for (const watcher of watchers) watcher.close();
  };
}
