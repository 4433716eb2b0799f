import { describe, expect, test } from '@jest/globals';
import { type Clock, groupChats, type GroupTitles, UTC } from './chat-groups.ts';

const NOW = new Date('2026-03-02T10:00:00Z');
const ahead =
  (hours: number): Clock =>
  () =>
    hours * 60;

const TITLES: GroupTitles = {
  pinned: 'Pinned',
  today: 'Today',
  yesterday: 'Yesterday',
  previousWeek: 'Previous 7 days',
  monthOf: (date, isThisYear) =>
    date.toLocaleDateString('en', {
      timeZone: 'UTC',
      month: 'long',
      ...(!isThisYear && { year: 'numeric' }),
    }),
};

const chat = (activeAt: string, pinned = false) => ({ id: activeAt, pinned, activeAt: new Date(activeAt) });
const titles = (chats: ReturnType<typeof chat>[], clock = UTC, now = NOW) =>
  groupChats(chats, now, clock, TITLES).map(({ title, items }) => [title, ...items.map(({ id }) => id)]);

describe('the groups of the chat list', () => {
  test('are pinned, today, yesterday, the previous 7 days, months, and months of earlier years', () => {
    expect(
      titles([
        chat('2024-05-01T00:00:00Z', true),
        chat('2026-03-02T00:00:00Z'),
        chat('2026-03-01T23:59:59Z'),
        chat('2026-02-28T23:59:59Z'),
        chat('2026-02-23T00:00:00Z'),
        chat('2026-02-22T23:59:59Z'),
        chat('2026-01-31T12:00:00Z'),
        chat('2025-02-22T12:00:00Z'),
      ]),
    ).toEqual([
      ['Pinned', '2024-05-01T00:00:00Z'],
      ['Today', '2026-03-02T00:00:00Z'],
      ['Yesterday', '2026-03-01T23:59:59Z'],
      ['Previous 7 days', '2026-02-28T23:59:59Z', '2026-02-23T00:00:00Z'],
      ['February', '2026-02-22T23:59:59Z'],
      ['January', '2026-01-31T12:00:00Z'],
      ['February 2025', '2025-02-22T12:00:00Z'],
    ]);
  });

  test('follow the clock of the reader', () => {
    const late = [chat('2026-03-01T20:00:00Z')];
    expect(titles(late, ahead(0))).toEqual([['Yesterday', '2026-03-01T20:00:00Z']]);
    expect(titles(late, ahead(5))).toEqual([['Today', '2026-03-01T20:00:00Z']]);
    expect(titles(late, ahead(-11))).toEqual([['Today', '2026-03-01T20:00:00Z']]);
    expect(titles([chat('2026-01-01T01:00:00Z')], ahead(-2))).toEqual([
      ['December 2025', '2026-01-01T01:00:00Z'],
    ]);
  });

  test('use the offset of each date, which a change to summer time moves', () => {
    const change = new Date('2026-03-29T01:00:00Z');
    const berlin: Clock = (date) => (date < change ? 60 : 120);
    const now = new Date('2026-03-30T08:00:00Z');
    expect(titles([chat('2026-03-28T22:30:00Z')], berlin, now)).toEqual([
      ['Previous 7 days', '2026-03-28T22:30:00Z'],
    ]);
    expect(titles([chat('2026-03-28T23:30:00Z')], berlin, now)).toEqual([
      ['Yesterday', '2026-03-28T23:30:00Z'],
    ]);
  });

  test('put a chat with a time in the future in today, and one that was unpinned in its place', () => {
    expect(titles([chat('2026-02-28T10:00:00Z'), chat('2026-03-02T10:00:05Z')])).toEqual([
      ['Today', '2026-03-02T10:00:05Z'],
      ['Previous 7 days', '2026-02-28T10:00:00Z'],
    ]);
  });

  test('are none without chats', () => {
    expect(titles([])).toEqual([]);
  });
});
