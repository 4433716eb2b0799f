import { describe, expect, test } from '@jest/globals';
import { colorsOf } from './highlighter.ts';

/** Returns the colored texts of a code, as `kind: text`. */
async function colored(code: string, language: string): Promise<string[]> {
  const texts: string[] = [];
  for await (const parts of colorsOf(code, language)) {
    texts.push(...parts.map(({ kind, start, end }) => `${kind}: ${code.slice(start, end).trim()}`));
  }
  return texts;
}

describe('colorsOf', () => {
  test('finds the parts of a code', async () => {
    expect(await colored("const x: Foo = f('a', 1); // note", 'TS')).toEqual(
      expect.arrayContaining(['keyword: const', 'type: Foo', 'function: f', 'number: 1', 'comment: // note']),
    );
    expect(await colored('def f(a):\n  return "b"', 'python')).toEqual(
      expect.arrayContaining(['keyword: return', 'function: f', 'string: "b"']),
    );
  });

  test('continues a comment over any number of lines', async () => {
    const parts = await colored(`/*\n${'a line\n'.repeat(100)}*/\nlet b`, 'js');
    expect(parts.filter((part) => part === 'comment: a line')).toHaveLength(100);
    expect(parts).toContain('keyword: let');
  });

  test('colors the lines after one that is too long', async () => {
    expect(await colored(`let ${'a'.repeat(2_000)}\nlet b`, 'js')).toEqual(['keyword: let']);
  });

  test('finds nothing in a language that it does not know', async () => {
    expect(await colored('graph TD', 'mermaid')).toEqual([]);
    expect(await colored('constructor', 'constructor')).toEqual([]);
  });
});
