import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { sql } from 'drizzle-orm';
import { apiKeys, sessions } from '#server/db/schema/index';
import { writeSwitch } from '#server/maintenance/switch';
import { AUTH_ENDPOINTS } from '#server/people/auth-surface';
import { AUTH_PATH } from '#server/people/oauth/provider';
import { type Caller, read } from '#test/client';
import { type Actor, createFixture, type Fixture } from '#test/fixture';
import { all, type Endpoint, procedures, restRequest } from '#test/procedures';
import { startProviderServer } from '#test/provider-server';
import { samplesOf } from '#test/samples';
import { type Outcome, type Surface, surfaces } from '#test/surfaces';

const provider = await startProviderServer();
const fixture: Fixture = await createFixture(provider.url);
const { deps, url } = fixture.instance;
afterAll(async () => {
  await turn(false);
  await fixture.close();
  await provider.close();
});

async function turn(isOn: boolean): Promise<void> {
  await writeSwitch((statement) => deps.database.execute(sql.raw(statement)), isOn);
  await deps.maintenance.refresh();
  expect(deps.maintenance.isOn()).toBe(isOn);
}

const codeOf = (outcome: Outcome) => ('rejection' in outcome ? outcome.rejection.code : 'none');

const call = (surface: Surface, actor: Actor, endpoint: Endpoint, input: Record<string, unknown>) =>
  surface(fixture.instance, fixture.actors[actor], endpoint, input);

/** A valid input of each procedure. */
const inputs = new Map(procedures.map((endpoint) => [endpoint.name, samplesOf(endpoint).valid]));
const inputOf = ({ name }: Endpoint) => inputs.get(name) ?? {};

const isMutation = ({ type }: Endpoint) => type === 'mutation';

describe('in maintenance mode, every mutation', () => {
  beforeAll(() => turn(true));

  // Each has another caller, because some procedures have a low limit of calls.
  test.each([
    ['caller', 'user'],
    ['RPC', 'another'],
    ['REST', 'admin'],
    ['MCP', 'writeKey'],
  ] as const)('is rejected with one code on the surface %s', async (name, actor) => {
    const others: string[] = [];
    for (const endpoint of procedures.filter(isMutation)) {
      const code = codeOf(await call(surfaces[name], actor, endpoint, inputOf(endpoint)));
      if (code !== 'MAINTENANCE') others.push(`${endpoint.name}: ${code}`);
    }
    expect(others).toEqual([]);
  });

  test('over HTTP has status 503 and Retry-After, also an upload before its body is read', async () => {
    const { guest } = fixture.actors;
    for (const endpoint of all.filter(isMutation)) {
      const { path, init } = restRequest(endpoint, inputOf(endpoint));
      const overRest = await guest.fetch(path, { ...init, body: '{' });
      const overRpc = await guest.fetch(`/api/trpc/${endpoint.name}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{}',
      });
      for (const response of [overRest, overRpc]) {
        expect({
          name: endpoint.name,
          status: response.status,
          wait: response.headers.get('retry-after'),
        }).toEqual({
          name: endpoint.name,
          status: 503,
          wait: '30',
        });
        await response.body?.cancel();
      }
    }
  });
});

describe('in maintenance mode, every query', () => {
  test.each(
    procedures
      .filter((endpoint) => !isMutation(endpoint))
      .map((endpoint) => [endpoint.name, endpoint] as const),
  )('%s works on every surface', async (_, endpoint) => {
    await turn(false);
    const { ids, settle } = await fixture.arrange(endpoint);
    const known = Object.entries(ids).filter(([name]) => endpoint.inputFields.has(name));
    const input = { ...inputOf(endpoint), ...Object.fromEntries(known) };
    await turn(true);
    try {
      const first = await call(surfaces.caller, 'user', endpoint, input);
      const actor = 'result' in first ? 'user' : 'admin';
      for (const surface of Object.values(surfaces)) {
        expect(await call(surface, actor, endpoint, input)).toHaveProperty('result');
      }
      expect(await call(surfaces.MCP, 'writeKey', endpoint, input)).not.toMatchObject({
        rejection: { code: 'MAINTENANCE' },
      });
    } finally {
      await turn(false);
      await settle();
    }
  });
});

describe('in maintenance mode', () => {
  const nobody: Caller = fixture.actors.nobody;
  beforeAll(() => turn(true));
  afterAll(() => turn(false));

  const post = (as: Caller, path: string, body: unknown, type = 'application/json') =>
    as.fetch(path, { method: 'POST', headers: { 'content-type': type }, body: JSON.stringify(body) });

  test('sign-in, sign-up and all other changes of authentication are rejected', async () => {
    for (const [path, { method }] of Object.entries(AUTH_ENDPOINTS)) {
      if (method === 'GET') continue;
      const response = await post(nobody, `/api/auth${path}`, {});
      expect(response.headers.get('retry-after')).toBe('30');
      expect(await read(response)).toMatchObject({ status: 503, body: { code: 'MAINTENANCE' } });
    }
    for (const name of ['consent', 'token', 'revoke', 'register']) {
      const { status } = await read(await post(nobody, `${AUTH_PATH}/oauth2/${name}`, {}));
      expect({ name, status }).toEqual({ name, status: 503 });
    }
    expect((await nobody.fetch(`${AUTH_PATH}/oauth2/authorize?client_id=x`)).status).toBe(503);
  });

  test('useChat gets the same error', async () => {
    const response = await post(fixture.actors.user, '/api/chat', { id: 'kept', messages: [] });
    expect(response.headers.get('retry-after')).toBe('30');
    expect(await read(response)).toMatchObject({ status: 503, body: { code: 'MAINTENANCE' } });
  });

  test('the server is ready, and serves documents', async () => {
    const ready = await read(await nobody.fetch('/api/ready'));
    expect(ready).toMatchObject({ status: 200, body: { status: 'ready', maintenance: 'on' } });
    for (const path of ['/api/health', '/docs', '/api/openapi.json', '/llms.txt']) {
      expect([path, (await fetch(url + path)).status]).toEqual([path, 200]);
    }
  });

  test('the use of sessions and keys is not written', async () => {
    const long = new Date(Date.now() - 3 * 24 * 3600_000);
    const states = async () => [
      ...(await deps.db.select({ at: sessions.updatedAt }).from(sessions)),
      ...(await deps.db.select({ at: apiKeys.lastUsedAt }).from(apiKeys)),
    ];
    await deps.db.update(sessions).set({ updatedAt: long, expiresAt: new Date(Date.now() + 24 * 3600_000) });
    await deps.db.update(apiKeys).set({ lastUsedAt: long });
    const before = await states();
    const use = async () => {
      deps.authenticator.invalidateAll();
      const { user, readKey } = fixture.actors;
      const called = await user.fetch('/api/v1/users/me');
      const session = await user.fetch('/api/auth/get-session');
      expect(await session.json()).toMatchObject({ user: {} });
      expect([called.status, (await readKey.fetch('/api/v1/users/me')).status]).toEqual([200, 200]);
      return [...session.headers.getSetCookie(), ...called.headers.getSetCookie()];
    };
    expect(await use()).toEqual([]);
    expect(await states()).toEqual(before);

    await turn(false);
    expect(await use()).not.toEqual([]);
    expect(await states()).not.toEqual(before);
    await turn(true);
  });
});
