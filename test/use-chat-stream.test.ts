import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { UIMessageChunk } from 'ai';
import { type Api, hostRequest, toResponse } from '#layer/index';
import { type Platform, serveRouter } from '#routers/api';
import { appRouter } from '#routers/index';
import { toClientChunks } from '#server/chat/ai-chat/chunks';
import { type Account, answered, signUp } from '#test/client';
import { type ScriptedProvider, startScriptedProvider } from '#test/scripted-provider';
import { type ServedInstance, serveInstance } from '#test/served';
import {
  beginAnswer,
  expectSame,
  SDK_NAMES,
  type SdkName,
  storedMessages,
  textOf,
  transportOf,
  untilShows,
  useChatOf,
  withAnswer as withAnswerOf,
} from '#test/use-chat';

let provider: ScriptedProvider;
let server: ServedInstance;
let ada: Account;
let api: Api<Platform>;

beforeAll(async () => {
  provider = await startScriptedProvider();
  server = await serveInstance({
    settings: { AI_MODEL: 'openai-compatible/scripted', AI_BASE_URL: provider.url },
  });
  ada = await signUp(server.url);
  api = serveRouter(server.deps, appRouter, { title: 'Test', version: '0' });
});
afterAll(async () => {
  await server.close();
  await provider.close();
});

const withAnswer = (sending: Promise<unknown>, answer?: string) => withAnswerOf(provider, sending, answer);

const LIMIT_SECONDS = 2;

/** Returns a fetch to a server whose responses may take LIMIT_SECONDS. `sent` returns the text of the last response. */
function limitedServer() {
  let sent: Promise<string> = Promise.resolve('');
  const call: typeof fetch = async (input, init) => {
    const platform = { isLocal: () => false };
    const request = hostRequest(new Request(input, init), { platform, maxDuration: LIMIT_SECONDS });
    const response = toResponse(await api.respond(request));
    if (!response.body) return response;
    const [one, two] = response.body.tee();
    sent = new Response(one).text();
    return new Response(two, response);
  };
  return { fetch: call, sent: () => sent };
}

test.each<SdkName>(['5.0.0', '6.0.0', '7'])(
  'a response that reaches maxDuration ends with an error that explains how to resume, in AI SDK %s',
  async (sdk) => {
    const { fetch, sent } = limitedServer();
    const chat = await useChatOf(ada, { sdk, fetch });
    const { exchange, sending } = await beginAnswer(
      provider,
      chat,
      chat.sendMessage({ text: 'one' }),
      'begun',
    );
    await sending;
    expect(chat.status).toBe('error');
    expect(chat.error?.message).toMatch(/maximum duration.*resumeStream\(\)/);
    const events = (await sent()).trim().split('\n\n');
    expect(events.at(-1)).toMatch(/^data: \{"type":"error"/);
    expect(events.join()).not.toMatch(/"type":"(finish|abort)"|\[DONE\]/);
    const page = await useChatOf(ada, { sdk, id: chat.id, messages: await storedMessages(ada, chat.id) });
    const resumed = page.resumeStream();
    await untilShows(page, 'begun');
    await exchange.say(' and ended');
    exchange.finish();
    await resumed;
    expect(page.messages.map(textOf)).toEqual(['one', 'begun and ended']);
    await expectSame(ada, page);
  },
);

test('an event stream over REST that reaches maxDuration ends without a done event', async () => {
  const { fetch, sent } = limitedServer();
  const chat = await useChatOf(ada);
  const { exchange, sending } = await beginAnswer(provider, chat, chat.sendMessage({ text: 'one' }), 'begun');
  const response = await fetch(`${server.url}/api/v1/chats/${chat.id}/stream`, { headers: ada.headers });
  await response.text();
  expect(await sent()).toContain('begun');
  expect(await sent()).not.toContain('event: done');
  exchange.finish();
  await sending;
});

describe.each(SDK_NAMES)('AI SDK %s', (sdk) => {
  test('gets the status of an answer in the metadata of its message', async () => {
    const chat = await useChatOf(ada, { sdk });
    await withAnswer(chat.sendMessage({ text: 'one' }));
    const { id: chatId } = await ada.rpc.chat.get.query({ id: chat.id });
    const runId: unknown = expect.any(String);
    expect(chat.lastMessage?.metadata).toEqual({ chatId, runId, status: 'complete', finishReason: 'stop' });

    const stopped = await beginAnswer(provider, chat, chat.sendMessage({ text: 'two' }), 'begun');
    await ada.rpc.chat.stop.mutate({ chatId });
    await stopped.sending;
    expect(chat.status).toBe('ready');
    expect(chat.lastMessage?.metadata).toEqual({ chatId, runId, status: 'stopped' });

    const failed = await beginAnswer(provider, chat, chat.sendMessage({ text: 'three' }), 'begun');
    failed.exchange.cut();
    await failed.sending;
    expect(chat.status).toBe('error');
    expect(chat.lastMessage?.metadata).toMatchObject({
      chatId,
      status: 'failed',
      error: 'MODEL_UNAVAILABLE',
    });
    const messages = await answered(ada, chat.id);
    expect(chat.messages.map(({ id }) => id).filter((_, i) => i % 2 === 1)).toEqual(
      messages.filter(({ role }) => role === 'assistant').map(({ id }) => id),
    );
  });

  test('accepts every chunk that the server can send', async () => {
    const sent = CHUNKS.flatMap((chunk) => toClientChunks(chunk, { chatId: 'c', runId: 'r' }));
    const body = sent.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`).join('');
    const transport = await transportOf(ada, { sdk, fetch: () => Promise.resolve(new Response(body)) });
    const stream = await transport.sendMessages({
      trigger: 'submit-message',
      chatId: 'c',
      messageId: undefined,
      messages: [],
      abortSignal: undefined,
    });
    const received: unknown[] = [];
    for await (const chunk of stream) received.push(chunk);
    expect(received).toHaveLength(sent.length);
  });
});

const named = { providerMetadata: { test: { a: 1 } } };
const tool = { toolCallId: 't', toolName: 'search', providerExecuted: true, dynamic: true, title: 'Search' };
/** Every type of chunk of the newest release, with every possible field. */
const CHUNKS: UIMessageChunk[] = [
  { type: 'start', messageId: 'm', messageMetadata: {} },
  { type: 'start-step' },
  { type: 'text-start', id: '1', ...named },
  { type: 'text-delta', id: '1', delta: 'x', ...named },
  { type: 'text-end', id: '1', ...named },
  { type: 'reasoning-start', id: '2', ...named },
  { type: 'reasoning-delta', id: '2', delta: 'x', ...named },
  { type: 'reasoning-end', id: '2', ...named },
  { type: 'tool-input-start', ...tool, ...named },
  { type: 'tool-input-delta', toolCallId: 't', inputTextDelta: '{}' },
  { type: 'tool-input-available', ...tool, input: {}, ...named },
  { type: 'tool-approval-request', approvalId: 'a', toolCallId: 't' },
  { type: 'tool-output-denied', toolCallId: 't' },
  { type: 'tool-output-available', toolCallId: 't', output: 1, providerExecuted: true, preliminary: true },
  { type: 'tool-output-error', toolCallId: 't', errorText: 'no', providerExecuted: true, dynamic: true },
  { type: 'tool-input-error', ...tool, input: {}, errorText: 'no', ...named },
  { type: 'source-url', sourceId: 's', url: 'https://example.com', title: 'x', ...named },
  { type: 'source-document', sourceId: 's', mediaType: 'text/plain', title: 'x', filename: 'x', ...named },
  { type: 'file', url: 'data:,', mediaType: 'text/plain', ...named },
  { type: 'data-note', id: 'd', data: { a: 1 }, transient: true },
  { type: 'data-error', data: { code: 'CONFLICT' }, transient: true },
  { type: 'message-metadata', messageMetadata: {} },
  { type: 'finish-step' },
  { type: 'finish', finishReason: 'stop', messageMetadata: {} },
  { type: 'abort', reason: 'stopped' },
];

test('a history over the size limit is rejected with 413 and a working remedy', async () => {
  const first = await useChatOf(ada);
  await withAnswer(first.sendMessage({ text: 'one' }), 'first');
  const [question, answer] = first.messages;
  if (!question || !answer) throw new Error('There is no answer.');
  const long = { ...answer, parts: [{ type: 'text' as const, text: 'x'.repeat(5_400_000) }] };
  const grown = await useChatOf(ada, { id: first.id, messages: [question, long] });
  await grown.sendMessage({ text: 'two' });
  const { code, detail } = JSON.parse(grown.error?.message ?? '{}') as Record<string, string>;
  expect(code).toBe('PAYLOAD_TOO_LARGE');
  expect(detail).toMatch(/prepareSendMessagesRequest: .* message: messages\.at\(-1\)/);
  const fixed = await useChatOf(ada, {
    id: first.id,
    messages: [question, long],
    prepareSendMessagesRequest: ({ id, messages, trigger }) => ({
      body: { id, trigger, message: messages.at(-1) },
    }),
  });
  expect(await withAnswer(fixed.sendMessage({ text: 'two' }))).toEqual(['one', 'first', 'two']);
  await expectSame(ada, fixed);
});
