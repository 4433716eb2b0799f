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
  'a sign-in does not redirect to the callbackURL %s',
  async (callbackURL) => {
    const { email, password } = ada;
    const response = await postAuth(one.url, '/sign-in/email', { email, password, callbackURL });
    expect([response.status, response.headers.get('location')]).toEqual([200, null]);
    expect(await response.text()).not.toContain(callbackURL);
  },
);

/** A request to each endpoint, in an order in which all succeed. */
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

/** Returns the part of a response that a script in a page could read. */
async function readable(response: Response): Promise<string> {
  const headers = [...response.headers].filter(([name]) => name !== 'set-cookie');
  return JSON.stringify([headers, await response.text()]);
}

test('no response contains the token of a session, except in the cookie', async () => {
  expect(new Set(CALLS.map(([path]) => path))).toEqual(new Set(Object.keys(AUTH_ENDPOINTS)));
  const tokens = new Set<string>();
  const seen: string[] = [];
  let cookie = '';
  const collectTokens = async () => {
    for (const { token } of await one.deps.db.select({ token: sessions.token }).from(sessions))
      tokens.add(token);
  };
  for (const [path, body] of CALLS) {
    const response = body
      ? await postAuth(one.url, path, body, { cookie })
      : await fetch(`${one.url}/api/auth${path}`, { headers: { cookie } });
    expect([path, response.status]).toEqual([path, 200]);
    cookie = cookieOf(response) || cookie;
    await collectTokens();
    seen.push(await readable(response));
    for (const own of ['/protected', '/protected/sessions', '/protected/export', '/users/me']) {
      seen.push(await readable(await fetch(`${one.url}/api/v1${own}`, { headers: { cookie } })));
    }
  }
  expect(tokens.size).toBeGreaterThanOrEqual(4);
  for (const text of seen) for (const token of tokens) expect(text).not.toContain(token);
});

test('sign-in and get-session return the user', async () => {
  const { email, password } = ada;
  const user = { id: ada.id, email, name: ada.name, role: 'admin', isAnonymous: false };
  const entered = await postAuth(one.url, '/sign-in/email', { email, password });
  expect(await entered.json()).toMatchObject({ user });
  const found = await ada.fetch('/api/auth/get-session');
  expect(await found.json()).toMatchObject({
    user,
    session: { id: expect.any(String), userId: ada.id, expiresAt: expect.any(String) },
  });
  const anonymous = await fetch(`${one.url}/api/auth/get-session`);
  expect([anonymous.status, await anonymous.json()]).toEqual([200, null]);
});

describe('a change of the password', () => {
  const keyOf = async (account: Account) => {
    const { key } = await account.rpc.protected.apiKeys.create.mutate({ name: 'Key', scope: 'write' });
    return withKey(one.url, key);
  };
  const change = async (account: Account, options: object) => {
    const { password: currentPassword, headers } = account;
    const json = { currentPassword, newPassword: 'a better horse', ...options };
    return read(await postAuth(one.url, '/change-password', json, headers));
  };
  const statusOf = async (client: Caller) => (await client.rest('GET /users/me')).status;

  test.each([{}, { revokeApiKeys: false }, { revokeOtherSessions: true }])(
    'keeps API keys with %j',
    async (options) => {
      const eve = await signUp(one.url);
      const agent = await keyOf(eve);
      expect((await change(eve, options)).status).toBe(200);
      expect(await statusOf(agent)).toBe(200);
    },
  );

  test('with revokeApiKeys revokes the API keys of the account, but no session and no key of others', async () => {
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

  test('revokes no API key if the current password is wrong', async () => {
    const eve = await signUp(one.url);
    const agent = await keyOf(eve);
    expect((await change({ ...eve, password: 'a guess' }, { revokeApiKeys: true })).status).toBe(400);
    expect(await statusOf(agent)).toBe(200);
  });
});

describe('a common password', () => {
  const COMMON = ['password', '12345678', 'iloveyou1', 'Qwertyuiop', 'TRUSTNO1', 'letmein123'];
  const rejected = (pointer: string) => ({
    status: 400,
    body: { code: 'INVALID_INPUT', issues: [{ pointer, message: expect.stringContaining('common') }] },
  });

  test.each(COMMON)('is rejected for a new account: %s', async (password) => {
    const entry = { name: 'Eve', email: `${randomUUID()}@example.com`, password };
    expect(await read(await postAuth(one.url, '/sign-up/email', entry))).toMatchObject(rejected('/password'));
    expect(await ada.rest('POST /users', { json: entry })).toMatchObject(rejected('/password'));
    expect(await one.deps.db.$count(users, eq(users.email, entry.email))).toBe(0);
  });

  test.each(COMMON)('is rejected as a new password: %s', async (newPassword) => {
    const change = { currentPassword: ada.password, newPassword };
    const response = await postAuth(one.url, '/change-password', change, ada.headers);
    expect(await read(response)).toMatchObject(rejected('/newPassword'));
  });

  test('still works for an account that already has it', async () => {
    const eve = await signUp(one.url);
    const { password: hasher } = await one.deps.auth.$context;
    const password = await hasher.hash('password');
    await one.deps.db.update(accounts).set({ password }).where(eq(accounts.userId, eve.id));
    const entry = { email: eve.email, password: 'password' };
    expect((await postAuth(one.url, '/sign-in/email', entry)).status).toBe(200);
  });
});
