// @ts-check
/** Keeps src/client/app-router.d.ts, by which clients know the procedures, what the sources say. */
import { existsSync, watch, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readIfThere, ROOT, run, say, SetupError } from './setup.mjs';
import { foldersOf, hashOf } from './sources.mjs';

const DECLARATION = 'src/client/app-router.d.ts';
/** The sources it was last written from, and what was written. */
const RECORD = join(ROOT, 'node_modules/.switchboard-types-hash');
/** What the types of procedures can be made of. */
const FOLDERS = ['routers', 'server', 'src/contract'];
const FILES = ['package-lock.json', 'tsconfig.json'];
/** Editors write a file in several steps, and people several files. */
const PAUSE_MS = 200;

const sourcesHash = () => hashOf(FOLDERS, FILES);
const declarationHash = () => hashOf([], [DECLARATION]);
const hashesOf = () => `${sourcesHash()} ${declarationHash()}`;

/**
 * Whether it is not what was last written, or the sources are not those. A new clone has it as it was committed, which CI has
 * compared.
 * @param {string} hashes
 */
function isStale(hashes) {
  const before = readIfThere(RECORD);
  if (before === undefined) writeFileSync(RECORD, hashes);
  return before !== undefined && before !== hashes;
}

/**
 * Writes it.
 * @param {string} node the path of Node.js
 * @returns {Promise<boolean>} whether that was possible; if not, the reason was shown.
 */
async function write(node) {
  const hash = sourcesHash();
  const code = await run(node, ['scripts/client-types/main.ts'], { quiet: true });
  if (code === 0) writeFileSync(RECORD, `${hash} ${declarationHash()}`);
  return code === 0;
}

/**
 * Writes it for a build.
 * @param {string} node the path of Node.js
 * @param {{ always: boolean }} options without `always` only where the sources have changed.
 */
export async function writeClientTypes(node, { always }) {
  if (!always && !isStale(hashesOf())) return;
  say('Writing the types for clients …');
  if (!(await write(node))) throw new SetupError('They could not be written; the reason is above.');
}

/**
 * Watches folders with all that is in them. Each folder has a watcher of its own: the recursive watcher of Node.js loses a file on
 * Linux once another one has been renamed to it, which is how many editors save.
 * @param {string[]} roots
 * @param {() => void} onChange
 */
function watchFolders(roots, onChange) {
  /** @type {Map<string, import('node:fs').FSWatcher>} */
  const watchers = new Map();

  /** @param {string} folder */
  function forget(folder) {
    watchers.get(folder)?.close();
    watchers.delete(folder);
  }

  return {
    /** Finds folders that are new or gone. @throws {Error} when the system has no more watchers. */
    update() {
      const folders = new Set(
        roots.flatMap((root) => [root, ...foldersOf(root)]).map((path) => join(ROOT, path)),
      );
      for (const folder of watchers.keys()) if (!folders.has(folder)) forget(folder);
      for (const folder of folders) {
        if (watchers.has(folder)) continue;
        const watcher = watch(folder, (_, name) => {
          // A folder of the same name may have taken its place, which the old watcher does not see.
          if (name !== null) forget(join(folder, name));
          onChange();
        });
        watchers.set(folder, watcher);
        watcher.on('error', () => {
          forget(folder);
          onChange();
        });
      }
    },
    close() {
      for (const folder of watchers.keys()) forget(folder);
    },
  };
}

/**
 * Writes it whenever the sources change, and at first where they have changed meanwhile. Nothing that goes wrong with it ends
 * the process: it is said, and the next change tries again.
 * @param {string} node the path of Node.js
 * @returns {() => void} ends that.
 */
export function watchClientTypes(node) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  let isWriting = false;
  let isDue = false;
  let hasEnded = false;
  const watched = watchFolders([...FOLDERS, dirname(DECLARATION)], later);

  async function refresh() {
    watched.update();
    // A new clone has no map.
    if (!isStale(hashesOf()) && existsSync(`${join(ROOT, DECLARATION)}.map`)) return;
    const started = Date.now();
    const isWritten = await write(node);
    if (hasEnded) return;
    if (isWritten) say(`Types for clients written in ${((Date.now() - started) / 1000).toFixed(1)} s.`);
    else say('Types for clients not written; the reason is above. The next change tries again.');
  }

  async function refreshWhileDue() {
    isDue = true;
    if (isWriting) return;
    isWriting = true;
    while (isDue && !hasEnded) {
      isDue = false;
      await refresh().catch((/** @type {unknown} */ error) => {
        // A file that was there a moment ago: the change that took it away is noticed by itself.
        if (error instanceof Error && 'code' in error && error.code === 'ENOENT') later();
        else say(`Types for clients are not kept fresh (${String(error)}): npm run types writes them.`);
      });
    }
    isWriting = false;
  }

  function later() {
    clearTimeout(timer);
    if (!hasEnded) timer = setTimeout(() => void refreshWhileDue(), PAUSE_MS);
  }

  later();
  return () => {
    hasEnded = true;
    clearTimeout(timer);
    watched.close();
  };
}
