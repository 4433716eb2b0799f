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

/** Returns the promise that replaces the execution of a statement, if any. */
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

const rejection = (message: string) =>
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
  const settings = {
    AI_MODEL: 'openai-compatible/scripted',
    AI_BASE_URL: provider.url,
    // These tests are about the end of an abandoned run.
    AI_CONTINUE_ANSWERS: 'false',
  };
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

/** Returns distinct words of `length` characters in total. */
function distinctWords(length: number, from = 0): string {
  let text = '';
  for (let n = from; text.length < length; n++) text += `${n.toString(36)}q `;
  return text.slice(0, length);
}

/** Texts that PostgreSQL splits into as many and as long words as possible. */
const WORDY: Record<string, (length: number) => string> = {
  'distinct words': distinctWords,
  'one word': (length) => 'x'.repeat(length),
  'distinct letters of four bytes': (length) =>
    Array.from({ length: length / 3 }, (_, n) => `${String.fromCodePoint(0x20000 + n)} `).join(''),
  // PostgreSQL counts the whole word and each of its parts.
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

describe('a message can be stored and found:', () => {
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

  test('an answer with malformed reasoning, tool calls and text', async () => {
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

/** Changes a run as if the process that writes it had died some time ago. */
async function orphan(runId: string): Promise<void> {
  await deps.db
    .update(runs)
    .set({ ownerId: 'a dead process', leaseExpiresAt: sql`now() - interval '1 second'` })
    .where(eq(runs.id, runId));
}

const sizeOfLog = () => JSON.stringify(lines).length;

describe('an answer that the database rejects', () => {
  beforeEach(() => {
    fault = (statement) =>
      statement.includes('set parts = ') ? rejection('too long for the index') : undefined;
  });

  test('ends without its parts', async () => {
    const { chatId, runId, exchange } = await begin();
    await exchange.say('Hello');
    exchange.finish();
    const chunks = await finished(deps, runId);
    expect(chunks.at(-1)).toEqual({ type: 'finish', finishReason: 'stop' });
    expect(await answerOf(chatId)).toMatchObject({ status: 'complete', parts: [] });
    expect(await isFree(chatId)).toBe(true);
    // Three attempts to write the whole answer, one to write the beginning of its text.
    expect(lines.filter(({ level }) => level >= 40)).toHaveLength(4);
    expect(sizeOfLog()).toBeLessThan(50_000);
  });

  test('is ended by a single takeover after its process has died', async () => {
    const { chatId, runId, exchange } = await begin();
    await exchange.say('so far');
    await untilShown(ada.api, chatId, 'so far');
    await orphan(runId);
    await until(() => isFree(chatId));
    expect(await answerOf(chatId)).toMatchObject({ status: 'interrupted', parts: [] });
    await exchange.abandoned;
    // The line is logged after readers are notified.
    const takeovers = () => lines.filter(({ msg }) => msg.includes('took over'));
    await until(() => takeovers().length > 0);
    expect(takeovers()).toHaveLength(1);
    expect(sizeOfLog()).toBeLessThan(50_000);
  });

  test('keeps the beginning of its text if that can be stored', async () => {
    fault = (statement, values) =>
      statement.includes('set parts = ') && values.includes('the end') ? rejection('too long') : undefined;
    const { chatId, exchange } = await begin();
    void exchange.say(`${'word '.repeat(3000)}the end`);
    exchange.finish();
    await until(() => isFree(chatId));
    const answer = await answerOf(chatId);
    expect(answer).toMatchObject({ status: 'complete' });
    expect(textOfMessage(answer)).toBe('word '.repeat(2000));
  });

  test('counts failed takeovers by other instances as attempts', async () => {
    const { chatId, runId, exchange } = await begin();
    await exchange.say('so far');
    await untilShown(ada.api, chatId, 'so far');
    await deps.db.update(runs).set({ takeovers: 6 }).where(eq(runs.id, runId));
    await orphan(runId);
    await until(() => isFree(chatId));
    await exchange.abandoned;
    expect(lines.filter(({ msg }) => msg.includes('retrying'))).toEqual([]);
  });

  test('is retried less and less often if even its status cannot be written', async () => {
    fault = (statement) => (statement.includes('set status = ') ? rejection('no') : undefined);
    const { chatId, runId, exchange } = await begin();
    await orphan(runId);
    await until(() => lines.some(({ msg }) => msg.includes('less and less often')));
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
  test('gives up only the run whose events the database rejects', async () => {
    fault = (statement, values) =>
      statement.includes('with fresh as') && values.includes('poison') ? rejection('no') : undefined;
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

/** Changes a run as if a stop had been requested longer ago than its owner may take. */
const overdueStop = (runId: string) =>
  deps.db
    .update(runs)
    .set({ cancelRequestedAt: sql`now() - interval '20 seconds'` })
    .where(eq(runs.id, runId));

describe('stop', () => {
  test('ends a run whose instance does not respond', async () => {
    const { chatId, runId, exchange } = await begin();
    await exchange.say('so far');
    await untilShown(ada.api, chatId, 'so far');
    await deps.db
      .update(runs)
      .set({ ownerId: 'stuck', leaseExpiresAt: sql`now() + interval '1 hour'` })
      .where(eq(runs.id, runId));
    expect(await ada.api.chat.stop({ chatId })).toEqual({ stopped: true });
    await overdueStop(runId);
    await until(() => isFree(chatId));
    expect(await answerOf(chatId)).toMatchObject({ status: 'stopped' });
    expect(textOfMessage(await answerOf(chatId))).toBe('so far');
  });

  test('ends a run whose write in this instance is stuck', async () => {
    const { chatId, runId, exchange } = await begin();
    await exchange.say('so far');
    await untilShown(ada.api, chatId, 'so far');
    fault = (statement) =>
      statement.includes('with fresh as') ? new Promise<never>(() => undefined) : undefined;
    await exchange.say(' and never written');
    await ada.api.chat.stop({ chatId });
    await overdueStop(runId);
    await until(() => isFree(chatId));
    expect(await answerOf(chatId)).toMatchObject({ status: 'stopped' });
    expect(textOfMessage(await answerOf(chatId))).toBe('so far');
    expect(deps.runs.activeCount()).toBe(0);
  });
});
