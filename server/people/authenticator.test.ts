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

/** Whether a caller is not known (any more). */
const isNobody = (api: Api) =>
  api.users.me({}).then(
    () => false,
    async () => (await failureOf(api.users.me({}))) === 'UNAUTHORIZED',
  );

/** Waits for what was changed behind the product's back to be heard of. */
const untilNobody = (api: Api) => until(() => isNobody(api));

/** A right to call, and how it ends. */
interface Right {
  headers: Headers;
  end: () => Promise<unknown>;
  /** Whether a caller does not have it (any more). */
  isLost: (api: Api) => Promise<boolean>;
}

/** Every way in which a right ends. */
const RIGHTS: Record<string, (eve: Person) => Promise<Right>> = {
  async session(eve) {
    const [{ id } = { id: '' }] = (await eve.api.protected.sessions.list({})).items;
    const phone = await signIn(deps, eve);
    return { headers: eve.headers, end: () => phone.api.protected.sessions.revoke({ id }), isLost: isNobody };
  },
  async key(eve) {
    const { id, key } = await eve.api.protected.apiKeys.create({ name: 'test', scope: 'read' });
    const headers = new Headers({ authorization: `Bearer ${key}` });
    return { headers, end: () => eve.api.protected.apiKeys.revoke({ id }), isLost: isNobody };
  },
  ban: ({ id, headers }) =>
    Promise.resolve({ headers, end: () => ada.api.users.ban({ id }), isLost: isNobody }),
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
    Promise.resolve({ headers, end: () => api.protected.deleteAccount({ password }), isLost: isNobody }),
};

describe('when it is found out who calls', () => {
  test('an open procedure asks the database nothing, whatever the caller sends', async () => {
    const greeter = router({ greet: open.input(z.string()).query(({ input }) => `Hello ${input}`) });
    const { key } = await newKey('read');
    for (const headers of [ada.headers, new Headers({ authorization: `Bearer ${key}` })]) {
      statements.length = 0;
      const api = createCallerFactory(greeter)(createContext(deps, requestInfo(headers)));
      expect(await api.greet('Ada')).toBe('Hello Ada');
      expect(statements).toEqual([]);
    }
  });

  test('a batch of ten calls asks once', async () => {
    const identifies = ({ sql }: Statement) => /from "(sessions|api_keys)"/.test(sql);
    const { key } = await newKey('read');
    for (const headers of [ada.headers, new Headers({ authorization: `Bearer ${key}` })]) {
      deps.authenticator.invalidateAll();
      statements.length = 0;
      const api = createCallerFactory(appRouter)(createContext(deps, requestInfo(headers)));
      await Promise.all(Array.from({ length: 10 }, () => api.users.me({})));
      expect(statements.filter(identifies)).toHaveLength(1);
    }
  });
});

describe('somebody known', () => {
  test('costs no look-up', async () => {
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

  test.each(Object.entries(RIGHTS))(
    'a right that ended is soon refused by every other instance: %s',
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

  test('a right that ended is refused within 5 seconds also where notifications are lost', async () => {
    const deaf = await startInstance({
      database: async () => ({ ...(await testDatabase()), listen: async () => async () => undefined }),
    });
    const late = Object.entries(RIGHTS).map(async ([name, make]) => {
      const { headers, end, isLost } = await make(await signUp(deps, 'Eve'));
      expect(await isLost(callAs(deaf, headers))).toBe(false);
      await end();
      const endedAt = Date.now();
      await until(() => isLost(callAs(deaf, headers)));
      return [name, Date.now() - endedAt < 5_000];
    });
    const inTime = Object.fromEntries(Object.keys(RIGHTS).map((name) => [name, true]));
    expect(Object.fromEntries(await Promise.all(late))).toEqual(inTime);
  });

  test('loses a role at once', async () => {
    const eve = await signUp(deps, 'Eve');
    await ada.api.users.setRole({ id: eve.id, role: 'admin' });
    await eve.api.users.list({});
    await ada.api.users.setRole({ id: eve.id, role: 'user' });
    expect(await failureOf(eve.api.users.list({}))).toBe('FORBIDDEN');
  });
});

describe('sessions', () => {
  test('a cookie that was made up, changed or signed by somebody else is nobody', async () => {
    const cookie = ada.headers.get('cookie') ?? '';
    const forged = [
      cookie.replace(/=(.)/, '=x$1'),
      cookie.slice(0, -6),
      cookie.replace(/\..*$/, '.AAAA'),
      'a=b',
    ];
    for (const value of forged) {
      expect(await failureOf(callAs(deps, new Headers({ cookie: value })).users.me({}))).toBe('UNAUTHORIZED');
    }
  });

  test('each place is listed, and can be signed out from another', async () => {
    const phone = await signIn(deps, ada);
    const { items } = await ada.api.protected.sessions.list({});
    expect(items).toHaveLength(2);
    const [current] = items.filter((session) => session.current);
    const other = items.find((session) => !session.current);
    expect((await ada.api.protected.get({})).session?.id).toBe(current?.id);
    expect((await phone.api.protected.get({})).session?.id).toBe(other?.id);
    await ada.api.protected.sessions.revoke({ id: other?.id ?? '' });
    expect(await failureOf(phone.api.protected.get({}))).toBe('UNAUTHORIZED');
    expect(await failureOf(ada.api.protected.sessions.revoke({ id: other?.id ?? '' }))).toBe('NOT_FOUND');
  });

  test('a session that has expired is nobody’s', async () => {
    const ben = await signUp(deps, 'Ben');
    await deps.db
      .update(sessions)
      .set({ expiresAt: new Date(Date.now() - 1000) })
      .where(eq(sessions.userId, ben.id));
    await untilNobody(ben.api);
    expect((await (await signIn(deps, ben)).api.protected.sessions.list({})).items).toHaveLength(1);
  });

  test('a session is renewed, but not where the answer cannot renew its cookie', async () => {
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

  test('nobody ends the session of somebody else', async () => {
    const cleo = await signUp(deps, 'Cleo');
    const [own] = (await cleo.api.protected.sessions.list({})).items;
    expect(await failureOf(ada.api.protected.sessions.revoke({ id: own?.id ?? '' }))).toBe('NOT_FOUND');
    expect((await cleo.api.users.me({})).id).toBe(cleo.id);
  });
});

describe('API keys', () => {
  test('the key is shown once; of what is stored nobody gets it back', async () => {
    const made = await newKey('write');
    expect(made.key).toMatch(/^sb_[A-Za-z0-9_-]{43}$/);
    expect(made.start).toBe(made.key.slice(0, 8));
    const [row] = await deps.db.select().from(apiKeys).where(eq(apiKeys.id, made.id));
    expect(JSON.stringify(row)).not.toContain(made.key.slice(8, 20));
    const listed = JSON.stringify(await ada.api.protected.apiKeys.list({}));
    expect(listed).toContain(made.id);
    expect(listed).not.toContain(made.key);
    expect(listed).not.toContain(row?.hash);
    expect((await callWithKey(deps, made.key).protected.get({})).apiKey?.id).toBe(made.id);
  });

  test('a read key reads and a write key writes', async () => {
    const [reader, writer] = [await newKey('read'), await newKey('write')];
    expect((await callWithKey(deps, reader.key).chat.list({})).items).toEqual([]);
    expect(await failureOf(callWithKey(deps, reader.key).chat.create({}))).toBe('FORBIDDEN');
    const { id } = await callWithKey(deps, writer.key).chat.create({});
    await callWithKey(deps, writer.key).chat.delete({ id });
  });

  test('neither may manage keys, sessions or the account', async () => {
    const { key, id } = await newKey('write');
    const api = callWithKey(deps, key);
    const attempts = [
      api.protected.apiKeys.list({}),
      api.protected.apiKeys.create({ name: 'more', scope: 'write' }),
      api.protected.apiKeys.revoke({ id }),
      api.protected.providerKeys.list({}),
      api.protected.providerKeys.set({ provider: 'openai', key: 'sk-12345678' }),
      api.protected.providerKeys.delete({ provider: 'openai' }),
      api.protected.sessions.list({}),
      api.protected.sessions.revoke({ id }),
      api.protected.exportData({}),
      api.protected.audit({}),
      api.protected.deleteAccount({ password: ada.password }),
    ];
    expect(new Set(await Promise.all(attempts.map(failureOf)))).toEqual(new Set(['FORBIDDEN']));
  });

  test('a key ends when it is revoked, and when it expires', async () => {
    const { key, id } = await newKey('read');
    expect((await callWithKey(deps, key).users.me({})).id).toBe(ada.id);
    await ada.api.protected.apiKeys.revoke({ id });
    expect(await failureOf(callWithKey(deps, key).users.me({}))).toBe('UNAUTHORIZED');

    const short = await newKey('read', 1);
    expect(short.expiresAt?.getTime()).toBeCloseTo(Date.now() + 86_400_000, -5);
    expect((await callWithKey(deps, short.key).users.me({})).id).toBe(ada.id);
    await deps.db.update(apiKeys).set({ expiresAt: new Date() }).where(eq(apiKeys.id, short.id));
    await untilNobody(callWithKey(deps, short.key));
  });

  test('an Authorization header that is no key is nobody, even with a good cookie', async () => {
    for (const authorization of [
      '',
      'Bearer',
      'Bearer ',
      'Basic YTpi',
      'Bearer sb_nonsense',
      'sb_nonsense',
    ]) {
      const headers = new Headers([...ada.headers, ['authorization', authorization]]);
      expect(await failureOf(callAs(deps, headers).users.me({}))).toBe('UNAUTHORIZED');
    }
  });

  test('nobody lists or revokes the keys of somebody else', async () => {
    const dora = await signUp(deps, 'Dora');
    const { id } = await newKey('read');
    expect((await dora.api.protected.apiKeys.list({})).items).toEqual([]);
    expect(await failureOf(dora.api.protected.apiKeys.revoke({ id }))).toBe('NOT_FOUND');
  });
});
