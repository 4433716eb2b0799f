import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { EnvError } from './env.ts';
import { makeFolder } from './folders.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'switchboard-folders-'));
});
afterEach(() => {
  rmSync(root, { recursive: true });
});

test('makes a folder and those it is in, for its owner only, and leaves one that is there', () => {
  const folder = join(root, 'a/b/c');
  makeFolder(folder);
  makeFolder(folder);
  // Windows has no such modes.
  const modes =
    process.platform === 'win32'
      ? []
      : ['a', 'a/b', 'a/b/c'].map((name) => statSync(join(root, name)).mode & 0o777);
  for (const mode of modes) expect(mode.toString(8)).toBe('700');
  expect(statSync(folder).isDirectory()).toBe(true);
});

test('says which settings to change if it cannot', () => {
  writeFileSync(join(root, 'file'), '');
  symlinkSync(join(root, 'nowhere'), join(root, 'dangling'));
  for (const name of ['file/data', 'dangling']) {
    expect(() => makeFolder(join(root, name))).toThrow(EnvError);
    expect(() => makeFolder(join(root, name))).toThrow(
      /cannot be created \(E[A-Z]+\): set DATA_DIR, or DATABASE_URL/,
    );
  }
});

const onLinux = process.platform === 'linux' ? test : test.skip;

onLinux('a start with a data folder in /proc ends with a sentence', async () => {
  const env = {
    ...process.env,
    NODE_ENV: 'development' as const,
    PORT: '0',
    DATA_DIR: '/proc/switchboard/data',
  };
  const said = await new Promise((resolve) => {
    const cwd = join(import.meta.dirname, '..');
    execFile(
      process.execPath,
      ['scripts/make-admin.ts', 'ada@example.com'],
      { cwd, env, timeout: 20_000 },
      (error, _, stderr) => {
        resolve(`${error?.code ?? 'ended'}: ${stderr}`);
      },
    );
  });
  expect(said).toMatch(/^1: The folder \/proc\/switchboard cannot be created \(ENOENT\)[^\n]+\n$/);
});
