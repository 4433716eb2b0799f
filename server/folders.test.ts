import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { EnvError } from './env.ts';
import { createFolder } from './folders.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'switchboard-folders-'));
});
afterEach(() => {
  rmSync(root, { recursive: true });
});

test('createFolder creates a folder and its parents for the owner only, and keeps existing ones', () => {
  const folder = join(root, 'a/b/c');
  createFolder(folder);
  createFolder(folder);
  // Windows has no such modes.
  const modes =
    process.platform === 'win32'
      ? []
      : ['a', 'a/b', 'a/b/c'].map((name) => statSync(join(root, name)).mode & 0o777);
  for (const mode of modes) expect(mode.toString(8)).toBe('700');
  expect(statSync(folder).isDirectory()).toBe(true);
});

test('createFolder names the settings to change if it fails', () => {
  writeFileSync(join(root, 'file'), '');
  symlinkSync(join(root, 'nowhere'), join(root, 'dangling'));
  for (const name of ['file/data', 'dangling']) {
    expect(() => createFolder(join(root, name))).toThrow(EnvError);
    expect(() => createFolder(join(root, name))).toThrow(
      /cannot be created \(E[A-Z]+\)\. Set DATA_DIR or DATABASE_URL/,
    );
  }
});

const onLinux = process.platform === 'linux' ? test : test.skip;

onLinux('a start with a data folder in /proc fails with one line', async () => {
  const env = {
    ...process.env,
    NODE_ENV: 'development' as const,
    PORT: '0',
    DATA_DIR: '/proc/switchboard/data',
  };
  const output = await new Promise((resolve) => {
    const cwd = join(import.meta.dirname, '..');
    execFile(
      process.execPath,
      ['admin.ts', 'account', 'list'],
      { cwd, env, timeout: 20_000 },
      (error, _, stderr) => {
        resolve(`${error?.code ?? 'ended'}: ${stderr}`);
      },
    );
  });
  expect(output).toMatch(/^1: The folder \/proc\/switchboard cannot be created \(ENOENT\)[^\n]+\n$/);
});
