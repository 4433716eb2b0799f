import { afterAll, describe, expect, test } from '@jest/globals';
import {
  answered,
  ask,
  signInAsGuest,
  caller,
  cookieOf,
  postAuth,
  read,
  newMessage,
  signIn,
  signUp,
  withKey,
} from '#test/client';
import { expectProblem } from '#test/problem';
import { answerDeltas, startProviderServer } from '#test/provider-server';
import { startServer } from '#test/server';

const provider = await startProviderServer();
afterAll(provider.close);
const server = await startServer({ AI_BASE_URL: provider.url, AI_MODEL: 'openai-compatible/slow-60x20' });
afterAll(server.stop);

/** Two first sign-ups at the same time. One of them is the admin for the other tests. */
const first = await Promise.all([
  signUp(server.url, { name: 'First' }),
  signUp(server.url, { name: 'First' }),
]);
const roles = await Promise.all(first.map(async ({ rpc }) => (await rpc.users.me.query()).role));
const [root] = first.filter((_account, index) => roles[index] === 'admin');
if (!root) throw new Error(`No account is an admin: ${roles.join()}`);

const post = async (...args: Parameters<typeof postAuth>) => read(await postAuth(...args));

describe('the first account', () => {
  test('becomes the only admin, also if two sign up at the same time', async () => {
    expect(roles.toSorted()).toEqual(['admin', 'user']);
    const later = await signUp(server.url);
    expect(await later.rpc.users.me.query()).toMatchObject({ role: 'user' });
  });

  test('becomes the admin even if a guest session exists', async () => {
    const other = await startServer();
    try {
      await signInAsGuest(other.url);
      const account = await signUp(other.url);
      expect(await account.rpc.users.me.query()).toMatchObject({ role: 'admin' });
    } finally {
      await other.stop();
    }
  });
});

describe('a session cookie', () => {
  test('cannot be read by scripts or sent by other sites', async () => {
    const response = await postAuth(server.url, '/sign-in/email', {
      email: root.email,
      password: root.password,
    });
    const cookies = response.headers.getSetCookie().map((cookie) => cookie.toLowerCase().split('; '));
    expect(cookies.map(([pair = '']) => pair.split('=', 1)[0])).toEqual([
      'better-auth.session_token',
      'switchboard.known_browser',
    ]);
    expect(cookies[0]).toContain('path=/');
    for (const attributes of cookies) {
      expect(attributes).toEqual(expect.arrayContaining(['httponly', 'samesite=lax']));
      expect(attributes).not.toContain('secure');
    }
  });

  test('is secure behind https, and ADMIN_EMAIL becomes the admin with the code on the console', async () => {
    const settings = { APP_URL: 'https://app.example.com', ADMIN_EMAIL: 'Ops@example.com', PORT: '43117' };
    const secure = await startServer(settings);
    try {
      const json = { name: 'Nobody', email: 'nobody@example.com', password: 'correct horse' };
      const response = await postAuth(secure.url, '/sign-up/email', json, { origin: settings.APP_URL });
      const secured: unknown = expect.stringMatching(/^__Secure-.*; secure/i);
      expect(response.headers.getSetCookie()).toEqual([secured, secured]);
      const nobody = await signIn(secure.url, json);
      expect(await nobody.rpc.users.me.query()).toMatchObject({ role: 'user' });
      const ops = await signUp(secure.url, { email: 'ops@EXAMPLE.com' });
      expect(await ops.rpc.users.me.query()).toMatchObject({ role: 'user', email: 'ops@example.com' });
      const [, code = ''] = /code in its settings: (\S+)/.exec(secure.log()) ?? [];
      await ops.rpc.protected.claimAdmin.mutate({ code });
      expect(await ops.rpc.users.me.query()).toMatchObject({ role: 'admin' });
    } finally {
      await secure.stop();
    }
  });

  test('is rejected after signing out', async () => {
    const account = await signUp(server.url);
    expect((await post(server.url, '/sign-out', {}, account.headers)).status).toBe(200);
    expectProblem(await account.rest('GET /users/me'), 'UNAUTHORIZED');
  });

  test('of an ended session does not prevent signing in again', async () => {
    const dora = await signUp(server.url);
    await postAuth(server.url, '/sign-out', {}, dora.headers);
    const { email, password } = dora;
    const again = await postAuth(server.url, '/sign-in/email', { email, password }, dora.headers);
    const headers = { cookie: cookieOf(again) };
    expect((await fetch(`${server.url}/api/v1/users/me`, { headers })).status).toBe(200);
  });

  test('is not enough for cross-origin requests, which every surface rejects', async () => {
    const foreign: Record<string, string>[] = [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { origin: server.url.replace('127.0.0.1', '127.0.0.1.evil.example') },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
    ];
    const chat = {
      id: 'forged',
      messages: [{ id: 'forged', role: 'user', parts: [{ type: 'text', text: 'forged' }] }],
    };
    const calls: [string, string, unknown][] = [
      ['POST', '/api/v1/chats', { title: 'forged' }],
      ['PATCH', `/api/v1/users/${root.id}`, { name: 'forged' }],
      ['POST', '/api/trpc/chat.create', { json: { title: 'forged' } }],
      ['POST', '/api/chat', chat],
      ['POST', '/api/auth/sign-out', {}],
      ['POST', '/api/auth/sign-in/email', { email: root.email, password: root.password }],
    ];
    for (const headers of foreign) {
      for (const [method, path, json] of calls) {
        const init = {
          method,
          headers: { 'content-type': 'application/json', ...headers },
          body: JSON.stringify(json),
        };
        const { status, body } = await read(await root.fetch(path, init));
        expect({ path, status, body: JSON.stringify(body) }).toMatchObject({
          status: 403,
          body: expect.stringContaining('"code":"CROSS_ORIGIN"'),
        });
      }
    }
    expect(await root.rpc.chat.list.query({ search: 'forged' })).toMatchObject({ items: [] });
    expect(await root.rpc.users.me.query()).toMatchObject({ name: 'First' });
    const own = { origin: server.url, 'sec-fetch-site': 'same-origin' };
    expect((await root.rest('POST /chats', { json: {}, headers: own })).status).toBe(201);
  });
});

describe('signing up', () => {
  test('rejects an email that is in use, regardless of case', async () => {
    const { email } = await signUp(server.url, { email: 'case@example.com' });
    const again = { name: 'Again', email: email.toUpperCase(), password: 'correct horse' };
    const { issues } = expectProblem(await post(server.url, '/sign-up/email', again), 'EMAIL_TAKEN');
    expect(issues).toMatchObject([{ pointer: '/email' }]);
    expect((await signIn(server.url, { ...again, password: 'correct horse' })).id).toMatch(/./);
    const twins = { ...again, email: 'twins@example.com' };
    const both = await Promise.all([
      post(server.url, '/sign-up/email', twins),
      post(server.url, '/sign-up/email', twins),
    ]);
    expect(both.map(({ status }) => status).toSorted()).toEqual([200, 409]);
  });

  test('reports each invalid field', async () => {
    const wrong = { name: '', email: 'nobody', password: 'short', role: 'admin' };
    const { issues } = expectProblem(await post(server.url, '/sign-up/email', wrong), 'INVALID_INPUT');
    expect(issues?.map(({ pointer }) => pointer)).toEqual(
      expect.arrayContaining(['/name', '/email', '/password']),
    );
    const admin = { name: 'Eve', email: 'eve@example.com', password: 'correct horse', role: 'admin' };
    expectProblem(await post(server.url, '/sign-up/email', admin), 'INVALID_INPUT');
  });

  test('returns the same error for a wrong password and an unknown email', async () => {
    const wrong = expectProblem(
      await post(server.url, '/sign-in/email', { email: root.email, password: 'wrong horse' }),
      'UNAUTHORIZED',
    );
    const unknown = expectProblem(
      await post(server.url, '/sign-in/email', { email: 'unknown@example.com', password: 'wrong horse' }),
      'UNAUTHORIZED',
    );
    expect({ ...wrong, requestId: '' }).toEqual({ ...unknown, requestId: '' });
  });
});

describe('a guest', () => {
  const credentials = (email: string) => ({ name: 'Guest no more', email, password: 'correct horse' });

  test('keeps chats and an answer in progress when signing up', async () => {
    const guest = await signInAsGuest(server.url);
    const { chatId } = await ask(guest, 'Will I keep this?');
    const account = await signUp(server.url, { ...credentials('kept@example.com'), headers: guest.headers });
    expect(await account.rpc.chat.get.query({ id: chatId })).toMatchObject({
      activeRunId: expect.any(String),
    });
    const [asked, answer] = await answered(account, chatId);
    expect(asked).toMatchObject({ parts: [{ text: 'Will I keep this?' }] });
    expect(answer).toMatchObject({ status: 'complete' });
    expect(JSON.stringify(answer?.parts)).toContain(answerDeltas(60).join(''));
    expect(await account.rpc.users.me.query()).toMatchObject({ isGuest: false, email: 'kept@example.com' });
  });

  test('moves the chats to the account when signing in', async () => {
    const account = await signUp(server.url);
    const guest = await signInAsGuest(server.url);
    const { id } = await guest.rpc.chat.create.mutate({ title: 'From before' });
    const { email, password } = account;
    const response = await postAuth(server.url, '/sign-in/email', { email, password }, guest.headers);
    expect(response.status).toBe(200);
    expect(await account.rpc.chat.get.query({ id })).toMatchObject({ title: 'From before' });
    expectProblem(await guest.rest('GET /users/me'), 'UNAUTHORIZED');
  });
});

test('rejects sessions and keys of a banned account immediately, until it is unbanned', async () => {
  const bob = await signUp(server.url);
  const { key } = await bob.rpc.protected.apiKeys.create.mutate({ name: 'Key', scope: 'write' });
  const agent = withKey(server.url, key);
  await root.rpc.users.ban.mutate({ id: bob.id, reason: 'Spam' });
  expectProblem(await bob.rest('GET /users/me'), 'UNAUTHORIZED');
  expectProblem(await agent.rest('GET /users/me'), 'UNAUTHORIZED');
  await expect(signIn(server.url, bob)).rejects.toThrow('403');

  await root.rpc.users.unban.mutate({ id: bob.id });
  expect((await agent.rest('GET /users/me')).status).toBe(200);
  expect((await (await signIn(server.url, bob)).rest('GET /users/me')).status).toBe(200);

  const soon = new Date(Date.now() + 300);
  await root.rpc.users.ban.mutate({ id: bob.id, expiresAt: soon });
  expectProblem(await agent.rest('GET /users/me'), 'UNAUTHORIZED');
  await new Promise((resolve) => setTimeout(resolve, 350));
  expect((await agent.rest('POST /chats', { json: {} })).status).toBe(201);
});

test('returns 404 for better-auth endpoints that are not on the allow-list', async () => {
  for (const path of [
    '/admin/list-users',
    '/admin/set-role',
    '/admin/impersonate-user',
    '/update-user',
    '/delete-user',
    '/list-sessions',
    '/request-password-reset',
    '/ok',
    '/error',
    '/__proto__',
    '/sign-up/email/',
  ]) {
    expectProblem(await post(server.url, path, {}, root.headers), 'NOT_FOUND');
    expectProblem(await read(await root.fetch(`/api/auth${path}`)), 'NOT_FOUND');
  }
});

test('ends the other sessions on a password change if requested', async () => {
  const account = await signUp(server.url);
  const other = await signIn(server.url, account);
  const change = {
    currentPassword: account.password,
    newPassword: 'a better horse',
    revokeOtherSessions: true,
  };
  expect((await post(server.url, '/change-password', change, account.headers)).status).toBe(200);
  expectProblem(await other.rest('GET /users/me'), 'UNAUTHORIZED');
  await expect(signIn(server.url, account)).rejects.toThrow('401');
  expect((await signIn(server.url, { ...account, password: 'a better horse' })).id).toBe(account.id);
});

test('limits the rate of sign-in attempts', async () => {
  const limited = await startServer({ AUTH_RATE_LIMIT: '3' });
  try {
    const attempt = (headers = {}) =>
      post(limited.url, '/sign-in/email', { email: 'a@example.com', password: 'guess' }, headers);
    for (let count = 0; count < 3; count++) expectProblem(await attempt(), 'UNAUTHORIZED');
    const rejected = await attempt();
    const { retryAfter } = expectProblem(rejected, 'TOO_MANY_REQUESTS');
    expect(retryAfter).toBeGreaterThan(0);
    expect(rejected.headers.get('retry-after')).toBe(String(retryAfter));
    expectProblem(await attempt({ 'x-forwarded-for': '198.51.100.7' }), 'TOO_MANY_REQUESTS');
    expect((await caller(limited.url).fetch('/api/health')).status).toBe(200);
  } finally {
    await limited.stop();
  }
});

test('rejects unauthenticated calls', async () => {
  const stranger = caller(server.url);
  expectProblem(await stranger.rest('POST /chats', { json: {} }), 'UNAUTHORIZED');
  expectProblem(await stranger.rest('POST /chats/x/messages', { json: newMessage('Hi') }), 'UNAUTHORIZED');
});
