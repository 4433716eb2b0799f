import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import compile from 'icu-minify/compile';
import type { CompiledMessage } from 'icu-minify/format';
import { german } from './de/index.ts';
import { english } from './en/index.ts';

const ROOT = join(import.meta.dirname, '../..');

interface Texts {
  [key: string]: string | Texts;
}

/** Returns the messages of a catalog by their paths, such as `auth.form.name`. */
function messagesOf(texts: Texts, path = ''): Map<string, string> {
  const found = new Map<string, string>();
  for (const [key, text] of Object.entries(texts)) {
    if (typeof text === 'string') found.set(path + key, text);
    else for (const [inner, message] of messagesOf(text, `${path}${key}.`)) found.set(inner, message);
  }
  return found;
}

/** Returns the arguments and elements of a compiled message, with what each is. */
function argumentsOf(message: CompiledMessage): Set<string> {
  const found = new Set<string>();
  const visit = (node: unknown): void => {
    if (!Array.isArray(node) || typeof node[0] !== 'string') return;
    const [name, kind, ...rest] = node as [string, ...unknown[]];
    const isArgument = kind === undefined || (typeof kind === 'number' && kind > 0);
    found.add(`${isArgument ? String(kind ?? 'text') : 'element'} ${name}`);
    if (!isArgument) [kind, ...rest].forEach(visit);
    else if (typeof rest[0] === 'object' && rest[0] !== null)
      for (const option of Object.values(rest[0])) if (Array.isArray(option)) option.forEach(visit);
  };
  if (Array.isArray(message)) message.forEach(visit);
  return found;
}

/** Returns the cases of each plural in a part of a compiled message. */
function pluralsIn(node: unknown): string[][] {
  if (typeof node !== 'object' || node === null) return [];
  const parts: unknown[] = Object.values(node);
  const cases: unknown = Array.isArray(node) && node[1] === 2 ? node[2] : null;
  const own = typeof cases === 'object' && cases !== null ? [Object.keys(cases).sort()] : [];
  return [...own, ...parts.flatMap(pluralsIn)];
}

const keysIn = (code: string) => [...code.matchAll(/'([\w.-]+)'/g)].map(([, key = '']) => key);

/**
 * Returns a function that tells whether a file uses a text: its group, and its key or a template for it.
 * @param folder the code of all files of the folder. It has the keys of calls such as `t(key)`.
 */
function usesIn(code: string, folder: string): (path: string) => boolean {
  const groups = [...code.matchAll(/\b(?:use|get)Translations[(<]'([\w.-]+)'/g)].map(
    ([, group = '']) => group,
  );
  const keys = new Set(keysIn(/\bt\w*\((?!['`])/.test(code) ? folder : code));
  // A key that is composed, such as t(`${group}.title`), is matched by its fixed parts.
  const composed = [...code.matchAll(/`([\w.-]*(?:\$\{[^`{}]*\}[\w.-]*)+)`/g)].map(
    ([, template = '']) =>
      new RegExp(`^${template.replaceAll('.', '\\.').replaceAll(/\$\{[^}]*\}/g, '[\\w-]+')}$`),
  );
  return (path) =>
    groups.some((group) => {
      const key = path.slice(group.length + 1);
      return path.startsWith(`${group}.`) && (keys.has(key) || composed.some((each) => each.test(key)));
    });
}

const inEnglish = messagesOf(english);
const inGerman = messagesOf(german);

describe('the catalog', () => {
  test('has the same texts in German as in English', () => {
    expect([...inGerman.keys()].sort()).toEqual([...inEnglish.keys()].sort());
    expect([...inGerman].filter(([, text]) => text.trim() === '')).toEqual([]);
  });

  test('has the same arguments in German as in English', () => {
    // German texts for the codes of errors replace the detail of the server, which is in English.
    const compared = [...inEnglish.keys()].filter((key) => !key.startsWith('errors.code.'));
    const inBoth = (texts: Map<string, string>) =>
      Object.fromEntries(
        compared.map((key) => [key, [...argumentsOf(compile(texts.get(key) ?? ''))].sort()]),
      );
    expect(inBoth(inGerman)).toEqual(inBoth(inEnglish));
  });

  test('has plurals with a case for one and for others', () => {
    for (const [key, text] of [...inEnglish, ...inGerman]) {
      for (const cases of pluralsIn(compile(text)))
        expect([key, cases]).toEqual([key, expect.arrayContaining(['one', 'other'])]);
    }
  });

  test('has no text that no page uses', () => {
    const files = globSync(['app/**/*.{ts,tsx}', 'src/{components,client}/**/*.{ts,tsx}'], { cwd: ROOT });
    const read = files.map((file) => ({
      folder: dirname(file),
      code: readFileSync(join(ROOT, file), 'utf8'),
    }));
    const codeIn = Map.groupBy(read, ({ folder }) => folder);
    const used = read.map(({ folder, code }) =>
      usesIn(code, (codeIn.get(folder) ?? []).map((file) => file.code).join('\n')),
    );
    // Sections of the settings are named by their ids, and the page that replaces a failed layout imports its texts.
    const paths = [...inEnglish.keys()].filter((path) => !/^(?:failure|sections)\./.test(path));
    expect(paths.filter((path) => !used.some((isUsed) => isUsed(path)))).toEqual([]);
  });
});
