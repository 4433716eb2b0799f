import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, describe, expect, test } from '@jest/globals';
import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { apiKeys } from '#server/db/schema/index';
import { signInAsGuest, caller, cookieOf, postAuth, signIn, signUp, withKey } from '#test/client';
import { expectProblem } from '#test/problem';
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
  test('ask the database a bounded number of times, and valid keys still work', async () => {
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
    const asked = lookups(guarded);
    const statuses = await Promise.all(
      Array.from({ length: 60 }, () => statusOf(guarded, { authorization: `Bearer ${guess()}` })),
    );
    expect(asked()).toBe(LIMIT);
    expect(statuses.filter((status) => status === 401)).toHaveLength(LIMIT);
    expect(statuses.filter((status) => status === 429)).toHaveLength(60 - LIMIT);
    for (const key of [used, fresh, old]) {
      expect((await withKey(guarded.url, key).rest('GET /users/me')).status).toBe(200);
    }
    const rejected = await withKey(guarded.url, guess()).rest('GET /users/me');
    expectProblem(rejected, 'TOO_MANY_REQUESTS');
    expect(Number(rejected.headers.get('retry-after'))).toBeGreaterThan(0);
  });

  test('that have not the form of a key or a signature of ours ask nothing', async () => {
    const asked = lookups(generous);
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
    expect(asked()).toBe(0);
  });

  test('that are made again ask once', async () => {
    const ended = await signIn(generous.url, ada);
    await postAuth(generous.url, '/sign-out', {}, ended.headers);
    const cookie = ended.headers['cookie'] ?? '';
    const [name = '', value = ''] = cookie.split('=', 2);
    const written = [
      cookie,
      `${name}="${value}"`,
      cookie.replace(value, `%${value.charCodeAt(0).toString(16)}${value.slice(1)}`),
    ];
    const key = guess();
    const asked = lookups(generous);
    for (const text of [...written, ...written]) expect(await statusOf(generous, { cookie: text })).toBe(401);
    expect(asked()).toBe(1);
    for (let i = 0; i < 3; i++)
      expect(await statusOf(generous, { authorization: `Bearer ${key}` })).toBe(401);
    expect(asked()).toBe(2);
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
])('%s leaves the cached identities of others', async (_what, work) => {
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

describe('without RATE_LIMIT, an address is still limited', () => {
  const attempts: [path: string, body: object, allowed: number][] = [
    ['/sign-in/email', { email: 'a@example.com', password: 'guess' }, 3],
    ['/sign-up/email', { name: '', email: 'a', password: '' }, 3],
    ['/change-password', { currentPassword: 'guess', newPassword: 'correct horse' }, 3],
    ['/sign-in/anonymous', {}, 2],
  ];
  test.each(attempts)('%s', async (path, body, allowed) => {
    const statuses: number[] = [];
    for (let i = 0; i < 6; i++) statuses.push((await postAuth(guarded.url, path, body)).status);
    expect(statuses.slice(0, allowed)).not.toContain(429);
    expect(statuses.slice(allowed)).toEqual(statuses.slice(allowed).map(() => 429));
    const answer = await postAuth(guarded.url, path, body);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(cookieOf(answer)).toBe('');
  });
});

test('/api/ready asks the database once a second at most', async () => {
  const statements = recordStatements(generous.deps.database);
  const answers = await Promise.all(Array.from({ length: 30 }, () => fetch(`${generous.url}/api/ready`)));
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
  expect(statements.filter(({ sql }) => sql === 'select 1').length).toBeLessThanOrEqual(2);
});

describe('of a conversation sent to /api/chat', () => {
  const ask = (messages: unknown[]) =>
    ada.fetch('/api/chat', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ id: randomUUID(), messages }),
    });
  const question = { id: randomUUID(), role: 'user', parts: [{ type: 'text', text: 'How?' }] };

  test('only ids, roles and the text of questions are read before the last message', async () => {
    const parts = [{ type: 'step-start' }, ...question.parts, { type: 'file', url: 7 }, 7];
    const earlier = { ...question, id: randomUUID(), parts, metadata: { deep: [[[]]] }, more: 7 };
    const answer = await ask([earlier, question]);
    expect(answer.status).toBe(200);
    await answer.body?.cancel();
  });

  test.each([
    ['no last message', [1]],
    ['a last message of the assistant', [{ ...question, role: 'assistant' }]],
    ['no parts', [{ ...question, parts: [] }]],
    ['200,000 wrong parts', [{ ...question, parts: Array.from({ length: 200_000 }, () => 7) }]],
    ['200,000 wrong messages', Array.from({ length: 200_000 }, () => ({}))],
    ['50,000 wrong messages before a question', [...Array.from({ length: 50_000 }, (_, i) => i), question]],
    ['nothing', []],
  ])('%s is rejected', async (_what, messages) => {
    expect((await ask(messages)).status).toBe(400);
  });
});

describe('what a caller without a valid credential is told', () => {
  const detailFor = async (headers: Record<string, string>) => {
    const response = await caller(generous.url, headers).rest('GET /users/me');
    expectProblem(response, 'UNAUTHORIZED');
    const { code, detail } = z.object({ code: z.string(), detail: z.string() }).parse(response.body);
    const overRpc = caller(generous.url, headers).rpc.users.me.query({});
    await expect(overRpc).rejects.toMatchObject({ message: detail, data: { code } });
    return detail;
  };

  test.each([
    ['a key that never was', `Bearer ${guess()}`, /^The API key is invalid/],
    ['a key of another form', 'Bearer sb_key', /^The API key is invalid/],
    ['a key without its scheme', guess(), /Authorization: Bearer sb_…/],
    ['another scheme', 'Basic YTpi', /Authorization: Bearer sb_…/],
  ])('for %s', async (_, authorization, said) => {
    expect(await detailFor({ authorization })).toMatch(said);
  });

  test('for a revoked key, as for one that never was', async () => {
    const { id, key } = await ada.rpc.protected.apiKeys.create.mutate({ name: 'Key', scope: 'read' });
    await ada.rpc.protected.apiKeys.revoke.mutate({ id });
    expect(await detailFor({ authorization: `Bearer ${key}` })).toMatch(/^The API key is invalid.*revoked/);
  });

  test('for none at all: how to be known', async () => {
    expect(await detailFor({})).toMatch(/^No credential was sent\. Sign in, or send an API key/);
  });
});
