import { describe, expect, test } from '@jest/globals';
import fc from '#test/fast-check';
import { withoutRepetition } from './seam.ts';
import { wholeCharacters } from './surrogates.ts';

/** Joins a text and its continuation, which comes in deltas. */
function join(before: string, deltas: readonly string[]): string {
  const unrepeated = withoutRepetition(before);
  return before + deltas.map((delta) => unrepeated(delta)).join('') + unrepeated();
}

/** Cuts a text into deltas of any length. */
const inDeltas = (text: string, lengths: number[]): string[] => {
  const deltas: string[] = [];
  for (let at = 0, index = 0; at < text.length; index++) {
    const length = 1 + (lengths[index % lengths.length] ?? 0);
    deltas.push(text.slice(at, at + length));
    at += length;
  }
  return deltas;
};

const lengths = fc.array(fc.nat({ max: 12 }), { minLength: 1, maxLength: 5 });

/** Numbered words, so that no text repeats itself. */
const textOf = (count: number) =>
  Array.from({ length: count }, (_, index) => `word${index + 1000}`).join(' ');

describe('a continuation', () => {
  test('loses nothing if it repeats nothing, wherever the text was cut', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.nat(), lengths, (count, cut, sizes) => {
        const text = textOf(count);
        const at = cut % (text.length + 1);
        expect(join(text.slice(0, at), inDeltas(text.slice(at), sizes))).toBe(text);
      }),
    );
  });

  test('repeats none of up to 200 characters, in deltas of any length', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 60 }), fc.nat(), fc.nat(), lengths, (count, cut, back, sizes) => {
        const text = textOf(count);
        const at = 4 + (cut % (text.length - 4));
        const words = [...text.matchAll(/word/g)].map(({ index }) => index);
        const starts = words.filter((index) => index > at - 200 && index <= at - 3);
        const from = starts[back % starts.length] ?? at;
        expect(join(text.slice(0, at), inDeltas(text.slice(from), sizes))).toBe(text);
      }),
    );
  });

  test.each([
    ['bonbon', 'bon', 'bonbonbon', 'within a word'],
    ['f(a)}', '}\n}', 'f(a)}}\n}', 'signs only'],
    ['1, 2', '2, 3', '1, 22, 3', 'too short'],
    ['“Ja”, sagte ich', 'ich auch', '“Ja”, sagte ich auch', 'letters of any script'],
    ['これは', 'これは本', 'これは本', 'without spaces'],
  ])('"%s" and "%s" make "%s": %s', (before, after, whole) => {
    expect(join(before, [after])).toBe(whole);
  });
});

test('deltas never end within a character, and no half is lost', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 40 }), lengths, (text, sizes) => {
      const split = wholeCharacters();
      const written = inDeltas(text, sizes)
        .flatMap((delta) => split({ type: 'text-delta', id: '0', delta }))
        .map((chunk) => (chunk.type === 'text-delta' ? chunk.delta : ''));
      expect(written.join('')).toBe(text);
      for (const delta of written) expect(delta.isWellFormed()).toBe(true);
    }),
  );
  const split = wholeCharacters();
  expect(split({ type: 'text-delta', id: '0', delta: 'half \ud83d' })).toEqual([
    { type: 'text-delta', id: '0', delta: 'half ' },
  ]);
  expect(split({ type: 'text-end', id: '0' })).toEqual([
    { type: 'text-delta', id: '0', delta: '\ud83d' },
    { type: 'text-end', id: '0' },
  ]);
});
