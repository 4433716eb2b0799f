import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { UIMessageChunk } from 'ai';
import { toResponse } from '#layer/call/response';
import { type Api, hostRequest } from '#layer/index';
import { type Platform, serveRouter } from '#routers/api';
import { appRouter } from '#routers/index';
import { toClientChunks } from '#server/chat/ai-chat/chunks';
import { type Account, answered, signUp } from '#test/client';
import { type ScriptedProvider, startScriptedProvider } from '#test/scripted-provider';
import { type ServedInstance, serveInstance } from '#test/served';
import {
  answering as answeringBy,
  beginning,
  expectSame,
  SDK_NAMES,
  type SdkName,
  stored,
  textOf,
  transportOf,
  untilShows,
  useChatOf,
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

const answering = (doing: Promise<unknown>, answer?: string) => answeringBy(provider, doing, answer);

const LIMIT_SECONDS = 2;

/** Calls the server where a response may take LIMIT_SECONDS; `sent` has the text of the last one. */
function impatient() {
  let sent: Promise<string> = Promise.resolve('');
  const call: typeof fetch = async (input, init) => {
    const platform = { isLocal: () => false };
    const asked = hostRequest(new Request(input, init), { platform, maxDuration: LIMIT_SECONDS });
    const response = toResponse(await api.handle(asked));
    if (!response.body) return response;
    const [one, two] = response.body.tee();
    sent = new Response(one).text();
    return new Response(two, response);
  };
  return { fetch: call, sent: () => sent };
}

test.each<SdkName>(['5.0.0', '6.0.0', '7'])(
  'a response that reaches maxDuration ends with an error that says how to go on, in AI SDK %s',
  async (sdk) => {
    const { fetch, sent } = impatient();
    const chat = await useChatOf(ada, { sdk, fetch });
    const { exchange, doing } = await beginning(provider, chat, chat.sendMessage({ text: 'one' }), 'begun');
    await doing;
    expect(chat.status).toBe('error');
    expect(chat.error?.message).toMatch(/maximum duration.*resumeStream\(\)/);
    const events = (await sent()).trim().split('\n\n');
    expect(events.at(-1)).toMatch(/^data: \{"type":"error"/);
    expect(events.join()).not.toMatch(/"type":"(finish|abort)"|\[DONE\]/);
    const page = await useChatOf(ada, { sdk, id: chat.id, messages: await stored(ada, chat.id) });
    const resumed = page.resumeStream();
    await untilShows(page, 'begun');
    await exchange.say(' and ended');
    exchange.finish();
    await resumed;
    expect(page.messages.map(textOf)).toEqual(['one', 'begun and ended']);
    await expectSame(ada, page);
  },
);

test('an event stream of REST that reaches maxDuration ends without the event that tells of an end', async () => {
  const { fetch, sent } = impatient();
  const chat = await useChatOf(ada);
  const { exchange, doing } = await beginning(provider, chat, chat.sendMessage({ text: 'one' }), 'begun');
  const response = await fetch(`${server.url}/api/v1/chats/${chat.id}/stream`, { headers: ada.headers });
  await response.text();
  expect(await sent()).toContain('begun');
  expect(await sent()).not.toContain('event: done');
  exchange.finish();
  await doing;
});

describe.each(SDK_NAMES)('AI SDK %s is told', (sdk) => {
  test('how an answer ended, in the metadata of its message', async () => {
    const chat = await useChatOf(ada, { sdk });
    await answering(chat.sendMessage({ text: 'one' }));
    const { id: chatId } = await ada.rpc.chat.get.query({ id: chat.id });
    const runId: unknown = expect.any(String);
    expect(chat.lastMessage?.metadata).toEqual({ chatId, runId, status: 'complete', finishReason: 'stop' });

    const stopped = await beginning(provider, chat, chat.sendMessage({ text: 'two' }), 'begun');
    await ada.rpc.chat.stop.mutate({ chatId });
    await stopped.doing;
    expect(chat.status).toBe('ready');
    expect(chat.lastMessage?.metadata).toEqual({ chatId, runId, status: 'stopped' });

    const failed = await beginning(provider, chat, chat.sendMessage({ text: 'three' }), 'begun');
    failed.exchange.cut();
    await failed.doing;
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

  test('nothing that it refuses, whatever a model says', async () => {
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
/** Every chunk of the newest release, with every field that may be there. */
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

test('a history that has outgrown the limit is 413 with the remedy, which then works', async () => {
  const first = await useChatOf(ada);
  await answering(first.sendMessage({ text: 'one' }), 'first');
  const [question, answer] = first.messages;
  if (!question || !answer) throw new Error('Nothing was answered.');
  const long = { ...answer, parts: [{ type: 'text' as const, text: 'x'.repeat(5_400_000) }] };
  const grown = await useChatOf(ada, { id: first.id, messages: [question, long] });
  await grown.sendMessage({ text: 'two' });
  const { code, detail } = JSON.parse(grown.error?.message ?? '{}') as Record<string, string>;
  expect(code).toBe('PAYLOAD_TOO_LARGE');
  expect(detail).toMatch(/prepareSendMessagesRequest: .* message: messages\.at\(-1\)/);
  const mended = await useChatOf(ada, {
    id: first.id,
    messages: [question, long],
    prepareSendMessagesRequest: ({ id, messages, trigger }) => ({
      body: { id, trigger, message: messages.at(-1) },
    }),
  });
  expect(await answering(mended.sendMessage({ text: 'two' }))).toEqual(['one', 'first', 'two']);
  await expectSame(ada, mended);
});
