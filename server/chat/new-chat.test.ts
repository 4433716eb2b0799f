import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import { eq } from 'drizzle-orm';
import { users } from '#server/db/schema/index';
import { type Account, itemsOf, read, signUp } from '#test/client';
import { expectProblem } from '#test/problem';
import { startScriptedProvider } from '#test/scripted-provider';
import { serveInstance } from '#test/served';

const provider = await startScriptedProvider();
afterAll(() => provider.close());
const server = await serveInstance({
  settings: {
    AI_MODEL: 'openai-compatible/scripted',
    AI_BASE_URL: provider.url,
    AI_DAILY_TOKENS: '1000',
    MAX_CHATS: '3',
  },
});
afterAll(server.close);
const { deps } = server;
let ada: Account;

beforeEach(async () => {
  ada = await signUp(server.url);
});

/** Sends the same request as `useChat`. */
const submit = (body: object) =>
  ada.fetch('/api/chat', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ id: 'of-a-client', trigger: 'submit-message', ...body }),
  });
const question = (id: string, text = 'Hello') => ({
  messages: [{ id, role: 'user', parts: [{ type: 'text', text }] }],
});
const chats = async () => itemsOf(await ada.rest('GET /chats'));

describe('POST /api/chat for a missing chat', () => {
  test('creates the chat with its first question', async () => {
    const answer = submit(question('q-1'));
    const exchange = await provider.next();
    await exchange.say('Hi');
    exchange.finish();
    expect((await answer).status).toBe(200);
    expect(await chats()).toMatchObject([{ title: 'Hello' }]);
  });

  test('creates one chat for several simultaneous requests', async () => {
    const answers = Promise.all([1, 2, 3, 4].map(() => submit(question('q-1'))));
    const exchange = await provider.next();
    await exchange.say('Hi');
    exchange.finish();
    expect((await answers).map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(await chats()).toHaveLength(1);
  });

  test.each([
    [
      'the quota is used up',
      'QUOTA_EXCEEDED',
      async () => {
        const { id } = await ada.rpc.users.me.query();
        await deps.db.update(users).set({ dailyTokens: 0 }).where(eq(users.id, id));
      },
    ],
    [
      'the account has too many chats',
      'LIMIT_REACHED',
      async () => {
        for (let i = 0; i < 3; i++) await ada.rest('POST /chats', { json: {} });
      },
    ],
  ] as const)('creates none if %s', async (_, code, prepare) => {
    await prepare();
    const before = (await chats()).length;
    expectProblem(await read(await submit(question('q-1'))), code);
    expect(await chats()).toHaveLength(before);
  });

  test.each([
    ['the answer to regenerate is missing', { trigger: 'regenerate-message', messageId: 'm-1' }, 'NOT_FOUND'],
    ['the question is empty', { messages: [{ id: 'q-1', role: 'user', parts: [] }] }, 'INVALID_INPUT'],
    [
      'the question has a part of another type',
      { messages: [{ id: 'q-1', role: 'user', parts: [{ type: 'file', url: 'data:,' }] }] },
      'INVALID_INPUT',
    ],
  ] as const)('creates none if %s', async (_, body, code) => {
    expectProblem(await read(await submit(body)), code);
    expect(await chats()).toEqual([]);
  });
});

test('chat.send creates a chat only with createChat', async () => {
  const send = (createChat?: boolean) =>
    ada.rest('POST /chats/of-a-client/messages', {
      json: {
        clientRequestId: 'one',
        parts: [{ type: 'text', text: 'Hello' }],
        ...(createChat !== undefined && { createChat }),
      },
    });
  expectProblem(await send(), 'NOT_FOUND');
  expectProblem(await send(false), 'NOT_FOUND');
  expect(await chats()).toEqual([]);
  const { body } = await send(true);
  (await provider.next()).finish();
  expect(body).toMatchObject({ chatId: expect.any(String) });
  // A replay needs no createChat.
  expect((await send(true)).body).toEqual(body);
  expect((await send()).body).toEqual(body);
  expect(await chats()).toHaveLength(1);
});

test.each([
  '0000-01-01T00:00:00.000Z',
  '-000001-01-01T00:00:00Z',
  '+275760-09-13T00:00:00Z',
  '1969-12-31T23:59:59Z',
])('lists sorted by time reject a cursor of %s', async (instant) => {
  const cursor = (key: unknown[]) => Buffer.from(JSON.stringify(key)).toString('base64url');
  expectProblem(await ada.rest(`GET /chats?cursor=${cursor([false, instant, 'x'])}`), 'INVALID_INPUT');
  await deps.db.update(users).set({ role: 'admin' });
  deps.authenticator.invalidateAll();
  expectProblem(await ada.rest(`GET /users?cursor=${cursor([instant, 'x'])}`), 'INVALID_INPUT');
});
