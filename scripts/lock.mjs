// @ts-check
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const POLL_MS = 200;
/** No installation or build takes longer than this. An older lock is stale even if its process id is in use again. */
const LIMIT_MS = 15 * 60_000;

/** @param {unknown} error @param {string} code */
const hasCode = (error, code) => error instanceof Error && 'code' in error && error.code === code;

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return hasCode(error, 'EPERM');
  }
}

/**
 * Returns the holder of the lock, or undefined if there is none.
 * @param {string} file
 */
function holderOf(file) {
  try {
    const pid = Number(readFileSync(file, 'utf8'));
    return { pid, stale: !isAlive(pid) || Date.now() - statSync(file).mtimeMs > LIMIT_MS };
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/**
 * Removes a stale lock. Several processes may try at the same time, so the file is moved first, and only one can move
 * it.
 * @param {string} file
 */
function discard(file) {
  const moved = `${file}.${process.pid}`;
  try {
    renameSync(file, moved);
    rmSync(moved);
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error;
  }
}

/** @param {string} file */
function take(file) {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  }
}

/**
 * Does `work` while holding the lock, which only one process can hold. The lock of a process that died is taken over.
 * @template T
 * @param {string} file the lock file, which contains the process id of its owner
 * @param {() => Promise<T>} work
 * @param {(pid: number) => void} onWait called once if another process holds the lock
 * @returns {Promise<T>}
 */
export async function withLock(file, work, onWait) {
  let announced = false;
  while (!take(file)) {
    const holder = holderOf(file);
    if (holder?.stale) discard(file);
    else if (holder && !announced) {
      announced = true;
      onWait(holder.pid);
    }
    await pause(POLL_MS);
  }
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}
