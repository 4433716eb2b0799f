import { randomUUID } from 'node:crypto';
import { afterAll, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import {
  type Account,
  answered,
  ask,
  signInAsGuest,
  caller,
  idOf,
  itemsOf,
  signIn,
  signUp,
  withKey,
} from '#test/client';
import { expectProblem } from '#test/problem';
import { startServer } from '#test/server';

const server = await startServer();
afterAll(server.stop);
await signUp(server.url, { name: 'Root' });
const ada = await signUp(server.url);

const Created = z.object({ id: z.string(), key: z.string() });

async function createKey(owner: Account, scope: 'read' | 'write', fields: object = {}) {
  const created = await owner.rest('POST /protected/api-keys', { json: { name: 'Test', scope, ...fields } });
  expect(created.status).toBe(201);
  return Created.parse(created.body);
}

test('returns protected data only to its owner', async () => {
  expect((await ada.rest('GET /protected')).body).toMatchObject({
    user: { id: ada.id, role: 'user' },
    session: { current: true, ip: '127.0.0.1', userAgent: expect.any(String), createdAt: expect.any(String) },
    apiKey: null,
  });
  expectProblem(await caller(server.url).rest('GET /protected'), 'UNAUTHORIZED');
  expectProblem(
    await caller(server.url, { cookie: 'better-auth.session_token=nonsense.x' }).rest('GET /protected'),
    'UNAUTHORIZED',
  );
});

describe('an API key', () => {
  test('is returned once and authenticates its owner', async () => {
    const { id, key } = await createKey(ada, 'write', { expiresInDays: 1 });
    const list = await ada.rest('GET /protected/api-keys');
    expect(itemsOf(list)).toContainEqual(
      expect.objectContaining({ id, start: key.slice(0, 8), scope: 'write' }),
    );
    expect(JSON.stringify(list.body)).not.toContain(key);

    const agent = withKey(server.url, key);
    expect((await agent.rest('GET /protected')).body).toMatchObject({
      user: { id: ada.id },
      session: null,
      apiKey: { id },
    });
    expect((await agent.rest('POST /chats', { json: {} })).status).toBe(201);
  });

  test('with the scope read cannot change data', async () => {
    const reader = withKey(server.url, (await createKey(ada, 'read')).key);
    expect((await reader.rest('GET /chats')).status).toBe(200);
    expectProblem(await reader.rest('POST /chats', { json: {} }), 'FORBIDDEN');
    expectProblem(await reader.rest(`PATCH /users/${ada.id}`, { json: { name: 'X' } }), 'FORBIDDEN');
    const { chatId } = await ask(ada, 'Hello');
    expectProblem(await reader.rest(`DELETE /chats/${chatId}`), 'FORBIDDEN');
  });

  test('cannot manage keys, sessions or the account', async () => {
    const agent = withKey(server.url, (await createKey(ada, 'write')).key);
    const calls: [string, unknown?][] = [
      ['GET /protected/sessions'],
      [`DELETE /protected/sessions/${randomUUID()}`],
      ['GET /protected/api-keys'],
      ['POST /protected/api-keys', { name: 'More', scope: 'write' }],
      [`DELETE /protected/api-keys/${randomUUID()}`],
      ['GET /protected/provider-keys'],
      ['PUT /protected/provider-keys/openai', { key: 'sk-12345678' }],
      ['DELETE /protected/provider-keys/openai'],
      ['GET /protected/export'],
      ['GET /protected/audit'],
      ['POST /protected/delete-account', { password: ada.password }],
    ];
    for (const [call, json] of calls) {
      const problem = expectProblem(await agent.rest(call, json === undefined ? {} : { json }), 'FORBIDDEN');
      expect(problem.detail).toContain('API key');
    }
    expect((await ada.rest('GET /users/me')).status).toBe(200);
  });

  test('is rejected after it was revoked', async () => {
    const { id, key } = await createKey(ada, 'write');
    const agent = withKey(server.url, key);
    expect((await agent.rest('GET /users/me')).status).toBe(200);
    expect((await ada.rest(`DELETE /protected/api-keys/${id}`)).status).toBe(204);
    expectProblem(await agent.rest('GET /users/me'), 'UNAUTHORIZED');
    expectProblem(await ada.rest(`DELETE /protected/api-keys/${id}`), 'NOT_FOUND');
  });

  test('that is unknown or malformed is rejected, also with a valid cookie', async () => {
    for (const authorization of [
      'Bearer sb_unknown',
      'Bearer',
      'Basic YTpi',
      `Bearer ${'x'.repeat(5000)}`,
      'nonsense',
    ]) {
      expectProblem(await ada.rest('GET /users/me', { headers: { authorization } }), 'UNAUTHORIZED');
    }
  });

  test('cannot be created by a guest', async () => {
    const guest = await signInAsGuest(server.url);
    const json = { name: 'Guest', scope: 'read' };
    expectProblem(await guest.rest('POST /protected/api-keys', { json }), 'FORBIDDEN');
    expectProblem(
      await ada.rest('POST /protected/api-keys', { json: { ...json, expiresInDays: 0 } }),
      'INVALID_INPUT',
    );
  });
});

test('stores a provider key and never returns it', async () => {
  const key = 'sk-secret-of-ada-1234';
  const stored = await ada.rest('PUT /protected/provider-keys/openai', { json: { key } });
  expect(stored).toMatchObject({ status: 200, body: { provider: 'openai', last4: '1234' } });
  const list = await ada.rest('GET /protected/provider-keys');
  expect(list.body).toMatchObject({ items: [{ provider: 'openai', last4: '1234' }] });
  const exported = await ada.rest('GET /protected/export');
  for (const { body } of [stored, list, exported])
    expect(JSON.stringify(body)).not.toContain('secret-of-ada');

  expect((await ada.rest('DELETE /protected/provider-keys/openai')).status).toBe(204);
  expectProblem(await ada.rest('DELETE /protected/provider-keys/openai'), 'NOT_FOUND');
  expectProblem(await ada.rest('PUT /protected/provider-keys/nobody', { json: { key } }), 'INVALID_INPUT');
  expect(server.log()).not.toContain('secret-of-ada');
});

test('lists sessions and revokes one from another session', async () => {
  const phone = await signIn(server.url, ada);
  const sessions = itemsOf(await ada.rest('GET /protected/sessions'));
  expect(sessions).toHaveLength(2);
  const other = sessions.find((session) => session['current'] === false);
  expect((await ada.rest(`DELETE /protected/sessions/${other?.id}`)).status).toBe(204);
  expectProblem(await phone.rest('GET /users/me'), 'UNAUTHORIZED');
  expect((await ada.rest('GET /users/me')).status).toBe(200);
  expect(JSON.stringify(sessions)).not.toContain('token');
});

test('lists the audit trail in pages, newest first', async () => {
  const bob = await signUp(server.url);
  const { id } = await createKey(bob, 'read');
  await bob.rest(`DELETE /protected/api-keys/${id}`);
  const newest = await bob.rest('GET /protected/audit?limit=2');
  expect(itemsOf(newest)).toMatchObject([
    { action: 'api-key.revoke', target: id, actorId: bob.id, via: 'session', ip: '127.0.0.1' },
    { action: 'api-key.create', target: id },
  ]);
  const next = /^<\/api\/v1([^>]+)>; rel="next"$/.exec(newest.headers.get('link') ?? '')?.[1];
  expect(itemsOf(await bob.rest(`GET ${next}`))).toMatchObject([
    { action: 'session.create', via: 'sign-in' },
  ]);
});

test('exports all data of the caller as one JSON document', async () => {
  const bob = await signUp(server.url);
  const { chatId } = await ask(bob, 'What do I own?');
  await answered(bob, chatId);
  const response = await bob.fetch('/api/v1/protected/export');
  expect(response.headers.get('content-type')).toBe('application/json');
  const document = JSON.parse(await response.text());
  expect(document).toMatchObject({
    user: { id: bob.id },
    sessions: [{ current: true }],
    audit: [{ action: 'session.create' }],
    chats: [{ id: chatId }],
    messages: [{ role: 'user' }, { role: 'assistant', status: 'complete' }],
  });
});

describe('an account', () => {
  test('is deleted with its data by its owner, who has to send the password', async () => {
    const bob = await signUp(server.url);
    const { key } = await createKey(bob, 'write');
    const { chatId } = await ask(bob, 'Will this be deleted?');
    const remove = (json: object) => bob.rest('POST /protected/delete-account', { json });
    expectProblem(await remove({ password: 'wrong horse' }), 'WRONG_PASSWORD');
    expect(expectProblem(await remove({}), 'INVALID_INPUT').issues).toMatchObject([{ pointer: '/password' }]);
    expect((await bob.rest(`GET /chats/${chatId}`)).status).toBe(200);

    expect((await remove({ password: bob.password })).status).toBe(204);
    expectProblem(await bob.rest('GET /users/me'), 'UNAUTHORIZED');
    expectProblem(await withKey(server.url, key).rest('GET /users/me'), 'UNAUTHORIZED');
    await expect(signIn(server.url, bob)).rejects.toThrow('401');
    const again = await signUp(server.url, { email: bob.email });
    expectProblem(await again.rest(`GET /chats/${chatId}`), 'NOT_FOUND');
    expect(idOf(await again.rest('GET /users/me'))).not.toBe(bob.id);
  });

  test('of a guest is deleted without a password', async () => {
    const guest = await signInAsGuest(server.url);
    expect((await guest.rest('POST /protected/delete-account', { json: {} })).status).toBe(204);
    expectProblem(await guest.rest('GET /users/me'), 'UNAUTHORIZED');
  });
});
