import { describe, expect, test } from '@jest/globals';
import fc from '#test/fast-check';
import { codeOf, MESSAGE_COST, piecesOf } from './markdown-pieces.ts';

const textsOf = (markdown: string, budget?: number) =>
  piecesOf(markdown, budget).pieces.map(({ kind, text }) => `${kind}: ${text}`);
const sentence = 'The server keeps each answer, and it returns at once. ';

describe('piecesOf', () => {
  test('returns a short text as one piece, and its code as another', () => {
    expect(textsOf('# A\n\n- b\n- c\n\n```ts\nd\n```\n')).toEqual([
      'markdown: # A\n\n- b\n- c\n\n',
      'code: ```ts\nd\n```\n',
    ]);
  });

  test('cuts a long text between its blocks', () => {
    const paragraph = `${sentence.repeat(40)}\n\n`;
    const { pieces, rest } = piecesOf(paragraph.repeat(10));
    expect(pieces.length).toBeGreaterThan(3);
    expect(pieces.every(({ text }) => text.length % paragraph.length === 0)).toBe(true);
    expect(rest).toBe('');
  });

  test('cuts a long ordered list between its items and keeps its numbers', () => {
    const { pieces } = piecesOf(`3. ${sentence}\n   - nested\n`.repeat(200));
    expect(pieces.length).toBeGreaterThan(1);
    let next = 3;
    for (const { kind, text } of pieces) {
      expect(kind).toBe('markdown');
      expect(text).toMatch(new RegExp(`^${next}\\. The`));
      next += text.split('nested').length - 1;
    }
  });

  test('cuts a long table between its rows and repeats its head', () => {
    const head = '| a | b |\n|:--|--:|\n';
    const rows = Array.from({ length: 400 }, (_, n) => `| ${n} | ${sentence} |\n`);
    const { pieces, rest } = piecesOf(`${sentence}\n\n${head}${rows.join('')}\nAfter`);
    expect(pieces.length).toBeGreaterThan(5);
    expect(pieces.slice(1, -1).every(({ kind, text }) => kind === 'markdown' && text.startsWith(head))).toBe(
      true,
    );
    expect(pieces.map(({ text }) => text.replace(head, '')).join('')).toBe(
      `${sentence}\n\n${rows.join('')}\nAfter`,
    );
    expect(rest).toBe('');
  });

  test('does not start a piece in the middle of code', () => {
    const code = `\`\`\`ts\n${'const a = 1;\n\n'.repeat(200)}\`\`\`\n`;
    const { pieces } = piecesOf(`${sentence}\n\n${code}\n`.repeat(20));
    for (const { text } of pieces) expect(text.split('```').length % 2).toBe(1);
  });

  test('does not parse long code', () => {
    const code = '* a **b** \n'.repeat(5000);
    expect(textsOf(`Here:\n\n\`\`\`md\n${code}\`\`\`\nDone.`)).toEqual([
      'markdown: Here:\n\n',
      `code: \`\`\`md\n${code}\`\`\`\n`,
      'markdown: Done.',
    ]);
  });

  test('returns footnotes as the last pieces, in the order of their references', () => {
    const text = 'One[^b], two[^a], three[^c].\n\n[^a]: A\n\n[^b]: B\n    more\n';
    const { pieces, notes } = piecesOf(text);
    expect(notes).toEqual(['b', 'a']);
    expect(pieces.at(-1)).toEqual({
      kind: 'notes',
      text: '[^b][^a]\n\n[^b]: B\n    more\n\n\n[^a]: A\n\n',
    });
    expect(piecesOf('[^a]\n\n[^a]: A', 0)).toMatchObject({ pieces: [], notes: [] });
  });

  test('adds the definitions of links and footnotes from other pieces', () => {
    const text = `[one][a] and two[^n]\n\n${`${sentence.repeat(20)}\n\n`.repeat(20)}[a]: https://example.com\n\n[^n]: Note\n    goes on`;
    const [first] = textsOf(text);
    expect(first).toContain('[a]: https://example.com');
    expect(first).toContain('[^n]: Note\n    goes on');
  });

  test.each([
    ['quotes', `${'>'.repeat(2000)} a`],
    ['lists in one line', `${'- '.repeat(500)}a`],
    ['lists', Array.from({ length: 500 }, (_, n) => `${' '.repeat(2 * n)}- a`).join('\n')],
    ['emphasis', 'a**b'.repeat(20_000)],
    ['columns', `|${'a|'.repeat(2000)}\n|${'-|'.repeat(2000)}\n`],
    ['cells that are filled up', `|${'a|'.repeat(100)}\n|${'-|'.repeat(100)}\n${'|a\n'.repeat(500)}`],
  ])('returns too many or too deep %s as plain text', (_, hostile) => {
    expect(textsOf(`Before\n\n${hostile}\n\nAfter`)).toEqual([
      'markdown: Before\n\n',
      `plain: ${hostile}\n\n`,
      'markdown: After',
    ]);
  });

  test('keeps 100 KB of prose, code and tables within the budget of a message', () => {
    const ordinary = `## Title\n\n${sentence.repeat(4)} **Bold** and \`code\`, [a link](https://example.com).\n\n- one\n- two\n\n\`\`\`ts\n${'const value = compute(1, 2);\n'.repeat(10)}\`\`\`\n\n| a | b | c |\n|---|---|---|\n${'| one | two | three |\n'.repeat(4)}\n`;
    const { pieces, rest } = piecesOf(ordinary.repeat(Math.ceil(100_000 / ordinary.length)));
    expect(rest).toBe('');
    expect(pieces.every(({ kind }) => kind === 'markdown' || kind === 'code')).toBe(true);
  });

  test('returns the text beyond the budget unchanged as the rest', () => {
    const text = `${sentence}\n\n`.repeat(10_000);
    const { pieces, rest, cost } = piecesOf(text);
    expect(pieces.map((piece) => piece.text).join('') + rest).toBe(text);
    expect(rest.length).toBeGreaterThan(300_000);
    expect(cost).toBeLessThanOrEqual(MESSAGE_COST);
    expect(piecesOf(text, 0)).toEqual({ pieces: [], notes: [], rest: text, cost: 0 });
  });

  test('loses no part of any text', () => {
    const line = fc.constantFrom(
      '',
      '',
      'a b',
      '- c',
      '1. d',
      '> e',
      '```',
      '| f | g |',
      '|---|---|',
      '    h',
      '# i',
      '*'.repeat(3000),
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 60 }), fc.nat(20_000), (lines, budget) => {
        const text = lines.join('\n');
        const { pieces, rest } = piecesOf(text, budget);
        // A continued list starts with the number of its first item.
        const shown = pieces.map((piece) => piece.text).join('') + rest;
        expect(shown.replace(/^\d+/gm, '1')).toBe(text);
      }),
    );
  });
});

describe('codeOf', () => {
  test.each([
    ['```ts title="a"\nb\n\nc\n```\n', { language: 'ts', code: 'b\n\nc\n', isComplete: true }],
    ['~~~~\n~~~\n~~~~', { language: '', code: '~~~\n', isComplete: true }],
    ['```ts\nb\n``', { language: 'ts', code: 'b\n``\n', isComplete: false }],
    ['```', { language: '', code: '', isComplete: false }],
  ])('reads %j', (source, code) => {
    expect(codeOf(source)).toEqual(code);
  });
});
