import { expect, test } from '@jest/globals';
import { readChatFile } from './import-parts.ts';

const MAX_BODY = 1024 * 1024;

/** Returns the parts of a file and the titles of chats that are too large. */
function divide(file: unknown) {
  const parts = [...(readChatFile(JSON.stringify(file))?.parts() ?? [])];
  return {
    contents: parts.flatMap((part) => ('content' in part ? [part.content] : [])),
    tooLarge: parts.flatMap((part) => ('tooLarge' in part ? [part.tooLarge] : [])),
  };
}

test('each part of a large file fits into a request and has whole chats', () => {
  const chats = Array.from({ length: 40 }, (_, index) => ({ id: `c-${index}`, title: `Chat ${index}` }));
  const messages = chats.flatMap(({ id }) => [
    { id: `${id}-q`, chatId: id, parts: [{ type: 'text', text: '"é\n'.repeat(15_000) }] },
    { id: `${id}-a`, chatId: id, parts: [] },
  ]);
  const { contents, tooLarge } = divide({ chats, messages: messages.toReversed() });
  expect(tooLarge).toEqual([]);
  expect(contents.length).toBeGreaterThan(2);
  expect(contents.join('').split('"title"').length - 1).toBe(40);
  for (const content of contents) {
    expect(Buffer.byteLength(JSON.stringify({ json: { content } }))).toBeLessThan(MAX_BODY);
    const part: unknown = JSON.parse(content);
    expect(part).toMatchObject({ chats: expect.any(Array), messages: expect.any(Array) });
  }
  expect(contents.join('').split('-a"').length - 1).toBe(40);
});

test('the metadata of messages is not sent, and a chat that is too large is named', () => {
  const small = { title: 'Small', mapping: { a: { message: { metadata: 'x'.repeat(2_000_000) } } } };
  const large = { title: 'Large', mapping: { a: { message: { content: 'x'.repeat(1_000_000) } } } };
  const { contents, tooLarge } = divide([large, small]);
  expect(contents).toEqual(['[{"title":"Small","mapping":{"a":{"message":{}}}}]']);
  expect(tooLarge).toEqual(['Large']);
});

test.each(['', '{"chats":[]}', 'null', '"text"'])('%j is no file with chats', (text) => {
  expect(readChatFile(text)).toBeNull();
});
