import { randomUUID } from 'node:crypto';
import { afterAll, describe, expect, test } from '@jest/globals';
import { eq, sql } from 'drizzle-orm';
import { z } from 'zod';
import { iterable } from '#layer/index';
import { testIdempotencyStore } from '#layer/testing/stores';
import { idempotencyKeys, users } from '#server/db/schema/index';
import { router, signedIn } from '#server/procedures';
import { removeExpired } from '#server/removal';
import {
  caller,
  idOf,
  itemsOf,
  newMessage,
  type ParsedResponse,
  signIn,
  signUp,
  until,
  withKey,
} from '#test/client';
import { expectProblem, withoutRequestId } from '#test/problem';
import { serveInstance } from '#test/served';
import { recordStatements } from '#test/statements';
import { createIdempotencyStore } from './idempotency.ts';

/** The result of the procedure `work`, which the test resolves or rejects. */
let work = Promise.withResolvers<string>();
let started = 0;
const output = z.object({ result: z.string() });
const odd = router({
  work: signedIn
    .meta({ openapi: { method: 'POST', path: '/work' } })
    .input(z.object({}))
    .output(output)
    .mutation(async () => {
      started++;
      return { result: await work.promise };
    }),
  pieces: signedIn
    .meta({ openapi: { method: 'POST', path: '/pieces' }, rest: { stream: 'application/json' } })
    .input(z.object({}))
    .output(iterable(z.string()))
    .mutation(async function* () {
      await Promise.resolve();
      yield '{}';
    }),
});

const one = await serveInstance();
afterAll(one.close);
const two = await serveInstance();
afterAll(two.close);
const oddOne = await serveInstance({ router: odd });
afterAll(oddOne.close);
const { db } = one.deps;
const bob = await signUp(one.url);
const ada = await signUp(one.url);
/** The same session on the other instances. */
const adaAtTwo = caller(two.url, ada.headers);
const adaAtOdd = caller(oddOne.url, ada.headers, false);

describe('the store keeps the contract of the layer: it', () => {
  const checks = testIdempotencyStore(async () => ({
    store: createIdempotencyStore(one.deps),
    scopes: [ada.id, bob.id],
  }));
  for (const { name, run } of checks) test(name, run);
});

const withIdempotencyKey = (key: string, json: unknown = {}) => ({
  json,
  headers: { 'idempotency-key': key },
});
const chatCount = async () => itemsOf(await ada.rest('GET /chats?limit=100')).length;
const keyOf = ({ body }: ParsedResponse) => z.looseObject({ key: z.string() }).parse(body).key;
const rowOf = async (key: string) =>
  (await db.select().from(idempotencyKeys).where(eq(idempotencyKeys.key, key)))[0];

describe('a replay', () => {
  test('returns the first response without repeating the call, on any instance', async () => {
    const sent = withIdempotencyKey(randomUUID(), { title: 'Once' });
    const first = await ada.rest('POST /chats', sent);
    const count = await chatCount();
    expect(first).toMatchObject({ status: 201, body: { title: 'Once' } });
    expect(first.headers.get('idempotency-replayed')).toBeNull();
    for (const at of [ada, adaAtTwo]) {
      const replay = await at.rest('POST /chats', sent);
      expect(replay).toMatchObject({ status: 201, body: first.body });
      expect(replay.headers.get('location')).toBe(`/api/v1/chats/${idOf(first)}`);
      expect(replay.headers.get('content-type')).toBe('application/json');
      expect(replay.headers.get('idempotency-replayed')).toBe('true');
      expect(replay.headers.get('x-request-id')).not.toBe(first.headers.get('x-request-id'));
    }
    expect(await chatCount()).toBe(count);
  });

  test('may have its fields in another order, and the key with or without quotes', async () => {
    const key = randomUUID();
    const first = await ada.rest('POST /chats', withIdempotencyKey(key, { title: 'A', model: 'guide' }));
    const replay = await ada.rest(
      'POST /chats',
      withIdempotencyKey(`"${key}"`, { model: 'guide', title: 'A' }),
    );
    expect(idOf(replay)).toBe(idOf(first));
  });

  test('is rejected after a change of the caller’s role, and accepted again after changing it back', async () => {
    const root = await signUp(one.url);
    const { id } = await root.rpc.users.me.query();
    const become = async (role: 'admin' | 'user') => {
      await db.update(users).set({ role }).where(eq(users.id, id));
      one.deps.authenticator.invalidateAll();
    };
    await become('admin');
    const sent = withIdempotencyKey(randomUUID(), { name: 'Of another' });
    const { id: other } = await ada.rpc.users.me.query();
    const first = await root.rest(`PATCH /users/${other}`, sent);
    expect(first.status).toBe(200);
    await become('user');
    expectProblem(await root.rest(`PATCH /users/${other}`, sent), 'IDEMPOTENCY_KEY_REUSED');
    await become('admin');
    expect((await root.rest(`PATCH /users/${other}`, sent)).body).toEqual(first.body);
  });

  test('of a response without a body has no body', async () => {
    const chat = idOf(await ada.rest('POST /chats', { json: {} }));
    const headers = { 'idempotency-key': randomUUID() };
    for (const replayed of [null, 'true']) {
      const response = await ada.rest(`DELETE /chats/${chat}`, { headers });
      expect(response).toMatchObject({ status: 204, body: null });
      expect(response.headers.get('idempotency-replayed')).toBe(replayed);
    }
  });

  test('returns an error again', async () => {
    const sent = withIdempotencyKey(randomUUID(), { title: 'Renamed' });
    const first = await ada.rest('PATCH /chats/nothing', sent);
    const replay = await ada.rest('PATCH /chats/nothing', sent);
    expect(first.status).toBe(404);
    expect(withoutRequestId(replay)).toEqual(withoutRequestId(first));
    expect(replay.headers.get('content-type')).toBe('application/problem+json');
    expect(replay.headers.get('idempotency-replayed')).toBe('true');
  });

  test('runs the call again if the first response asked for a retry', async () => {
    const chat = idOf(await ada.rest('POST /chats', { json: { model: 'guide' } }));
    await ada.rest(`POST /chats/${chat}/messages`, { json: newMessage('Tell me about REST') });
    const again = withIdempotencyKey(randomUUID(), newMessage('And about RPC'));
    const busy = await ada.rest(`POST /chats/${chat}/messages`, again);
    if (busy.status === 409) expectProblem(busy, 'RUN_ACTIVE');
    for (let status = busy.status; status === 409;) {
      ({ status } = await ada.rest(`POST /chats/${chat}/messages`, again));
    }
    expect((await ada.rest(`POST /chats/${chat}/messages`, again)).headers.get('idempotency-replayed')).toBe(
      'true',
    );
  });
});

test('many identical simultaneous calls on two instances run once', async () => {
  const sent = withIdempotencyKey(randomUUID(), { title: 'At one moment' });
  const count = await chatCount();
  const responses = await Promise.all(
    Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? ada : adaAtTwo).rest('POST /chats', sent)),
  );
  expect(await chatCount()).toBe(count + 1);
  const done = responses.filter(({ status }) => status === 201);
  expect(new Set(done.map(idOf)).size).toBe(1);
  for (const early of responses.filter(({ status }) => status !== 201)) {
    expectProblem(early, 'IDEMPOTENCY_KEY_IN_USE');
    expect(early.headers.get('retry-after')).toBe('1');
  }
});

describe('a key', () => {
  test('is valid for one call: another body, path or method is rejected', async () => {
    const key = randomUUID();
    const chat = idOf(await ada.rest('POST /chats', withIdempotencyKey(key, { title: 'Mine' })));
    const others = [
      ['POST /chats', { title: 'Another' }],
      [`PATCH /chats/${chat}`, { title: 'Mine' }],
      [`DELETE /chats/${chat}`, undefined],
    ] as const;
    for (const [call, json] of others) {
      expectProblem(await ada.rest(call, withIdempotencyKey(key, json)), 'IDEMPOTENCY_KEY_REUSED');
    }
    expect((await ada.rest(`GET /chats/${chat}`)).body).toMatchObject({ title: 'Mine' });
  });

  test('belongs to its user, and to the credential of the first call', async () => {
    const sent = withIdempotencyKey(randomUUID(), { title: 'Whose' });
    const first = idOf(await ada.rest('POST /chats', sent));
    const bob = await signUp(one.url);
    expect(idOf(await bob.rest('POST /chats', sent))).not.toBe(first);
    const created = await ada.rest('POST /protected/api-keys', { json: { name: 'Writer', scope: 'write' } });
    const writer = withKey(one.url, keyOf(created));
    expectProblem(await writer.rest('POST /chats', sent), 'IDEMPOTENCY_KEY_REUSED');
    expect(idOf(await (await signIn(one.url, ada)).rest('POST /chats', sent))).toBe(first);
  });

  test('stays free if a call is not allowed', async () => {
    const created = await ada.rest('POST /protected/api-keys', { json: { name: 'Reader', scope: 'read' } });
    const reader = withKey(one.url, keyOf(created));
    const sent = withIdempotencyKey(randomUUID(), { title: 'Free' });
    expectProblem(await reader.rest('POST /chats', sent), 'FORBIDDEN');
    expect((await ada.rest('POST /chats', sent)).status).toBe(201);
  });

  test('is ignored for unauthenticated callers and for GET requests', async () => {
    const sent = withIdempotencyKey(randomUUID(), {});
    expectProblem(await caller(one.url).rest('POST /chats', sent), 'UNAUTHORIZED');
    for (const title of ['One', 'Two']) {
      await ada.rest('POST /chats', { json: { title } });
      const [newest] = itemsOf(await ada.rest('GET /chats', { headers: sent.headers }));
      expect(newest).toMatchObject({ title });
    }
  });

  test.each([
    ['empty', ''],
    ['half quoted', '"abc'],
    ['with a space', 'a b'],
    ['long', 'x'.repeat(256)],
    ['not ASCII', 'é'],
  ])('is rejected if it is %s', async (_, key) => {
    const problem = expectProblem(await ada.rest('POST /chats', withIdempotencyKey(key)), 'BAD_REQUEST');
    expect(problem.detail).toMatch(/^Idempotency-Key must have 1 to 255/);
  });

  test('is taken over after its lease has expired if its instance has died', async () => {
    const key = randomUUID();
    await ada.rest('POST /chats', withIdempotencyKey(key));
    const working = { answer: null, leaseExpiresAt: sql`now() + interval '5 seconds'` };
    await db.update(idempotencyKeys).set(working).where(eq(idempotencyKeys.key, key));
    expectProblem(await ada.rest('POST /chats', withIdempotencyKey(key)), 'IDEMPOTENCY_KEY_IN_USE');
    const dead = { leaseExpiresAt: sql`now() - interval '1 second'` };
    await db.update(idempotencyKeys).set(dead).where(eq(idempotencyKeys.key, key));
    expectProblem(
      await ada.rest('POST /chats', withIdempotencyKey(key, { title: 'Another' })),
      'IDEMPOTENCY_KEY_REUSED',
    );
    const count = await chatCount();
    expect((await ada.rest('POST /chats', withIdempotencyKey(key))).status).toBe(201);
    expect(await chatCount()).toBe(count + 1);
    expect((await ada.rest('POST /chats', withIdempotencyKey(key))).headers.get('idempotency-replayed')).toBe(
      'true',
    );
  });

  test('expires after 24 hours, and is then deleted', async () => {
    const [old, young] = [randomUUID(), randomUUID()];
    const first = idOf(await ada.rest('POST /chats', withIdempotencyKey(old)));
    await ada.rest('POST /chats', withIdempotencyKey(young));
    const age = (key: string, hours: number) =>
      db
        .update(idempotencyKeys)
        .set({ createdAt: sql`now() - ${hours} * interval '1 hour'` })
        .where(eq(idempotencyKeys.key, key));
    await age(old, 23.9);
    expect(idOf(await ada.rest('POST /chats', withIdempotencyKey(old)))).toBe(first);
    await age(old, 24.1);
    expect(idOf(await ada.rest('POST /chats', withIdempotencyKey(old, { title: 'New' })))).not.toBe(first);
    await age(old, 24.1);
    await removeExpired(one.deps.database, { AUDIT_DAYS: 365, GUEST_DAYS: 30 });
    expect(await rowOf(old)).toBeUndefined();
    expect(await rowOf(young)).toBeDefined();
  });
});

test('a new API key is shown again in the replay, and is not stored in plain text', async () => {
  const key = randomUUID();
  const sent = withIdempotencyKey(key, { name: 'Once', scope: 'write' });
  const created = await ada.rest('POST /protected/api-keys', sent);
  expect((await ada.rest('POST /protected/api-keys', sent)).body).toEqual(created.body);
  const secret = keyOf(created);
  expect(secret).toMatch(/^sb_/);
  const row = await rowOf(key);
  expect(row?.answer).toMatch(/^v2\.[\da-f]{16}\./);
  expect(JSON.stringify(row)).not.toContain(secret);
});

test('a call without the header does not query idempotency keys', async () => {
  const statements = recordStatements(one.deps.database);
  await ada.rest('POST /chats', { json: {} });
  expect(statements.filter(({ sql: text }) => text.includes('idempotency_keys'))).toEqual([]);
});

describe('a slow call', () => {
  test('keeps its key, and replays get its response after it has ended', async () => {
    const key = randomUUID();
    const first = adaAtOdd.rest('POST /work', withIdempotencyKey(key));
    const lease = await until(() => rowOf(key), Boolean);
    await until(
      () => rowOf(key),
      (row) => Number(row?.leaseExpiresAt) > Number(lease?.leaseExpiresAt),
    );
    expectProblem(await adaAtOdd.rest('POST /work', withIdempotencyKey(key)), 'IDEMPOTENCY_KEY_IN_USE');
    work.resolve('done');
    expect(await first).toMatchObject({ status: 200, body: { result: 'done' } });
    expect((await adaAtOdd.rest('POST /work', withIdempotencyKey(key))).body).toEqual({ result: 'done' });
    expect(started).toBe(1);
  });

  test('is replayed even if its client has disconnected', async () => {
    const key = randomUUID();
    work = Promise.withResolvers();
    const abort = new AbortController();
    const headers = { 'idempotency-key': key, 'content-type': 'application/json' };
    const first = adaAtOdd.fetch('/api/v1/work', {
      method: 'POST',
      body: '{}',
      headers,
      signal: abort.signal,
    });
    await until(() => rowOf(key), Boolean);
    abort.abort();
    await expect(first).rejects.toThrow();
    work.resolve('alone');
    await until(
      () => rowOf(key),
      (row) => row?.answer != null,
    );
    expect((await adaAtOdd.rest('POST /work', withIdempotencyKey(key))).body).toEqual({ result: 'alone' });
  });
});

test('an internal error is not stored, and the next call runs again', async () => {
  const sent = withIdempotencyKey(randomUUID());
  work = Promise.withResolvers();
  work.reject(new Error('out of order'));
  expectProblem(await adaAtOdd.rest('POST /work', sent), 'INTERNAL_SERVER_ERROR');
  work = Promise.withResolvers();
  work.resolve('repaired');
  const second = await adaAtOdd.rest('POST /work', sent);
  expect(second).toMatchObject({ status: 200, body: { result: 'repaired' } });
  expect(second.headers.get('idempotency-replayed')).toBeNull();
});

test('a streamed response is not stored, and its call does not run twice', async () => {
  const sent = withIdempotencyKey(randomUUID());
  expect((await adaAtOdd.rest('POST /pieces', sent)).status).toBe(200);
  const problem = expectProblem(await adaAtOdd.rest('POST /pieces', sent), 'IDEMPOTENCY_KEY_REUSED');
  expect(problem.detail).toMatch(/stream/);
});
