import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from '@jest/globals';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'switchboard-lock-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

/** Starts a process that takes the lock, logs when it holds it, and releases it. */
async function contend(): Promise<void> {
  const program = `
    import { appendFileSync } from 'node:fs';
    import { setTimeout as pause } from 'node:timers/promises';
    import { withLock } from ${JSON.stringify(join(import.meta.dirname, 'lock.mjs'))};
    const note = (word) => appendFileSync('log', word + ' ' + process.pid + '\\n');
    await withLock('lock', async () => { note('in'); await pause(400); note('out'); }, () => undefined);`;
  await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program], { cwd: folder });
}

const log = () => readFileSync(join(folder, 'log'), 'utf8').trim().split('\n');

test('withLock runs the work of one process at a time', async () => {
  await Promise.all([contend(), contend(), contend()]);
  const pids = log().map((line) => line.split(' '));
  expect(pids.map(([word]) => word)).toEqual(['in', 'out', 'in', 'out', 'in', 'out']);
  for (let i = 0; i < pids.length; i += 2) expect(pids[i]?.[1]).toBe(pids[i + 1]?.[1]);
});

test('withLock takes over the lock of a dead process and removes it', async () => {
  const dead = spawn(process.execPath, ['--version'], { stdio: 'ignore' });
  await once(dead, 'exit');
  writeFileSync(join(folder, 'lock'), String(dead.pid));
  await contend();
  expect(log()).toHaveLength(2);
  expect(readdirSync(folder)).toEqual(['log']);
});
