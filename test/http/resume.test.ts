import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, expect, test } from '@jest/globals';
import { Switchboard } from '#src/sdk/index.ts';
import { caller, newMessage, signUp, until } from '#test/client';
import { freePort } from '#test/listen';
import { pageChatOf, textsOf } from '#test/page-chat';
import { type Exchange, startScriptedProvider } from '#test/scripted-provider';
import { type RunningServer, startServer } from '#test/server';
import { textOf, untilShows, useChatOf } from '#test/use-chat';

const provider = await startScriptedProvider();
afterAll(provider.close);

const start = async (port: number) =>
  startServer({
    AI_BASE_URL: provider.url,
    AI_MODEL: 'openai-compatible/scripted',
    PORT: String(port),
    DRAIN_MS: '60000',
  });

/** Stops a server, and ends its drain pause and its grace period by a second signal. */
async function stopNow(server: RunningServer): Promise<void> {
  const stopped = server.stop();
  // Another signal within a second is the same one.
  await pause(1_100);
  process.kill(server.pid, 'SIGTERM');
  expect(await stopped).toBe(0);
}

/** Returns the next request to the model, after the beginning of its answer was sent. */
async function begun(): Promise<Exchange> {
  const exchange = await provider.next();
  await exchange.say('begun');
  return exchange;
}

test('a stopping server ends streams without their last event, and calls that wait with the text so far', async () => {
  const server = await start(await freePort());
  const ada = await signUp(server.url);
  const clientId = 'resumed';
  const { id: chatId } = await ada.rpc.chat.create.mutate({ clientId });
  const { runId } = await ada.rpc.chat.send.mutate({ chatId, ...newMessage('Go on') });
  await begun();
  const input = encodeURIComponent(JSON.stringify({ json: { chatId, runId } }));
  const path = `/api/v1/chats/${chatId}/stream`;
  // Checking lines against the OpenAPI document would read them to their end.
  const undescribed = caller(server.url, ada.headers, false);
  const opened = await Promise.all([
    ada.fetch(path),
    undescribed.fetch(path, { headers: { accept: 'application/x-ndjson' } }),
    ada.fetch(`/api/trpc/chat.stream?input=${input}`),
    ada.fetch(`/api/chat/${clientId}/stream`),
  ]);
  const texts = Promise.all(opened.map((response) => response.text()));
  const waiting = ada.rest(`GET /answers/${runId}?waitSeconds=50`);
  await until(
    async () => (await ada.rpc.chat.answer.query({ runId, waitSeconds: 0 })).text,
    (text) => text === 'begun',
  );
  await stopNow(server);
  const sent = await texts;
  for (const text of sent) {
    expect(text).toContain('begun');
    expect(text).not.toMatch(/event: (done|error|return|serialized-error)|"event":"(done|error)"|\[DONE\]/);
  }
  expect(sent.at(-1)).toMatch(/data: \{"type":"error","errorText":"[^"]*resumeStream\(\)[^"]*"\}\n\n$/);
  expect(await waiting).toMatchObject({ status: 200, body: { status: 'streaming', text: 'begun' } });
}, 120_000);

test('clients of a stopping server resume by themselves, and useChat with resumeStream()', async () => {
  const server = await start(await freePort());
  const ada = await signUp(server.url);
  const { key } = await ada.rpc.protected.apiKeys.create.mutate({ name: 'SDK', scope: 'write' });
  // Until the server has started again.
  const sb = new Switchboard({ baseUrl: server.url, apiKey: key, maxRetries: 20 });
  const reading = sb.chats.ask((await sb.chats.create({})).id, 'Go on').text();
  await begun();
  const page = pageChatOf(ada, (await ada.rpc.chat.create.mutate({})).id);
  const showing = page.sendMessage({ text: 'Go on' });
  await begun();
  const chat = await useChatOf(ada);
  const chatting = chat.sendMessage({ text: 'Go on' });
  await begun();
  await untilShows(chat, 'begun');
  await until(
    () => Promise.resolve(textsOf(page)),
    (texts) => texts[1] === 'begun',
  );
  await stopNow(server);
  await chatting;
  expect(chat.error?.message).toMatch(/restarting.*resumeStream\(\)/);

  const again = await startServer({ ...server.settings, DRAIN_MS: '0' });
  try {
    const resuming = chat.resumeStream();
    // If its answer ended before, there would be nothing to resume (204).
    await until(
      () => Promise.resolve(chat.status),
      (status) => status === 'streaming',
    );
    for (let count = 0; count < 3; count++) {
      const exchange = await provider.next();
      await exchange.say(' and ended');
      exchange.finish();
    }
    await resuming;
    expect(chat.error).toBeUndefined();
    expect(chat.messages.map(textOf)).toEqual(['Go on', 'begun and ended']);
    await showing;
    expect(page.error).toBeUndefined();
    expect(textsOf(page)).toEqual(['Go on', 'begun and ended']);
    expect(await reading).toBe('begun and ended');
  } finally {
    await again.stop();
  }
}, 120_000);
