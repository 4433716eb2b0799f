import { execFile } from 'node:child_process';
import { cpSync, globSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { PRODUCT } from '#contract/product';

const ROOT = join(import.meta.dirname, '../..');
const NOT_COPIED = new Set(['.git', '.data', '.next', 'coverage', 'dist', 'node_modules']);
/** The files that keep the old name (docs/make-it-yours.md). */
const KEPT = /^(LICENSE$|server\/db\/(names\.ts$|migrations\/))/;

const folder = mkdtempSync(join(tmpdir(), 'rename-'));
const node = (script: string, ...args: string[]) =>
  promisify(execFile)(process.execPath, [script, ...args], { cwd: folder });
const read = (path: string) => readFileSync(join(folder, path), 'utf8');

beforeAll(async () => {
  cpSync(ROOT, folder, { recursive: true, filter: (source) => !NOT_COPIED.has(basename(source)) });
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  await node('scripts/rename/main.ts', '--name', 'Acme Cloud', '--key-prefix', 'acme_');
}, 240_000);
afterAll(() => {
  rmSync(folder, { recursive: true });
});

test('nothing has the old name, except the files that keep it', () => {
  const words = [PRODUCT.name, PRODUCT.identifier, PRODUCT.slug, `\\b${PRODUCT.keyPrefix}`];
  const old = new RegExp(words.join('|'), 'i');
  const paths = globSync(['**/*', '.ci/*', '.*'], { cwd: folder, exclude: ['node_modules', 'dist'] })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => statSync(join(folder, path)).isFile());
  expect(paths.length).toBeGreaterThan(800);
  expect(paths.filter((path) => !KEPT.test(path) && (old.test(path) || old.test(read(path))))).toEqual([]);
});

test('generated files and texts have the new name', () => {
  expect(read('src/sdk/openapi.json')).toContain('"title": "Acme Cloud"');
  expect(read('src/sdk/generated/errors.gen.ts')).toContain('extends AcmeCloudError');
  expect(read('src/client/app-router.d.ts')).toContain('export type AppRouter');
  expect(read('.env.example')).toContain('/var/lib/acmecloud');
  expect(read('README.md')).toMatch(/^# Acme Cloud\n/);
  expect(read('docs/sdk.md')).toContain('acme.chats.create(');
});

test('the types are correct', async () => {
  await node('node_modules/next/dist/bin/next', 'typegen');
  await node('node_modules/typescript/bin/tsc', '--noEmit');
}, 300_000);
