import { setTimeout as pause } from 'node:timers/promises';
import { Chat } from '@ai-sdk/react';
import { afterAll, describe, expect, test } from '@jest/globals';
import {
  createTRPCClient,
  httpBatchLink,
  httpSubscriptionLink,
  splitLink,
  type TRPCClient,
  TRPCClientError,
} from '@trpc/client';
import { DefaultChatTransport } from 'ai';
import { EventSource } from 'eventsource';
import superjson from 'superjson';
import type { AppRouter } from '#routers/index';
import { CallError } from '#src/client/errors.ts';
import { type ChatMessage, textOf } from '#src/client/messages.ts';
import { TrpcChatTransport } from '#src/client/transport.ts';
import { Switchboard, UnauthorizedError } from '#src/sdk/index.ts';
import {
  type Account,
  ask,
  signInAsGuest,
  localFetch,
  postAuth,
  newMessage,
  signUp,
  until,
} from '#test/client';
import { answerDeltas, startProviderServer } from '#test/provider-server';
import { serveInstance } from '#test/served';

/** The time in which a client that reconnects does so, in milliseconds. */
const RECONNECTED_MS = 4_000;

const provider = await startProviderServer();
afterAll(provider.close);
const server = await serveInstance({
  settings: {
    AI_MODEL: 'openai-compatible/slow-300x100',
    AI_MODELS: 'openai-compatible/slow-300x100,openai-compatible/slow-60x50',
    AI_BASE_URL: provider.url,
  },
});
afterAll(server.close);

/** A browser. It sends its cookie with every request and counts its event streams. */
interface Browser {
  headers: Record<string, string>;
  connections: number;
  rpc: TRPCClient<AppRouter>;
  connect: typeof fetch;
}

function browserOf({ headers }: Pick<Account, 'headers'>): Browser {
  const options = { url: `${server.url}/api/trpc`, transformer: superjson };
  const connect: typeof fetch = (input, init) => {
    browser.connections++;
    const own = Object.fromEntries(new Headers(init?.headers));
    return fetch(input, { ...init, headers: { ...own, ...browser.headers } });
  };
  const rpc = createTRPCClient<AppRouter>({
    links: [
      splitLink({
        condition: ({ type }) => type === 'subscription',
        true: httpSubscriptionLink({ ...options, EventSource, eventSourceOptions: { fetch: connect } }),
        false: httpBatchLink({ ...options, headers: () => browser.headers, fetch: localFetch }),
      }),
    ],
  });
  const browser: Browser = { headers, connections: 0, rpc, connect };
  return browser;
}

const signOut = ({ headers }: Pick<Account, 'headers'>) => postAuth(server.url, '/sign-out', {}, headers);
const untilTrue = (condition: () => boolean) =>
  until(
    () => Promise.resolve(condition()),
    (value) => value,
  );

describe('after its session has ended,', () => {
  test('an unmodified tRPC client gets UNAUTHORIZED and does not reconnect', async () => {
    const eve = await signUp(server.url);
    const { chatId } = await ask(eve, 'Count');
    const browser = browserOf(eve);
    const errors: unknown[] = [];
    let received = 0;
    const subscription = browser.rpc.chat.stream.subscribe(
      { chatId },
      { onData: () => received++, onError: (error) => errors.push(error) },
    );
    await untilTrue(() => received > 0);
    await signOut(eve);
    await untilTrue(() => errors.length > 0);
    await pause(RECONNECTED_MS);
    expect(errors).toEqual([expect.any(TRPCClientError)]);
    expect(errors).toMatchObject([{ data: { code: 'UNAUTHORIZED', status: 401, retryable: false } }]);
    expect(browser.connections).toBe(1);
    subscription.unsubscribe();
  });

  test('an EventSource reconnects once, is rejected with 401, and closes', async () => {
    const eve = await signUp(server.url);
    const { chatId } = await ask(eve, 'Count');
    const browser = browserOf(eve);
    const source = new EventSource(`${server.url}/api/v1/chats/${chatId}/stream`, { fetch: browser.connect });
    let received = 0;
    const errors: unknown[] = [];
    source.addEventListener('message', () => received++);
    source.addEventListener('error', (event) => errors.push(Reflect.get(event, 'data')));
    await untilTrue(() => received > 0);
    await signOut(eve);
    await untilTrue(() => source.readyState === source.CLOSED);
    expect(errors[0]).toContain('"code":"UNAUTHORIZED"');
    expect(browser.connections).toBe(2);
  });

  test('an unmodified useChat shows the reason and does not reconnect', async () => {
    const eve = await signUp(server.url);
    const browser = browserOf(eve);
    const transport = new DefaultChatTransport<ChatMessage>({
      api: `${server.url}/api/chat`,
      fetch: browser.connect,
    });
    const chat = new Chat<ChatMessage>({ transport });
    const sending = chat.sendMessage({ text: 'Count' });
    await untilTrue(() => chat.messages.length > 1);
    await signOut(eve);
    await sending;
    await pause(RECONNECTED_MS);
    expect(chat.status).toBe('error');
    expect(chat.error?.message).toBe('This session has ended. Sign in again.');
    expect(browser.connections).toBe(1);
  });

  test('the chat page’s transport fails with UNAUTHORIZED', async () => {
    const eve = await signUp(server.url);
    const { id } = await eve.rpc.chat.create.mutate({});
    const browser = browserOf(eve);
    const chat = new Chat<ChatMessage>({ id, transport: new TrpcChatTransport(browser.rpc) });
    const sending = chat.sendMessage({ text: 'Count' });
    await untilTrue(() => chat.messages.length > 1);
    await signOut(eve);
    await sending;
    expect(chat.error).toBeInstanceOf(CallError);
    expect(chat.error).toMatchObject({ data: { code: 'UNAUTHORIZED' } });
    expect(browser.connections).toBe(1);
  });
});

test('after its API key was revoked, the SDK throws an UnauthorizedError', async () => {
  const eve = await signUp(server.url);
  const { id, key } = await eve.rpc.protected.apiKeys.create.mutate({ name: 'Key', scope: 'write' });
  const { chatId, runId } = await ask(eve, 'Count');
  let requests = 0;
  const onRequest = () => {
    requests++;
  };
  const sb = new Switchboard({ baseUrl: server.url, apiKey: key, onRequest });
  let received = 0;
  const read = async () => {
    for await (const part of sb.chats.follow(chatId, runId)) if (part.type === 'text-delta') received++;
  };
  const reading = read().catch((error: unknown) => error);
  await untilTrue(() => received > 0);
  await eve.rpc.protected.apiKeys.revoke.mutate({ id });
  expect(await reading).toBeInstanceOf(UnauthorizedError);
  expect(requests).toBe(1);
});

test('the chat page of a guest who signs up elsewhere follows the answer to its end without an error', async () => {
  const guest = await signInAsGuest(server.url);
  const { id: chatId } = await guest.rpc.chat.create.mutate({ model: 'openai-compatible/slow-60x50' });
  const browser = browserOf(guest);
  const chat = new Chat<ChatMessage>({ id: chatId, transport: new TrpcChatTransport(browser.rpc) });
  const { parts } = newMessage('Count');
  const sending = chat.sendMessage({ parts });
  await untilTrue(() => chat.messages.length > 1);
  const account = await signUp(server.url, { headers: guest.headers });
  browser.headers = account.headers;
  await sending;
  expect(chat.error).toBeUndefined();
  expect(chat.messages.map(textOf)).toEqual(['Count', answerDeltas(60).join('')]);
  expect(browser.connections).toBe(2);
});
