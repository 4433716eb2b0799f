import { expect, test } from '@jest/globals';
import { compileTemplate } from './template.ts';

const { match, expand } = compileTemplate('test://notes/{id}/pages/{page}');

test.each([
  ['test://notes/1/pages/2', { id: '1', page: '2' }],
  ['test://notes/a%2Fb/pages/%C3%A9', { id: 'a/b', page: 'é' }],
  ['test://notes//pages/2', null],
  ['test://notes/1/pages/', null],
  ['test://notes/1/pages/%E9', null],
  ['test://notes/1/pages', null],
  ['test://notes/1/pages/2/3', null],
  ['test://notes/1/leaves/2', null],
  ['other://notes/1/pages/2', null],
  ['', null],
])('matches %s', (uri, variables) => {
  expect(match(uri)).toEqual(variables);
});

test('expands variables to a URI that it matches', () => {
  const variables = { id: '../a?b#c', page: '{x}' };
  expect(expand(variables)).toBe('test://notes/..%2Fa%3Fb%23c/pages/%7Bx%7D');
  expect(match(expand(variables))).toEqual(variables);
});

test('matches a long URI in a short time', () => {
  const uri = `test://${'notes/'.repeat(200_000)}`;
  const started = performance.now();
  expect(match(uri)).toBeNull();
  expect(performance.now() - started).toBeLessThan(500);
});
