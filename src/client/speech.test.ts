import { expect, test } from '@jest/globals';
import { utterancesOf } from './speech.ts';

test('a voice reads sentence by sentence, because some voices stop in long texts', () => {
  expect(utterancesOf('One. Two! 3.5 is a number\n\nNext line')).toEqual([
    'One.',
    'Two!',
    '3.5 is a number',
    'Next line',
  ]);
});

test('nothing of a text without sentences is lost', () => {
  const words = `${'word '.repeat(500)}${'x'.repeat(2_500)}`;
  const parts = utterancesOf(words);
  expect(Math.max(...parts.map((part) => part.length))).toBeLessThanOrEqual(1_000);
  expect(parts.join('').replaceAll(' ', '')).toBe(words.replaceAll(' ', ''));
});

test('an empty text is not read', () => {
  expect(utterancesOf(' \n ')).toEqual([]);
});
