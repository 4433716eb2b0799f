import { afterAll, describe, expect, test } from '@jest/globals';
import { caller, type Caller, newMessage, signUp, withKey } from '#test/client';
import { startServer } from '#test/server';

const server = await startServer();
afterAll(server.stop);
const ada = await signUp(server.url);
const { key } = await ada.rpc.protected.apiKeys.create.mutate({ name: 'Key', scope: 'write' });

const json = { 'content-type': 'application/json' };
const post = (path: string, body: unknown) => (as: Caller) =>
  as.fetch(path, { method: 'POST', headers: json, body: JSON.stringify(body) });
const get = (path: string) => (as: Caller) => as.fetch(path);

const message = { id: 'c', messages: [{ id: 'm', role: 'user', ...newMessage('Hi') }] };
const CALLS: Record<string, (as: Caller) => Promise<Response>> = {
  REST: get('/api/v1/users/me'),
  'a form over REST': (as) => as.fetch('/api/v1/chats', { method: 'POST', body: new FormData() }),
  'a stream over REST': get('/api/v1/chats/c/stream'),
  RPC: get('/api/trpc/users.me?input=%7B%22json%22%3A%7B%7D%7D'),
  'a batch over RPC': get('/api/trpc/users.me,chat.models?batch=1&input=%7B%7D'),
  'sending over AI chat': post('/api/chat', message),
  'following over AI chat': get('/api/chat/c/stream'),
};
const CREDENTIALS: [credential: string, headers: Record<string, string>, challenge: string][] = [
  ['no credential', {}, 'Bearer'],
  ['an invalid cookie', { cookie: 'better-auth.session_token=x.y' }, 'Bearer'],
  ['another scheme', { authorization: 'Basic YTpi' }, 'Bearer'],
  ['an invalid key', { authorization: 'Bearer sb_none' }, 'Bearer error="invalid_token"'],
];

describe.each(Object.entries(CALLS))('%s', (_name, call) => {
  test.each(CREDENTIALS)('with %s returns a challenge', async (_credential, headers, challenge) => {
    const response = await call(caller(server.url, headers));
    expect({
      status: response.status,
      challenge: response.headers.get('www-authenticate'),
    }).toEqual({ status: 401, challenge });
  });

  test('with a valid key returns no challenge', async () => {
    const response = await call(withKey(server.url, key));
    expect(response.headers.get('www-authenticate')).toBeNull();
    await response.body?.cancel();
  });
});

test('a rejected sign-in returns a challenge, like every 401', async () => {
  const wrong = { email: ada.email, password: 'wrong horse' };
  const change = { currentPassword: ada.password, newPassword: 'a better horse' };
  for (const { status, headers } of [
    await post('/api/auth/sign-in/email', wrong)(caller(server.url)),
    await post('/api/auth/sign-in/email', wrong)(ada),
    await post('/api/auth/change-password', change)(caller(server.url)),
  ]) {
    expect({ status, challenge: headers.get('www-authenticate') }).toEqual({
      status: 401,
      challenge: 'Bearer',
    });
  }
});
