import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eq } from 'drizzle-orm';
import type { Deps } from '#server/compose';
import { messages } from '#server/db/schema/index';
import { finished, textOfMessage } from '#test/answers';
import { type Api, failureOf, type Person, signIn, signUp, startInstance } from '#test/caller';
import { testDatabase } from '#test/database';
import { type ScriptedProvider, startScriptedProvider } from '#test/scripted-provider';

const OTHER = 'openai-compatible/other';

let provider: ScriptedProvider;
let deps: Deps;
let ada: Person;

beforeAll(async () => {
  provider = await startScriptedProvider();
  const settings = {
    AI_MODEL: 'openai-compatible/scripted',
    AI_MODELS: OTHER,
    AI_BASE_URL: provider.url,
  };
  deps = await startInstance({ settings });
  ada = await signUp(deps);
});

afterAll(() => provider.close());

const parts = (text: string) => [{ type: 'text' as const, text }];

/** Lets the model answer the run that was just started. @returns the id of the answer. */
async function answer(run: Promise<{ runId: string; messageId: string }>, reply: string): Promise<string> {
  const { runId, messageId } = await run;
  const exchange = await provider.next();
  await exchange.say(reply);
  exchange.finish();
  await finished(deps, runId);
  return messageId;
}

const ask = ({ api }: Person, chatId: string, question: string) =>
  api.chat.send({ chatId, parts: parts(question) });

const shown = async (api: Api, chatId: string) => (await api.chat.messages({ chatId, limit: 100 })).items;
const texts = async (api: Api, chatId: string) => (await shown(api, chatId)).map(textOfMessage);

/** Creates a chat with two questions and their answers. */
async function conversation(person: Person, title = 'Islands') {
  const { id } = await person.api.chat.create({ title, model: OTHER, instructions: 'Be brief.' });
  const first = await answer(ask(person, id, 'one?'), 'one.');
  const second = await answer(ask(person, id, 'two?'), 'two.');
  return { id, first, second };
}

describe('a new chat from a message', () => {
  test('has copies of the message and those above it, which both chats continue on their own', async () => {
    const { api } = ada;
    const { id, first } = await conversation(ada);
    await api.chat.shares.set({ chatId: id });
    await api.chat.update({ id, pinned: true });
    const copy = await api.chat.fork({ chatId: id, messageId: first });
    expect(copy).toMatchObject({
      title: 'Islands',
      model: OTHER,
      instructions: 'Be brief.',
      pinned: false,
      archived: false,
      activeRunId: null,
    });
    const copied = await shown(api, copy.id);
    const originals = (await shown(api, id)).slice(0, 2);
    expect(copied.map(textOfMessage)).toEqual(['one?', 'one.']);
    expect(copied.map((message) => message.branchIds)).toEqual(copied.map((message) => [message.id]));
    expect(copied.map((message) => message.parentId)).toEqual([null, copied[0]?.id]);
    for (const [index, { role, status, parts, model, createdAt }] of originals.entries())
      expect(copied[index]).toMatchObject({ role, status, parts, model, createdAt });
    expect(copied.map((message) => message.id)).not.toEqual(originals.map((message) => message.id));
    expect((await api.chat.shares.list({ chatId: copy.id })).items).toEqual([]);

    await answer(ask(ada, copy.id, 'three?'), 'three.');
    expect(await texts(api, copy.id)).toEqual(['one?', 'one.', 'three?', 'three.']);
    expect(await texts(api, id)).toEqual(['one?', 'one.', 'two?', 'two.']);
    await api.chat.delete({ id });
    expect(await texts(api, copy.id)).toEqual(['one?', 'one.', 'three?', 'three.']);
  });

  test('copies another branch than the one that the chat shows', async () => {
    const { api } = ada;
    const { id, second } = await conversation(ada);
    const [, , question] = await shown(api, id);
    const edited = api.chat.edit({ chatId: id, messageId: question?.id ?? '', parts: parts('zwei?') });
    await answer(edited, 'zwei.');
    const copy = await api.chat.fork({ chatId: id, messageId: second });
    expect(await texts(api, copy.id)).toEqual(['one?', 'one.', 'two?', 'two.']);
  });

  test('is found by the words of its messages', async () => {
    const person = await signUp(deps);
    const { id, first } = await conversation(person, 'Words');
    const copy = await person.api.chat.fork({ chatId: id, messageId: first });
    const chatIds = async (search: string) =>
      (await person.api.chat.list({ search })).items.map((chat) => chat.id).toSorted();
    expect(await chatIds('one.')).toEqual([id, copy.id].toSorted());
    expect(await chatIds('two.')).toEqual([id]);
    const hits = (await person.api.chat.search({ search: 'one.' })).items;
    expect(hits.map(({ chatId }) => chatId).toSorted()).toEqual([id, copy.id].toSorted());
  });

  test('is created once for each clientId, also by simultaneous calls', async () => {
    const person = await signUp(deps);
    const { id, first, second } = await conversation(person);
    const input = { chatId: id, messageId: first, clientId: 'my-copy' };
    const copies = await Promise.all([1, 2, 3].map(() => person.api.chat.fork(input)));
    expect(new Set(copies.map((copy) => copy.id)).size).toBe(1);
    const later = await person.api.chat.fork({ ...input, messageId: second });
    expect(later.id).toBe(copies[0]?.id);
    expect((await person.api.chat.list({})).items).toHaveLength(2);
  });

  test('copies an answer only after its end', async () => {
    const { api } = ada;
    const { id } = await api.chat.create({ title: 'Long' });
    const { messageId, runId } = await ask(ada, id, 'long?');
    const exchange = await provider.next();
    await exchange.say('So far');
    expect(await failureOf(api.chat.fork({ chatId: id, messageId }))).toBe('CONFLICT');
    const [question] = await shown(api, id);
    const copy = await api.chat.fork({ chatId: id, messageId: question?.id ?? '' });
    expect(await texts(api, copy.id)).toEqual(['long?']);
    await api.chat.stop({ chatId: id });
    await finished(deps, runId);
    const stopped = await api.chat.fork({ chatId: id, messageId });
    expect((await shown(api, stopped.id)).map(({ status }) => status)).toEqual(['complete', 'stopped']);
  });

  test('needs a message of that chat, of the caller', async () => {
    const { id, first } = await conversation(ada);
    const other = await conversation(ada);
    const bob = await signUp(deps);
    const { api } = ada;
    expect(await failureOf(bob.api.chat.fork({ chatId: id, messageId: first }))).toBe('NOT_FOUND');
    expect(await failureOf(api.chat.fork({ chatId: id, messageId: other.first }))).toBe('NOT_FOUND');
    expect(await failureOf(api.chat.fork({ chatId: id, messageId: id }))).toBe('NOT_FOUND');
    expect((await bob.api.chat.list({})).items).toEqual([]);
  });

  test('is rejected without any effect beyond the limits of chats, of bytes, and of a copy', async () => {
    const person = await signUp(deps);
    const { api } = person;
    const { id, second } = await conversation(person);
    const copy = { chatId: id, messageId: second };
    const database = await testDatabase();
    const limited = async (settings: Record<string, string>) =>
      (await signIn(await startInstance({ settings, database: () => Promise.resolve(database) }), person))
        .api;
    const full = await limited({ MAX_CHATS: '1' });
    expect(await failureOf(full.chat.fork(copy))).toBe('LIMIT_REACHED');
    const size = (await shown(api, id)).reduce((sum, { parts }) => sum + JSON.stringify(parts).length, 0);
    const crowded = await limited({ MAX_STORED_BYTES: String(2 * size - 1) });
    expect(await failureOf(crowded.chat.fork(copy))).toBe('LIMIT_REACHED');
    expect((await api.chat.list({})).items).toHaveLength(1);
    const roomy = await limited({ MAX_STORED_BYTES: String(2 * size), MAX_CHATS: '2' });
    await roomy.chat.fork(copy);

    const long = [{ type: 'text' as const, text: 'x'.repeat(16 * 1024 * 1024) }];
    await deps.db.update(messages).set({ parts: long }).where(eq(messages.id, second));
    expect(await failureOf(api.chat.fork(copy))).toBe('LIMIT_REACHED');
    expect((await api.chat.list({})).items).toHaveLength(2);
  });
});

describe('regenerating with another model', () => {
  test('writes only this answer by it, and is another request than one without it', async () => {
    const { api } = ada;
    const { id } = await api.chat.create({ title: 'Models' });
    const first = await answer(ask(ada, id, 'Who?'), 'I.');
    const request = { chatId: id, messageId: first, clientRequestId: 'with-a-model' };
    await answer(api.chat.regenerate({ ...request, model: OTHER }), 'Another.');
    const modelsOf = async () => (await shown(api, id)).map(({ model }) => model);
    expect(await modelsOf()).toEqual([null, OTHER]);
    expect((await api.chat.get({ id })).model).toBeNull();
    const again = await api.chat.regenerate({ ...request, model: OTHER });
    expect(again.messageId).toBe((await shown(api, id))[1]?.id);
    expect(await failureOf(api.chat.regenerate(request))).toBe('REQUEST_ID_REUSED');
    await answer(ask(ada, id, 'And now?'), 'I again.');
    expect((await modelsOf()).at(-1)).toBe('openai-compatible/scripted');
  });

  test('rejects a model that does not exist', async () => {
    const { api } = ada;
    const { id, second } = await conversation(ada);
    const failure = failureOf(
      api.chat.regenerate({ chatId: id, messageId: second, model: 'nobody/nothing' }),
    );
    expect(await failure).toBe('INVALID_INPUT');
    expect(await texts(api, id)).toEqual(['one?', 'one.', 'two?', 'two.']);
  });
});
