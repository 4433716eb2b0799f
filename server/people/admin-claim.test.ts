import { request } from 'node:http';
import { json } from 'node:stream/consumers';
import { afterEach, describe, expect, test } from '@jest/globals';
import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { installation, users } from '#server/db/schema/index';
import { type Account, signInAsGuest, caller, postAuth, read, signIn, signUp, withKey } from '#test/client';
import { expectProblem } from '#test/problem';
import { type ServedInstance, serveInstance } from '#test/served';

const ADMIN_EMAIL = 'Ops@example.com';
const CODE = /[0-9A-Z]{5}(-[0-9A-Z]{5}){3}/;

interface Installation extends ServedInstance {
  /** The lines that the server has printed on its console. */
  printed: string[];
  code: () => string;
}

const open: ServedInstance[] = [];
afterEach(async () => {
  for (const instance of open.splice(0)) await instance.close();
});

/** Starts another instance on the existing data. */
async function join(settings: Record<string, string> = {}): Promise<Installation> {
  const printed: string[] = [];
  const instance = await serveInstance({ settings, print: (line) => printed.push(line) });
  open.push(instance);
  return { ...instance, printed, code: () => CODE.exec(printed.join())?.[0] ?? 'none' };
}

/** Starts an instance of a new installation, without accounts. */
async function install(settings: Record<string, string> = {}): Promise<Installation> {
  const { deps } = await join();
  await deps.db.delete(users);
  await deps.db.delete(installation);
  return join(settings);
}

/** Signs up with headers that `fetch` does not allow. */
async function signUpWith({ url }: ServedInstance, headers: Record<string, string>): Promise<Account> {
  const person = { name: 'Eve', email: `${crypto.randomUUID()}@example.com`, password: 'correct horse' };
  const body = JSON.stringify(person);
  await new Promise<unknown>((resolve, reject) => {
    request(
      `${url}/api/auth/sign-up/email`,
      { method: 'POST', headers: { 'content-type': 'application/json', ...headers } },
      (response) => {
        json(response).then(resolve, reject);
      },
    )
      .on('error', reject)
      .end(body);
  });
  return signIn(url, person);
}

const roleOf = async ({ rpc }: Account) => (await rpc.users.me.query()).role;
const isOpenTo = async ({ rpc }: Account) => (await rpc.protected.adminClaim.query()).open;
const claim = (account: Pick<Account, 'rest'>, code: string) =>
  account.rest('POST /protected/admin-claim', { json: { code } });

describe('the first account', () => {
  test('becomes the admin without a code if it is created on this machine', async () => {
    const here = await install();
    const ada = await signUp(here.url);
    expect(await roleOf(ada)).toBe('admin');
    expect(await isOpenTo(ada)).toBe(false);
    expect(await roleOf(await signUp(here.url))).toBe('user');
    expect(here.printed).toEqual([]);
    const trail = await ada.rpc.protected.audit.query({});
    expect(trail.items).toContainEqual(
      expect.objectContaining({ action: 'user.set-role.admin', via: 'sign-in', ip: '127.0.0.1' }),
    );
  });

  test('gets the role admin in the response to its sign-up, and the second account gets user', async () => {
    const { url } = await install();
    for (const role of ['admin', 'user']) {
      const person = { name: 'Eve', email: `${role}@example.com`, password: 'correct horse' };
      const { body } = await read(await postAuth(url, '/sign-up/email', person));
      expect(body).toMatchObject({ user: { email: person.email, role } });
    }
  });

  test.each<[string, Record<string, string>, Record<string, string>]>([
    ['a host that is not this machine’s', { host: '192.168.1.20:3000' }, {}],
    ['a header of a proxy', { 'x-forwarded-for': '203.0.113.7' }, {}],
    ['another header of a proxy', { via: '1.1 proxy' }, {}],
    ['the page of a proxy', { origin: 'http://192.168.1.20', host: '192.168.1.20' }, {}],
    ['a proxy that is trusted', {}, { TRUST_PROXY: 'true' }],
    ['a public APP_URL', { host: 'app.example.com' }, { APP_URL: 'https://app.example.com' }],
  ])('does not become the admin with %s until it enters the code', async (_case, headers, settings) => {
    const here = await install(settings);
    const eve = await signUpWith(here, headers);
    expect(await roleOf(eve)).toBe('user');
    expect(await isOpenTo(eve)).toBe(true);
    expect(here.printed).toHaveLength(1);
    expect((await claim(eve, here.code())).status).toBe(204);
    expect(await roleOf(eve)).toBe('admin');
    expect(await isOpenTo(eve)).toBe(false);
    const trail = await eve.rpc.protected.audit.query({});
    expect(trail.items[0]).toMatchObject({ action: 'user.set-role.admin', via: 'session' });
  });

  test('is not created for a host that DNS was made to point to this server', async () => {
    const here = await install();
    const entered = signUpWith(here, { host: 'evil.example', authorization: 'Bearer x' });
    await expect(entered).rejects.toThrow('No session');
    expect(await here.deps.db.$count(users)).toBe(0);
  });
});

describe('ADMIN_EMAIL', () => {
  test('makes only the account it names the admin, and only with the code', async () => {
    const here = await install({ ADMIN_EMAIL });
    expect(here.printed).toHaveLength(1);
    const eve = await signUp(here.url);
    const ops = await signUp(here.url, { email: 'ops@example.com' });
    expect([await roleOf(eve), await roleOf(ops)]).toEqual(['user', 'user']);
    expect([await isOpenTo(eve), await isOpenTo(ops)]).toEqual([false, true]);
    expectProblem(await claim(eve, here.code()), 'FORBIDDEN');
    expect((await claim(ops, here.code())).status).toBe(204);
    expect(await roleOf(ops)).toBe('admin');
  });

  test('does not make a second admin after the first one has changed their email', async () => {
    const here = await install({ ADMIN_EMAIL });
    const ops = await signUp(here.url, { email: 'ops@example.com' });
    await claim(ops, here.code());
    await ops.rpc.users.update.mutate({ id: ops.id, email: 'moved@example.com' });
    const eve = await signUp(here.url, { email: 'ops@example.com' });
    expect(await roleOf(eve)).toBe('user');
    expect(await isOpenTo(eve)).toBe(false);
    expectProblem(await claim(eve, here.code()), 'CONFLICT');
    // An instance that starts later no longer prints the code.
    expect((await join({ ADMIN_EMAIL })).printed).toEqual([]);
  });
});

describe('the code', () => {
  test('is the same on every instance, is accepted in any notation, and differs in a new installation', async () => {
    const settings = { TRUST_PROXY: 'true' };
    const one = await install(settings);
    const two = await join(settings);
    expect(one.code()).toMatch(CODE);
    expect(two.code()).toBe(one.code());
    const ada = await signUp(two.url);
    expect((await claim(ada, ` ${one.code().toLowerCase().replaceAll('-', ' ')}`)).status).toBe(204);
    expect((await install(settings)).code()).not.toBe(one.code());
  });

  test('makes one admin if several accounts enter it at the same time', async () => {
    const one = await install({ TRUST_PROXY: 'true' });
    const two = await join({ TRUST_PROXY: 'true' });
    const people = await Promise.all([one, two, one, two].map(({ url }) => signUp(url)));
    const responses = await Promise.all(people.map((person) => claim(person, one.code())));
    expect(responses.map(({ status }) => status).sort()).toEqual([204, 409, 409, 409]);
    expect(await one.deps.db.$count(users, eq(users.role, 'admin'))).toBe(1);
  });

  test('allows few attempts, and names the wrong field', async () => {
    const here = await install({ TRUST_PROXY: 'true', RATE_LIMIT: '1000' });
    const eve = await signUp(here.url);
    for (const code of ['00000-00000-00000-00000', 'x', `${here.code()}0`, '-', here.code().slice(1)]) {
      const { issues } = expectProblem(await claim(eve, code), 'INVALID_INPUT');
      expect(issues?.[0]?.pointer).toBe('/code');
    }
    expectProblem(await claim(eve, here.code()), 'TOO_MANY_REQUESTS');
    expect(await roleOf(eve)).toBe('user');
  });

  test('is rejected from guests, API keys and anonymous callers', async () => {
    const here = await install({ TRUST_PROXY: 'true' });
    const ada = await signUp(here.url);
    const created = await ada.rest('POST /protected/api-keys', { json: { name: 'key', scope: 'write' } });
    const { key } = z.looseObject({ key: z.string() }).parse(created.body);
    expectProblem(await claim(await signInAsGuest(here.url), here.code()), 'FORBIDDEN');
    expectProblem(await claim(withKey(here.url, key), here.code()), 'FORBIDDEN');
    expectProblem(await claim(caller(here.url), here.code()), 'UNAUTHORIZED');
    expectProblem(await caller(here.url).rest('GET /protected/admin-claim'), 'UNAUTHORIZED');
    expect(await here.deps.db.$count(users, eq(users.role, 'admin'))).toBe(0);
  });
});
