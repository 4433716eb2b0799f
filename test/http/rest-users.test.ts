import { afterAll, describe, expect, test } from '@jest/globals';
import {
  signInAsGuest,
  caller,
  idOf,
  itemsOf,
  postAuth,
  read,
  signIn,
  signUp,
  signUpAdmin,
} from '#test/client';
import { expectProblem } from '#test/problem';
import { startServer } from '#test/server';

const server = await startServer();
afterAll(server.stop);
const root = await signUpAdmin(server, { name: 'Root', email: 'root@example.com' });
const ada = await signUp(server.url, { name: 'Ada Lovelace', email: 'Ada@Example.com' });
const stranger = caller(server.url);

describe('a profile', () => {
  test('can be read only by its owner', async () => {
    const me = await ada.rest('GET /users/me');
    expect(me).toMatchObject({
      status: 200,
      body: {
        id: ada.id,
        name: 'Ada Lovelace',
        email: 'ada@example.com',
        role: 'user',
        isGuest: false,
        image: null,
      },
    });
    expect(JSON.stringify(me.body)).not.toContain('password');
    expect((await ada.rest(`GET /users/${ada.id}`)).body).toEqual(me.body);
    expectProblem(await stranger.rest('GET /users/me'), 'UNAUTHORIZED');
  });

  test('is replaced whole by PUT', async () => {
    const image = 'https://example.com/ada.png';
    const profile = { name: 'Ada King', email: 'ada@example.com', image };
    expect((await ada.rest(`PUT /users/${ada.id}`, { json: profile })).body).toMatchObject(profile);

    const partial = expectProblem(
      await ada.rest(`PUT /users/${ada.id}`, { json: { name: 'Ada' } }),
      'INVALID_INPUT',
    );
    expect(partial.issues?.map(({ pointer }) => pointer)).toEqual(['/email']);
    expect((await ada.rest('GET /users/me')).body).toMatchObject(profile);

    const withoutImage = { name: 'Ada', email: 'ada@example.com' };
    expect((await ada.rest(`PUT /users/${ada.id}`, { json: withoutImage })).body).toMatchObject({
      ...withoutImage,
      image: null,
    });
  });

  test('is changed in part by PATCH', async () => {
    const before = (await ada.rest('GET /users/me')).body;
    const changed = await ada.rest(`PATCH /users/${ada.id}`, { json: { name: 'Countess' } });
    expect(changed).toMatchObject({ status: 200, body: { name: 'Countess', email: 'ada@example.com' } });
    expect((await ada.rest(`PATCH /users/${ada.id}`, { json: {} })).body).toMatchObject({ name: 'Countess' });
    expect(before).toMatchObject({ id: ada.id });
  });

  test('rejects unknown fields', async () => {
    const sent = { name: 'Ada', email: 'ada@example.com', role: 'admin' };
    expectProblem(await ada.rest(`PUT /users/${ada.id}`, { json: sent }), 'INVALID_INPUT');
    expectProblem(await ada.rest(`PATCH /users/${ada.id}`, { json: { banned: false } }), 'INVALID_INPUT');
    expectProblem(await ada.rest(`PATCH /users/${ada.id}`, { json: { id: root.id } }), 'INVALID_INPUT');
    expect((await ada.rest('GET /users/me')).body).toMatchObject({ role: 'user' });
  });

  test('cannot have the email of another account, regardless of case', async () => {
    const taken = await ada.rest(`PATCH /users/${ada.id}`, { json: { email: 'ROOT@example.com' } });
    expect(expectProblem(taken, 'EMAIL_TAKEN').issues).toMatchObject([{ pointer: '/email' }]);
    const json = { name: 'Root', email: 'rOOt@example.com', password: 'correct horse' };
    expectProblem(await root.rest('POST /users', { json }), 'EMAIL_TAKEN');
    expectProblem(await read(await postAuth(server.url, '/sign-up/email', json)), 'EMAIL_TAKEN');
  });

  test('of a guest cannot be changed', async () => {
    const guest = await signInAsGuest(server.url);
    expectProblem(await guest.rest(`PATCH /users/${guest.id}`, { json: { name: 'Me' } }), 'FORBIDDEN');
  });
});

describe('an admin', () => {
  test('lists and searches accounts in pages', async () => {
    for (const name of ['Grace Hopper', 'Alan Turing', 'Edsger Dijkstra']) await signUp(server.url, { name });
    const newest = await root.rest('GET /users?limit=2');
    expect(itemsOf(newest).map((user) => user['name'])).toEqual(['Edsger Dijkstra', 'Alan Turing']);
    const next = /^<\/api\/v1([^>]+)>; rel="next"$/.exec(newest.headers.get('link') ?? '')?.[1];
    expect(itemsOf(await root.rest(`GET ${next}`))[0]).toMatchObject({ name: 'Grace Hopper' });
    expect(itemsOf(await root.rest('GET /users?search=turing'))).toMatchObject([{ name: 'Alan Turing' }]);
    expect(itemsOf(await root.rest('GET /users?search=root'))).toMatchObject([
      { id: root.id, role: 'admin' },
    ]);
  });

  test('creates accounts that can sign in', async () => {
    const json = { name: 'Kurt', email: 'kurt@example.com', password: 'incomplete' };
    const created = await root.rest('POST /users', { json });
    expect(created).toMatchObject({ status: 201, body: { name: 'Kurt', role: 'user', image: null } });
    expect(created.headers.get('location')).toBe(`/api/v1/users/${idOf(created)}`);
    const kurt = await signIn(server.url, json);
    expect((await kurt.rest('GET /users/me')).body).toMatchObject({ id: idOf(created) });

    expect((await root.rest(`DELETE /users/${kurt.id}`)).status).toBe(204);
    expectProblem(await kurt.rest('GET /users/me'), 'UNAUTHORIZED');
    expectProblem(await root.rest(`GET /users/${kurt.id}`), 'NOT_FOUND');
    expectProblem(await root.rest(`DELETE /users/${kurt.id}`), 'NOT_FOUND');
  });

  test('adds and removes the admin role, except their own', async () => {
    const bob = await signUp(server.url);
    const setRole = (role: string, id = bob.id) => root.rest(`PUT /users/${id}/role`, { json: { role } });
    expect((await setRole('admin')).body).toMatchObject({ id: bob.id, role: 'admin' });
    expect((await bob.rest('GET /users?limit=1')).status).toBe(200);
    await setRole('user');
    expectProblem(await bob.rest('GET /users?limit=1'), 'FORBIDDEN');
    expectProblem(await setRole('user', root.id), 'CONFLICT');
    expectProblem(await setRole('king'), 'INVALID_INPUT');
    expectProblem(await setRole('user', 'nobody'), 'NOT_FOUND');
    expectProblem(await root.rest(`DELETE /users/${root.id}`), 'CONFLICT');
    expectProblem(await root.rest(`PUT /users/${root.id}/ban`, { json: {} }), 'CONFLICT');
  });
});

test('rejects admin procedures for users', async () => {
  const calls: [string, unknown?][] = [
    ['GET /users'],
    ['POST /users', { name: 'Eve', email: 'eve@example.com', password: 'correct horse' }],
    [`DELETE /users/${root.id}`],
    [`PUT /users/${root.id}/role`, { role: 'user' }],
    [`PUT /users/${ada.id}/role`, { role: 'admin' }],
    [`PUT /users/${root.id}/ban`, {}],
    [`DELETE /users/${root.id}/ban`],
  ];
  for (const [call, json] of calls) {
    const sent = json === undefined ? {} : { json };
    expectProblem(await ada.rest(call, sent), 'FORBIDDEN');
    expectProblem(await stranger.rest(call, sent), 'UNAUTHORIZED');
  }
  for (const call of [`GET /users/${root.id}`, `PATCH /users/${root.id}`]) {
    expectProblem(await ada.rest(call, call.startsWith('GET') ? {} : { json: { name: 'X' } }), 'NOT_FOUND');
  }
  expect((await root.rest('GET /users/me')).body).toMatchObject({
    name: 'Root',
    role: 'admin',
    banned: false,
  });
});
