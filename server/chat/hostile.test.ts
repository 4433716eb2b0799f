import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { eq, sql } from 'drizzle-orm';
import { PgDialect } from 'drizzle-orm/pg-core';
import type { Deps } from '#server/compose';
import type { Database } from '#server/db/database';
import { runs } from '#server/db/schema/index';
import { finished, textOfMessage, until, untilShown } from '#test/answers';
import { type Person, signUp, startInstance } from '#test/caller';
import { testDatabase } from '#test/database';
import { type LogLine, recordLog } from '#test/logs';
import { type ScriptedProvider, startScriptedProvider } from '#test/scripted-provider';

/** What happens to a statement instead of being carried out, if anything. */
let fault: (statement: string, values: string) => Promise<never> | undefined;

async function faultyDatabase(): Promise<Database> {
  const database = await testDatabase();
  const dialect = new PgDialect();
  return {
    ...database,
    execute(query) {
      const { sql: statement, params } = dialect.sqlToQuery(query);
      return fault(statement, JSON.stringify(params)) ?? database.execute(query);
    },
  };
}

const refused = (message: string) =>
  Promise.reject(Object.assign(new Error(message, { cause: 'x'.repeat(1_000_000) }), { code: '54000' }));

let provider: ScriptedProvider;
let lines: LogLine[];
let deps: Deps;
let ada: Person;

beforeAll(async () => {
  fault = () => undefined;
  provider = await startScriptedProvider();
  const recorded = recordLog();
  lines = recorded.lines;
  const settings = { AI_MODEL: 'openai-compatible/scripted', AI_BASE_URL: provider.url };
  deps = await startInstance({ settings, log: recorded.log, database: faultyDatabase, renewMs: 100 });
  ada = await signUp(deps);
});

beforeEach(() => {
  fault = () => undefined;
  lines.length = 0;
});

afterAll(async () => {
  await deps.runs.drain(0);
  await provider.close();
});

let questions = 0;
async function ask(person: Person, ...texts: string[]) {
  const { id: chatId } = await person.api.chat.create({ title: 'Test' });
  const parts = texts.map((text) => ({ type: 'text' as const, text }));
  return person.api.chat.send({ chatId, clientRequestId: `question-${++questions}`, parts });
}

async function begin() {
  const run = await ask(ada, 'Go!');
  return { ...run, exchange: await provider.next() };
}

async function answerOf(chatId: string) {
  return (await ada.api.chat.messages({ chatId })).items.at(-1);
}

const isFree = async (chatId: string) => (await ada.api.chat.get({ id: chatId })).activeRunId === null;

/** Words that are all different, of `length` characters in all. */
function distinctWords(length: number, from = 0): string {
  let text = '';
  for (let n = from; text.length < length; n++) text += `${n.toString(36)}q `;
  return text.slice(0, length);
}

/** Texts of which PostgreSQL makes as many and as long words as possible. */
const WORDY: Record<string, (length: number) => string> = {
  'distinct words': distinctWords,
  'one word': (length) => 'x'.repeat(length),
  'distinct letters of four bytes': (length) =>
    Array.from({ length: length / 3 }, (_, n) => `${String.fromCodePoint(0x20000 + n)} `).join(''),
  // Counted whole and by their parts.
  'words with hyphens': (length) =>
    Array.from({ length: length / 8 }, (_, n) => `${n.toString(36).padStart(4, 'a')}-b-`).join(''),
  'words with hyphens of four bytes': (length) =>
    Array.from(
      { length: length / 6 },
      (_, n) => `${String.fromCodePoint(0x20000 + n)}-${String.fromCodePoint(0x24000 + n)} `,
    ).join(''),
  addresses: (length) =>
    Array.from({ length: length / 16 }, (_, n) => `a${n.toString(36)}.com/${n.toString(36)} `).join(''),
  'capitals that grow': (length) =>
    Array.from({ length: length / 4 }, (_, n) => `Ⱥ${n.toString(36)} `).join(''),
};

describe('no text breaks its own row:', () => {
  test.each(Object.entries(WORDY))('a question of %s', async (_, make) => {
    const text = make(95_000).slice(0, 95_000).toWellFormed();
    const { chatId } = await ask(ada, ...Array.from({ length: 10 }, (_part, n) => `begin${n} ${text}`));
    const exchange = await provider.next();
    exchange.finish();
    await until(() => isFree(chatId));
    const { items } = await ada.api.chat.list({ search: 'begin0 begin9', limit: 100 });
    expect(items.map(({ id }) => id)).toContain(chatId);
    await ada.api.chat.delete({ id: chatId });
  });

  test('an answer of half a million distinct words', async () => {
    const { chatId, exchange } = await begin();
    void exchange.say(`findable ${distinctWords(1_300_000)}`);
    await until(() => isFree(chatId));
    const answer = await answerOf(chatId);
    expect(answer).toMatchObject({ status: 'failed', error: 'ANSWER_TOO_LONG' });
    expect(textOfMessage(answer)).toHaveLength(500_000);
    expect((await ada.api.chat.list({ search: 'findable' })).items.map(({ id }) => id)).toEqual([chatId]);
    await exchange.abandoned;
  });

  test('usage, thoughts and tool calls of any form', async () => {
    const { chatId, exchange } = await begin();
    await exchange.send({ reasoning_content: `\0 \ud83d ${distinctWords(10_000)}` });
    await exchange.send({
      tool_calls: [
        { index: 0, id: 'call', type: 'function', function: { name: 'no_such_tool', arguments: '{"a":"\0' } },
      ],
    });
    await exchange.say('\0 \udc00');
    exchange.finish();
    await until(() => isFree(chatId));
    expect((await answerOf(chatId))?.status).not.toBe('streaming');
  });
});

/** Makes a run look as if the process that writes it had died some time ago. */
async function orphan(runId: string): Promise<void> {
  await deps.db
    .update(runs)
    .set({ ownerId: 'a process that is gone', leaseExpiresAt: sql`now() - interval '1 second'` })
    .where(eq(runs.id, runId));
}

const sizeOfLog = () => JSON.stringify(lines).length;

describe('where the database refuses an answer', () => {
  beforeEach(() => {
    fault = (statement) =>
      statement.includes('set parts = ') ? refused('too long for the index') : undefined;
  });

  test('its run ends all the same', async () => {
    const { chatId, runId, exchange } = await begin();
    await exchange.say('Hello');
    exchange.finish();
    const chunks = await finished(deps, runId);
    expect(chunks.at(-1)).toEqual({ type: 'finish', finishReason: 'stop' });
    expect(await answerOf(chatId)).toMatchObject({ status: 'complete', parts: [] });
    expect(await isFree(chatId)).toBe(true);
    // Three attempts to write all of it, one to write the beginning of the text.
    expect(lines.filter(({ level }) => level >= 40)).toHaveLength(4);
    expect(sizeOfLog()).toBeLessThan(50_000);
  });

  test('a takeover ends the run all the same, and is not tried for ever', async () => {
    const { chatId, runId, exchange } = await begin();
    await exchange.say('so far');
    await untilShown(ada.api, chatId, 'so far');
    await orphan(runId);
    await until(() => isFree(chatId));
    expect(await answerOf(chatId)).toMatchObject({ status: 'interrupted', parts: [] });
    await exchange.abandoned;
    // It is logged after readers are told.
    const takeovers = () => lines.filter(({ msg }) => msg.includes('took over'));
    await until(() => takeovers().length > 0);
    expect(takeovers()).toHaveLength(1);
    expect(sizeOfLog()).toBeLessThan(50_000);
  });

  test('the beginning of its text is kept where that can be stored', async () => {
    fault = (statement, values) =>
      statement.includes('set parts = ') && values.includes('the end') ? refused('too long') : undefined;
    const { chatId, exchange } = await begin();
    void exchange.say(`${'word '.repeat(3000)}the end`);
    exchange.finish();
    await until(() => isFree(chatId));
    const answer = await answerOf(chatId);
    expect(answer).toMatchObject({ status: 'complete' });
    expect(textOfMessage(answer)).toBe('word '.repeat(2000));
  });

  test('whoever took it over in vain before did count', async () => {
    const { chatId, runId, exchange } = await begin();
    await exchange.say('so far');
    await untilShown(ada.api, chatId, 'so far');
    await deps.db.update(runs).set({ takeovers: 4 }).where(eq(runs.id, runId));
    await orphan(runId);
    await until(() => isFree(chatId));
    await exchange.abandoned;
    expect(lines.filter(({ msg }) => msg.includes('trying again'))).toEqual([]);
  });

  test('that cannot even be told to have ended is tried ever more rarely', async () => {
    fault = (statement) => (statement.includes('set status = ') ? refused('no') : undefined);
    const { chatId, runId, exchange } = await begin();
    await orphan(runId);
    await until(() => lines.some(({ msg }) => msg.includes('ever more rarely')));
    const lease = async () => {
      const [run] = await deps.db
        .select({
          seconds: sql<number>`extract(epoch from lease_expires_at - now())::float8`,
          takeovers: runs.takeovers,
        })
        .from(runs)
        .where(eq(runs.id, runId));
      return run;
    };
    await deps.db.update(runs).set({ takeovers: 5 }).where(eq(runs.id, runId));
    await orphan(runId);
    await until(async () => (await lease())?.takeovers === 6);
    expect((await lease())?.seconds).toBeGreaterThan(300);
    expect(sizeOfLog()).toBeLessThan(50_000);
    fault = () => undefined;
    await orphan(runId);
    await until(() => isFree(chatId));
    await exchange.abandoned;
  });
});

describe('the log', () => {
  test('of one run that the database refuses is the only one given up', async () => {
    fault = (statement, values) =>
      statement.includes('with fresh as') && values.includes('poison') ? refused('no') : undefined;
    const [poisoned, sound] = [await begin(), await begin()];
    await Promise.all([poisoned.exchange.say('poison'), sound.exchange.say('Hello')]);
    sound.exchange.finish();
    await until(() => isFree(sound.chatId));
    expect(await answerOf(sound.chatId)).toMatchObject({ status: 'complete' });
    await poisoned.exchange.abandoned;
    await orphan(poisoned.runId);
    await until(() => isFree(poisoned.chatId));
    expect(await answerOf(poisoned.chatId)).toMatchObject({ status: 'interrupted' });
    expect(sizeOfLog()).toBeLessThan(50_000);
  });
});

/** As if a stop had been asked for longer ago than an owner may take. */
const askedLongAgo = (runId: string) =>
  deps.db
    .update(runs)
    .set({ cancelRequestedAt: sql`now() - interval '20 seconds'` })
    .where(eq(runs.id, runId));

describe('stop has effect', () => {
  test('where another instance holds the run and does nothing', async () => {
    const { chatId, runId, exchange } = await begin();
    await exchange.say('so far');
    await untilShown(ada.api, chatId, 'so far');
    await deps.db
      .update(runs)
      .set({ ownerId: 'stuck', leaseExpiresAt: sql`now() + interval '1 hour'` })
      .where(eq(runs.id, runId));
    expect(await ada.api.chat.stop({ chatId })).toEqual({ stopped: true });
    await askedLongAgo(runId);
    await until(() => isFree(chatId));
    expect(await answerOf(chatId)).toMatchObject({ status: 'stopped' });
    expect(textOfMessage(await answerOf(chatId))).toBe('so far');
  });

  test('where this instance is stuck in writing it', async () => {
    const { chatId, runId, exchange } = await begin();
    await exchange.say('so far');
    await untilShown(ada.api, chatId, 'so far');
    fault = (statement) =>
      statement.includes('with fresh as') ? new Promise<never>(() => undefined) : undefined;
    await exchange.say(' and never written');
    await ada.api.chat.stop({ chatId });
    await askedLongAgo(runId);
    await until(() => isFree(chatId));
    expect(await answerOf(chatId)).toMatchObject({ status: 'stopped' });
    expect(textOfMessage(await answerOf(chatId))).toBe('so far');
    expect(deps.runs.activeCount()).toBe(0);
  });
});
