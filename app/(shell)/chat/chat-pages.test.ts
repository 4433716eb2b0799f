import { describe, expect, test } from '@jest/globals';
import { type Chat, type ChatPages, chatsOf, withRefetched } from './chat-pages.ts';
import { withChat } from './chat-place.ts';

/** A chat whose last activity was this many minutes ago. */
const chat = (age: number, more: Partial<Chat> = {}): Chat => ({
  id: `chat-${age}`,
  title: '',
  model: null,
  instructions: '',
  temperature: null,
  projectId: null,
  pinned: false,
  archived: false,
  temporary: false,
  createdAt: new Date(0),
  updatedAt: new Date(0),
  activeAt: new Date(Date.UTC(2026, 0, 1) - age * 60_000),
  activeRunId: null,
  ...more,
});

const list = (pages: Chat[][], isComplete = false): ChatPages => ({
  pages: pages.map((items, index) => ({
    items,
    nextCursor: isComplete && index === pages.length - 1 ? null : `after ${items.at(-1)?.id}`,
  })),
  pageParams: pages.map((_, index) => index),
});

const ids = ({ pages }: ChatPages) => pages.map(({ items }) => items.map(({ id }) => Number(id.slice(5))));
const cursors = ({ pages }: ChatPages) => pages.map(({ nextCursor }) => nextCursor);
const LONG = list(
  [
    [1, 2],
    [3, 4],
    [5, 6],
    [7, 8],
  ].map((ages) => ages.map((age) => chat(age))),
);

describe('the first pages of a long list, fetched again', () => {
  test('are followed by the chats that the list had after them, and each chat is there once', () => {
    const fresh = list([
      [chat(0), chat(6, { activeAt: chat(0.5).activeAt })],
      [chat(1), chat(2)],
    ]);
    const merged = withRefetched(LONG, fresh);
    expect(ids(merged)).toEqual([[0, 6], [1, 2], [3, 4], [5], [7, 8]]);
    expect(cursors(merged).at(-1)).toBe('after chat-8');
    expect(merged.pageParams).toHaveLength(5);
    expect(merged.pages[2]).toBe(LONG.pages[1]);
  });

  test('no longer have a chat that was deleted', () => {
    expect(
      ids(
        withRefetched(
          LONG,
          list([
            [chat(1), chat(3)],
            [chat(4), chat(5)],
          ]),
        ),
      ),
    ).toEqual([[1, 3], [4, 5], [6], [7, 8]]);
  });

  test('are all there is if the list ends with them, or if all chats in them are new', () => {
    const end = list([[chat(1), chat(2)]], true);
    expect(withRefetched(LONG, end)).toBe(end);
    const young = list([[chat(-2), chat(-1)]]);
    expect(ids(withRefetched(LONG, young))).toEqual([
      [-2, -1],
      [1, 2],
      [3, 4],
      [5, 6],
      [7, 8],
    ]);
    const old = list([[chat(20, { pinned: false })]]);
    expect(withRefetched(LONG, old)).toBe(old);
  });

  test('do not change a list with more pages, or one that was shortened', () => {
    const more = list([...LONG.pages.map(({ items }) => items), [chat(9)]]);
    expect(withRefetched(LONG, more)).toBe(more);
    const shortened = { pages: LONG.pages.slice(0, 2), pageParams: LONG.pageParams.slice(0, 2) };
    expect(withRefetched(LONG, shortened)).toBe(shortened);
    expect(withRefetched(undefined, LONG)).toBe(LONG);
  });
});

describe('a changed chat', () => {
  const CHATS = { archived: false, withoutProject: true };

  test('is replaced in its place', () => {
    const changed = withChat(LONG, CHATS, chat(5, { title: 'Renamed' }));
    expect(ids(changed)).toEqual(ids(LONG));
    expect(chatsOf(changed).find(({ id }) => id === 'chat-5')?.title).toBe('Renamed');
    expect(changed.pages[1]).toBe(LONG.pages[1]);
  });

  test('moves to its new place', () => {
    expect(ids(withChat(LONG, CHATS, chat(5, { pinned: true })))).toEqual([[5, 1, 2], [3, 4], [6], [7, 8]]);
    expect(ids(withChat(LONG, CHATS, { ...chat(2), activeAt: chat(6.5).activeAt }))).toEqual([
      [1],
      [3, 4],
      [5, 6],
      [2, 7, 8],
    ]);
  });

  test('is added to the lists that it belongs to, and removed from others', () => {
    const old = chat(4.5);
    expect(ids(withChat(LONG, CHATS, old))).toEqual([
      [1, 2],
      [3, 4],
      [4.5, 5, 6],
      [7, 8],
    ]);
    for (const other of [{ archived: true }, { projectId: 'norway' }, { temporary: true }]) {
      expect(ids(withChat(LONG, CHATS, chat(4, other)))).toEqual([[1, 2], [3], [5, 6], [7, 8]]);
    }
    expect(ids(withChat(LONG, { projectId: 'norway' }, chat(0, { projectId: 'norway' })))[0]).toEqual([
      0, 1, 2,
    ]);
  });

  test('after the last one waits for its page, unless there is none', () => {
    expect(ids(withChat(LONG, CHATS, chat(9)))).toEqual(ids(LONG));
    expect(ids(withChat(list([[chat(1)]], true), CHATS, chat(9)))).toEqual([[1, 9]]);
    expect(ids(withChat(list([[]], true), CHATS, chat(9)))).toEqual([[9]]);
    const whole = list([[chat(1), chat(3)], [chat(5)]], true);
    expect(ids(withChat(whole, CHATS, chat(2)))).toEqual([[1, 2, 3], [5]]);
  });

  test('is not added to results of a search', () => {
    const search = { archived: false, search: 'word' };
    expect(ids(withChat(LONG, search, chat(4.5)))).toEqual(ids(LONG));
    expect(ids(withChat(LONG, search, chat(4, { archived: true })))[1]).toEqual([3]);
  });
});
