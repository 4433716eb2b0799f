import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eq, inArray } from 'drizzle-orm';
import { createDeps, type Deps } from '#server/compose';
import { accounts, runs, users } from '#server/db/schema/index';
import { parseEnv } from '#server/env';
import { finished, textOfChunks, textOfMessage } from '#test/answers';
import {
  callAuth,
  failureOf,
  type Person,
  SECRETS,
  signIn,
  signInAsGuest,
  signUp,
  startInstance,
} from '#test/caller';
import { testDatabase } from '#test/database';
import { silent } from '#test/logs';
import { type ScriptedProvider, startScriptedProvider } from '#test/scripted-provider';

let provider: ScriptedProvider;
let deps: Deps;

beforeAll(async () => {
  provider = await startScriptedProvider();
  const settings = { AI_MODEL: 'openai-compatible/scripted', AI_BASE_URL: provider.url };
  deps = await startInstance({ settings });
});

afterAll(() => provider.close());

describe('the first admin', () => {
  test('of accounts made at the same moment in an empty installation one is the admin; a guest is none', async () => {
    await signInAsGuest(deps);
    const people = await Promise.all(['A', 'B', 'C', 'D'].map((name) => signUp(deps, name)));
    const roles = await Promise.all(people.map(async ({ api }) => (await api.users.me({})).role));
    expect(roles.sort()).toEqual(['admin', 'user', 'user', 'user']);
    expect((await (await signUp(deps)).api.users.me({})).role).toBe('user');
  });

  test('when the first admin is gone, the next account is no admin', async () => {
    await deps.db.delete(users).where(eq(users.role, 'admin'));
    expect((await (await signUp(deps)).api.users.me({})).role).toBe('user');
  });
});

test('of a header that is stored with a session, a length that fits into lists is kept', async () => {
  const ada = await signUp(deps);
  const { email, password } = ada;
  const headers = new Headers({ 'user-agent': 'x'.repeat(10_000) });
  expect((await callAuth(deps, '/sign-in/email', { email, password }, headers)).ok).toBe(true);
  const lengths = [
    ...(await ada.api.protected.sessions.list({})).items.map(({ userAgent }) => userAgent?.length ?? 0),
    ...(await ada.api.protected.audit({})).items.map(({ userAgent }) => userAgent?.length ?? 0),
  ];
  expect(Math.max(...lengths)).toBe(500);
});

describe('passwords', () => {
  test.each(['production', 'development', 'test'])(
    'are hashed with scrypt in NODE_ENV=%s, unless other code is passed in',
    async (NODE_ENV) => {
      const own = await createDeps(parseEnv({ ...SECRETS, NODE_ENV }), silent, [], { open: testDatabase });
      const email = `${NODE_ENV}@example.com`;
      const entry = { name: 'Ada', email, password: 'correct horse' };
      expect((await callAuth(own, '/sign-up/email', entry)).status).toBe(200);
      const [stored] = await own.db
        .select({ password: accounts.password })
        .from(accounts)
        .innerJoin(users, eq(users.id, accounts.userId))
        .where(eq(users.email, email));
      // Salt and key, as better-auth writes them.
      expect(stored?.password).toMatch(/^[0-9a-f]{32}:[0-9a-f]{128}$/);
      await own.close();
    },
  );

  test('a wrong one, and an unknown e-mail, are refused with the same answer', async () => {
    const { email } = await signUp(deps);
    const refusals = await Promise.all(
      [email, 'nobody@example.com'].map(async (address) => {
        const response = await callAuth(deps, '/sign-in/email', { email: address, password: 'wrong horse' });
        return { status: response.status, body: await response.json() };
      }),
    );
    expect(refusals[0]?.status).toBe(401);
    expect(refusals[0]).toEqual(refusals[1]);
  });

  test('the e-mail signs in whatever its case', async () => {
    const ada = await signUp(deps);
    expect((await signIn(deps, { ...ada, email: ada.email.toUpperCase() })).id).toBe(ada.id);
  });

  test('sign-ups with one e-mail at the same moment make one account', async () => {
    const attempts = ['x@example.com', 'X@example.com', 'x@Example.com'].map((email) =>
      callAuth(deps, '/sign-up/email', { name: 'X', email, password: 'correct horse' }),
    );
    const made = (await Promise.all(attempts)).filter((response) => response.ok);
    expect(made).toHaveLength(1);
    expect(await deps.db.select({ email: users.email }).from(users).where(eq(users.name, 'X'))).toEqual([
      { email: 'x@example.com' },
    ]);
  });
});

describe('a guest', () => {
  /** Asks something in the chat that the client calls `name`; the model has not answered yet. */
  async function ask({ api }: Person, name: string) {
    const { id: chatId } = await api.chat.create({ clientId: name });
    const parts = [{ type: 'text' as const, text: 'Hello' }];
    return api.chat.send({ chatId, clientRequestId: `request of ${name}`.replaceAll(' ', '-'), parts });
  }

  async function converse(person: Person, name: string) {
    const asked = await ask(person, name);
    const answer = await provider.next();
    answer.finish();
    await finished(deps, asked.runId);
    return asked;
  }

  test('who signs up keeps the chats; the guest is gone', async () => {
    const guest = await signInAsGuest(deps);
    const { chatId } = await converse(guest, 'one');
    const ada = await signUp(deps, 'Ada', guest.headers);
    expect((await ada.api.chat.list({})).items.map((chat) => chat.id)).toEqual([chatId]);
    const { items } = await ada.api.chat.messages({ chatId });
    expect(items.map((message) => [message.role, message.status])).toEqual([
      ['user', 'complete'],
      ['assistant', 'complete'],
    ]);
    expect(await failureOf(guest.api.users.me({}))).toBe('UNAUTHORIZED');
    expect(await deps.db.$count(users, eq(users.id, guest.id))).toBe(0);
  });

  test('who signs in while an answer is being written has it finished in the account', async () => {
    const ada = await signUp(deps);
    const guest = await signInAsGuest(deps);
    const { chatId, runId } = await ask(guest, 'one');
    const answer = await provider.next();
    await answer.say('Hello, ');
    const signedIn = await signIn(deps, ada, guest.headers);
    expect((await signedIn.api.chat.get({ id: chatId })).activeRunId).toBe(runId);
    await answer.say('Ada.');
    answer.finish();
    expect(textOfChunks(await finished(deps, runId))).toBe('Hello, Ada.');
    const { items } = await signedIn.api.chat.messages({ chatId });
    expect(items.at(-1)?.status).toBe('complete');
    expect(textOfMessage(items.at(-1))).toBe('Hello, Ada.');
    expect((await signedIn.api.chat.get({ id: chatId })).activeRunId).toBeNull();
  });

  test('whose client chose the ids the account’s client has chosen keeps the chats, too', async () => {
    const ada = await signUp(deps);
    const own = await converse(ada, 'one');
    const guest = await signInAsGuest(deps);
    const clashing = await converse(guest, 'one');
    const other = await converse(guest, 'two');
    const { api } = await signIn(deps, ada, guest.headers);
    const ids = (await api.chat.list({})).items.map((chat) => chat.id);
    expect(ids.sort()).toEqual([own.chatId, clashing.chatId, other.chatId].sort());
    // A replay of either's call still has its own result; the clashing chat gave its client's id up.
    expect(await ask(ada, 'one')).toEqual(own);
    expect(await ask(ada, 'two')).toEqual(other);
    expect(await deps.db.$count(runs, inArray(runs.chatId, ids))).toBe(3);
  });
});

test('a session of a program that does not say its name tells none', async () => {
  const { api } = await signUp(deps);
  expect(await api.protected.get({})).toMatchObject({ session: { userAgent: null } });
});
