/**
 * npm run rename -- --name "Acme Cloud" --key-prefix acme_: gives the product another name in all files, and writes the
 * generated files again. docs/make-it-yours.md says what keeps the old name.
 */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { PRODUCT } from '#contract/product';
import { type Names, namesOf, renamePath, renameText } from './names.ts';

const ROOT = join(import.meta.dirname, '../..');
/** Folders with nothing that belongs to the sources, at any depth. */
const FOREIGN = new Set([
  '.data',
  '.git',
  '.next',
  '.swc',
  'coverage',
  'dist',
  'node_modules',
  'playwright-report',
  'test-results',
]);
/** Files that keep their text: whose copyright it is, and the names that existing databases have. */
const KEPT = /^(LICENSE$|\.env($|\.local$)|server\/db\/(names\.ts$|migrations\/))/;
const GENERATORS = [
  'scripts/document-settings.ts',
  'scripts/openapi.ts',
  'scripts/sdk/main.ts',
  'scripts/client-types/main.ts',
];

/** Returns the paths of all source files, with slashes. */
function sources(folder = ROOT): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return FOREIGN.has(entry.name) ? [] : sources(path);
    return entry.isFile() ? [relative(ROOT, path).replaceAll('\\', '/')] : [];
  });
}

/** Returns the text of a file; `undefined` if it is binary. */
function textOf(path: string): string | undefined {
  const bytes = readFileSync(join(ROOT, path));
  return bytes.includes(0) ? undefined : bytes.toString('utf8');
}

/** Replaces the names in all sources. @returns the new paths of the files that changed. */
function renameSources(from: Names, to: Names): string[] {
  const [rename, renamed] = [renameText(from, to), renamePath(from, to)];
  return sources().flatMap((path) => {
    const text = KEPT.test(path) ? undefined : textOf(path);
    if (text === undefined) return [];
    const changed = rename(path, text);
    const target = renamed(path);
    if (changed !== text) writeFileSync(join(ROOT, path), changed);
    if (target !== path) renameSync(join(ROOT, path), join(ROOT, target));
    return changed !== text || target !== path ? [target] : [];
  });
}

/** Runs a script of this project, or of one of its packages. */
const run = (script: string, args: string[] = []): void => {
  execFileSync(process.execPath, [join(ROOT, script), ...args], {
    cwd: ROOT,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
};

const { name, 'key-prefix': keyPrefix } = parseArgs({
  options: { name: { type: 'string' }, 'key-prefix': { type: 'string' } },
}).values;
if (name === undefined) throw new Error('Pass the new name: npm run rename -- --name "Acme Cloud"');
const to = namesOf(name, keyPrefix ?? PRODUCT.keyPrefix);
const changed = renameSources(PRODUCT, to);
const product = join(ROOT, 'src/contract/product.ts');
writeFileSync(product, readFileSync(product, 'utf8').replace(/(\n {2}name: )'[^']*'/, `$1'${to.name}'`));
for (const script of GENERATORS) run(script);
run('node_modules/prettier/bin/prettier.cjs', ['--write', '--ignore-unknown', ...changed]);
console.log(`${changed.length} files changed. Next: npm run typecheck, npm test, and docs/make-it-yours.md.`);
