import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { UIMessage } from 'ai';
import type { Deps } from '#server/compose';
import { parseEnv } from '#server/env';
import { contextTokens } from '#server/models/context';
import { finished, textOfMessage } from '#test/answers';
import { type Person, signUp, startInstance } from '#test/caller';
import { type ProviderServer, startProviderServer } from '#test/provider-server';
import { contextStart, withoutOlderHalf } from './context.ts';

/** The context of `normal` has 2,000 tokens, so the input may have 1,500, and 4,500 bytes. */
const CONTEXT = 'openai-compatible/normal';
/** Rejects conversations with more than 3,000 characters. Its context is not known. */
const REJECTING = 'openai-compatible/context-3000';

let provider: ProviderServer;
let deps: Deps;
let ada: Person;

beforeAll(async () => {
  provider = await startProviderServer();
  deps = await startInstance({
    settings: {
      AI_MODEL: CONTEXT,
      AI_MODELS: REJECTING,
      AI_BASE_URL: provider.url,
      AI_CONTEXT_TOKENS: `${CONTEXT}=2000`,
    },
  });
  ada = await signUp(deps);
});

afterAll(() => provider.close());

/** A question of 1,000 characters that begins with its number. */
const question = (number: number) => `${number} ${'x'.repeat(998)}`;

async function ask(chatId: string, text: string) {
  const { runId } = await ada.api.chat.send({ chatId, parts: [{ type: 'text', text }] });
  return finished(deps, runId);
}

/** Creates a chat with a title, asks questions in it, and returns the id of the chat. */
async function chatWith(model: string, questions: string[]): Promise<string> {
  const { id } = await ada.api.chat.create({ title: 'Long', model });
  for (const text of questions) await ask(id, text);
  return id;
}

/** Returns the roles and the beginnings of the messages that the model got last. */
const sent = () =>
  provider.requests
    .at(-1)
    ?.body.messages.map(({ role, content }) => `${role}: ${String(content).slice(0, 5)}`);

async function messagesOf(chatId: string) {
  return (await ada.api.chat.messages({ chatId, limit: 100 })).items;
}

describe('a chat longer than the context of its model', () => {
  test('is sent without its oldest turns, and its answers name the first message that was sent', async () => {
    const chatId = await chatWith(CONTEXT, [1, 2, 3, 4].map(question));
    expect((await messagesOf(chatId)).map(({ contextFromId }) => contextFromId)).toEqual(Array(8).fill(null));
    const chunks = await ask(chatId, question(5));
    expect(sent()).toEqual([
      'system: You a',
      'user: 2 xxx',
      'assistant: word1',
      'user: 3 xxx',
      'assistant: word1',
      'user: 4 xxx',
      'assistant: word1',
      'user: 5 xxx',
    ]);
    const messages = await messagesOf(chatId);
    const second = messages.find((message) => textOfMessage(message).startsWith('2 '));
    expect(messages.at(-1)?.contextFromId).toBe(second?.id);
    expect(contextStart(chunks)).toBe(second?.id);

    // Regenerating and asking by another procedure use the same conversation.
    const { runId } = await ada.api.chat.regenerate({ chatId });
    await finished(deps, runId);
    expect(sent()?.[1]).toBe('user: 2 xxx');
    await ada.api.chat.ask({ chatId, text: question(6) });
    expect(sent()?.[1]).toBe('user: 3 xxx');
  });

  test('is sent again with fewer turns if the provider rejects it as too long', async () => {
    const chatId = await chatWith(REJECTING, [1, 2, 3, 4, 5].map(question));
    const messages = await messagesOf(chatId);
    expect(messages.map(({ status }) => status)).toEqual(Array(10).fill('complete'));
    const fifth = messages.at(-2);
    expect(sent()).toEqual(['system: You a', 'user: 4 xxx', 'assistant: word1', 'user: 5 xxx']);
    expect(messages.find(({ id }) => id === messages.at(-1)?.contextFromId)?.id).toBe(messages[6]?.id);
    expect(textOfMessage(fifth)).toMatch(/^5 /);
  });

  test('fails with CONTEXT_TOO_LONG if the question alone is too long', async () => {
    const chatId = await chatWith(REJECTING, ['x'.repeat(4000)]);
    expect((await messagesOf(chatId)).at(-1)).toMatchObject({ status: 'failed', error: 'CONTEXT_TOO_LONG' });
  });
});

test('withoutOlderHalf keeps whole turns, the last question, and an unfinished answer with its request', () => {
  const message = (id: string, size: number): UIMessage => ({
    id,
    role: id.startsWith('q') ? 'user' : 'assistant',
    parts: [{ type: 'text', text: 'x'.repeat(size) }],
  });
  const all = [
    message('q1', 10),
    message('a1', 500),
    message('q2', 10),
    message('a2', 200),
    message('q3', 10),
  ];
  const whole = { messages: all, summary: 'S', fromId: null };
  expect(withoutOlderHalf(whole, false)).toEqual({ messages: all.slice(2), summary: 'S', fromId: 'q2' });
  const last = { messages: all.slice(2), summary: 'S', fromId: 'q2' };
  expect(withoutOlderHalf(last, false)).toEqual({ messages: all.slice(4), summary: 'S', fromId: 'q3' });
  expect(withoutOlderHalf({ messages: all.slice(4), summary: 'S', fromId: 'q3' }, false)).toBeNull();
  const unfinished = [message('q3', 10), message('a3', 500), message('q-continue', 10)];
  expect(withoutOlderHalf({ messages: unfinished, summary: null, fromId: null }, true)).toBeNull();
  expect(
    withoutOlderHalf({ messages: [...all.slice(0, 4), ...unfinished], summary: null, fromId: null }, true),
  ).toEqual({
    messages: unfinished,
    summary: null,
    fromId: 'q3',
  });
});

test.each([
  ['openai/gpt-4o-mini', 128_000],
  ['openai/gpt-4', 8_192],
  ['openai-compatible/anthropic/claude-sonnet-4-5', 200_000],
  ['openai-compatible/llama3.3', 8_192],
  ['openai-compatible/other', 128_000],
])('the context of %s has %i tokens', (id, tokens) => {
  const env = parseEnv({ AI_CONTEXT_TOKENS: 'openai/other=5000, openai-compatible/llama3.3=8192' });
  expect(contextTokens(env, id)).toBe(tokens);
});
