import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Account, answered, caller, read, signUp } from '#test/client';
import { type ScriptedProvider, startScriptedProvider } from '#test/scripted-provider';
import { type ServedInstance, serveInstance } from '#test/served';
import {
  withAnswer as withAnswerOf,
  asQuestion,
  beginAnswer,
  expectSame,
  type SdkName,
  storedMessages,
  textOf,
  untilShows,
  type UseChat,
  useChatOf,
} from '#test/use-chat';

let provider: ScriptedProvider;
let server: ServedInstance;
let other: ServedInstance;
let ada: Account;

beforeAll(async () => {
  provider = await startScriptedProvider();
  const settings = { AI_MODEL: 'openai-compatible/scripted', AI_BASE_URL: provider.url };
  server = await serveInstance({ settings, renewMs: 100 });
  other = await serveInstance({ settings, renewMs: 100 });
  ada = await signUp(server.url);
});
afterAll(async () => {
  await server.close();
  await other.close();
  await provider.close();
});

const withAnswer = (sending: Promise<unknown>, answer?: string) => withAnswerOf(provider, sending, answer);

/** Asks a question and calls stop() after the start of the answer. */
async function askAndStop(chat: UseChat, text: string) {
  const { exchange, sending } = await beginAnswer(provider, chat, chat.sendMessage({ text }), 'begun');
  await chat.stop();
  await sending;
  expect(chat.status).toBe('ready');
  return exchange;
}

describe.each<SdkName>(['5.0.0', '6.0.0', '7'])('after stop(), useChat of AI SDK %s', (sdk) => {
  test('asks another question, and the stopped answer is kept', async () => {
    const chat = await useChatOf(ada, { sdk });
    const { abandoned } = await askAndStop(chat, 'one');
    expect(await withAnswer(chat.sendMessage({ text: 'two' }))).toEqual(['one', 'begun', 'two']);
    await abandoned;
    await expectSame(ada, chat);
    const [, answer] = await answered(ada, chat.id);
    expect(answer).toMatchObject({ status: 'stopped', parts: [{}, { type: 'text', text: 'begun' }] });
  });

  test('asks another question on another instance', async () => {
    const chat = await useChatOf(ada, { sdk });
    const { abandoned } = await askAndStop(chat, 'one');
    const there = await useChatOf({ ...ada, url: other.url }, { sdk, id: chat.id, messages: chat.messages });
    expect(await withAnswer(there.sendMessage({ text: 'two' }))).toEqual(['one', 'begun', 'two']);
    await abandoned;
    await expectSame(ada, there);
  });

  test('asks another question although it never received the answer', async () => {
    const chat = await useChatOf(ada, { sdk });
    await askAndStop(chat, 'one');
    chat.messages = chat.messages.slice(0, 1);
    expect(await withAnswer(chat.sendMessage({ text: 'two' }))).toEqual(['one', 'two']);
    await expectSame(ada, chat);
  });

  test('edits the question and regenerates its answer', async () => {
    const chat = await useChatOf(ada, { sdk });
    await askAndStop(chat, 'one');
    const messageId = chat.messages[0]?.id ?? '';
    const edited = chat.sendMessage({ text: 'eins', messageId });
    const { exchange } = await beginAnswer(provider, chat, edited, 'again');
    await chat.stop();
    await edited;
    expect(await withAnswer(chat.regenerate())).toEqual(['eins']);
    await exchange.abandoned;
    await expectSame(ada, chat);
  });
});

test('regenerate sends a question again whose response was lost', async () => {
  let isLost = true;
  const chat = await useChatOf(ada, {
    async fetch(...args) {
      const response = await fetch(...args);
      if (!isLost) return response;
      isLost = false;
      await response.body?.cancel();
      throw new TypeError('fetch failed');
    },
  });
  await chat.sendMessage({ text: 'one' });
  const { abandoned } = await provider.next();
  expect(chat.status).toBe('error');
  expect(await withAnswer(chat.regenerate())).toEqual(['one']);
  await abandoned;
  await expectSame(ada, chat);
});

describe('while an answer is in progress', () => {
  test('a question from another tab is rejected, with or without earlier messages', async () => {
    const chat = await useChatOf(ada);
    await withAnswer(chat.sendMessage({ text: 'one' }));
    const tab = await useChatOf(ada, { id: chat.id, messages: chat.messages });
    const { exchange, sending } = await beginAnswer(
      provider,
      chat,
      chat.sendMessage({ text: 'two' }),
      'begun',
    );
    await tab.sendMessage({ text: 'three' });
    expect(tab.error?.message).toContain('RUN_ACTIVE');
    tab.messages = [];
    await tab.sendMessage({ text: 'four' });
    expect(tab.error?.message).toContain('RUN_ACTIVE');
    exchange.finish();
    await sending;
    await expectSame(ada, chat);
    expect(await storedMessages(ada, chat.id)).toHaveLength(4);
  });

  test('the same question again follows the same run', async () => {
    const post = async () => {
      const response = await ada.fetch('/api/chat', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ id: 'the-same', messages: [asQuestion('q', 'one')] }),
      });
      return String((await read(response)).body);
    };
    const first = post();
    const exchange = await provider.next();
    await exchange.say('begun');
    const second = post();
    await new Promise((resolve) => setTimeout(resolve, 200));
    exchange.finish();
    const runs = (await Promise.all([first, second, post()])).map(
      (body) => /"runId":"([^"]+)"/.exec(body)?.[1],
    );
    expect(new Set(runs).size).toBe(1);
    expect(await answered(ada, 'the-same')).toMatchObject([{}, { status: 'complete' }]);
  });
});

describe('a chat id that the client chose', () => {
  test('is accepted by every call, and responses contain the server’s id', async () => {
    const id = 'chosen-by-the-client';
    const chat = await useChatOf(ada, { id });
    await withAnswer(chat.sendMessage({ text: 'one' }));
    const { id: ours } = await ada.rpc.chat.get.query({ id });
    expect(chat.messages[1]?.metadata).toMatchObject({ chatId: ours });
    const [question, answer] = await answered(ada, id);
    expect((await ada.rest(`GET /chats/${id}/messages`)).body).toMatchObject({
      items: [{ id: question?.id }, { id: answer?.id }],
    });
    expect((await ada.rest(`PATCH /chats/${id}`, { json: { title: 'Named' } })).body).toMatchObject({
      id: ours,
      title: 'Named',
    });
    await ada.rpc.chat.selectBranch.mutate({ chatId: id, messageId: answer?.id ?? '' });
    const run = ada.rpc.chat.regenerate.mutate({ chatId: id });
    const exchange = await provider.next();
    expect(await run).toMatchObject({ chatId: ours });
    expect(await ada.rpc.chat.stop.mutate({ chatId: id })).toEqual({ stopped: true });
    await exchange.abandoned;
    await answered(ada, id);
    expect((await ada.fetch(`/api/v1/chats/${id}/stream`)).status).toBe(200);
    const bob = await signUp(server.url);
    expect((await bob.rest(`GET /chats/${id}`)).status).toBe(404);
    expect((await ada.rest(`DELETE /chats/${id}`)).status).toBe(204);
    expect((await ada.rest(`GET /chats/${ours}`)).status).toBe(404);
  });

  test('may belong to no chat yet; then there is nothing to resume', async () => {
    const chat = await useChatOf(ada, { id: 'not-there-yet' });
    await chat.resumeStream();
    expect([chat.status, chat.error]).toEqual(['ready', undefined]);
    const stranger = await useChatOf(caller(server.url), { id: 'not-there-yet' });
    await stranger.resumeStream();
    expect(stranger.error?.message).toContain('UNAUTHORIZED');
  });
});

test('resumeStream shows a running answer from its beginning', async () => {
  const chat = await useChatOf(ada);
  const exchange = await askAndStop(chat, 'one');
  const page = await useChatOf(ada, { id: chat.id, messages: await storedMessages(ada, chat.id) });
  const resumed = page.resumeStream();
  await untilShows(page, 'begun');
  await exchange.say(' and ended');
  exchange.finish();
  await resumed;
  expect(page.messages.map(textOf)).toEqual(['one', 'begun and ended']);
  await expectSame(ada, page);
});
