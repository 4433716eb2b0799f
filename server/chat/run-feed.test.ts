import { beforeAll, describe, expect, test } from '@jest/globals';
import { newId } from '#server/db/columns';
import type { Database } from '#server/db/database';
import { chats, messages, runEvents, runs } from '#server/db/schema/index';
import { MAX_BACKLOG_BYTES } from '#server/limits';
import { type Person, signUp, startInstance } from '#test/caller';
import { testDatabase } from '#test/database';
import { statementCounter } from '#test/statements';
import { createRunFeed, type RunEvent, type RunFeed } from './run-feed.ts';

const EVENT_BYTES = 64 * 1024;
const signal = new AbortController().signal;

let database: Database;
let count: ReturnType<typeof statementCounter>;
let ada: Person;

beforeAll(async () => {
  database = await testDatabase();
  ada = await signUp(await startInstance({ database: () => Promise.resolve(database) }));
  count = statementCounter(database);
});

/** Creates a run whose log has `length` large events. */
async function runWith(length: number, status: 'active' | 'complete'): Promise<RunEvent[]> {
  const [chatId, messageId, runId] = [newId(), newId(), newId()];
  const place = { chatId, userId: ada.id };
  await database.db.insert(chats).values({ id: chatId, userId: ada.id });
  const written = { id: messageId, ...place, status: 'complete' as const, parts: [] };
  await database.db.insert(messages).values({ ...written, role: 'assistant' });
  const run = { id: runId, ...place, messageId, clientRequestId: runId, requestHash: '', model: 'guide' };
  await database.db.insert(runs).values({ ...run, status, ownerId: 'nobody', leaseExpiresAt: new Date() });
  const chunks = JSON.stringify([{ type: 'text-delta', id: '0', delta: 'x'.repeat(EVENT_BYTES) }]);
  const events = Array.from({ length }, (_, index) => ({ runId, seq: index + 1, chunks }));
  await database.db.insert(runEvents).values(events);
  return events;
}

describe('a reader', () => {
  test('gets a long log in batches of MAX_BACKLOG_BYTES, complete and in order', async () => {
    const events = await runWith(60, 'complete');
    const feed = await createRunFeed(database, newId());
    const seen: number[] = [];
    const statements = await count(async () => {
      for await (const event of feed.follow(events[0]?.runId ?? '', 0, signal)) seen.push(event.seq);
    });
    expect(seen).toEqual(events.map(({ seq }) => seq));
    expect(statements.length).toBeGreaterThanOrEqual((60 * EVENT_BYTES) / (MAX_BACKLOG_BYTES + EVENT_BYTES));
    await feed.close();
  });

  test('holds few live events while it does not read, and reads the others from the log', async () => {
    const events = await runWith(60, 'active');
    const feed = await createRunFeed(database, newId());
    const [first, ...rest] = events;
    const reader = feed.follow(first?.runId ?? '', 59, signal);
    await reader.next();
    // All events are published again as new ones. After a while, the reader must no longer hold them in memory.
    const later = rest.map((event) => ({ ...event, seq: event.seq + 60 - 1 }));
    await database.db.insert(runEvents).values(later);
    feed.publish(later);
    const seen: number[] = [];
    const statements = await count(async () => {
      for (const _ of later) {
        const { done, value } = await reader.next();
        if (done !== true) seen.push(value.seq);
      }
    });
    expect(seen).toEqual(later.map(({ seq }) => seq));
    expect(statements.length).toBeGreaterThanOrEqual(10);
    await reader.return(true);
    await feed.close();
  });

  test('of a new run of this process needs no query', async () => {
    const [first, ...rest] = await runWith(3, 'active');
    if (!first) throw new Error('There is no event.');
    const feed = await createRunFeed(database, newId());
    feed.open(first);
    feed.publish(rest);
    const seen: (RunEvent | boolean | undefined)[] = [];
    const reader = feed.follow(first.runId, 0, signal);
    expect(await count(async () => seen.push(...(await take(reader, 3))))).toEqual([]);
    expect(seen).toEqual([first, ...rest]);
    await reader.return(true);
    await feed.close();
  });

  test.each<[string, number, (feed: RunFeed, event: RunEvent) => Promise<void> | undefined]>([
    ['a second reader', 3, () => undefined],
    ['a late reader', 15, () => undefined],
    ['a reader after another instance has changed the run', 3, (feed, { runId }) => feed.wake([runId])],
    [
      'a reader after the end',
      3,
      (feed, event) => {
        feed.publishLast(event);
        return undefined;
      },
    ],
  ])('reads the log as %s', async (name, length, prepare) => {
    const [first, ...rest] = await runWith(length, 'active');
    const last = rest.at(-1);
    if (!first || !last) throw new Error('There are no events.');
    const feed = await createRunFeed(database, newId());
    feed.open(first);
    feed.publish(rest);
    await prepare(feed, last);
    if (name === 'a second reader') {
      const other = feed.follow(first.runId, 0, signal);
      await other.next();
      await other.return(true);
    }
    const reader = feed.follow(first.runId, 0, signal);
    const statements = await count(async () => {
      expect(await take(reader, length)).toEqual([first, ...rest]);
    });
    expect(statements.length).toBeGreaterThan(0);
    await reader.return(true);
    await feed.close();
  });
});

/** Takes the next `length` events of a reader. */
async function take(reader: AsyncGenerator<RunEvent, boolean, void>, length: number) {
  const events: (RunEvent | boolean)[] = [];
  while (events.length < length) events.push((await reader.next()).value);
  return events;
}
