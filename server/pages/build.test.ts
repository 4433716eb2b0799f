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

/** A build of one page, which loads a chunk, and a package by its link in the build. */
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

test('a whole build passes', () => {
  expect(() => checkBuild(build())).not.toThrow();
});

describe('a build is rejected without', () => {
  test.each([
    ['a link to a package', '.next/node_modules/pino-28069d52', 'it lacks node_modules/pino-28069d52.'],
    ['what a link leads to', 'node_modules/pino', 'it lacks node_modules/pino-28069d52.'],
    ['all links', '.next/node_modules', 'it lacks node_modules/pino-28069d52.'],
    ['a chunk', '.next/server/chunks', 'it lacks server/chunks/one.js.'],
    ['a page', '.next/server/app/page.js', 'it lacks server/app/page.js.'],
    ['anything', '.next', 'There is no build'],
  ])('%s', (_, name, said) => {
    rmSync(join(root, name), { recursive: true });
    expect(() => checkBuild(build())).toThrow(BuildError);
    expect(() => checkBuild(build())).toThrow(said);
    expect(() => checkBuild(build())).toThrow('npm run build');
  });
});

test('of several that are missing, one is named and the others are counted', () => {
  rmSync(join(root, '.next/node_modules'), { recursive: true });
  rmSync(join(root, '.next/server/chunks'), { recursive: true });
  expect(() => checkBuild(build())).toThrow(/it lacks \S+ and 1 more\./);
});
