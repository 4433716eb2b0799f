import { describe, expect, test } from '@jest/globals';
import fc from '#test/fast-check';
import { growingTree, treeOf } from './markdown-tree.ts';
import remend from 'remend';

const alone = { prefix: '', notes: [], isNotes: false };

describe('growingTree', () => {
  const part = fc.constantFrom(
    'word',
    ' ',
    ' and words, ',
    '1',
    '. ',
    'www',
    '.example.com',
    '@',
    '*',
    '**',
    '_',
    '`',
    '\n',
    '\n\n',
    '- ',
    '# ',
    '> ',
    '| ',
    '|\n|-|-|\n',
    '[',
    '](',
    ')',
    '$',
    '$$',
    '\\(',
    '\\)',
    '&amp',
    ';',
    '\\',
    '```\n',
    '    ',
    'é',
  );

  test('returns the same tree as parsing the whole text again, after each part', () => {
    const visible = (tree: unknown) =>
      JSON.stringify(tree, (key, value: unknown) => (key === 'position' ? undefined : value));
    fc.assert(
      fc.property(fc.array(part, { maxLength: 25 }), (parts) => {
        const grow = growingTree();
        let text = '';
        for (const added of parts) {
          text += added;
          expect(visible(grow(text, alone))).toBe(visible(treeOf(remend(text), alone)));
        }
      }),
    );
  });

  test('does not parse a paragraph again to which words are added', () => {
    const grow = growingTree();
    const first = grow('**Some** words', alone);
    expect(grow('**Some** words and', alone)).toBe(first);
    expect(grow('**Some** words and more', alone)).toBe(first);
    expect(grow('**Some** words and more.', alone)).not.toBe(first);
  });
});
