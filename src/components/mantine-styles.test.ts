import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';

const ROOT = join(import.meta.dirname, '../..');
const MANTINE = join(ROOT, 'node_modules/@mantine/core/esm');
const STYLES = join(ROOT, 'node_modules/@mantine/core/styles');
const OWN = readFileSync(join(import.meta.dirname, 'mantine-styles.ts'), 'utf8');

/** Returns the names that our sources import from Mantine, without types. */
function importedNames(): Set<string> {
  const names = new Set<string>();
  for (const file of globSync(['app/**/*.{ts,tsx}', 'src/**/*.{ts,tsx}'], { cwd: ROOT })) {
    const code = readFileSync(join(ROOT, file), 'utf8');
    for (const [, list = ''] of code.matchAll(/import \{([^}]*)\} from '@mantine\/core'/g))
      for (const name of list.split(',').map((each) => each.trim())) if (/^[A-Z]/.test(name)) names.add(name);
  }
  return names;
}

const specifiersIn = (code: string) => [...code.matchAll(/from "(\.[^"]+)"/g)].map(([, to = '']) => to);

/** Returns the names of the style sheets of a module of Mantine, and of all modules that it imports. */
function stylesOf(module: string, found: Set<string>, seen = new Set<string>()): Set<string> {
  if (seen.has(module) || !existsSync(module)) return found;
  seen.add(module);
  if (module.endsWith('.module.mjs')) found.add(basename(module, '.module.mjs'));
  for (const to of specifiersIn(readFileSync(module, 'utf8')))
    stylesOf(join(dirname(module), to), found, seen);
  return found;
}

/** The names of the style sheets of Mantine, in the order in which they override each other. */
function inOrder(names: Iterable<string>): string[] {
  const all = readFileSync(join(STYLES, '../styles.css'), 'utf8');
  const placeOf = (name: string) =>
    all.indexOf(
      readFileSync(join(STYLES, `${name}.css`), 'utf8')
        .trim()
        .slice(0, 200),
    );
  return [...names].sort((one, other) => placeOf(one) - placeOf(other));
}

test('pages have the styles of all components of Mantine that they use, in their order', () => {
  const index = readFileSync(join(MANTINE, 'index.mjs'), 'utf8');
  const found = new Set<string>();
  for (const name of importedNames()) {
    const [, module] = new RegExp(`import \\{[^}]*\\b${name}\\b[^}]*\\} from "([^"]+)"`).exec(index) ?? [];
    // Types have no module.
    if (module !== undefined) stylesOf(join(MANTINE, module), found);
  }
  expect([...found]).toContain('Input');
  const own = [...OWN.matchAll(/'@mantine\/core\/styles\/(.+)\.css'/g)].map(([, name = '']) => name);
  expect([...found].filter((name) => !own.includes(name))).toEqual([]);
  expect(own).toEqual(inOrder(own));
});
