import { randomUUID } from 'node:crypto';
import { afterAll, describe, expect, test } from '@jest/globals';
import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { MAX_BATCH_SIZE, MAX_KEPT_BYTES } from '#layer/limits';
import { idempotencyKeys } from '#server/db/schema/index';
import { router, signedIn } from '#server/procedures';
import { signInAsGuest, caller, read } from './client.ts';
import { expectProblem } from './problem.ts';
import { serveInstance } from './served.ts';

const KB = 1024;
const HOSTILE = {
  'unknown keys': Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`${i}${'k'.repeat(100)}`, i])),
  'one key of half a megabyte': { ['k'.repeat(500_000)]: 1 },
  'keys that grow as JSON': { [`a${'\u0001'.repeat(80_000)}`]: 1, ['€'.repeat(100_000)]: 1 },
  'an invalid value in each of 5,000 places': { parts: Array.from({ length: 5000 }, () => 7) },
};

const one = await serveInstance();
afterAll(one.close);
const guest = await signInAsGuest(one.url);
const stranger = caller(one.url);
let calls = 0;
const large = await serveInstance({
  router: router({
    large: signedIn
      .meta({ openapi: { method: 'POST', path: '/large' } })
      .input(z.object({ size: z.int() }))
      .output(z.object({ text: z.string() }))
      .mutation(({ input }) => ({ text: `${++calls} `.padEnd(input.size, 'x') })),
  }),
});
afterAll(large.close);
const guestOfLarge = caller(large.url, guest.headers, false);

const post = (body: unknown, headers: Record<string, string> = {}): RequestInit => ({
  method: 'POST',
  body: JSON.stringify(body),
  headers: { 'content-type': 'application/json', ...headers },
});

/** Returns the size of a response in bytes, including its headers. */
async function sizeOf(response: Response): Promise<number> {
  const headers = [...response.headers].flat().join('').length;
  return headers + (await response.arrayBuffer()).byteLength;
}

describe.each(Object.entries(HOSTILE))('a rejection of %s is small', (_, hostile) => {
  const input = { chatId: 'x', clientRequestId: 'y', ...hostile };
  const messages = [
    {
      id: 'm',
      role: 'user',
      parts: [hostile, ...(Array.isArray(Object.values(hostile)[0]) ? Object.values(hostile).flat() : [])],
    },
  ];

  test.each<[string, () => Promise<Response>]>([
    ['over REST', () => guest.fetch('/api/v1/chats', post(hostile))],
    [
      'over REST, with an Idempotency-Key',
      () => guest.fetch('/api/v1/chats', post(hostile, { 'idempotency-key': randomUUID() })),
    ],
    ['over RPC', () => guest.fetch('/api/trpc/chat.send', post({ json: input }))],
    [
      'over RPC, as a stream',
      () =>
        guest.fetch(
          '/api/trpc/chat.send?batch=1',
          post({ 0: { json: input } }, { 'trpc-accept': 'application/jsonl' }),
        ),
    ],
    ['over AI chat', () => guest.fetch('/api/chat', post({ id: 'x', messages }))],
    ['at an authentication endpoint', () => stranger.fetch('/api/auth/sign-up/email', post(hostile))],
  ])('%s', async (_where, call) => {
    const response = await call();
    expect([400, 200]).toContain(response.status);
    expect(await sizeOf(response)).toBeLessThanOrEqual(4 * KB);
  });

  test.each([
    ['over RPC', {}],
    ['over RPC, as a stream', { 'trpc-accept': 'application/jsonl' }],
  ])('%s, also for a whole batch', async (_where, headers) => {
    // Together, the inputs stay below the size limit of a body.
    const share = Object.fromEntries(
      Object.entries(hostile)
        .map(([key, value]): [string, unknown] => [
          key.slice(0, 4000),
          Array.isArray(value) ? value.slice(0, 400) : value,
        ])
        .slice(0, 200),
    );
    const batch = Object.fromEntries(
      Array.from({ length: MAX_BATCH_SIZE }, (_item, i) => [
        i,
        { json: { chatId: 'x', clientRequestId: 'y', ...share } },
      ]),
    );
    const names = Array.from({ length: MAX_BATCH_SIZE }, () => 'chat.send').join();
    const response = await guest.fetch(`/api/trpc/${names}?batch=1`, post(batch, headers));
    expect(await sizeOf(response)).toBeLessThanOrEqual(64 * KB);
  });
});

const long = 'a'.repeat(7000);
test.each([
  ['a path', `/api/v1/${long}`],
  ['a name in a query', `/api/v1/chats?${long}=1`],
  ['a name with brackets in a query', `/api/v1/chats?${'[%5D~/'.repeat(1000)}=1`],
  ['many names in a query', `/api/v1/chats?${Array.from({ length: 1500 }, (_, i) => `n${i}`).join('&')}`],
  ['an id in a path', `/api/v1/chats/${long}`],
  ['a procedure that does not exist', `/api/trpc/${long}`],
  [
    'many procedures that do not exist',
    `/api/trpc/${Array.from({ length: 20 }, () => 'a'.repeat(400)).join()}?batch=1`,
  ],
  ['an input that is not JSON', `/api/trpc/chat.list?input=${long}`],
  ['a chat of an AI SDK client', `/api/chat/${long}/stream`],
  ['an authentication endpoint', `/api/auth/${long}`],
  ['an API path', `/api/${long}`],
])('%s is not repeated in full', async (_, path) => {
  const response = await guest.fetch(path);
  expect(response.status).toBeGreaterThanOrEqual(400);
  expect(await sizeOf(response)).toBeLessThanOrEqual(path.includes('batch') ? 64 * KB : 4 * KB);
});

test('a request header is not repeated in full', async () => {
  const value = long.slice(0, 3000);
  const headers = {
    'x-request-id': value,
    origin: `https://${value}.example`,
    accept: value,
    'idempotency-key': value,
  };
  const response = await fetch(`${one.url}/api/v1/chats`, { method: 'POST', headers });
  expect(response.status).toBe(403);
  expect(await sizeOf(response)).toBeLessThanOrEqual(4 * KB);
});

describe('with an Idempotency-Key', () => {
  const rowOf = async (key: string) =>
    (await one.deps.db.select().from(idempotencyKeys).where(eq(idempotencyKeys.key, key)))[0];

  test.each(Object.entries(HOSTILE))(
    'a rejection of %s is not stored, so the next input is validated again',
    async (_, hostile) => {
      const headers = { 'idempotency-key': randomUUID() };
      for (let i = 0; i < 2; i++) {
        const response = await read(await guest.fetch('/api/v1/chats', post(hostile, headers)));
        expectProblem(response, 'INVALID_INPUT');
        expect(response.headers.get('idempotency-replayed')).toBeNull();
      }
      expect(await rowOf(headers['idempotency-key'])).toBeUndefined();
      expect((await guest.rest('POST /chats', { json: {}, headers })).status).toBe(201);
    },
  );

  test.each([0, MAX_KEPT_BYTES - 100])('a response of %d bytes is stored', async (size) => {
    const sent = { json: { size }, headers: { 'idempotency-key': randomUUID() } };
    const first = await guestOfLarge.rest('POST /large', sent);
    expect(first.status).toBe(200);
    expect((await guestOfLarge.rest('POST /large', sent)).body).toEqual(first.body);
  });

  test('a larger response is not stored, but the operation does not run twice', async () => {
    const key = randomUUID();
    const sent = { json: { size: MAX_KEPT_BYTES }, headers: { 'idempotency-key': key } };
    expect((await guestOfLarge.rest('POST /large', sent)).status).toBe(200);
    const before = calls;
    const replay = expectProblem(await guestOfLarge.rest('POST /large', sent), 'IDEMPOTENCY_KEY_REUSED');
    expect(replay.detail).toMatch(/too large to store/);
    expect(calls).toBe(before);
    expect((await rowOf(key))?.answer?.length).toBeLessThan(KB);
  });
});
