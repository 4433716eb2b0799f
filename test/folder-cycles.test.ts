import { globSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { expect, test } from '@jest/globals';

/** Returns the folder directly below `server/` or `src/layer/` that contains a file; undefined if there is none. */
const folderOf = (file: string) => /^(?:server|src\/layer)\/[^/]+(?=\/)/.exec(file)?.[0];

/** Returns the files of the project that a file imports, including type imports. */
function importsOf(file: string): string[] {
  const specifiers = readFileSync(file, 'utf8').matchAll(/\bfrom '(?<specifier>[.#][^']*)'/g);
  return Array.from(specifiers, ({ groups = {} }) => {
    const { specifier = '' } = groups;
    if (specifier.startsWith('.')) return posix.join(posix.dirname(file), specifier);
    return specifier
      .replace(/^#runtime$/, 'src/layer/runtime/node.ts')
      .replace(/^#layer\//, 'src/layer/')
      .replace(/^#server\//, 'server/');
  });
}

/** Returns the folders on a cycle that starts and ends with `folder`, or undefined if there is none. */
function cycleFrom(folder: string, imports: ReadonlyMap<string, ReadonlySet<string>>): string[] | undefined {
  const seen = new Set<string>();
  function search(at: string, path: string[]): string[] | undefined {
    for (const next of imports.get(at) ?? []) {
      if (next === folder) return [...path, next];
      if (seen.has(next)) continue;
      seen.add(next);
      const found = search(next, [...path, next]);
      if (found) return found;
    }
    return undefined;
  }
  return search(folder, [folder]);
}

test('folders do not import each other in a cycle, not even for types', () => {
  const imports = new Map<string, Set<string>>();
  for (const file of globSync(['server/*/**/*.ts', 'src/layer/*/**/*.ts'])) {
    const folder = folderOf(file);
    if (folder === undefined || /\.test\.ts$|\/testkit\.ts$/.test(file)) continue;
    const imported = imports.get(folder) ?? new Set();
    imports.set(folder, imported);
    for (const target of importsOf(file)) {
      const other = folderOf(target);
      if (other !== undefined && other !== folder) imported.add(other);
    }
  }
  expect(imports.size).toBeGreaterThan(15);
  expect([...imports.keys()].flatMap((folder) => cycleFrom(folder, imports)?.join(' -> ') ?? [])).toEqual([]);
});
