import { afterAll, describe, expect, test } from '@jest/globals';
import { CallError } from '#src/client/errors.ts';
import type { ChatMessage } from '#src/client/messages.ts';
import { signUp, until } from '#test/client';
import { type PageChat, pageChatOf, pageTransport, textsOf } from '#test/page-chat';
import { answerDeltas, DELTAS_BEFORE_FAILURE, startProviderServer } from '#test/provider-server';
import { startServer } from '#test/server';
import { cutAfter } from '#test/sse';

const MODELS = ['slow-100x10', 'slow-600x50', 'cut', 'error-429'].map((name) => `openai-compatible/${name}`);

const provider = await startProviderServer();
afterAll(provider.close);
const server = await startServer({
  AI_BASE_URL: provider.url,
  AI_MODEL: MODELS[0] ?? '',
  AI_MODELS: MODELS.join(','),
});
afterAll(server.stop);
const ada = await signUp(server.url);
const whole = answerDeltas(100).join('');

/** Creates the chat behind `useChat`: a new one, or the one with this id. */
async function openChat({
  id,
  model,
  connect,
}: { id?: string; model?: string; connect?: typeof fetch } = {}) {
  const chatId = id ?? (await ada.rpc.chat.create.mutate({ ...(model !== undefined && { model }) })).id;
  return pageChatOf(ada, chatId, connect);
}

const stored = async (chatId: string) => (await ada.rpc.chat.messages.query({ chatId })).items;

/** Waits until a chat shows the first words of an answer. */
const untilStarted = (chat: PageChat) =>
  until(
    () => Promise.resolve(textsOf(chat)[1] ?? ''),
    (text) => text.includes('word5'),
  );

describe('useChat over the procedures', () => {
  test('sends a message and shows the answer with the id of the server', async () => {
    const chat = await openChat();
    await chat.sendMessage({ text: 'Count' });
    expect(chat.status).toBe('ready');
    expect(textsOf(chat)).toEqual(['Count', whole]);
    const messages = await stored(chat.id);
    expect(messages.map(({ status }) => status)).toEqual(['complete', 'complete']);
    expect(chat.lastMessage?.id).toBe(messages.at(-1)?.id);
  });

  test('regenerates the last answer', async () => {
    const chat = await openChat();
    await chat.sendMessage({ text: 'Count' });
    const first = chat.lastMessage?.id;
    await chat.regenerate();
    expect(textsOf(chat)).toEqual(['Count', whole]);
    expect(chat.lastMessage?.id).not.toBe(first);
  });

  test('sends a message once, even if it is retried', async () => {
    const chat = await openChat();
    const message: ChatMessage = { id: 'the-same', role: 'user', parts: [{ type: 'text', text: 'Count' }] };
    const send = async () => {
      const options = { chatId: chat.id, messages: [message], messageId: undefined, abortSignal: undefined };
      return pageTransport(ada).sendMessages({ trigger: 'submit-message', ...options });
    };
    const [one, other] = await Promise.all([send(), send()]);
    await Promise.all([one.cancel(), other.cancel()]);
    expect(await stored(chat.id)).toHaveLength(2);
  });

  test('disconnects without stopping the answer, and later resumes all of it', async () => {
    const chat = await openChat();
    const sending = chat.sendMessage({ text: 'Count' });
    await untilStarted(chat);
    await chat.stop();
    await sending;
    const again = await openChat({ id: chat.id });
    again.messages = chat.messages;
    await again.resumeStream();
    expect(textsOf(again)).toEqual(['Count', whole]);
    expect(await pageTransport(ada).reconnectToStream({ chatId: chat.id })).toBeNull();
  });

  test('resumes after the last event if the connection is lost and the next one is rejected', async () => {
    const connections: number[] = [];
    const chat = await openChat({
      connect: async (input, init) => {
        connections.push(connections.length);
        if (connections.length === 2) return new Response('Not now', { status: 503 });
        const response = await fetch(input, init);
        return connections.length === 1 ? cutAfter(response, 'word20 ') : response;
      },
    });
    await chat.sendMessage({ text: 'Count' });
    expect(textsOf(chat)).toEqual(['Count', whole]);
    expect(connections).toHaveLength(3);
  });
});

describe('an incomplete answer', () => {
  test('has the status stopped if it was stopped', async () => {
    const chat = await openChat({ model: 'openai-compatible/slow-600x50' });
    const sending = chat.sendMessage({ text: 'Never end' });
    await untilStarted(chat);
    await ada.rpc.chat.stop.mutate({ chatId: chat.id });
    await sending;
    expect(chat.status).toBe('ready');
    expect(chat.lastMessage?.metadata).toEqual({ status: 'stopped' });
    expect(textsOf(chat)[1]).toMatch(/^word1 word2 /);
  });

  test('keeps its text and has the error if it failed', async () => {
    const chat = await openChat({ model: 'openai-compatible/cut' });
    await chat.sendMessage({ text: 'Count' });
    expect(chat.status).toBe('error');
    const [, answer] = await stored(chat.id);
    expect(chat.lastMessage?.metadata).toMatchObject({ status: 'failed', error: answer?.error });
    expect(chat.error?.message).toBe(chat.lastMessage?.metadata?.detail);
    expect(textsOf(chat)[1]).toBe(answerDeltas(DELTAS_BEFORE_FAILURE).join(''));
  });
});

test('a rejected call is an error with the detail of the server', async () => {
  const chat = await openChat({ id: 'missing' });
  await chat.sendMessage({ text: 'Hello?' });
  expect(chat.error).toBeInstanceOf(CallError);
  expect(chat.error).toMatchObject({ message: 'No such chat.', data: { code: 'NOT_FOUND' } });
});
