import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, describe, expect, test } from '@jest/globals';
import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { apiKeys } from '#server/db/schema/index';
import { signInAsGuest, caller, cookieOf, postAuth, signIn, signUp, withKey } from '#test/client';
import { expectProblem } from '#test/problem';
import { forgetCounts } from '#test/forget-counts';
import { type ServedInstance, serveInstance } from '#test/served';
import { recordStatements } from '#test/statements';
import { hashApiKey } from './api-key-form.ts';

const LIMIT = 10;
const settings = { UNKNOWN_KEY_LIMIT: String(LIMIT), AUTH_RATE_LIMIT: '3', GUEST_RATE_LIMIT: '2' };
const generous = await serveInstance();
afterAll(generous.close);
const guarded = await serveInstance({ settings });
afterAll(guarded.close);

const ada = await signUp(generous.url);
const newKey = async () =>
  (await ada.rpc.protected.apiKeys.create.mutate({ name: 'Key', scope: 'read' })).key;
const guess = () => `sb_${randomBytes(32).toString('base64url')}`;
const statusOf = async (instance: ServedInstance, headers: Record<string, string>) =>
  (await caller(instance.url, headers).rest('GET /users/me')).status;
const lookups = (instance: ServedInstance) => {
  const statements = recordStatements(instance.deps.database);
  return () => statements.filter(({ sql }) => /from "(sessions|api_keys)"/.test(sql)).length;
};

describe('guesses at credentials', () => {
  test('cause a bounded number of queries, and valid keys still work', async () => {
    const [used, fresh, old] = [await newKey(), await newKey(), guess()];
    const [row] = await generous.deps.db
      .select()
      .from(apiKeys)
      .where(eq(apiKeys.hash, hashApiKey(used)));
    if (!row) throw new Error('The key is not stored.');
    const { id: _, ...columns } = row;
    await generous.deps.db.insert(apiKeys).values({ ...columns, hash: hashApiKey(old) });
    for (const key of [used, old]) {
      expect((await withKey(guarded.url, key).rest('GET /users/me')).status).toBe(200);
    }
    const queries = lookups(guarded);
    const statuses = await Promise.all(
      Array.from({ length: 60 }, () => statusOf(guarded, { authorization: `Bearer ${guess()}` })),
    );
    expect(queries()).toBe(LIMIT);
    expect(statuses.filter((status) => status === 401)).toHaveLength(LIMIT);
    expect(statuses.filter((status) => status === 429)).toHaveLength(60 - LIMIT);
    for (const key of [used, fresh, old]) {
      expect((await withKey(guarded.url, key).rest('GET /users/me')).status).toBe(200);
    }
    const rejected = await withKey(guarded.url, guess()).rest('GET /users/me');
    expectProblem(rejected, 'TOO_MANY_REQUESTS');
    expect(Number(rejected.headers.get('retry-after'))).toBeGreaterThan(0);
  });

  test('cause no query without the form of a key or a valid signature', async () => {
    const queries = lookups(generous);
    const cookie = ada.headers['cookie'] ?? '';
    const [name = '', value = ''] = cookie.split('=', 2);
    const forged: Record<string, string>[] = [
      { authorization: 'Bearer sb_short' },
      { authorization: `Bearer ${guess()}x` },
      { authorization: `Bearer ${randomUUID()}` },
      { cookie: `${name}=${randomUUID()}.${Buffer.alloc(32).toString('base64')}` },
      { cookie: `${name}=x${value}` },
      { cookie: `${name}=%` },
      { cookie: `${name}=.` },
    ];
    for (const headers of forged) expect(await statusOf(generous, headers)).toBe(401);
    expect(queries()).toBe(0);
  });

  test('cause one query if they are repeated', async () => {
    const ended = await signIn(generous.url, ada);
    await postAuth(generous.url, '/sign-out', {}, ended.headers);
    const cookie = ended.headers['cookie'] ?? '';
    const [name = '', value = ''] = cookie.split('=', 2);
    const spellings = [
      cookie,
      `${name}="${value}"`,
      cookie.replace(value, `%${value.charCodeAt(0).toString(16)}${value.slice(1)}`),
    ];
    const key = guess();
    const queries = lookups(generous);
    for (const text of [...spellings, ...spellings])
      expect(await statusOf(generous, { cookie: text })).toBe(401);
    expect(queries()).toBe(1);
    for (let i = 0; i < 3; i++)
      expect(await statusOf(generous, { authorization: `Bearer ${key}` })).toBe(401);
    expect(queries()).toBe(2);
  });
});

test.each([
  ['sign-in', () => signIn(generous.url, ada)],
  ['sign-up', () => signUp(generous.url)],
  ['guest sign-in', () => signInAsGuest(generous.url)],
  [
    'sign-out',
    async () => {
      const other = await signUp(generous.url);
      await postAuth(generous.url, '/sign-out', {}, other.headers);
      expect(await statusOf(generous, other.headers)).toBe(401);
    },
  ],
])('%s keeps the cached identities of others', async (_name, work) => {
  const ben = await signUp(generous.url);
  expect(await statusOf(generous, ben.headers)).toBe(200);
  const statements = recordStatements(generous.deps.database);
  await work();
  const own = ben.headers['cookie'] ?? '';
  statements.length = 0;
  expect(await statusOf(generous, { cookie: own })).toBe(200);
  expect(statements.filter(({ sql }) => sql.includes('from "sessions"'))).toEqual([]);
});

test('an Authorization header does not keep a signed-out session alive', async () => {
  const ben = await signUp(generous.url);
  expect(await statusOf(generous, ben.headers)).toBe(200);
  const headers = { ...ben.headers, authorization: `Bearer ${await newKey()}` };
  expect((await postAuth(generous.url, '/sign-out', {}, headers)).status).toBe(200);
  expect(await statusOf(generous, ben.headers)).toBe(401);
});

describe('authentication requests of an IP address are limited without RATE_LIMIT', () => {
  const attempts: [path: string, body: object, allowed: number][] = [
    ['/sign-in/email', { email: 'a@example.com', password: 'guess' }, 3],
    ['/sign-up/email', { name: '', email: 'a', password: '' }, 3],
    ['/change-password', { currentPassword: 'guess', newPassword: 'correct horse' }, 3],
    ['/sign-in/anonymous', {}, 2],
  ];
  test.each(attempts)('%s', async (path, body, allowed) => {
    await forgetCounts(guarded.deps.database);
    const statuses: number[] = [];
    for (let i = 0; i < 6; i++) statuses.push((await postAuth(guarded.url, path, body)).status);
    expect(statuses.slice(0, allowed)).not.toContain(429);
    expect(statuses.slice(allowed)).toEqual(statuses.slice(allowed).map(() => 429));
    const response = await postAuth(guarded.url, path, body);
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(cookieOf(response)).toBe('');
  });
});

test('/api/ready queries the database at most once per second', async () => {
  const statements = recordStatements(generous.deps.database);
  const responses = await Promise.all(Array.from({ length: 30 }, () => fetch(`${generous.url}/api/ready`)));
  expect(responses.map(({ status }) => status)).toEqual(responses.map(() => 200));
  expect(statements.filter(({ sql }) => sql === 'select 1').length).toBeLessThanOrEqual(2);
});

describe('POST /api/chat', () => {
  const ask = (messages: unknown[]) =>
    ada.fetch('/api/chat', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ id: randomUUID(), messages }),
    });
  const question = { id: randomUUID(), role: 'user', parts: [{ type: 'text', text: 'How?' }] };

  test('reads only ids, roles and the text of questions of earlier messages', async () => {
    const parts = [{ type: 'step-start' }, ...question.parts, { type: 'file', url: 7 }, 7];
    const earlier = { ...question, id: randomUUID(), parts, metadata: { deep: [[[]]] }, more: 7 };
    const response = await ask([earlier, question]);
    expect(response.status).toBe(200);
    await response.body?.cancel();
  });

  test.each([
    ['no last message', [1]],
    ['a last message of the assistant', [{ ...question, role: 'assistant' }]],
    ['no parts', [{ ...question, parts: [] }]],
    ['200,000 wrong parts', [{ ...question, parts: Array.from({ length: 200_000 }, () => 7) }]],
    ['200,000 wrong messages', Array.from({ length: 200_000 }, () => ({}))],
    ['50,000 wrong messages before a question', [...Array.from({ length: 50_000 }, (_, i) => i), question]],
    ['no messages', []],
  ])('rejects a conversation with %s', async (_name, messages) => {
    expect((await ask(messages)).status).toBe(400);
  });
});

describe('the detail of UNAUTHORIZED', () => {
  const detailFor = async (headers: Record<string, string>) => {
    const response = await caller(generous.url, headers).rest('GET /users/me');
    expectProblem(response, 'UNAUTHORIZED');
    const { code, detail } = z.object({ code: z.string(), detail: z.string() }).parse(response.body);
    const overRpc = caller(generous.url, headers).rpc.users.me.query();
    await expect(overRpc).rejects.toMatchObject({ message: detail, data: { code } });
    return detail;
  };

  test.each([
    ['a key that never existed', `Bearer ${guess()}`, /^The API key is invalid/],
    ['a key of another form', 'Bearer sb_key', /^The API key is invalid/],
    ['a key without its scheme', guess(), /Authorization: Bearer sb_…/],
    ['another scheme', 'Basic YTpi', /Authorization: Bearer sb_…/],
  ])('explains %s', async (_name, authorization, detail) => {
    expect(await detailFor({ authorization })).toMatch(detail);
  });

  test('is the same for a revoked key and for one that never existed', async () => {
    const { id, key } = await ada.rpc.protected.apiKeys.create.mutate({ name: 'Key', scope: 'read' });
    await ada.rpc.protected.apiKeys.revoke.mutate({ id });
    expect(await detailFor({ authorization: `Bearer ${key}` })).toMatch(/^The API key is invalid.*revoked/);
  });

  test('says how to authenticate if no credential was sent', async () => {
    expect(await detailFor({})).toMatch(/^No credential was sent\. Sign in, or send an API key/);
  });
});
