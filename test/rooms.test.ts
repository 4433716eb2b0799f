import { globSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { expect, test } from '@jest/globals';

/** Returns the room of a file: a folder directly below `server/` or `src/layer/`; undefined for a file beside them. */
const roomOf = (file: string) => /^(?:server|src\/layer)\/[^/]+(?=\/)/.exec(file)?.[0];

/** Returns the files of the project that a file imports, also for types. */
function importsOf(file: string): string[] {
  const specifiers = readFileSync(file, 'utf8').matchAll(/\bfrom '(?<specifier>[.#][^']*)'/g);
  return Array.from(specifiers, ({ groups = {} }) => {
    const { specifier = '' } = groups;
    if (specifier.startsWith('.')) return posix.join(posix.dirname(file), specifier);
    return specifier.replace(/^#layer\//, 'src/layer/').replace(/^#server\//, 'server/');
  });
}

/** Returns the rooms on a cycle that begins and ends with `room`, or undefined if there is none. */
function cycleFrom(room: string, needs: ReadonlyMap<string, ReadonlySet<string>>): string[] | undefined {
  const seen = new Set<string>();
  function search(at: string, path: string[]): string[] | undefined {
    for (const next of needs.get(at) ?? []) {
      if (next === room) return [...path, next];
      if (seen.has(next)) continue;
      seen.add(next);
      const found = search(next, [...path, next]);
      if (found) return found;
    }
    return undefined;
  }
  return search(room, [room]);
}

test('no two rooms need each other, not even in a circle and not by a type', () => {
  const needs = new Map<string, Set<string>>();
  for (const file of globSync(['server/*/**/*.ts', 'src/layer/*/**/*.ts'])) {
    const room = roomOf(file);
    if (room === undefined || /\.test\.ts$|\/testkit\.ts$/.test(file)) continue;
    const needed = needs.get(room) ?? new Set();
    needs.set(room, needed);
    for (const imported of importsOf(file)) {
      const other = roomOf(imported);
      if (other !== undefined && other !== room) needed.add(other);
    }
  }
  expect(needs.size).toBeGreaterThan(15);
  expect([...needs.keys()].flatMap((room) => cycleFrom(room, needs)?.join(' -> ') ?? [])).toEqual([]);
});
