import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { eq, sql } from 'drizzle-orm';
import { PgDialect } from 'drizzle-orm/pg-core';
import type { Deps } from '#server/compose';
import type { Database } from '#server/db/database';
import { chats, runEvents, runs } from '#server/db/schema/index';
import { eventsOf, finished, textOfChunks, textOfMessage, until, untilShown } from '#test/answers';
import { type Person, signUp, startInstance } from '#test/caller';
import { testDatabase } from '#test/database';
import { type Exchange, type ScriptedProvider, startScriptedProvider } from '#test/scripted-provider';
import { pruneLogs } from './prune-logs.ts';
import type { RunEvent } from './log-reads.ts';
import { createRunStore, parseChunks } from './run-store.ts';

type Rows = Awaited<ReturnType<Database['execute']>>;

/** Wraps each INSERT of the log writer. */
let onInsert: (insert: () => Promise<Rows>) => Promise<Rows>;
let inserts: number;

/** Returns the test database with `onInsert` around the INSERTs of the log writer. */
async function watchedDatabase(): Promise<Database> {
  const database = await testDatabase();
  const dialect = new PgDialect();
  return {
    ...database,
    execute(query) {
      if (!dialect.sqlToQuery(query).sql.includes('with fresh as')) return database.execute(query);
      inserts++;
      return onInsert(() => database.execute(query));
    },
  };
}

let provider: ScriptedProvider;
let settings: Record<string, string>;
let deps: Deps;
let ada: Person;

beforeAll(async () => {
  provider = await startScriptedProvider();
  settings = {
    AI_MODEL: 'openai-compatible/scripted',
    AI_BASE_URL: provider.url,
    AI_ANSWERS_PER_USER: '100',
  };
  onInsert = (insert) => insert();
  deps = await startInstance({ settings, database: watchedDatabase });
  ada = await signUp(deps);
});

beforeEach(() => {
  onInsert = (insert) => insert();
  inserts = 0;
});

afterAll(() => provider.close());

/** Starts an answer. The test decides what the model writes. */
async function begin(api = ada.api) {
  const { id: chatId } = await api.chat.create({ title: 'Test' });
  const parts = [{ type: 'text' as const, text: 'Go!' }];
  return api.chat.send({ chatId, clientRequestId: chatId, parts });
}

async function beginAndAnswer(api = ada.api) {
  const run = await begin(api);
  return { ...run, exchange: await provider.next() };
}

async function sayAll(exchange: Exchange, deltas: readonly string[]): Promise<void> {
  for (const delta of deltas) await exchange.say(delta);
  exchange.finish();
}

const words = (count: number, of = 'w') => Array.from({ length: count }, (_, n) => `${of}${n} `);
const textOf = (events: RunEvent[]) => textOfChunks(events.flatMap((event) => parseChunks(event.chunks)));
const from = (first: number, events: RunEvent[]) => events.map((_, index) => first + index);
const numbers = (events: RunEvent[]) => events.map((event) => event.seq);

async function answerOf(chatId: string) {
  const { items } = await ada.api.chat.messages({ chatId });
  return items.at(-1);
}

describe('a reader', () => {
  test('gets the events 1 to n without gap or repeat, from any time and any number', async () => {
    const { chatId, runId, exchange } = await beginAndAnswer();
    const all: Promise<RunEvent[]>[] = [];
    const late: Promise<{ after: number; events: RunEvent[] }>[] = [];
    const deltas = words(120);
    for (const [index, delta] of deltas.entries()) {
      if (index % 10 === 0) all.push(eventsOf(deps, runId));
      if (index % 15 === 7) {
        const after = Number((await deps.db.$count(runEvents, eq(runEvents.runId, runId))) > 2) * 2;
        late.push(eventsOf(deps, runId, after).then((events) => ({ after, events })));
      }
      await exchange.say(delta);
      if (index % 4 === 0) await untilShown(ada.api, chatId, delta);
    }
    exchange.finish();
    all.push(eventsOf(deps, runId));
    const [first = [], ...others] = await Promise.all(all);
    expect(first.length).toBeGreaterThan(30);
    expect(numbers(first)).toEqual(from(1, first));
    expect(textOf(first)).toBe(deltas.join(''));
    for (const events of others) expect(events).toEqual(first);
    for (const { after, events } of await Promise.all(late)) expect(events).toEqual(first.slice(after));
    expect(await eventsOf(deps, runId)).toEqual(first);
    expect(textOfMessage(await answerOf(chatId))).toBe(deltas.join(''));
  });

  test('misses no event if it is slow and the answer is far ahead', async () => {
    const { runId, exchange } = await beginAndAnswer();
    const deltas = words(250);
    const ended = Promise.withResolvers<void>();
    const slow = (async () => {
      const events: RunEvent[] = [];
      for await (const event of deps.runs.follow(runId, 0, AbortSignal.timeout(25_000))) {
        events.push(event);
        if (events.length === 1) await ended.promise;
      }
      return events;
    })();
    let next = 0;
    for await (const event of deps.runs.follow(runId, 0, AbortSignal.timeout(25_000))) {
      // Each delta is sent after the one before was received, so that each has an event of its own.
      if (event.chunks.includes('"abort"')) break;
      if (next < deltas.length) await exchange.say(deltas[next++] ?? '');
      else if (next++ === deltas.length) exchange.finish();
    }
    ended.resolve();
    const events = await slow;
    expect(events.length).toBeGreaterThan(220);
    expect(numbers(events)).toEqual(from(1, events));
    expect(textOf(events)).toBe(deltas.join(''));
  });

  test('gets only events that are in the log', async () => {
    const { runId, exchange } = await beginAndAnswer();
    const shown: RunEvent[] = [];
    const reader = (async () => {
      for await (const event of deps.runs.follow(runId, 0, AbortSignal.timeout(20_000))) {
        const [row] = await deps.db
          .select()
          .from(runEvents)
          .where(sql`run_id = ${runId} and seq = ${event.seq}`);
        expect(row).toEqual(event);
        shown.push(event);
      }
    })();
    await sayAll(exchange, words(50));
    await reader;
    expect(textOf(shown)).toBe(words(50).join(''));
  });

  test('can disconnect, and waits for the end if it starts after a number that is too high', async () => {
    const { runId, exchange } = await beginAndAnswer();
    const leaving = new AbortController();
    const left = (async () => {
      for await (const event of deps.runs.follow(runId, 0, leaving.signal))
        if (event.seq === 1) leaving.abort();
    })();
    const ahead = eventsOf(deps, runId, 1000);
    await left;
    await sayAll(exchange, ['Hi']);
    await finished(deps, runId);
    // The reader is notified of the end, and need not poll for it.
    expect(await Promise.race([ahead, pause(2000)])).toEqual([]);
  });
});

describe('the log', () => {
  test('is written with one INSERT for all runs with pending chunks', async () => {
    const RUNS = 25;
    const begun = await Promise.all(Array.from({ length: RUNS }, () => begin()));
    const exchanges = await Promise.all(begun.map(() => provider.next()));
    const ends = begun.map(({ runId }) => finished(deps, runId));
    // The first event of each is part of the transaction that starts it.
    expect(inserts).toBe(0);
    const busy = Promise.withResolvers<void>();
    onInsert = async (insert) => {
      await busy.promise;
      return insert();
    };
    await Promise.all(exchanges.map((exchange, index) => sayAll(exchange, words(20, `r${index}.`))));
    busy.resolve();
    const answers = (await Promise.all(ends)).map(textOfChunks);
    expect(new Set(answers).size).toBe(RUNS);
    for (const answer of answers) expect(answer).toMatch(/^(r\d+\.\d+ ){20}$/);
    expect(inserts).toBeLessThan(RUNS);
  });

  test('loses and repeats nothing if the database fails before or after the commit', async () => {
    const failure = Object.assign(new Error('connection lost'), { code: 'CONNECTION_CLOSED' });
    let turn = 0;
    onInsert = async (insert) => {
      turn++;
      if (turn % 3 === 1) throw failure;
      const rows = await insert();
      if (turn % 3 === 2) throw failure;
      return rows;
    };
    const { chatId, runId, exchange } = await beginAndAnswer();
    const reader = eventsOf(deps, runId);
    const deltas = words(12);
    for (const delta of deltas.slice(0, 6)) await exchange.say(delta);
    await untilShown(ada.api, chatId, 'w5');
    await sayAll(exchange, deltas.slice(6));
    const events = await reader;
    expect(numbers(events)).toEqual(from(1, events));
    expect(textOf(events)).toBe(deltas.join(''));
    expect(await eventsOf(deps, runId)).toEqual(events);
    expect(await answerOf(chatId)).toMatchObject({ status: 'complete' });
    expect(textOfMessage(await answerOf(chatId))).toBe(deltas.join(''));
    expect(turn).toBeGreaterThan(5);
  });

  test('keeps surrogate pairs that deltas split, and characters that PostgreSQL’s text cannot store', async () => {
    const { chatId, runId, exchange } = await beginAndAnswer();
    const deltas = ['smile \ud83d', '\ude00 ', 'nul \0', ' half \ud83d', ' findable'];
    await exchange.say(deltas[0] ?? '');
    await untilShown(ada.api, chatId, 'smile');
    await sayAll(exchange, deltas.slice(1));
    expect(textOfChunks(await finished(deps, runId))).toBe(deltas.join(''));
    expect(textOfMessage(await answerOf(chatId))).toBe('smile 😀 nul \0 half \ud83d findable');
    expect((await ada.api.chat.list({ search: 'findable' })).items.map((chat) => chat.id)).toEqual([chatId]);
    let exported = '';
    for await (const piece of await ada.api.protected.exportData()) exported += piece;
    expect(JSON.stringify(JSON.parse(exported))).toContain('findable');
  });

  test('is deleted a while after the end, and the message remains', async () => {
    const { chatId, runId, exchange } = await beginAndAnswer();
    await sayAll(exchange, ['Hello']);
    await finished(deps, runId);
    await pruneLogs(deps.database);
    expect(await deps.db.$count(runEvents, eq(runEvents.runId, runId))).toBeGreaterThan(0);
    await deps.db
      .update(runs)
      .set({ finishedAt: sql`now() - interval '11 minutes'` })
      .where(eq(runs.id, runId));
    await pruneLogs(deps.database);
    expect(await deps.db.$count(runEvents, eq(runEvents.runId, runId))).toBe(0);
    expect(await eventsOf(deps, runId)).toEqual([]);
    expect(textOfMessage(await answerOf(chatId))).toBe('Hello');
  });
});

describe('the end of an answer', () => {
  test('is written even if the chat moves to another account in the meantime', async () => {
    const ben = await signUp(deps, 'Ben');
    const { chatId, runId, messageId, exchange } = await beginAndAnswer();
    const store = createRunStore(deps.database, deps.instanceId);
    const run = {
      runId,
      messageId,
      chatId,
      userId: ada.id,
      model: 'test',
      reserved: null,
      spent: null,
      requestId: null,
    };
    const ending = { status: 'complete', error: null, usage: null, chunks: [] } as const;
    let ended: Promise<string | null> | undefined;
    await deps.db.transaction(async (tx) => {
      await tx.update(chats).set({ userId: ben.id }).where(eq(chats.id, chatId));
      await tx.update(runs).set({ userId: ben.id }).where(eq(runs.id, runId));
      // It waits for this transaction.
      ended = store.finish(run, 1, [{ type: 'text', text: 'Hello' }], { ...ending, chunks: [] });
      await pause(300);
    });
    expect(await ended).toBe(ben.id);
    const answer = (await ben.api.chat.messages({ chatId })).items.at(-1);
    expect(answer).toMatchObject({ status: 'complete' });
    expect(textOfMessage(answer)).toBe('Hello');
    exchange.finish();
    await until(() => deps.runs.activeCount() === 0);
  });
});
