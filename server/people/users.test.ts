import { beforeAll, describe, expect, test } from '@jest/globals';
import { sql } from 'drizzle-orm';
import type { Deps } from '#server/compose';
import { auditEvents, users } from '#server/db/schema/index';
import { removeDeleted } from '#server/removal';
import { fold } from '#server/search/fold';
import {
  type Api,
  callAs,
  callWithKey,
  failureOf,
  type Person,
  signIn,
  signInAsGuest,
  signUp,
  startInstance,
} from '#test/caller';

let deps: Deps;
let admin: Person;
let ada: Person;
let ben: Person;

beforeAll(async () => {
  deps = await startInstance();
  admin = await signUp(deps, 'Root');
  ada = await signUp(deps, 'Ada');
  ben = await signUp(deps, 'Ben');
});

const person = (email: string, name = 'Cleo') => ({ name, email, password: 'correct horse' });

describe('permissions', () => {
  test('make the first account the admin, and later ones users', async () => {
    expect((await admin.api.users.me()).role).toBe('admin');
    expect((await ada.api.users.me()).role).toBe('user');
  });

  test('let users read and change their own account, and admins any account', async () => {
    expect(await ada.api.users.get({ id: ada.id })).toMatchObject({
      id: ada.id,
      email: ada.email,
      isGuest: false,
    });
    expect((await ada.api.users.update({ id: ada.id, name: 'Ada L.' })).name).toBe('Ada L.');
    expect((await admin.api.users.get({ id: ada.id })).name).toBe('Ada L.');
    expect((await admin.api.users.update({ id: ada.id, name: 'Ada' })).name).toBe('Ada');
  });

  test('hide whether another account exists', async () => {
    const failures = await Promise.all(
      [ben.id, 'nobody'].flatMap((id) => [
        ada.api.users.get({ id }).catch(String),
        ada.api.users.update({ id, name: 'Mine' }).catch(String),
        ada.api.users.replace({ id, name: 'Mine', email: 'mine@example.com' }).catch(String),
      ]),
    );
    expect(new Set(failures)).toEqual(new Set(['TRPCError: No such user.']));
    expect((await ben.api.users.me()).name).toBe('Ben');
  });

  test('reserve the other procedures for admins', async () => {
    const id = ben.id;
    const attempts = [
      ada.api.users.list({}),
      ada.api.users.create(person('x@example.com')),
      ada.api.users.delete({ id }),
      ada.api.users.setRole({ id: ada.id, role: 'admin' }),
      ada.api.users.ban({ id }),
      ada.api.users.unban({ id }),
    ];
    expect(new Set(await Promise.all(attempts.map(failureOf)))).toEqual(new Set(['FORBIDDEN']));
    expect(await failureOf(callAs(deps).users.me())).toBe('UNAUTHORIZED');
  });

  test('reject changes of the profile and role of a guest', async () => {
    const guest = await signInAsGuest(deps);
    expect(await guest.api.users.me()).toMatchObject({ isGuest: true });
    expect(await failureOf(guest.api.users.update({ id: guest.id, name: 'Me' }))).toBe('FORBIDDEN');
    expect(await failureOf(admin.api.users.setRole({ id: guest.id, role: 'admin' }))).toBe('NOT_FOUND');
  });
});

describe('profiles', () => {
  describe('an API key', () => {
    const withWriteKey = async (person: Person) => {
      const { key } = await person.api.protected.apiKeys.create({ name: 'Key', scope: 'write' });
      return callWithKey(deps, key);
    };

    test.each(['update', 'replace'] as const)('cannot change the email with %s', async (how) => {
      const eve = await signUp(deps, 'Eve');
      const change = { id: eve.id, name: 'Mallory', email: `${how}@example.com` };
      for (const api of [await withWriteKey(eve), await withWriteKey(admin)]) {
        const error: unknown = await api.users[how](change).catch((thrown: unknown) => thrown);
        expect(error).toMatchObject({
          kind: 'FORBIDDEN',
          message: expect.stringContaining('sign in'),
          options: { issues: [{ pointer: '/email' }] },
        });
      }
      expect(await eve.api.users.me()).toMatchObject({ name: 'Eve', email: eve.email });
      const taken = { ...change, email: admin.email };
      expect(await failureOf((await withWriteKey(eve)).users[how](taken))).toBe('FORBIDDEN');
      expect(await eve.api.users[how](change)).toMatchObject({ email: change.email });
    });

    test('may send the current email in any case', async () => {
      const eve = await signUp(deps, 'Eve');
      const api = await withWriteKey(eve);
      const { id } = eve;
      const email = eve.email.toUpperCase();
      expect(await api.users.replace({ id, name: 'Eva', email })).toMatchObject({
        name: 'Eva',
        email: eve.email,
      });
      expect(await api.users.update({ id, name: 'Evi', email })).toMatchObject({
        name: 'Evi',
        email: eve.email,
      });
      expect(await api.users.update({ id, name: 'Eve' })).toMatchObject({ name: 'Eve', email: eve.email });
    });

    test('gets NOT_FOUND for an account that does not exist', async () => {
      const api = await withWriteKey(admin);
      expect(await failureOf(api.users.update({ id: 'nobody', email: 'a@example.com' }))).toBe('NOT_FOUND');
    });
  });

  test('an update keeps omitted fields, and a replacement resets them', async () => {
    const image = 'https://example.com/ada.png';
    const { id, email } = ada;
    expect(await ada.api.users.update({ id, image })).toMatchObject({ name: 'Ada', email, image });
    expect(await ada.api.users.update({ id, name: 'Countess' })).toMatchObject({
      name: 'Countess',
      email,
      image,
    });
    expect(await ada.api.users.replace({ id, name: 'Ada', email })).toMatchObject({
      name: 'Ada',
      email,
      image: null,
    });
  });

  test('an email belongs to one account, in any case', async () => {
    const taken = ben.email.toUpperCase();
    expect(await failureOf(admin.api.users.create(person(taken)))).toBe('EMAIL_TAKEN');
    expect(await failureOf(ada.api.users.update({ id: ada.id, email: taken }))).toBe('EMAIL_TAKEN');
    expect(await failureOf(ada.api.users.replace({ id: ada.id, name: 'Ada', email: taken }))).toBe(
      'EMAIL_TAKEN',
    );
    expect((await ada.api.users.me()).email).toBe(ada.email);
    expect((await ben.api.users.update({ id: ben.id, email: taken })).email).toBe(ben.email);
  });

  test('one of several concurrent calls with the same email succeeds', async () => {
    const spellings = ['dora@example.com', 'DORA@example.com', 'Dora@Example.com', 'doRA@example.COM'];
    const results = await Promise.allSettled(spellings.map((email) => admin.api.users.create(person(email))));
    const losers = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
    expect(losers).toHaveLength(3);
    for (const loser of losers) expect(loser).toMatchObject({ kind: 'EMAIL_TAKEN' });
    const rows = await deps.db
      .select({ email: users.email })
      .from(users)
      .where(sql`lower(email) = 'dora@example.com'`);
    expect(rows).toEqual([{ email: 'dora@example.com' }]);
  });

  test('an account created by an admin can sign in', async () => {
    const created = await admin.api.users.create(person('Eve@example.com', 'Eve'));
    const eve = await signIn(deps, { ...ada, email: 'eve@example.com' });
    expect((await eve.api.users.me()).id).toBe(created.id);
  });
});

describe('roles and bans', () => {
  test('an admin can make others admins, but cannot change, ban or delete themselves', async () => {
    const frank = await signUp(deps, 'Frank');
    expect((await admin.api.users.setRole({ id: frank.id, role: 'admin' })).role).toBe('admin');
    expect((await frank.api.users.list({})).items.length).toBeGreaterThan(0);
    const self = { id: admin.id };
    expect(await failureOf(admin.api.users.setRole({ ...self, role: 'user' }))).toBe('CONFLICT');
    expect(await failureOf(admin.api.users.ban(self))).toBe('CONFLICT');
    expect(await failureOf(admin.api.users.delete(self))).toBe('CONFLICT');
    await admin.api.users.setRole({ id: frank.id, role: 'user' });
    expect(await failureOf(frank.api.users.list({}))).toBe('FORBIDDEN');
  });

  test.each([new Date(8.64e15), new Date(-1), new Date('+010000-01-01T00:00:00Z')])(
    'a ban until %s, which the database or ISO 8601 cannot represent, is rejected',
    async (expiresAt) => {
      expect(await failureOf(admin.api.users.ban({ id: ben.id, expiresAt }))).toBe('INVALID_INPUT');
    },
  );

  test('a ban ends sessions and blocks keys immediately, and can be lifted', async () => {
    const gina = await signUp(deps, 'Gina');
    const { key } = await gina.api.protected.apiKeys.create({ name: 'k', scope: 'write' });
    const withKey = () => callWithKey(deps, key).users.me();
    expect((await withKey()).id).toBe(gina.id);
    expect((await admin.api.users.ban({ id: gina.id, reason: 'spam' })).banned).toBe(true);
    expect(await failureOf(gina.api.users.me())).toBe('UNAUTHORIZED');
    expect(await failureOf(withKey())).toBe('UNAUTHORIZED');
    await expect(signIn(deps, gina)).rejects.toThrow('403');
    expect((await admin.api.users.unban({ id: gina.id })).banned).toBe(false);
    expect((await withKey()).id).toBe(gina.id);
    expect((await (await signIn(deps, gina)).api.users.me()).id).toBe(gina.id);
  });

  test('a ban with an expiry ends by itself', async () => {
    const hugo = await signUp(deps, 'Hugo');
    const { key } = await hugo.api.protected.apiKeys.create({ name: 'k', scope: 'read' });
    const withKey = () => callWithKey(deps, key).users.me();
    await admin.api.users.ban({ id: hugo.id, expiresAt: new Date(Date.now() + 60_000) });
    expect(await failureOf(withKey())).toBe('UNAUTHORIZED');
    await admin.api.users.ban({ id: hugo.id, expiresAt: new Date(Date.now() - 1) });
    expect((await withKey()).id).toBe(hugo.id);
  });

  test('changes of an account that does not exist fail with NOT_FOUND', async () => {
    const id = 'nobody';
    const attempts = [
      admin.api.users.update({ id, name: 'x' }),
      admin.api.users.delete({ id }),
      admin.api.users.setRole({ id, role: 'user' }),
      admin.api.users.ban({ id }),
      admin.api.users.unban({ id }),
    ];
    expect(new Set(await Promise.all(attempts.map(failureOf)))).toEqual(new Set(['NOT_FOUND']));
  });

  test('a deleted account is removed with everything it owned', async () => {
    const ivan = await signUp(deps, 'Ivan');
    await ivan.api.chat.create({ title: 'Mine' });
    await admin.api.users.delete({ id: ivan.id });
    expect(await failureOf(ivan.api.users.me())).toBe('UNAUTHORIZED');
    await removeDeleted(deps.database);
    for (const table of ['users', 'sessions', 'accounts', 'chats', 'audit_events']) {
      const column = sql.raw(table === 'users' ? 'id' : 'user_id');
      const query = sql`select 1 from ${sql.raw(table)} where ${column} = ${ivan.id}`;
      expect(await deps.database.execute(query)).toEqual([]);
    }
  });
});

describe('list', () => {
  const names = ['Nikola Tesla', 'Nicola Benedetti', 'Grace Hopper', 'Tesla Model', 'Zoë Ångström'];

  async function all(api: Api, search?: string, limit = 2): Promise<string[]> {
    const found: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await api.users.list({
        limit,
        ...(search !== undefined && { search }),
        ...(cursor && { cursor }),
      });
      found.push(...page.items.map((user) => user.name));
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    return found;
  }

  beforeAll(async () => {
    await deps.db.insert(users).values(
      names.map((name, index) => ({
        name,
        nameFolded: fold(name),
        email: `someone-${index}.tag+x@sub.example.org`,
      })),
    );
  });

  test.each([
    ['tesla', ['Nikola Tesla', 'Tesla Model']],
    ['TESL', ['Nikola Tesla', 'Tesla Model']],
    ['nik tes', ['Nikola Tesla']],
    ['tesla nik', ['Nikola Tesla']],
    ['esla', ['Nikola Tesla', 'Tesla Model']],
    ['angstrom', ['Zoë Ångström']],
    ['tag+x@sub grace', ['Grace Hopper']],
    ['"tesla nik"', []],
    ['someone-2', ['Grace Hopper']],
    ['hopper sub', ['Grace Hopper']],
    ['zoë ångs', ['Zoë Ångström']],
    ["tesla' | grace & !(x)", []],
    ["tesla:*  'model\\", []],
    ['%', []],
    ['&|!()', []],
  ])('search %j finds %j', async (search, expected) => {
    expect((await all(admin.api, search)).sort()).toEqual(expected);
  });

  test('pages are newest first, complete and without duplicates, even for rows with the same time', async () => {
    const createdAt = new Date('2020-01-01T00:00:00.123Z');
    const rows = Array.from({ length: 23 }, (_, n) => ({
      name: `batch ${n}`,
      email: `batch-${n}@x.example`,
      createdAt,
    }));
    await deps.db.insert(users).values(rows);
    const found = await all(admin.api, undefined, 7);
    expect(found).toHaveLength(await deps.db.$count(users));
    const batch = found.filter((name) => name.startsWith('batch'));
    expect(new Set(batch).size).toBe(23);
    expect(found.slice(-23)).toEqual(batch);
  });

  test('accounts created while a client pages do not hide or repeat others', async () => {
    const before = await deps.db.select({ id: users.id }).from(users);
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await admin.api.users.list({ limit: 5, ...(cursor && { cursor }) });
      seen.push(...page.items.map((user) => user.id));
      cursor = page.nextCursor ?? undefined;
      await deps.db.insert(users).values({ name: 'late', email: `late-${seen.length}@x.example` });
    } while (cursor !== undefined);
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.sort()).toEqual(before.map((row) => row.id).sort());
  });

  test.each(['x', '', 'WzFd', Buffer.from('["2020-01-01T00:00:00Z"]').toString('base64url')])(
    'the foreign cursor %j is rejected',
    async (cursor) => {
      await expect(admin.api.users.list({ cursor })).rejects.toMatchObject({ code: 'BAD_REQUEST' });
    },
  );
});

describe('the audit trail', () => {
  test('records each change with its actor, IP address and user agent', async () => {
    const jane = await signUp(deps, 'Jane');
    const { id } = jane;
    const api = callAs(deps, new Headers([...admin.headers, ['user-agent', 'curl/8']]));
    await api.users.update({ id, name: 'Jane D.' });
    await api.users.setRole({ id, role: 'admin' });
    await api.users.setRole({ id, role: 'user' });
    await api.users.ban({ id });
    await api.users.unban({ id });
    const { items } = await (await signIn(deps, jane)).api.protected.audit({});
    expect(items.map((event) => event.action)).toEqual([
      'session.create',
      'user.unban',
      'user.ban',
      'user.set-role.user',
      'user.set-role.admin',
      'user.update',
      'session.create',
    ]);
    const [, byAdmin] = items;
    expect(byAdmin).toMatchObject({
      actorId: admin.id,
      via: 'session',
      target: id,
      userAgent: 'curl/8',
      ip: '203.0.113.7',
    });
  });

  test('rolls back a change whose event cannot be written', async () => {
    const kim = await signUp(deps, 'Kim');
    const { id } = kim;
    const { key } = await kim.api.protected.apiKeys.create({ name: 'k', scope: 'read' });
    const events = await deps.db.$count(auditEvents);
    const before = await admin.api.users.get({ id });
    await deps.database.execute(sql`alter table audit_events add constraint none check (false) not valid`);
    try {
      const attempts = [
        () => admin.api.users.create(person('new@example.com')),
        () => admin.api.users.update({ id, name: 'Other' }),
        () => admin.api.users.setRole({ id, role: 'admin' }),
        () => admin.api.users.ban({ id }),
        () => admin.api.users.delete({ id }),
        () => kim.api.protected.apiKeys.create({ name: 'second', scope: 'read' }),
        () => kim.api.protected.providerKeys.set({ provider: 'openai', key: 'sk-12345678' }),
      ];
      for (const attempt of attempts) expect(await failureOf(attempt())).toBe('INTERNAL_SERVER_ERROR');
    } finally {
      await deps.database.execute(sql`alter table audit_events drop constraint none`);
    }
    expect(await admin.api.users.get({ id })).toEqual(before);
    expect(await deps.db.$count(auditEvents)).toBe(events);
    expect((await admin.api.users.list({ search: 'new@example.com' })).items).toEqual([]);
    expect((await kim.api.protected.apiKeys.list({})).items).toHaveLength(1);
    expect((await kim.api.protected.providerKeys.list()).items).toEqual([]);
    expect((await callWithKey(deps, key).users.me()).id).toBe(id);
  });
});
