// @ts-check
/** Keeps src/client/app-router.d.ts, the types of the procedures for clients, up to date with the sources. */
import { existsSync, watch, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readIfThere, ROOT, run, say, SetupError } from './setup.mjs';
import { foldersOf, hashOf } from './sources.mjs';

const DECLARATION = 'src/client/app-router.d.ts';
/** The hashes of the sources and of the declaration when it was last written. */
const RECORD = join(ROOT, 'node_modules/.types-hash');
/** The sources that the types of procedures can depend on. */
const FOLDERS = ['routers', 'server', 'src/contract'];
const FILES = ['package-lock.json', 'tsconfig.json'];
/** The time to wait for further changes, because editors write a file in several steps. */
const PAUSE_MS = 200;

const sourcesHash = () => hashOf(FOLDERS, FILES);
const declarationHash = () => hashOf([], [DECLARATION]);
const hashesOf = () => `${sourcesHash()} ${declarationHash()}`;

/**
 * True if the declaration or the sources have changed since it was written. A new clone has the committed declaration,
 * which CI has checked.
 * @param {string} hashes
 */
function isStale(hashes) {
  const before = readIfThere(RECORD);
  if (before === undefined) writeFileSync(RECORD, hashes);
  return before !== undefined && before !== hashes;
}

/**
 * Writes the declaration.
 * @param {string} node the path of Node.js
 * @returns {Promise<boolean>} true if successful. If not, the reason was shown.
 */
async function write(node) {
  const hash = sourcesHash();
  const code = await run(node, ['scripts/client-types/main.ts'], { quiet: true });
  if (code === 0) writeFileSync(RECORD, `${hash} ${declarationHash()}`);
  return code === 0;
}

/**
 * Writes the declaration for a build.
 * @param {string} node the path of Node.js
 * @param {{ always: boolean }} options without `always`, only if the sources have changed.
 */
export async function writeClientTypes(node, { always }) {
  if (!always && !isStale(hashesOf())) return;
  say('Writing the types for clients …');
  if (!(await write(node))) throw new SetupError('The types could not be written. The reason is above.');
}

/**
 * Watches folders recursively, with one watcher per folder. On Linux, the recursive watcher of Node.js loses a file
 * after another file was renamed to it, which is how many editors save.
 * @param {string[]} roots
 * @param {() => void} onChange
 */
function watchFolders(roots, onChange) {
  /** @type {Map<string, import('node:fs').FSWatcher>} */
  const watchers = new Map();

  /** @param {string} folder */
  function unwatch(folder) {
    watchers.get(folder)?.close();
    watchers.delete(folder);
  }

  return {
    /** Updates the watchers for new and deleted folders. @throws {Error} if the system has no more watchers. */
    update() {
      const folders = new Set(
        roots.flatMap((root) => [root, ...foldersOf(root)]).map((path) => join(ROOT, path)),
      );
      for (const folder of watchers.keys()) if (!folders.has(folder)) unwatch(folder);
      for (const folder of folders) {
        if (watchers.has(folder)) continue;
        const watcher = watch(folder, (_, name) => {
          // The folder may have been replaced by another one of the same name, which the old watcher does not see.
          if (name !== null) unwatch(join(folder, name));
          onChange();
        });
        watchers.set(folder, watcher);
        watcher.on('error', () => {
          unwatch(folder);
          onChange();
        });
      }
    },
    close() {
      for (const folder of watchers.keys()) unwatch(folder);
    },
  };
}

/**
 * Writes the declaration now if it is out of date, and then after each change of the sources. Errors do not end the
 * process: they are shown, and the next change tries again.
 * @param {string} node the path of Node.js
 * @returns {() => void} a function that stops watching.
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
    // A new clone has no source map.
    if (!isStale(hashesOf()) && existsSync(`${join(ROOT, DECLARATION)}.map`)) return;
    const started = Date.now();
    const isWritten = await write(node);
    if (hasEnded) return;
    if (isWritten) say(`Types for clients written in ${((Date.now() - started) / 1000).toFixed(1)} s.`);
    else say('Types for clients could not be written. The reason is above. The next change tries again.');
  }

  async function refreshWhileDue() {
    isDue = true;
    if (isWriting) return;
    isWriting = true;
    while (isDue && !hasEnded) {
      isDue = false;
      await refresh().catch((/** @type {unknown} */ error) => {
        // A file was deleted in the meantime, which counts as another change.
        if (error instanceof Error && 'code' in error && error.code === 'ENOENT') later();
        else say(`Types for clients are not updated (${String(error)}). Run npm run types to write them.`);
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
