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
  test('is one of several accounts that sign up at the same time, and never a guest', async () => {
    await signInAsGuest(deps);
    const people = await Promise.all(['A', 'B', 'C', 'D'].map((name) => signUp(deps, name)));
    const roles = await Promise.all(people.map(async ({ api }) => (await api.users.me()).role));
    expect(roles.sort()).toEqual(['admin', 'user', 'user', 'user']);
    expect((await (await signUp(deps)).api.users.me()).role).toBe('user');
  });

  test('has no automatic successor after its account is deleted', async () => {
    await deps.db.delete(users).where(eq(users.role, 'admin'));
    expect((await (await signUp(deps)).api.users.me()).role).toBe('user');
  });
});

test('a User-Agent header is stored up to 500 characters', async () => {
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

  test('get the same response if the password is wrong and if the email is unknown', async () => {
    const { email } = await signUp(deps);
    const rejections = await Promise.all(
      [email, 'nobody@example.com'].map(async (address) => {
        const response = await callAuth(deps, '/sign-in/email', { email: address, password: 'wrong horse' });
        return { status: response.status, body: await response.json() };
      }),
    );
    expect(rejections[0]?.status).toBe(401);
    expect(rejections[0]).toEqual(rejections[1]);
  });

  test('sign in with the email in any case', async () => {
    const ada = await signUp(deps);
    expect((await signIn(deps, { ...ada, email: ada.email.toUpperCase() })).id).toBe(ada.id);
  });

  test('create one account if several sign-ups use one email at the same time', async () => {
    const attempts = ['x@example.com', 'X@example.com', 'x@Example.com'].map((email) =>
      callAuth(deps, '/sign-up/email', { name: 'X', email, password: 'correct horse' }),
    );
    const created = (await Promise.all(attempts)).filter((response) => response.ok);
    expect(created).toHaveLength(1);
    expect(await deps.db.select({ email: users.email }).from(users).where(eq(users.name, 'X'))).toEqual([
      { email: 'x@example.com' },
    ]);
  });
});

describe('a guest', () => {
  /** Sends a question in the chat with the client id `name`. Does not wait for the answer. */
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

  test('who signs up keeps their chats, and is deleted', async () => {
    const guest = await signInAsGuest(deps);
    const { chatId } = await converse(guest, 'one');
    const ada = await signUp(deps, 'Ada', guest.headers);
    expect((await ada.api.chat.list({})).items.map((chat) => chat.id)).toEqual([chatId]);
    const { items } = await ada.api.chat.messages({ chatId });
    expect(items.map((message) => [message.role, message.status])).toEqual([
      ['user', 'complete'],
      ['assistant', 'complete'],
    ]);
    expect(await failureOf(guest.api.users.me())).toBe('UNAUTHORIZED');
    expect(await deps.db.$count(users, eq(users.id, guest.id))).toBe(0);
  });

  test('who signs in during an answer gets the finished answer in the account', async () => {
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

  test('keeps all chats if the account already uses the same client ids', async () => {
    const ada = await signUp(deps);
    const own = await converse(ada, 'one');
    const guest = await signInAsGuest(deps);
    const clashing = await converse(guest, 'one');
    const other = await converse(guest, 'two');
    const { api } = await signIn(deps, ada, guest.headers);
    const ids = (await api.chat.list({})).items.map((chat) => chat.id);
    expect(ids.sort()).toEqual([own.chatId, clashing.chatId, other.chatId].sort());
    // A replayed call returns the chat of the account. The guest's chat with the same client id has lost that id.
    expect(await ask(ada, 'one')).toEqual(own);
    expect(await ask(ada, 'two')).toEqual(other);
    expect(await deps.db.$count(runs, inArray(runs.chatId, ids))).toBe(3);
  });
});

test('a session without a User-Agent header has the user agent null', async () => {
  const { api } = await signUp(deps);
  expect(await api.protected.get()).toMatchObject({ session: { userAgent: null } });
});
