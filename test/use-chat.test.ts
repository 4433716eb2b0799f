import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { UIMessage } from 'ai';
import { type Account, read, signUp } from '#test/client';
import { type ScriptedProvider, startScriptedProvider } from '#test/scripted-provider';
import { type ServedInstance, serveInstance } from '#test/served';
import {
  withAnswer as withAnswerOf,
  asQuestion,
  expectSame as expectSameFor,
  type SdkName,
  outlineOf,
  storedMessages,
  textOf,
  type UseChat,
  useChatOf,
} from '#test/use-chat';

let provider: ScriptedProvider;
let server: ServedInstance;
let ada: Account;

beforeAll(async () => {
  provider = await startScriptedProvider();
  const settings = {
    AI_MODEL: 'openai-compatible/scripted',
    AI_BASE_URL: provider.url,
    AI_INSTRUCTIONS: 'x',
  };
  server = await serveInstance({ settings });
  ada = await signUp(server.url);
});
afterAll(async () => {
  await server.close();
  await provider.close();
});

const withAnswer = (sending: Promise<unknown>, answer?: string) => withAnswerOf(provider, sending, answer);
const expectSame = (chat: UseChat) => expectSameFor(ada, chat);

/** Returns a fetch that can fail before it sends the next request. */
function unreliableNetwork() {
  let fails = false;
  const unreliable: typeof fetch = (...args) => {
    if (!fails) return fetch(...args);
    fails = false;
    return Promise.reject(new TypeError('fetch failed'));
  };
  return {
    fetch: unreliable,
    failNext: () => {
      fails = true;
    },
  };
}

describe.each<SdkName>(['5.0.0', '6.0.0', '7'])('useChat of AI SDK %s', (sdk) => {
  /** Creates a chat with these questions, each answered `a: question`. */
  async function chatWith(...questions: string[]): Promise<UseChat> {
    const chat = await useChatOf(ada, { sdk });
    for (const text of questions) await withAnswer(chat.sendMessage({ text }), `a: ${text}`);
    return chat;
  }

  test('retries a question that did not reach the server', async () => {
    const network = unreliableNetwork();
    const chat = await useChatOf(ada, { sdk, fetch: network.fetch });
    await withAnswer(chat.sendMessage({ text: 'one' }), 'first');
    network.failNext();
    await chat.sendMessage({ text: 'two' });
    expect(chat.status).toBe('error');
    expect(await withAnswer(chat.regenerate())).toEqual(['one', 'first', 'two']);
    await expectSame(chat);
  });

  test('sends another question after one that did not reach the server', async () => {
    const network = unreliableNetwork();
    const chat = await useChatOf(ada, { sdk, fetch: network.fetch });
    await withAnswer(chat.sendMessage({ text: 'one' }), 'first');
    network.failNext();
    await chat.sendMessage({ text: 'two' });
    expect(await withAnswer(chat.sendMessage({ text: 'three' }))).toEqual(['one', 'first', 'two', 'three']);
    await expectSame(chat);
    expect(await withAnswer(chat.sendMessage({ text: 'four' }))).toHaveLength(6);
    await expectSame(chat);
  });

  test('retries the first question of a chat', async () => {
    const network = unreliableNetwork();
    network.failNext();
    const chat = await useChatOf(ada, { sdk, fetch: network.fetch });
    await chat.sendMessage({ text: 'one' });
    expect(await withAnswer(chat.regenerate())).toEqual(['one']);
    await expectSame(chat);
  });

  test('edits a message that was sent in the same session', async () => {
    const chat = await chatWith('one', 'two');
    const [first, , second] = chat.messages;
    const edited = chat.sendMessage({ text: 'zwei', messageId: second?.id ?? '' });
    expect(await withAnswer(edited)).toEqual(['one', 'a: one', 'zwei']);
    await expectSame(chat);
    const again = chat.sendMessage({ text: 'eins', messageId: first?.id ?? '' });
    expect(await withAnswer(again)).toEqual(['eins']);
    await expectSame(chat);
    const { items } = await ada.rpc.chat.messages.query({ chatId: chat.id });
    expect(items[0]?.branchIds).toHaveLength(2);
  });

  test('edits a message back to its first text', async () => {
    const chat = await chatWith('one');
    const messageId = chat.messages[0]?.id ?? '';
    await withAnswer(chat.sendMessage({ text: 'eins', messageId }));
    expect(await withAnswer(chat.sendMessage({ text: 'one', messageId }))).toEqual(['one']);
    await expectSame(chat);
  });

  test('edits a question with setMessages and regenerate', async () => {
    const chat = await chatWith('one', 'two');
    const [first, answer, second] = chat.messages;
    if (!first || !answer || !second) throw new Error('An answer is missing.');
    chat.messages = [first, answer, asQuestion(second.id, 'zwei')];
    expect(await withAnswer(chat.regenerate())).toEqual(['one', 'a: one', 'zwei']);
    await expectSame(chat);
  });

  test('regenerates an answer by its id, and by the id of its question', async () => {
    const chat = await chatWith('one', 'two');
    const [question, answer] = chat.messages;
    expect(await withAnswer(chat.regenerate({ messageId: answer?.id ?? '' }))).toEqual(['one']);
    await expectSame(chat);
    expect(chat.messages[1]?.id).not.toBe(answer?.id);
    expect(await withAnswer(chat.regenerate({ messageId: question?.id ?? '' }))).toEqual(['one']);
    await expectSame(chat);
  });

  test('removes the last turns, turns in the middle and all turns with setMessages', async () => {
    const chat = await chatWith('one', 'two', 'three');
    chat.messages = chat.messages.slice(0, 4);
    expect(await withAnswer(chat.sendMessage({ text: 'four' }))).toEqual([
      'one',
      'a: one',
      'two',
      'a: two',
      'four',
    ]);
    await expectSame(chat);
    chat.messages = chat.messages.filter((_, index) => index !== 2 && index !== 3);
    expect(await withAnswer(chat.sendMessage({ text: 'five' }))).toEqual([
      'one',
      'a: one',
      'four',
      'yes',
      'five',
    ]);
    await expectSame(chat);
    expect(await withAnswer(chat.regenerate())).toEqual(['one', 'a: one', 'four', 'yes', 'five']);
    await expectSame(chat);
    chat.messages = [];
    expect(await withAnswer(chat.sendMessage({ text: 'six' }))).toEqual(['six']);
    await expectSame(chat);
  });

  test('shows a part of a branch without changing the branch', async () => {
    const chat = await chatWith('one', 'two');
    const whole = chat.messages;
    chat.messages = whole.slice(2);
    expect(await withAnswer(chat.sendMessage({ text: 'three' }))).toHaveLength(5);
    expect(outlineOf({ messages: await storedMessages(ada, chat.id) })).toEqual([
      ...outlineOf({ messages: whole.slice(0, 2) }),
      ...outlineOf(chat),
    ]);
    const messageId = whole[2]?.id ?? '';
    chat.messages = whole.slice(2);
    expect(await withAnswer(chat.sendMessage({ text: 'zwei', messageId }))).toEqual([
      'one',
      'a: one',
      'zwei',
    ]);
  });

  test('continues with messages loaded from the server', async () => {
    const first = await chatWith('one', 'two');
    const chat = await useChatOf(ada, { sdk, id: first.id, messages: await storedMessages(ada, first.id) });
    expect(await withAnswer(chat.sendMessage({ text: 'three' }))).toHaveLength(5);
    await expectSame(chat);
    // Also with the server's own ids.
    const { items } = await ada.rpc.chat.messages.query({ chatId: first.id });
    const messages = items.map(({ id, role, parts }): UIMessage => ({ id, role, parts }));
    const other = await useChatOf(ada, { sdk, id: first.id, messages });
    expect(await withAnswer(other.regenerate())).toHaveLength(5);
    expect(await withAnswer(other.sendMessage({ text: 'zwei', messageId: items[2]?.id ?? '' }))).toEqual([
      'one',
      'a: one',
      'zwei',
    ]);
    expect((await storedMessages(ada, first.id)).map(textOf)).toEqual(['one', 'a: one', 'zwei', 'yes']);
  });

  test('sends only the last message, as in the documentation of the AI SDK', async () => {
    const chat = await useChatOf(ada, {
      sdk,
      prepareSendMessagesRequest: ({ id, messages, trigger }) => ({
        body: { id, message: messages.at(-1), trigger },
      }),
    });
    await withAnswer(chat.sendMessage({ text: 'one' }), '1');
    expect(await withAnswer(chat.sendMessage({ text: 'two' }))).toEqual(['one', '1', 'two']);
    expect(await withAnswer(chat.regenerate())).toEqual(['one', '1', 'two']);
    const messageId = chat.messages[2]?.id ?? '';
    expect(await withAnswer(chat.sendMessage({ text: 'zwei', messageId }))).toEqual(['one', '1', 'zwei']);
    await expectSame(chat);
  });
});

describe('the conversation of a request', () => {
  const post = async (body: unknown) =>
    read(
      await ada.fetch('/api/chat', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }),
    );
  async function answeredChat() {
    const chat = await useChatOf(ada);
    await withAnswer(chat.sendMessage({ text: 'one' }), 'first');
    const [question, answer] = chat.messages;
    if (!question || !answer) throw new Error('There is no answer.');
    return { id: chat.id, question, answer };
  }
  const more = asQuestion('more', 'more');

  test('keeps any ids up to 200 characters', async () => {
    for (const id of ['with spaces & /slashes', '消息', 'x'.repeat(200)]) {
      const messages = [asQuestion(id, 'Hello')];
      await withAnswer(post({ id: `chat-${id.length}`, messages }));
      expect((await storedMessages(ada, `chat-${id.length}`))[0]?.id).toBe(id);
    }
    for (const id of ['', 'x'.repeat(201), 'a\0b', 7]) {
      const { status } = await post({ id: 'rejected', messages: [{ ...more, id }] });
      expect(status).toBe(400);
    }
  });

  test('is rejected if it contains answers that are not from the server', async () => {
    const { id, question, answer } = await answeredChat();
    const unknown = { ...answer, id: 'made-up' };
    for (const [messages, pointer, message] of [
      [[question, unknown, more], '/messages/1', /not an answer of this chat/],
      [[unknown, more], '/messages/0', /not an answer of this chat/],
      [[asQuestion(question.id, 'changed'), answer, more], '/messages/1', /question before it/],
      [[question, { ...answer, id: question.id }, more], '/messages/1/id', /twice/],
      [[{ ...answer, id: question.id }, more], '/messages/0', /not an answer of this chat/],
      [[{ ...question, role: 'system' }, more], '/messages/0/role', /system/],
      [[question, answer], '/messages/1/role', /user message/],
    ] as const) {
      const { status, body } = await post({ id, messages });
      expect({ status, body }).toMatchObject({
        status: 400,
        body: { issues: [{ pointer, message: expect.stringMatching(message) as unknown }] },
      });
    }
    expect(await storedMessages(ada, id)).toHaveLength(2);
  });

  test('is read only for ids, roles and the text of questions', async () => {
    const { id, question, answer } = await answeredChat();
    const rewritten = { id: answer.id, role: 'assistant', parts: 'not even a list', metadata: 7 };
    const messages = [{ ...question, createdAt: 'now' }, rewritten, more];
    expect(await withAnswer(post({ id, messages }))).toEqual(['one', 'first', 'more']);
  });

  test('is answered once if it is sent several times', async () => {
    const { id, question, answer } = await answeredChat();
    const body = { id, messages: [question, answer, more] };
    const both = Promise.all([post(body), post(body)]);
    await withAnswer(both);
    const again = await post(body);
    const runs = [...(await both), again].map(
      ({ body: stream }) => /"messageId":"([^"]+)"/.exec(String(stream))?.[1],
    );
    expect(new Set(runs).size).toBe(1);
    expect(await storedMessages(ada, id)).toHaveLength(4);
  });
});
