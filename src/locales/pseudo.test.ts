import { describe, expect, test } from '@jest/globals';
import compile from 'icu-minify/compile';
import { createTranslator } from 'use-intl/core';
import { PSEUDO, pseudoMessage } from './pseudo.ts';

/** Returns a message as a page in the language `en-XA` shows it, with elements as `<b>…</b>`. */
function shown(message: string, values: Record<string, string | number> = {}): string {
  const messages = { message: pseudoMessage(compile(message), PSEUDO['en-XA']) } as unknown as {
    message: string;
  };
  const t = createTranslator({ locale: 'en-XA', messages });
  return t.markup('message', { ...values, b: (text) => `<b>${text}</b>` });
}

describe('the language en-XA', () => {
  test('accents, lengthens and marks a text', () => {
    expect(shown('Sign in')).toBe('⟦Šíǧñññ íññ⟧');
  });

  test('keeps arguments, and marks them with the text around them', () => {
    expect(
      shown('{count, plural, one {# chat of {name}} other {# chats of {name}}}', { count: 2, name: 'Ada' }),
    ).toBe('⟦2 çĥáţššš óƒƒ Ada⟧');
  });

  test('marks each text of the page, inside and outside of elements', () => {
    expect(shown('To <b>{name}</b>.', { name: 'Ada' })).toBe('⟦Ţóó ⟧<b>⟦Ada⟧</b>⟦.⟧');
    expect(shown('{count, plural, one {<b>#</b> chat} other {<b>#</b> chats}}', { count: 3 })).toBe(
      '<b>⟦3⟧</b>⟦ çĥáţššš⟧',
    );
  });
});

test('the language ar-XB turns words, but not arguments', () => {
  expect(pseudoMessage(compile('Hello, {name}'), PSEUDO['ar-XB'])).toEqual([
    '',
    '\u200f\u202eHello,\u202c\u200f ',
    ['name'],
    '',
  ]);
});
