import { randomUUID } from 'node:crypto';
import { afterAll, describe, expect, test } from '@jest/globals';
import { eq } from 'drizzle-orm';
import { accounts, sessions, users } from '#server/db/schema/index';
import { type Account, type Caller, cookieOf, postAuth, read, signUp, withKey } from '#test/client';
import { serveInstance } from '#test/served';
import { AUTH_ENDPOINTS } from './auth-surface.ts';

const one = await serveInstance();
afterAll(one.close);

const ada = await signUp(one.url);

test.each(['https://evil.example/', '/.//evil.example', '/chat'])(
  'a sign-in sends nobody to a callbackURL such as %s',
  async (callbackURL) => {
    const { email, password } = ada;
    const response = await postAuth(one.url, '/sign-in/email', { email, password, callbackURL });
    expect([response.status, response.headers.get('location')]).toEqual([200, null]);
    expect(await response.text()).not.toContain(callbackURL);
  },
);

/** A call of each endpoint, in an order in which all succeed. */
const CALLS: [path: string, body: object | null][] = [
  ['/sign-in/anonymous', {}],
  ['/get-session', null],
  ['/sign-up/email', { name: 'Eve', email: 'eve@example.com', password: 'correct horse' }],
  ['/change-password', { currentPassword: 'correct horse', newPassword: 'a better horse' }],
  [
    '/change-password',
    { currentPassword: 'a better horse', newPassword: 'correct horse', revokeOtherSessions: true },
  ],
  ['/sign-in/email', { email: 'eve@example.com', password: 'correct horse' }],
  ['/get-session', null],
  ['/sign-out', {}],
  ['/get-session', null],
];

/** What a page's script could read of a response. */
async function readable(response: Response): Promise<string> {
  const headers = [...response.headers].filter(([name]) => name !== 'set-cookie');
  return JSON.stringify([headers, await response.text()]);
}

test('no response has the token of a session but in the cookie', async () => {
  expect(new Set(CALLS.map(([path]) => path))).toEqual(new Set(Object.keys(AUTH_ENDPOINTS)));
  const tokens = new Set<string>();
  const seen: string[] = [];
  let cookie = '';
  const learn = async () => {
    for (const { token } of await one.deps.db.select({ token: sessions.token }).from(sessions))
      tokens.add(token);
  };
  for (const [path, body] of CALLS) {
    const response = body
      ? await postAuth(one.url, path, body, { cookie })
      : await fetch(`${one.url}/api/auth${path}`, { headers: { cookie } });
    expect([path, response.status]).toEqual([path, 200]);
    cookie = cookieOf(response) || cookie;
    await learn();
    seen.push(await readable(response));
    for (const own of ['/protected', '/protected/sessions', '/protected/export', '/users/me']) {
      seen.push(await readable(await fetch(`${one.url}/api/v1${own}`, { headers: { cookie } })));
    }
  }
  expect(tokens.size).toBeGreaterThanOrEqual(4);
  for (const text of seen) for (const token of tokens) expect(text).not.toContain(token);
});

test('who entered, and who is in, is told', async () => {
  const { email, password } = ada;
  const user = { id: ada.id, email, name: ada.name, role: 'admin', isAnonymous: false };
  const entered = await postAuth(one.url, '/sign-in/email', { email, password });
  expect(await entered.json()).toMatchObject({ user });
  const found = await ada.fetch('/api/auth/get-session');
  expect(await found.json()).toMatchObject({
    user,
    session: { id: expect.any(String), userId: ada.id, expiresAt: expect.any(String) },
  });
  const nobody = await fetch(`${one.url}/api/auth/get-session`);
  expect([nobody.status, await nobody.json()]).toEqual([200, null]);
});

describe('a changed password', () => {
  const keyOf = async (account: Account) => {
    const { key } = await account.rpc.protected.apiKeys.create.mutate({ name: 'Key', scope: 'write' });
    return withKey(one.url, key);
  };
  const change = async (account: Account, options: object) => {
    const { password: currentPassword, headers } = account;
    const json = { currentPassword, newPassword: 'a better horse', ...options };
    return read(await postAuth(one.url, '/change-password', json, headers));
  };
  const statusOf = async (who: Caller) => (await who.rest('GET /users/me')).status;

  test.each([{}, { revokeApiKeys: false }, { revokeOtherSessions: true }])(
    'leaves API keys alone with %j',
    async (options) => {
      const eve = await signUp(one.url);
      const agent = await keyOf(eve);
      expect((await change(eve, options)).status).toBe(200);
      expect(await statusOf(agent)).toBe(200);
    },
  );

  test('ends all API keys of the account with revokeApiKeys, and no session, and nothing of others', async () => {
    const eve = await signUp(one.url);
    const agents = [await keyOf(eve), await keyOf(eve)];
    const other = await keyOf(ada);
    expect((await change(eve, { revokeApiKeys: true })).status).toBe(200);
    expect(await Promise.all(agents.map(statusOf))).toEqual([401, 401]);
    expect([await statusOf(eve), await statusOf(other)]).toEqual([200, 200]);
    expect((await eve.rpc.protected.apiKeys.list.query({})).items).toEqual([]);
    const { items } = await eve.rpc.protected.audit.query({});
    expect(items.filter(({ action }) => action === 'api-key.revoke')).toHaveLength(2);
  });

  test('ends no API key with a wrong password', async () => {
    const eve = await signUp(one.url);
    const agent = await keyOf(eve);
    expect((await change({ ...eve, password: 'a guess' }, { revokeApiKeys: true })).status).toBe(400);
    expect(await statusOf(agent)).toBe(200);
  });
});

describe('one of the most common passwords', () => {
  const COMMON = ['password', '12345678', 'iloveyou1', 'Qwertyuiop', 'TRUSTNO1', 'letmein123'];
  const rejected = (pointer: string) => ({
    status: 400,
    body: { code: 'INVALID_INPUT', issues: [{ pointer, message: expect.stringContaining('common') }] },
  });

  test.each(COMMON)('makes no account: %s', async (password) => {
    const entry = { name: 'Eve', email: `${randomUUID()}@example.com`, password };
    expect(await read(await postAuth(one.url, '/sign-up/email', entry))).toMatchObject(rejected('/password'));
    expect(await ada.rest('POST /users', { json: entry })).toMatchObject(rejected('/password'));
    expect(await one.deps.db.$count(users, eq(users.email, entry.email))).toBe(0);
  });

  test.each(COMMON)('replaces no other one: %s', async (newPassword) => {
    const change = { currentPassword: ada.password, newPassword };
    const response = await postAuth(one.url, '/change-password', change, ada.headers);
    expect(await read(response)).toMatchObject(rejected('/newPassword'));
  });

  test('still signs in whoever has it', async () => {
    const eve = await signUp(one.url);
    const { password: hasher } = await one.deps.auth.$context;
    const password = await hasher.hash('password');
    await one.deps.db.update(accounts).set({ password }).where(eq(accounts.userId, eve.id));
    const entry = { email: eve.email, password: 'password' };
    expect((await postAuth(one.url, '/sign-in/email', entry)).status).toBe(200);
  });
});
