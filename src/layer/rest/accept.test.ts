import { expect, test } from '@jest/globals';
import { acceptQuality } from './accept.ts';

test.each([
  [null, 1],
  ['', 1],
  ['*/*', 1],
  ['application/json', 1],
  ['Application/JSON; charset=utf-8', 1],
  ['application/*;q=0.5', 0.5],
  ['text/html, application/json;q=0.9, */*;q=0.1', 0.9],
  ['*/*, application/json;q=0', 0],
  ['application/*;q=0, application/json', 1],
  ['text/html', 0],
  ['text/html, */*;q=0', 0],
  ['application/json;q=2', 0],
  [',;,garbage', 0],
])('acceptQuality returns for "%s" and application/json %d', (accept, quality) => {
  expect(acceptQuality(accept, 'application/json')).toBe(quality);
});
