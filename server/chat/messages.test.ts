import { beforeAll, describe, expect, test } from '@jest/globals';
import { eq } from 'drizzle-orm';
import type { Deps } from '#server/compose';
import { chats, messages } from '#server/db/schema/index';
import { MAX_PAGE_BYTES } from '#server/limits';
import { textOfMessage } from '#test/answers';
import { type Person, signUp, startInstance } from '#test/caller';
import { history } from './history.ts';

let deps: Deps;
let ada: Person;

beforeAll(async () => {
  deps = await startInstance();
  ada = await signUp(deps);
});

/** Creates a chat with these messages, alternately question and answer. @returns its id. */
async function chatWith(texts: string[]): Promise<string> {
  const { id: chatId } = await ada.api.chat.create({ title: 'Long' });
  const idOf = (n: number) => `${chatId}-${n}`;
  for (const [n, text] of texts.entries()) {
    await deps.db.insert(messages).values({
      id: idOf(n),
      chatId,
      userId: ada.id,
      parentId: n === 0 ? null : idOf(n - 1),
      role: n % 2 === 0 ? 'user' : 'assistant',
      status: 'complete',
      parts: [{ type: 'text', text }],
    });
  }
  await deps.db
    .update(chats)
    .set({ leafId: idOf(texts.length - 1) })
    .where(eq(chats.id, chatId));
  return chatId;
}

/** Returns the texts of each page of a chat, newest page first. */
async function pagesOf(chatId: string, limit = 100): Promise<string[][]> {
  const pages: string[][] = [];
  let cursor: string | undefined;
  do {
    const page = await ada.api.chat.messages({ chatId, limit, ...(cursor !== undefined && { cursor }) });
    pages.push(page.items.map(textOfMessage));
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return pages;
}

/** Returns the length of each text on each page, in thousands. */
const inThousands = (pages: string[][]) =>
  pages.map((page) => page.map((text) => Math.round(text.length / 1000)));

describe('a page of messages', () => {
  test('ends before it exceeds MAX_PAGE_BYTES, and the next page continues there', async () => {
    const texts = Array.from({ length: 8 }, (_, n) => String(n).repeat(300_000));
    const pages = await pagesOf(await chatWith(texts));
    expect(inThousands(pages)).toEqual([
      [300, 300, 300],
      [300, 300, 300],
      [300, 300],
    ]);
    expect(pages.toReversed().flat()).toEqual(texts);
  });

  test('holds at least one message, however large', async () => {
    const large = 'x'.repeat(2 * MAX_PAGE_BYTES);
    expect(inThousands(await pagesOf(await chatWith(['a', large, large, 'b'])))).toEqual([
      [0],
      [2097],
      [2097],
      [0],
    ]);
  });

  test.each([
    ['letters of three bytes', '€'],
    ['control characters, which take six bytes in JSON', '\u0001'],
    ['letters of four bytes', '😀'],
  ])('counts bytes of JSON: %s', async (_, letter) => {
    const chatId = await chatWith(Array.from({ length: 30 }, () => letter.repeat(60_000)));
    const page = await ada.api.chat.messages({ chatId, limit: 100 });
    expect(Buffer.byteLength(JSON.stringify(page))).toBeLessThan(1.01 * MAX_PAGE_BYTES);
    expect(page.items.length).toBeGreaterThan(1);
  });

  test('ends at its limit of messages', async () => {
    expect(
      (await pagesOf(await chatWith(['a', 'b', 'c', 'd', 'e']), 2)).map((page) => page.join('')),
    ).toEqual(['de', 'bc', 'a']);
  });
});

describe('history', () => {
  /** Returns the lengths of the messages in the history of a chat whose newest message has the number `last`. */
  async function lengths(texts: string[], characters: number): Promise<number[]> {
    const chatId = await chatWith(texts);
    const owner = { userId: ada.id, chatId };
    const room = { characters, tokens: Infinity, reads: () => false };
    const found = await history(deps.db, owner, `${chatId}-${texts.length - 1}`, room);
    return found.messages.map((message) => textOfMessage(message).length);
  }

  test('returns the newest messages that fit completely, starting with a question', async () => {
    const texts = [1, 2, 3, 4, 5, 6].map((n) => 'x'.repeat(n * 1000));
    expect(await lengths(texts, 100_000)).toEqual([1000, 2000, 3000, 4000, 5000, 6000]);
    // The answer of 4,000 fits, but not the question before it.
    expect(await lengths(texts, 16_000)).toEqual([5000, 6000]);
    expect(await lengths(texts, 18_500)).toEqual([3000, 4000, 5000, 6000]);
  });

  test('counts characters, not bytes', async () => {
    expect(await lengths(['€'.repeat(1000), '€'.repeat(1000)], 2100)).toEqual([1000, 1000]);
  });

  test('is empty if the newest answer alone is too long', async () => {
    expect(await lengths(['Q', 'x'.repeat(5000)], 4000)).toEqual([]);
  });

  test('always includes the question to be answered', async () => {
    expect(await lengths(['Q', 'A', 'x'.repeat(5000)], 4000)).toEqual([5000]);
  });
});
