import { afterAll, expect, test } from '@jest/globals';
import { sessions } from '#server/db/schema';
import { AUTH_PATHS } from '#server/surfaces/auth';
import { cookieOf, postAuth, signUp } from '#test/client';
import { serveInstance } from '#test/served';

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
  expect(new Set(CALLS.map(([path]) => path))).toEqual(new Set(AUTH_PATHS));
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
