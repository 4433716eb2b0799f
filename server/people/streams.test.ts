import { once } from 'node:events';
import { afterAll, describe, expect, test } from '@jest/globals';
import { tracked } from '@trpc/server';
import { z } from 'zod';
import { Run } from '#contract/chat';
import { isAsyncIterable, trackedIterable } from '#layer/index';
import { newId } from '#server/db/columns';
import { createCallerFactory, open, router, signedIn } from '#server/procedures';
import { requestInfo } from '#test/caller';
import { type Account, type Caller, caller, signInAsGuest, signUp, until } from '#test/client';
import { serveInstance } from '#test/served';
import { createContext } from './context.ts';

/** Yields one event, then nothing until its reader disconnects. */
async function* endless(signal: AbortSignal) {
  yield tracked('1', [{ type: 'start' }]);
  if (!signal.aborted) await once(signal, 'abort');
}

const output = trackedIterable(z.array(z.looseObject({ type: z.string() })));
const id = newId();
const streams = router({
  events: open
    .meta({ openapi: { method: 'GET', path: '/events', summary: 'Follow events' }, rest: { sse: true } })
    .input(z.object({}))
    .output(output)
    .subscription(({ ctx, signal }) => endless(signal ?? ctx.request.signal)),
  file: open
    .meta({
      openapi: { method: 'GET', path: '/file', summary: 'Download' },
      rest: { stream: 'application/json' },
    })
    .input(z.object({}))
    .output(z.custom<AsyncIterable<string>>(isAsyncIterable))
    .query(async function* ({ ctx }) {
      yield '[';
      await once(ctx.request.signal, 'abort');
    }),
  chat: router({
    send: signedIn
      .input(z.looseObject({}))
      .output(Run)
      .mutation(() => ({ runId: id, chatId: id, messageId: id })),
    stream: signedIn
      .input(z.looseObject({}))
      .output(output)
      .subscription(({ ctx, signal }) => endless(signal ?? ctx.request.signal)),
  }),
});

const settings = { MAX_STREAMS: '6', MAX_STREAMS_PER_ACCOUNT: '3', MAX_STREAMS_PER_ADDRESS: '2' };
const server = await serveInstance({ router: streams, settings });
afterAll(() => server.close());

/** Ways to open a stream. */
const WAYS: Record<string, (client: Caller, signal: AbortSignal) => Promise<Response>> = {
  'an event stream of REST': ({ fetch }, signal) => fetch('/api/v1/events', { signal }),
  'lines of JSON of REST': ({ fetch }, signal) =>
    fetch('/api/v1/events', { signal, headers: { accept: 'application/x-ndjson' } }),
  'a download of REST': ({ fetch }, signal) => fetch('/api/v1/file', { signal }),
  'a subscription of RPC': ({ fetch }, signal) =>
    fetch(`/api/trpc/events?input=${encodeURIComponent('{"json":{}}')}`, {
      signal,
      headers: { accept: 'text/event-stream' },
    }),
  'a chat stream': ({ fetch }, signal) =>
    fetch('/api/chat', {
      method: 'POST',
      signal,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ id, messages: [{ id, role: 'user', parts: [{ type: 'text', text: 'Hi' }] }] }),
    }),
};
const anyone = caller(server.url, {}, false);
const undescribed = ({ headers }: Account) => caller(server.url, headers, false);

const allClosed = () =>
  until(
    () => Promise.resolve(server.deps.streams.count()),
    (count) => count === 0,
  );

/** Opens streams and reads the first bytes of each. */
async function openAll(count: number, open: (signal: AbortSignal) => Promise<Response>) {
  const end = new AbortController();
  const responses = await Promise.all(Array.from({ length: count }, () => open(end.signal)));
  const readers = responses.flatMap(({ body }) => (body ? [body.getReader()] : []));
  await Promise.all(readers.map((reader) => reader.read()));
  return {
    statuses: responses.map(({ status }) => status).toSorted(),
    async close() {
      end.abort();
      await Promise.all(readers.map((reader) => reader.closed.catch(() => undefined)));
      await allClosed();
    },
  };
}

/** Reads the error of a response that rejects a stream. RPC sends it in the stream, as tRPC's clients expect. */
async function rejectionOf(response: Response): Promise<string> {
  const reader = response.body?.getReader();
  let text = '';
  while (reader && !text.includes('TOO_MANY_REQUESTS')) {
    const { done, value } = await reader.read();
    if (done) break;
    text += new TextDecoder().decode(value);
  }
  await reader?.cancel();
  return text;
}

describe.each(Object.entries(WAYS))('%s', (way, open) => {
  test('is limited per account, and frees its place when it ends', async () => {
    const ada = undescribed(await signUp(server.url));
    const opened = await openAll(3, (signal) => open(ada, signal));
    expect(opened.statuses).toEqual([200, 200, 200]);
    const rejected = await open(ada, AbortSignal.timeout(5000));
    if (way !== 'a subscription of RPC') {
      expect(rejected.status).toBe(429);
      expect(rejected.headers.get('retry-after')).toBe('10');
    }
    expect(await rejectionOf(rejected)).toContain('TOO_MANY_REQUESTS');
    await opened.close();
    const again = await openAll(3, (signal) => open(ada, signal));
    expect(again.statuses).toEqual([200, 200, 200]);
    await again.close();
  });
});

test('anonymous callers and all guests share the limit of their IP address', async () => {
  const { 'an event stream of REST': open } = WAYS;
  if (!open) throw new Error('There is no such way.');
  const guest = undescribed(await signInAsGuest(server.url));
  const other = undescribed(await signInAsGuest(server.url));
  const opened = await openAll(1, (signal) => open(guest, signal));
  const more = await openAll(1, (signal) => open(anyone, signal));
  expect((await open(other, AbortSignal.timeout(5000))).status).toBe(429);
  expect((await open(anyone, AbortSignal.timeout(5000))).status).toBe(429);
  const ada = await openAll(1, async (signal) => open(undescribed(await signUp(server.url)), signal));
  expect(ada.statuses).toEqual([200]);
  await Promise.all([opened.close(), more.close(), ada.close()]);
});

test('MAX_STREAMS limits the streams of an instance', async () => {
  const { 'an event stream of REST': open } = WAYS;
  if (!open) throw new Error('There is no such way.');
  const people = await Promise.all([1, 2, 3].map(async () => undescribed(await signUp(server.url))));
  const opened = await Promise.all(
    people.slice(0, 2).map((person) => openAll(3, (signal) => open(person, signal))),
  );
  const third = people[2] ?? anyone;
  const rejected = await open(third, AbortSignal.timeout(5000));
  expect(rejected.status).toBe(429);
  expect(await rejected.json()).toMatchObject({ detail: expect.stringContaining('server') });
  await Promise.all(opened.map((streams) => streams.close()));
});

test('a stream that is never read counts until its client disconnects', async () => {
  const end = new AbortController();
  const context = createContext(server.deps, requestInfo(new Headers(), end.signal));
  const call = createCallerFactory(streams)(context, { signal: end.signal });
  await call.events({});
  expect(server.deps.streams.count()).toBe(1);
  end.abort();
  expect(server.deps.streams.count()).toBe(0);
});

test('a stream that fails no longer counts', async () => {
  async function* failing() {
    yield await Promise.resolve(1);
    throw new Error('broken');
  }
  const { signal } = new AbortController();
  const reader = { actor: null, access: undefined, ip: null, signal, revocation: new AbortController() };
  const values = server.deps.streams.hold(failing(), reader);
  const read = async () => {
    for await (const value of values) expect([value, server.deps.streams.count()]).toEqual([1, 1]);
  };
  await expect(read()).rejects.toThrow('broken');
  expect(server.deps.streams.count()).toBe(0);
});
