import { describe, expect, test } from '@jest/globals';
import { languageOf, localeFor } from './languages.ts';

describe('the locale of a page', () => {
  test.each([
    ['de', null, 'de'],
    [undefined, 'de-AT,de;q=0.9,en;q=0.8', 'de-AT'],
    [undefined, 'fr-FR, de-Latn-CH;q=0.5, en;q=0.8', 'en'],
    [undefined, 'fr-FR, de-Latn-CH;q=0.9, en;q=0.8', 'de-Latn-CH'],
    [undefined, 'fr, de;q=0', 'en'],
    [undefined, 'ar, *;q=0.5', 'en'],
    [undefined, 'AR-xb', 'AR-xb'],
    [undefined, 'en_XA, \u0000, ;q=1, de;q=x', 'en'],
    ['de', 'en-GB, de-CH;q=0.1', 'de-CH'],
    ['fr', 'de', 'de'],
    [undefined, null, 'en'],
  ])('with the cookie %p and the header %p is %p', (chosen, accepted, locale) => {
    expect(localeFor(chosen, accepted)).toBe(locale);
  });

  test('has the language of its longest known part', () => {
    expect(['de-AT', 'en-XA', 'en-GB', 'ar-xb', 'ar'].map(languageOf)).toEqual([
      'de',
      'en-XA',
      'en',
      'ar-XB',
      'en',
    ]);
  });
});
