import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { BuildError, checkBuild } from './build.ts';

let root: string;
const build = () => join(root, '.next');

function write(name: string, content: string): void {
  mkdirSync(dirname(join(root, name)), { recursive: true });
  writeFileSync(join(root, name), content);
}

/** Creates a build of one page, which loads a chunk, and a package by its link in the build. */
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'switchboard-build-'));
  write('node_modules/pino/package.json', '{}');
  write('.next/server/chunks/one.js', '');
  write('.next/server/app/page.js', '');
  const files = [
    '../chunks/one.js',
    '../../node_modules/pino-28069d52',
    '../../../node_modules/pino/package.json',
  ];
  write('.next/server/app/page.js.nft.json', JSON.stringify({ version: 1, files }));
  mkdirSync(join(root, '.next/node_modules'));
  symlinkSync(join(root, 'node_modules/pino'), join(root, '.next/node_modules/pino-28069d52'), 'junction');
});
afterEach(() => {
  rmSync(root, { recursive: true });
});

test('a complete build passes', () => {
  expect(() => checkBuild(build())).not.toThrow();
});

describe('a build is rejected without', () => {
  test.each([
    ['a link to a package', '.next/node_modules/pino-28069d52', ': node_modules/pino-28069d52 is missing.'],
    ['the target of a link', 'node_modules/pino', ': node_modules/pino-28069d52 is missing.'],
    ['all links', '.next/node_modules', ': node_modules/pino-28069d52 is missing.'],
    ['a chunk', '.next/server/chunks', ': server/chunks/one.js is missing.'],
    ['a page', '.next/server/app/page.js', ': server/app/page.js is missing.'],
    ['any file', '.next', 'There is no build'],
  ])('%s', (_, name, message) => {
    rmSync(join(root, name), { recursive: true });
    expect(() => checkBuild(build())).toThrow(BuildError);
    expect(() => checkBuild(build())).toThrow(message);
    expect(() => checkBuild(build())).toThrow('npm run build');
  });
});

test('the error names one missing file and counts the others', () => {
  rmSync(join(root, '.next/node_modules'), { recursive: true });
  rmSync(join(root, '.next/server/chunks'), { recursive: true });
  expect(() => checkBuild(build())).toThrow(/: \S+ and 1 more are missing\./);
});
