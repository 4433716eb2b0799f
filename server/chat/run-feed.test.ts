import { setTimeout as pause } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { eq } from 'drizzle-orm';
import { newId } from '#server/db/columns';
import type { Database } from '#server/db/database';
import { chats, messages, runEvents, runs } from '#server/db/schema/index';
import { MAX_BACKLOG_BYTES } from '#server/limits';
import { type Person, signUp, startInstance } from '#test/caller';
import { testDatabase } from '#test/database';
import { silent } from '#test/logs';
import { recordStatements, statementCounter } from '#test/statements';
import type { RunEvent } from './log-reads.ts';
import { createRunFeed, type RunFeed } from './run-feed.ts';

const EVENT_BYTES = 64 * 1024;
const signal = new AbortController().signal;
const worker = await openWorkerDatabase();

let database: Database;
let count: ReturnType<typeof statementCounter>;
let ada: Person;
/** An instance that lives, so that no other one takes its runs over. */
let ownerId: string;

beforeAll(async () => {
  database = await testDatabase();
  const deps = await startInstance({ database: () => Promise.resolve(database) });
  ownerId = deps.instanceId;
  ada = await signUp(deps);
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
  await database.db
    .insert(runs)
    .values({ ...run, status, ownerId, leaseExpiresAt: new Date(Date.now() + 3_600_000) });
  const chunks = JSON.stringify([{ type: 'text-delta', id: '0', delta: 'x'.repeat(EVENT_BYTES) }]);
  const events = Array.from({ length }, (_, index) => ({ runId, seq: index + 1, chunks }));
  await database.db.insert(runEvents).values(events);
  return events;
}

describe('a reader', () => {
  test('gets a long log in batches of MAX_BACKLOG_BYTES, complete and in order', async () => {
    const events = await runWith(60, 'complete');
    const feed = await createRunFeed(database, newId(), silent);
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
    const feed = await createRunFeed(database, newId(), silent);
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
    const feed = await createRunFeed(database, newId(), silent);
    feed.open(first);
    feed.publish(rest);
    const seen: (RunEvent | boolean | undefined)[] = [];
    const reader = feed.follow(first.runId, 0, signal);
    expect(await count(async () => seen.push(...(await take(reader, 3))))).toEqual([]);
    expect(seen).toEqual([first, ...rest]);
    await reader.return(true);
    await feed.close();
  });

  test.each<[string, number, (feed: RunFeed, event: RunEvent) => void]>([
    ['a second reader', 3, () => undefined],
    ['a late reader', 15, () => undefined],
    ['a reader after another instance has changed the run', 3, (feed, { runId }) => feed.wake([runId])],
    ['a reader after the end', 3, (feed, event) => feed.publishLast(event)],
  ])('reads the log as %s', async (name, length, prepare) => {
    const [first, ...rest] = await runWith(length, 'active');
    const last = rest.at(-1);
    if (!first || !last) throw new Error('There are no events.');
    const feed = await createRunFeed(database, newId(), silent);
    feed.open(first);
    feed.publish(rest);
    prepare(feed, last);
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

(worker.kind === 'postgres' ? describe : describe.skip)('a reader on another instance', () => {
  test('is notified of each commit', async () => {
    const other = await testDatabase();
    const [writer, feed] = [
      await createRunFeed(database, newId(), silent),
      await createRunFeed(other, newId(), silent),
    ];
    const [first] = await runWith(1, 'active');
    if (!first) throw new Error('There is no event.');
    const reader = feed.follow(first.runId, 0, signal);
    await reader.next();
    // A reader that only polled would need more time than this test has.
    for (let seq = 2; seq <= 20; seq++) {
      const next = reader.next();
      await database.db.insert(runEvents).values({ ...first, seq });
      writer.publish([{ ...first, seq }]);
      expect(await next).toMatchObject({ value: { seq } });
    }
    await reader.return(true);
    await feed.close();
    await writer.close();
  });

  test.each([
    ['an event', 1, 10],
    ['more events than one statement reads', 45, 10],
    ['long events', 3, EVENT_BYTES],
  ])('reads the logs of all runs at once, each for all of its readers: %s', async (_, count, bytes) => {
    const other = await testDatabase();
    const statements = recordStatements(other);
    const [writer, feed] = [
      await createRunFeed(database, newId(), silent),
      await createRunFeed(other, newId(), silent),
    ];
    const firsts = (
      await Promise.all([runWith(1, 'active'), runWith(1, 'active'), runWith(1, 'active')])
    ).flat();
    const readers = firsts.flatMap(({ runId }) =>
      Array.from({ length: 10 }, () => feed.follow(runId, 0, signal)),
    );
    await Promise.all(readers.map((reader) => reader.next()));
    const chunks = JSON.stringify([{ type: 'text-delta', id: '0', delta: 'x'.repeat(bytes) }]);
    const events = firsts.flatMap(({ runId }) =>
      Array.from({ length: count }, (__, index) => ({ runId, seq: index + 2, chunks })),
    );
    const next = readers.map((reader) => reader.next());
    // Each reader has read the log, and waits.
    await pause(100);
    const before = statements.length;
    await database.db.insert(runEvents).values(events);
    writer.publish(events);
    const seen = await Promise.all(
      readers.map(async (reader, index) => [(await next[index])?.value, ...(await take(reader, count - 1))]),
    );
    const sent = statements.length - before;
    for (const [index, { runId }] of firsts.entries()) {
      const expected = events.filter((event) => event.runId === runId);
      for (const each of seen.slice(10 * index, 10 * (index + 1))) expect(each).toEqual(expected);
    }
    // Long events are read by each reader.
    if (bytes < EVENT_BYTES) expect(sent).toBeLessThanOrEqual(Math.ceil(count / 20) + 2);
    await Promise.all(readers.map((reader) => reader.return(true)));
    await feed.close();
    await writer.close();
  });

  test('learns of the end of a run, with and without its last event', async () => {
    const feed = await createRunFeed(await testDatabase(), newId(), silent);
    const writer = await createRunFeed(database, newId(), silent);
    for (const withEvent of [true, false]) {
      const [first] = await runWith(1, 'active');
      if (!first) throw new Error('There is no event.');
      const reader = feed.follow(first.runId, 0, signal);
      await reader.next();
      const next = reader.next();
      await pause(100);
      const last = { ...first, seq: withEvent ? 2 : 1 };
      if (withEvent) await database.db.insert(runEvents).values(last);
      await database.db
        .update(runs)
        .set({ status: 'complete', lastSeq: last.seq })
        .where(eq(runs.id, first.runId));
      if (withEvent) writer.publishLast(last);
      else writer.wake([first.runId]);
      if (withEvent) expect(await next).toEqual({ done: false, value: last });
      expect(await (withEvent ? reader.next() : next)).toEqual({ done: true, value: true });
    }
    await feed.close();
    await writer.close();
  });

  test('gets an event whose notification was lost', async () => {
    const feed = await createRunFeed(await testDatabase(), newId(), silent);
    const [first] = await runWith(1, 'active');
    if (!first) throw new Error('There is no event.');
    const reader = feed.follow(first.runId, 0, signal);
    await reader.next();
    const next = reader.next();
    await database.db.insert(runEvents).values({ ...first, seq: 2 });
    expect(await next).toMatchObject({ value: { seq: 2 } });
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
