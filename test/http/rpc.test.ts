import { afterAll, describe, expect, test } from '@jest/globals';
import {
  createTRPCClient,
  createTRPCUntypedClient,
  httpBatchLink,
  httpBatchStreamLink,
  httpLink,
  httpSubscriptionLink,
  isTRPCClientError,
  type TRPCClient,
} from '@trpc/client';
import { EventSource } from 'eventsource';
import superjson from 'superjson';
import { z } from 'zod';
import { ERRORS, type ErrorCode } from '#contract/errors';
import type { AppRouter } from '#routers/index';
import { ask, caller, localFetch, read, signUp } from '#test/client';
import { answerDeltas, startProviderServer } from '#test/provider-server';
import { startServer } from '#test/server';
import { collect, cutAfter, textOf } from '#test/sse';

const provider = await startProviderServer();
afterAll(provider.close);
const server = await startServer({ AI_BASE_URL: provider.url, AI_MODEL: 'openai-compatible/slow-100x10' });
afterAll(server.stop);
const ada = await signUp(server.url);

const options = {
  url: `${server.url}/api/trpc`,
  transformer: superjson,
  headers: ada.headers,
  fetch: localFetch,
};

const Rejection = z.object({
  code: z.string(),
  status: z.number(),
  title: z.string(),
  detail: z.string(),
  retryable: z.boolean(),
  requestId: z.string().min(1),
  path: z.string().optional(),
  issues: z.array(z.object({ pointer: z.string(), message: z.string() })).optional(),
});

/** Expects a call to fail with this code. @returns the error data. */
async function expectRejection(call: Promise<unknown>, code: ErrorCode) {
  const error = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!isTRPCClientError<AppRouter>(error))
    throw new Error('The call did not fail as a tRPC call.', { cause: error });
  const rejection = Rejection.parse(error.data);
  expect(rejection).toMatchObject({ code, status: ERRORS[code].status, title: ERRORS[code].title });
  expect(error.message).toBe(rejection.detail);
  return rejection;
}

/** Expects a raw response to be an error in tRPC's format. */
function expectRawRejection({ status, body }: Awaited<ReturnType<typeof read>>, code: ErrorCode): void {
  const result: unknown = Array.isArray(body) ? body[0] : body;
  const { error } = z.object({ error: z.object({ json: z.object({ data: Rejection }) }) }).parse(result);
  expect({ status, code: error.json.data.code }).toEqual({ status: ERRORS[code].status, code });
}

const links = { httpLink, httpBatchLink, httpBatchStreamLink };

describe.each(Object.entries(links))('%s', (_name, link) => {
  const api: TRPCClient<AppRouter> = createTRPCClient<AppRouter>({ links: [link(options)] });

  test('calls procedures; dates are dates', async () => {
    const created = await api.chat.create.mutate({ title: 'Created over RPC' });
    expect(created.createdAt).toBeInstanceOf(Date);
    expect(await api.chat.get.query({ id: created.id })).toEqual(created);
    await api.chat.delete.mutate({ id: created.id });
    await expectRejection(api.chat.get.query({ id: created.id }), 'NOT_FOUND');
  });

  test('responds to each call of a batch separately', async () => {
    const [me, missing, models] = await Promise.allSettled([
      api.users.me.query(),
      api.chat.get.query({ id: 'missing' }),
      api.chat.models.query(),
    ]);
    expect(me).toMatchObject({ status: 'fulfilled', value: { id: ada.id } });
    expect(missing).toMatchObject({ status: 'rejected', reason: { data: { code: 'NOT_FOUND' } } });
    expect(models).toMatchObject({ status: 'fulfilled' });
  });

  test('accepts {} for a procedure without input, as older clients send it', async () => {
    const older = createTRPCUntypedClient<AppRouter>({ links: [link(options)] });
    const [me, models] = await Promise.all([older.query('users.me', {}), older.query('chat.models', {})]);
    expect(me).toEqual(await api.users.me.query());
    expect(models).toEqual(await api.chat.models.query());
  });

  test('reports invalid input with the request id', async () => {
    const { path, requestId, issues } = await expectRejection(
      api.chat.send.mutate({ chatId: 'no/id', clientRequestId: 'no id', parts: [] }),
      'INVALID_INPUT',
    );
    expect(path).toBe('chat.send');
    expect(requestId).toMatch(/^[\w-]+$/);
    expect(issues?.map(({ pointer }) => pointer)).toEqual(['/chatId', '/clientRequestId']);
  });

  test('rejects unauthenticated callers, and users on admin procedures', async () => {
    const bob = await signUp(server.url);
    const as = (headers: Record<string, string>) =>
      createTRPCClient<AppRouter>({ links: [link({ ...options, headers })] });
    await expectRejection(as({}).users.me.query(), 'UNAUTHORIZED');
    await expectRejection(as(bob.headers).users.list.query({}), 'FORBIDDEN');
  });
});

test('streams a document over httpBatchStreamLink and rejects it over other links', async () => {
  const streaming = createTRPCClient<AppRouter>({ links: [httpBatchStreamLink(options)] });
  const chunks = await collect(await streaming.protected.exportData.query());
  expect(JSON.parse(chunks.join(''))).toMatchObject({ user: { id: ada.id } });
  const whole = createTRPCClient<AppRouter>({ links: [httpLink(options)] });
  await expectRejection(whole.protected.exportData.query(), 'UNSUPPORTED_MEDIA_TYPE');
});

describe('a subscription', () => {
  /** Follows a chat to the end with an EventSource that connects by `connect`. */
  function follow(chatId: string, connect: typeof fetch) {
    const api = createTRPCClient<AppRouter>({
      links: [
        httpSubscriptionLink({
          url: options.url,
          transformer: superjson,
          EventSource,
          eventSourceOptions: {
            fetch: (input, init) => connect(input, { ...init, headers: { ...init.headers, ...ada.headers } }),
          },
        }),
      ],
    });
    const { promise, resolve, reject } = Promise.withResolvers<{ ids: string[]; text: string }>();
    const ids: string[] = [];
    const texts: string[] = [];
    const subscription = api.chat.stream.subscribe(
      { chatId },
      {
        onData: ({ id, data }) => {
          ids.push(id);
          texts.push(textOf(data));
        },
        onComplete: () => resolve({ ids, text: texts.join('') }),
        onError: reject,
      },
    );
    return promise.finally(() => subscription.unsubscribe());
  }

  const whole = answerDeltas(100).join('');
  const numbers = (count: number) => Array.from({ length: count }, (_, index) => String(index + 1));

  test('follows an answer to its end, with numbered events', async () => {
    const { chatId } = await ask(ada, 'Count');
    const { ids, text } = await follow(chatId, fetch);
    expect(text).toBe(whole);
    expect(ids).toEqual(numbers(ids.length));
  });

  test('resumes after the last event if the connection was lost', async () => {
    const { chatId } = await ask(ada, 'Count');
    const lastEventIds: (string | null)[] = [];
    const { ids, text } = await follow(chatId, async (input, init) => {
      lastEventIds.push(new Headers(init?.headers).get('last-event-id'));
      const response = await fetch(input, init);
      return lastEventIds.length > 1 ? response : cutAfter(response, 'word20 ');
    });
    expect(text).toBe(whole);
    expect(ids).toEqual(numbers(ids.length));
    expect(lastEventIds).toEqual([null, expect.stringMatching(/^[1-9]\d*$/)]);
  });

  test('of an unknown chat is rejected', async () => {
    const error: unknown = await follow('missing', fetch).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ data: { code: 'NOT_FOUND', status: 404 } });
  });
});

describe('the protocol', () => {
  const get = async (path: string) => read(await ada.fetch(`/api/trpc/${path}`));
  const post = async (path: string, init: RequestInit) =>
    read(await ada.fetch(`/api/trpc/${path}`, { method: 'POST', ...init }));

  test('accepts up to 20 calls in a batch', async () => {
    const batch = (size: number) => {
      const input = Object.fromEntries(Array.from({ length: size }, (_, index) => [index, { json: {} }]));
      const names = Array.from({ length: size }, () => 'users.me').join(',');
      return get(`${names}?batch=1&input=${encodeURIComponent(JSON.stringify(input))}`);
    };
    expect((await batch(20)).status).toBe(200);
    expectRawRejection(await batch(21), 'BAD_REQUEST');
  });

  test('accepts mutations only by POST and queries only by GET', async () => {
    expectRawRejection(
      await get(`chat.create?input=${encodeURIComponent('{"json":{}}')}`),
      'METHOD_NOT_ALLOWED',
    );
    const json = { headers: { 'content-type': 'application/json' }, body: '{"json":{}}' };
    expectRawRejection(await post('users.me', json), 'METHOD_NOT_ALLOWED');
    for (const method of ['PUT', 'DELETE', 'PATCH', 'OPTIONS']) {
      expectRawRejection(await post('chat.create', { method }), 'METHOD_NOT_ALLOWED');
    }
    expect(await ada.rpc.chat.list.query({})).toMatchObject({ nextCursor: null });
  });

  test('accepts only JSON, because pages of other origins can send other types without a preflight', async () => {
    const body = '{"json":{"title":"forged"}}';
    for (const init of [
      { body },
      { body, headers: { 'content-type': 'application/x-www-form-urlencoded' } },
      { body: new URLSearchParams({ title: 'forged' }) },
      { body: new FormData() },
      { body: new Blob([body]) },
      {},
    ]) {
      expectRawRejection(await post('chat.create', init), 'UNSUPPORTED_MEDIA_TYPE');
    }
    const { items } = await ada.rpc.chat.list.query({ search: 'forged' });
    expect(items).toEqual([]);
  });

  test('rejects unknown procedures', async () => {
    for (const path of [
      'nothing',
      'chat',
      'chat.get.more',
      '__proto__',
      'constructor',
      'chat.__proto__',
      'a/b',
    ]) {
      expectRawRejection(await get(path), 'NOT_FOUND');
    }
    expectRawRejection(await get('chat.get?input=%'), 'MALFORMED_JSON');
    expectRawRejection(await get('chat.get?batch=1&input=7'), 'BAD_REQUEST');
    // A request with an unreadable path is not known to be tRPC.
    for (const path of ['%', '%E0%A4%A', 'chat.get%FF?batch=1', '%00']) {
      expect(await get(path)).toMatchObject({ status: 400, body: { code: 'BAD_REQUEST' } });
    }
    expect((await caller(server.url).fetch('/api/trpc')).status).toBe(404);
  });
});
