import { beforeAll, describe, expect, test } from '@jest/globals';
import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { appRouter } from '#routers/index';
import type { Deps } from '#server/compose';
import { apiKeys, sessions } from '#server/db/schema/index';
import { createCallerFactory, open, router } from '#server/procedures';
import { until } from '#test/answers';
import {
  type Api,
  callAs,
  callWithKey,
  failureOf,
  type Person,
  requestInfo,
  signIn,
  signUp,
  startInstance,
} from '#test/caller';
import { testDatabase } from '#test/database';
import { recordStatements, type Statement } from '#test/statements';
import { createContext } from './context.ts';

let deps: Deps;
let statements: Statement[];
let ada: Person;

beforeAll(async () => {
  deps = await startInstance();
  statements = recordStatements(deps.database);
  ada = await signUp(deps);
});

const newKey = (scope: 'read' | 'write', expiresInDays?: number) =>
  ada.api.protected.apiKeys.create({
    name: 'test',
    scope,
    ...(expiresInDays !== undefined && { expiresInDays }),
  });

/** True if a caller is not authenticated (any more). */
const isUnauthorized = (api: Api) =>
  api.users.me().then(
    () => false,
    async () => (await failureOf(api.users.me())) === 'UNAUTHORIZED',
  );

/** Waits until a caller is no longer authenticated. */
const untilUnauthorized = (api: Api) => until(() => isUnauthorized(api));

/** A caller's access, and how it ends. */
interface Grant {
  headers: Headers;
  end: () => Promise<unknown>;
  /** True if a caller does not have the access (any more). */
  isLost: (api: Api) => Promise<boolean>;
}

/** Every way in which access ends. */
const GRANTS: Record<string, (eve: Person) => Promise<Grant>> = {
  async session(eve) {
    const [{ id } = { id: '' }] = (await eve.api.protected.sessions.list({})).items;
    const phone = await signIn(deps, eve);
    return {
      headers: eve.headers,
      end: () => phone.api.protected.sessions.revoke({ id }),
      isLost: isUnauthorized,
    };
  },
  async key(eve) {
    const { id, key } = await eve.api.protected.apiKeys.create({ name: 'test', scope: 'read' });
    const headers = new Headers({ authorization: `Bearer ${key}` });
    return { headers, end: () => eve.api.protected.apiKeys.revoke({ id }), isLost: isUnauthorized };
  },
  ban: ({ id, headers }) =>
    Promise.resolve({ headers, end: () => ada.api.users.ban({ id }), isLost: isUnauthorized }),
  async role({ id, headers }) {
    await ada.api.users.setRole({ id, role: 'admin' });
    const isLost = (api: Api) =>
      api.users.list({}).then(
        () => false,
        async () => (await failureOf(api.users.list({}))) === 'FORBIDDEN',
      );
    return { headers, end: () => ada.api.users.setRole({ id, role: 'user' }), isLost };
  },
  account: ({ headers, password, api }) =>
    Promise.resolve({
      headers,
      end: () => api.protected.deleteAccount({ password }),
      isLost: isUnauthorized,
    }),
};

describe('authentication', () => {
  test('sends no statement for an open procedure, even if the caller sends a credential', async () => {
    const greeter = router({ greet: open.input(z.string()).query(({ input }) => `Hello ${input}`) });
    const { key } = await newKey('read');
    for (const headers of [ada.headers, new Headers({ authorization: `Bearer ${key}` })]) {
      statements.length = 0;
      const api = createCallerFactory(greeter)(createContext(deps, requestInfo(headers)));
      expect(await api.greet('Ada')).toBe('Hello Ada');
      expect(statements).toEqual([]);
    }
  });

  test('sends one statement for a batch of ten calls', async () => {
    const isLookup = ({ sql }: Statement) => /from "(sessions|api_keys)"/.test(sql);
    const { key } = await newKey('read');
    for (const headers of [ada.headers, new Headers({ authorization: `Bearer ${key}` })]) {
      deps.authenticator.invalidateAll();
      statements.length = 0;
      const api = createCallerFactory(appRouter)(createContext(deps, requestInfo(headers)));
      await Promise.all(Array.from({ length: 10 }, () => api.users.me()));
      expect(statements.filter(isLookup)).toHaveLength(1);
    }
  });
});

describe('the cache of identities', () => {
  test('avoids a query for a caller who was just authenticated', async () => {
    const { key } = await newKey('read');
    for (const headers of [ada.headers, new Headers({ authorization: `Bearer ${key}` })]) {
      const authenticate = () => createContext(deps, requestInfo(headers)).authenticate();
      const first = await authenticate();
      statements.length = 0;
      const second = await authenticate();
      expect(statements).toEqual([]);
      expect({ ...second, request: null }).toEqual({ ...first, request: null });
    }
  });

  test('sends one query, and one write, for callers with the same credential at the same time', async () => {
    const { key } = await newKey('read');
    for (const headers of [ada.headers, new Headers({ authorization: `Bearer ${key}` })]) {
      const authenticate = async () => createContext(deps, requestInfo(headers)).authenticate();
      deps.authenticator.invalidateAll();
      statements.length = 0;
      const actors = await Promise.all(Array.from({ length: 50 }, authenticate));
      expect(new Set(actors.map((actor) => actor?.userId))).toEqual(new Set([ada.id]));
      expect(statements.filter(({ sql }) => /from "(sessions|api_keys)"/.test(sql))).toHaveLength(1);
      expect(statements.filter(({ sql }) => sql.startsWith('update')).length).toBeLessThan(2);
    }
  });

  test('does not give the result of a query that began before an invalidation to a later caller', async () => {
    const eve = await signUp(deps, 'Eve');
    const { id, key } = await eve.api.protected.apiKeys.create({ name: 'test', scope: 'read' });
    const authenticate = async () =>
      createContext(deps, requestInfo(new Headers({ authorization: `Bearer ${key}` }))).authenticate();
    for (const invalidate of [
      () => {
        deps.authenticator.invalidate(eve.id);
      },
      () => {
        deps.authenticator.invalidateAll();
      },
    ]) {
      deps.authenticator.invalidateAll();
      statements.length = 0;
      const early = authenticate();
      invalidate();
      await Promise.all([early, authenticate(), authenticate()]);
      expect(statements.filter(({ sql }) => sql.includes('from "api_keys"'))).toHaveLength(2);
    }
    await eve.api.protected.apiKeys.revoke({ id });
  });

  test('does not keep the result of a query that began before an invalidation', async () => {
    const eve = await signUp(deps, 'Eve');
    const { key } = await eve.api.protected.apiKeys.create({ name: 'test', scope: 'read' });
    for (const headers of [eve.headers, new Headers({ authorization: `Bearer ${key}` })]) {
      const authenticate = async () => createContext(deps, requestInfo(headers)).authenticate();
      deps.authenticator.invalidateAll();
      const early = authenticate();
      deps.authenticator.invalidate(eve.id);
      expect((await early)?.userId).toBe(eve.id);
      statements.length = 0;
      await authenticate();
      expect(statements.filter(({ sql }) => /from "(sessions|api_keys)"/.test(sql))).toHaveLength(1);
    }
  });

  test.each(Object.entries(GRANTS))(
    'loses access on another instance within 2 seconds: %s',
    async (_, make) => {
      const other = await startInstance();
      const { headers, end, isLost } = await make(await signUp(deps, 'Eve'));
      expect(await isLost(callAs(other, headers))).toBe(false);
      await end();
      const endedAt = Date.now();
      expect(await isLost(callAs(deps, headers))).toBe(true);
      await until(() => isLost(callAs(other, headers)));
      expect(Date.now() - endedAt).toBeLessThan(2_000);
    },
  );

  test('loses access within 5 seconds even if notifications are lost', async () => {
    const deaf = await startInstance({
      database: async () => ({ ...(await testDatabase()), listen: async () => async () => undefined }),
    });
    const late = Object.entries(GRANTS).map(async ([name, make]) => {
      const { headers, end, isLost } = await make(await signUp(deps, 'Eve'));
      expect(await isLost(callAs(deaf, headers))).toBe(false);
      await end();
      const endedAt = Date.now();
      await until(() => isLost(callAs(deaf, headers)));
      return [name, Date.now() - endedAt < 5_000];
    });
    const inTime = Object.fromEntries(Object.keys(GRANTS).map((name) => [name, true]));
    expect(Object.fromEntries(await Promise.all(late))).toEqual(inTime);
  });

  test('loses a role immediately on the same instance', async () => {
    const eve = await signUp(deps, 'Eve');
    await ada.api.users.setRole({ id: eve.id, role: 'admin' });
    await eve.api.users.list({});
    await ada.api.users.setRole({ id: eve.id, role: 'user' });
    expect(await failureOf(eve.api.users.list({}))).toBe('FORBIDDEN');
  });
});

describe('sessions', () => {
  test('reject a cookie that is forged, changed or has a foreign signature', async () => {
    const cookie = ada.headers.get('cookie') ?? '';
    const forged = [
      cookie.replace(/=(.)/, '=x$1'),
      cookie.slice(0, -6),
      cookie.replace(/\..*$/, '.AAAA'),
      'a=b',
    ];
    for (const value of forged) {
      expect(await failureOf(callAs(deps, new Headers({ cookie: value })).users.me())).toBe('UNAUTHORIZED');
    }
  });

  test('are listed, and can be revoked from another session', async () => {
    const phone = await signIn(deps, ada);
    const { items } = await ada.api.protected.sessions.list({});
    expect(items).toHaveLength(2);
    const [current] = items.filter((session) => session.current);
    const other = items.find((session) => !session.current);
    expect((await ada.api.protected.get()).session?.id).toBe(current?.id);
    expect((await phone.api.protected.get()).session?.id).toBe(other?.id);
    await ada.api.protected.sessions.revoke({ id: other?.id ?? '' });
    expect(await failureOf(phone.api.protected.get())).toBe('UNAUTHORIZED');
    expect(await failureOf(ada.api.protected.sessions.revoke({ id: other?.id ?? '' }))).toBe('NOT_FOUND');
  });

  test('are rejected after they expire', async () => {
    const ben = await signUp(deps, 'Ben');
    await deps.db
      .update(sessions)
      .set({ expiresAt: new Date(Date.now() - 1000) })
      .where(eq(sessions.userId, ben.id));
    await untilUnauthorized(ben.api);
    expect((await (await signIn(deps, ben)).api.protected.sessions.list({})).items).toHaveLength(1);
  });

  test('are renewed, except if the response cannot renew the cookie', async () => {
    const dora = await signUp(deps, 'Dora');
    const soon = new Date(Date.now() + 10 * 24 * 60 * 60 * 1000);
    await deps.db.update(sessions).set({ expiresAt: soon }).where(eq(sessions.userId, dora.id));
    const end = async () =>
      (await deps.db.select().from(sessions).where(eq(sessions.userId, dora.id)))[0]?.expiresAt;

    const page = createContext(deps, { ...requestInfo(dora.headers), withoutCookies: true });
    expect(await page.authenticate()).toMatchObject({ userId: dora.id });
    expect(await end()).toEqual(soon);
    expect(page.responseHeaders.getSetCookie()).toEqual([]);

    const call = createContext(deps, requestInfo(dora.headers));
    expect(await call.authenticate()).toMatchObject({ userId: dora.id });
    expect((await end())?.getTime()).toBeGreaterThan(soon.getTime());
    expect(call.responseHeaders.getSetCookie()).toHaveLength(1);
  });

  test('are renewed by each response to calls that arrive at the same time, because one may be lost', async () => {
    const dora = await signUp(deps, 'Dora');
    const soon = new Date(Date.now() + 10 * 24 * 60 * 60 * 1000);
    await deps.db.update(sessions).set({ expiresAt: soon }).where(eq(sessions.userId, dora.id));
    const calls = Array.from({ length: 3 }, () => createContext(deps, requestInfo(dora.headers)));
    await Promise.all(calls.map(async (call) => call.authenticate()));
    for (const call of calls) expect(call.responseHeaders.getSetCookie()).toHaveLength(1);
  });

  test('of another user cannot be revoked', async () => {
    const cleo = await signUp(deps, 'Cleo');
    const [own] = (await cleo.api.protected.sessions.list({})).items;
    expect(await failureOf(ada.api.protected.sessions.revoke({ id: own?.id ?? '' }))).toBe('NOT_FOUND');
    expect((await cleo.api.users.me()).id).toBe(cleo.id);
  });
});

describe('API keys', () => {
  test('are returned once, and stored only as a hash that is never returned', async () => {
    const created = await newKey('write');
    expect(created.key).toMatch(/^sb_[A-Za-z0-9_-]{43}$/);
    expect(created.start).toBe(created.key.slice(0, 8));
    const [row] = await deps.db.select().from(apiKeys).where(eq(apiKeys.id, created.id));
    expect(JSON.stringify(row)).not.toContain(created.key.slice(8, 20));
    const listed = JSON.stringify(await ada.api.protected.apiKeys.list({}));
    expect(listed).toContain(created.id);
    expect(listed).not.toContain(created.key);
    expect(listed).not.toContain(row?.hash);
    expect((await callWithKey(deps, created.key).protected.get()).apiKey?.id).toBe(created.id);
  });

  test('allow queries with the scope read, and mutations only with the scope write', async () => {
    const [reader, writer] = [await newKey('read'), await newKey('write')];
    expect((await callWithKey(deps, reader.key).chat.list({})).items).toEqual([]);
    expect(await failureOf(callWithKey(deps, reader.key).chat.create({}))).toBe('FORBIDDEN');
    const { id } = await callWithKey(deps, writer.key).chat.create({});
    await callWithKey(deps, writer.key).chat.delete({ id });
  });

  test('cannot manage keys, sessions or the account', async () => {
    const { key, id } = await newKey('write');
    const api = callWithKey(deps, key);
    const attempts = [
      api.protected.apiKeys.list({}),
      api.protected.apiKeys.create({ name: 'more', scope: 'write' }),
      api.protected.apiKeys.revoke({ id }),
      api.protected.providerKeys.list(),
      api.protected.providerKeys.set({ provider: 'openai', key: 'sk-12345678' }),
      api.protected.providerKeys.delete({ provider: 'openai' }),
      api.protected.sessions.list({}),
      api.protected.sessions.revoke({ id }),
      api.protected.exportData(),
      api.protected.audit({}),
      api.protected.deleteAccount({ password: ada.password }),
    ];
    expect(new Set(await Promise.all(attempts.map(failureOf)))).toEqual(new Set(['FORBIDDEN']));
  });

  test('are rejected after they are revoked, and after they expire', async () => {
    const { key, id } = await newKey('read');
    expect((await callWithKey(deps, key).users.me()).id).toBe(ada.id);
    await ada.api.protected.apiKeys.revoke({ id });
    expect(await failureOf(callWithKey(deps, key).users.me())).toBe('UNAUTHORIZED');

    const short = await newKey('read', 1);
    expect(short.expiresAt?.getTime()).toBeCloseTo(Date.now() + 86_400_000, -5);
    expect((await callWithKey(deps, short.key).users.me()).id).toBe(ada.id);
    await deps.db.update(apiKeys).set({ expiresAt: new Date() }).where(eq(apiKeys.id, short.id));
    await untilUnauthorized(callWithKey(deps, short.key));
  });

  test('reject any other Authorization header, even with a valid cookie', async () => {
    for (const authorization of [
      '',
      'Bearer',
      'Bearer ',
      'Basic YTpi',
      'Bearer sb_nonsense',
      'sb_nonsense',
    ]) {
      const headers = new Headers([...ada.headers, ['authorization', authorization]]);
      expect(await failureOf(callAs(deps, headers).users.me())).toBe('UNAUTHORIZED');
    }
  });

  test('of another user cannot be listed or revoked', async () => {
    const dora = await signUp(deps, 'Dora');
    const { id } = await newKey('read');
    expect((await dora.api.protected.apiKeys.list({})).items).toEqual([]);
    expect(await failureOf(dora.api.protected.apiKeys.revoke({ id }))).toBe('NOT_FOUND');
  });
});
