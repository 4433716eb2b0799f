import { expect, test } from '@jest/globals';
import fc, { runs } from '#test/fast-check';
import { parseQuery } from './query.ts';

/** Pieces of queries: names, separators, and valid and invalid percent-encoding. */
const piece = fc.constantFrom(
  ...[
    'a',
    'b',
    'input',
    '&',
    '=',
    '+',
    '%20',
    '%',
    '%6',
    '%61',
    '%zz',
    '%C3%A9',
    '%C3',
    '%ff',
    '%EF%BB%BF',
    '%00',
  ],
  ...['%F0%9F%98%80', '%ED%A0%80', '#', '/', ';'],
);
const query = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''));

test('reads the parameters that URLSearchParams reads', () => {
  fc.assert(
    fc.property(query, (text) => {
      const expected = new URLSearchParams(text);
      const params = parseQuery(text);
      for (const name of [...expected.keys(), 'a', 'input', '', 'é']) {
        expect([name, params.get(name)]).toEqual([name, expected.get(name)]);
        expect([name, params.has(name)]).toEqual([name, expected.has(name)]);
      }
    }),
    { numRuns: runs(2000) },
  );
});
