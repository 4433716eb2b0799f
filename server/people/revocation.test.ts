import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eq, sql } from 'drizzle-orm';
import { apiKeys, sessions } from '#server/db/schema/index';
import {
  type Account,
  answered,
  ask,
  signInAsGuest,
  type Caller,
  caller,
  postAuth,
  newMessage,
  signIn,
  signUp,
  until,
  withKey,
} from '#test/client';
import { testDatabase } from '#test/database';
import { answerDeltas, startProviderServer } from '#test/provider-server';
import { type ServedInstance, serveInstance } from '#test/served';
import { recordStatements } from '#test/statements';

/** Within how many milliseconds a stream ends on every instance. */
const LIMIT_MS = 5_000;

const provider = await startProviderServer();
afterAll(provider.close);
const settings = {
  // Its words are rare, because many streams of it are open at a time.
  AI_MODEL: 'openai-compatible/slow-30x4000',
  AI_MODELS: 'openai-compatible/slow-30x4000,openai-compatible/slow-400x250,openai-compatible/slow-60x20',
  AI_BASE_URL: provider.url,
};
const here = await serveInstance({ settings });
const there = await serveInstance({ settings });
/** An instance that no notification about identities reaches. */
const deaf = await serveInstance({
  settings,
  database: async () => {
    const database = await testDatabase();
    return {
      ...database,
      listen: (channel, onPayload) =>
        channel === 'switchboard_identities'
          ? Promise.resolve(async () => undefined)
          : database.listen(channel, onPayload),
    };
  },
});
const INSTANCES: Record<string, ServedInstance> = { here, there, deaf };
afterAll(() => Promise.all([here, there, deaf].map((instance) => instance.close())));

let admin: Account;
beforeAll(async () => {
  admin = await signUp(here.url);
});

type Open = (who: Caller, chatId: string) => Promise<Response>;

const follow =
  (accept: string): Open =>
  (who, chatId) =>
    who.fetch(`/api/v1/chats/${chatId}/stream`, { headers: { accept } });

/** Every kind of stream of a running answer. */
const KINDS: Record<string, Open> = {
  'REST event stream': follow('text/event-stream'),
  'REST lines of JSON': follow('application/x-ndjson'),
  'tRPC subscription': (who, chatId) =>
    who.fetch(`/api/trpc/chat.stream?input=${encodeURIComponent(JSON.stringify({ json: { chatId } }))}`, {
      headers: { accept: 'text/event-stream' },
    }),
  'GET /api/chat/{id}/stream': (who, chatId) => who.fetch(`/api/chat/${chatId}/stream`),
};
/** On the other instances one kind stands for all: they hear of the end in the same way. */
const ONE_KIND = { 'REST event stream': follow('text/event-stream') };
const isAiChat = (kind: string) => kind.includes('/api/chat');

/** `POST /api/chat` makes a chat and an answer of its own. */
const POST_CHAT = 'POST /api/chat';
const postChat: Open = (who) =>
  who.fetch('/api/chat', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      id: randomUUID(),
      messages: [{ id: randomUUID(), role: 'user', parts: [{ type: 'text', text: 'Count' }] }],
    }),
  });

/** A stream that is being read. */
class Reading {
  text = '';
  /** On the clock of `Date.now()`. */
  endedAt: number | undefined;
  readonly kind: string;
  readonly place: string;

  constructor(kind: string, place: string, { body }: Response) {
    this.kind = kind;
    this.place = place;
    if (!body) throw new Error('The stream has no body.');
    void this.#read(body);
  }

  async #read(body: ReadableStream<Uint8Array>): Promise<void> {
    try {
      const decoder = new TextDecoder();
      for await (const bytes of body) this.text += decoder.decode(bytes, { stream: true });
    } catch (error) {
      this.text += String(error);
    }
    this.endedAt = Date.now();
  }
}

/** Follows a chat in each way on one instance. */
async function followAll(who: Caller, place: string, chatId: string, kinds = KINDS): Promise<Reading[]> {
  const open = Object.entries(kinds).map(
    async ([kind, start]) => new Reading(kind, place, await start(at(who, who), chatId)),
  );
  return Promise.all(open);
}

/** Somebody as a caller of an instance whose responses are not read by anybody else. */
const at = ({ url }: Pick<ServedInstance, 'url'>, { headers }: Caller): Caller => {
  const who = caller(url, headers, false);
  return { ...who, fetch: (path, init) => who.fetch(path, { signal: AbortSignal.timeout(55_000), ...init }) };
};

/** Waits until all streams are open. */
const begun = (readings: Reading[]) =>
  until(
    () => Promise.resolve(readings.filter(({ text }) => text === '').map(({ kind }) => kind)),
    (silent) => silent.length === 0,
    40_000,
  );

const ended = (readings: Reading[], limitMs: number) =>
  until(
    () => Promise.resolve(readings.filter(({ endedAt }) => endedAt === undefined).map(({ kind }) => kind)),
    (open) => open.length === 0,
    limitMs,
  );

/** Somebody who reads, and how they lose the right to. */
interface Right {
  reader: Caller;
  end: () => Promise<unknown>;
}

const key = async ({ rpc, url }: Account) => {
  const created = await rpc.protected.apiKeys.create.mutate({ name: 'Key', scope: 'write' });
  return { id: created.id, reader: withKey(url, created.key) };
};
const sessionOf = async (who: Caller) => (await who.rpc.protected.get.query({})).session?.id ?? '';
const inOneSecond = sql`now() + interval '1 second'`;

/** Every way in which the right to read ends. */
const WAYS: Record<string, (eve: Account) => Promise<Right>> = {
  async 'a session that is revoked'(eve) {
    const reader = await signIn(here.url, eve);
    const id = await sessionOf(reader);
    return { reader, end: () => eve.rpc.protected.sessions.revoke.mutate({ id }) };
  },
  async 'a session that signs out'(eve) {
    const reader = await signIn(here.url, eve);
    return { reader, end: () => postAuth(here.url, '/sign-out', {}, reader.headers) };
  },
  async 'a session that another one ends by changing the password'(eve) {
    const reader = await signIn(here.url, eve);
    const { password: currentPassword } = eve;
    const change = { currentPassword, newPassword: 'a better horse', revokeOtherSessions: true };
    const device = await signIn(here.url, eve);
    return { reader, end: () => postAuth(here.url, '/change-password', change, device.headers) };
  },
  async 'a session that expires'(eve) {
    const reader = await signIn(here.url, eve);
    const id = await sessionOf(reader);
    return {
      reader,
      async end() {
        await here.deps.db.update(sessions).set({ expiresAt: inOneSecond }).where(eq(sessions.id, id));
        await pause(1_000);
      },
    };
  },
  async 'an API key that is revoked'(eve) {
    const { id, reader } = await key(eve);
    return { reader, end: () => eve.rpc.protected.apiKeys.revoke.mutate({ id }) };
  },
  async 'an API key that expires'(eve) {
    const { id, reader } = await key(eve);
    return {
      reader,
      async end() {
        await here.deps.db.update(apiKeys).set({ expiresAt: inOneSecond }).where(eq(apiKeys.id, id));
        await pause(1_000);
      },
    };
  },
  'a session of an account that is banned': (eve) =>
    Promise.resolve({ reader: eve, end: () => admin.rpc.users.ban.mutate({ id: eve.id }) }),
  async 'an API key of an account that is banned'(eve) {
    const { reader } = await key(eve);
    return { reader, end: () => admin.rpc.users.ban.mutate({ id: eve.id }) };
  },
  'a session of an account that is deleted': (eve) =>
    Promise.resolve({
      reader: eve,
      end: () => eve.rpc.protected.deleteAccount.mutate({ password: eve.password }),
    }),
  async 'an API key of an account that an admin deletes'(eve) {
    const { reader } = await key(eve);
    return { reader, end: () => admin.rpc.users.delete.mutate({ id: eve.id }) };
  },
};

/** Streams that have ended, and how long each took to, in milliseconds. */
interface Ended {
  readings: Reading[];
  took: (readonly [name: string, ms: number])[];
}

/** Opens streams of a right on every instance, ends the right to them, and waits for their ends. */
async function endAll({ reader, end }: Right, chatId: string): Promise<Ended> {
  const readings: Reading[] = [];
  for (const [place, instance] of Object.entries(INSTANCES)) {
    const who = at(instance, reader);
    const kinds = place === 'here' ? KINDS : ONE_KIND;
    readings.push(...(await followAll(who, place, chatId, kinds)));
    if (place === 'here') readings.push(new Reading(POST_CHAT, place, await postChat(who, '')));
  }
  await begun(readings);
  await end();
  const lostAt = Date.now();
  await ended(readings, LIMIT_MS + 5_000);
  const took = readings.map(
    ({ kind, place, endedAt = Infinity }) => [`${place}, ${kind}`, endedAt - lostAt] as const,
  );
  return { readings, took };
}

/** Checks that a stream says why it ended, in the words of its kind. */
function expectRejection({ kind, place, text }: Reading): void {
  const last = text.trimEnd().split('\n').slice(-2).join('\n');
  // A ban or a deletion also stops the answer, and this instance hears of that only.
  if (place === 'deaf' && last === 'event: done\ndata: {}') return;
  if (isAiChat(kind)) expect(last).toMatch(/"type":"error","errorText":"This (session|API key) /);
  else expect(last).toContain('"UNAUTHORIZED"');
  if (kind === 'tRPC subscription') expect(last).toContain('event: serialized-error');
  if (kind === 'REST event stream') expect(last).toMatch(/^event: error\ndata: .*"status":401/);
  if (kind === 'REST lines of JSON') expect(last).toMatch(/{"event":"error","data":{.*"status":401/);
}

describe('the streams of', () => {
  const outcomes = new Map<string, Ended>();
  beforeAll(async () => {
    const lose = async (what: string, make: (eve: Account) => Promise<Right>) => {
      const eve = await signUp(here.url);
      const { chatId } = await ask(eve, 'Count');
      outcomes.set(what, await endAll(await make(eve), chatId));
      await here.deps.runs.stopAll(eve.id);
    };
    // A few at a time, because all of them would keep a busy machine from ending any in time.
    const ways = Object.entries(WAYS);
    for (let first = 0; first < ways.length; first += 3) {
      await Promise.all(ways.slice(first, first + 3).map(([what, make]) => lose(what, make)));
    }
  }, 90_000);

  test.each(Object.keys(WAYS))('%s end within 5 seconds, and say why', (what) => {
    const { readings = [], took = [] } = outcomes.get(what) ?? {};
    expect(readings).toHaveLength(7);
    expect(took.filter(([, ms]) => ms > LIMIT_MS)).toEqual([]);
    readings.forEach(expectRejection);
  });

  test.each([
    ['another session', signIn.bind(undefined, here.url)],
    ['an API key', async (eve: Account) => (await key(eve)).reader],
  ])('%s go on, and so does the answer', async (_, make) => {
    const eve = await signUp(here.url);
    const { id: chatId } = await eve.rpc.chat.create.mutate({ model: 'openai-compatible/slow-400x250' });
    await eve.rpc.chat.send.mutate({ chatId, ...newMessage('Count') });
    const other = await make(eve);
    const [own, others] = await Promise.all([eve, other].map((who) => followAll(who, 'here', chatId)));
    if (!own || !others) throw new Error('Nothing is followed.');
    others.push(...(await followAll(at(there, other), 'there', chatId)));
    await begun([...own, ...others]);
    await postAuth(here.url, '/sign-out', {}, eve.headers);
    await ended(own, LIMIT_MS);
    const lengths = others.map(({ text }) => text.length);
    const isFed = ({ text, place }: Reading, index: number) =>
      place === 'there' || text.length > (lengths[index] ?? 0);
    await until(
      () => Promise.resolve(others.every(isFed)),
      (areFed) => areFed,
    );
    expect(others.filter(({ endedAt }) => endedAt !== undefined)).toEqual([]);
    expect(await other.rpc.chat.get.query({ id: chatId })).toMatchObject({ activeRunId: expect.any(String) });
    await other.rpc.chat.stop.mutate({ chatId });
    await ended(others, LIMIT_MS + 5_000);
  });

  test('a guest who signs up end, and the account follows the answer', async () => {
    const guest = await signInAsGuest(here.url);
    const { chatId } = await ask(guest, 'Count');
    const readings = await followAll(guest, 'here', chatId);
    await begun(readings);
    const account = await signUp(here.url, { headers: guest.headers });
    await ended(readings, LIMIT_MS);
    readings.forEach(expectRejection);
    const again = await followAll(account, 'here', chatId);
    await begun(again);
    await account.rpc.chat.stop.mutate({ chatId });
    await ended(again, LIMIT_MS);
  });
});

test('an answer is written to its end after its session was revoked', async () => {
  const eve = await signUp(here.url);
  const phone = await signIn(here.url, eve);
  const { id: chatId } = await phone.rpc.chat.create.mutate({ model: 'openai-compatible/slow-60x20' });
  await phone.rpc.chat.send.mutate({ chatId, ...newMessage('Count') });
  const readings = await followAll(phone, 'here', chatId);
  await begun(readings);
  await eve.rpc.protected.sessions.revoke.mutate({ id: await sessionOf(phone) });
  await ended(readings, LIMIT_MS);
  const [, answer] = await answered(eve, chatId);
  expect(answer).toMatchObject({ status: 'complete' });
  expect(JSON.stringify(answer?.parts)).toContain(answerDeltas(60).join(''));
});

test('a session that is renewed keeps its streams', async () => {
  const eve = await signUp(here.url);
  const { chatId } = await ask(eve, 'Count');
  const readings = await followAll(eve, 'here', chatId);
  await begun(readings);
  const later = sql`now() + interval '20 days'`;
  await here.deps.db
    .update(sessions)
    .set({ expiresAt: later })
    .where(eq(sessions.id, await sessionOf(eve)));
  await pause(1_000);
  expect(readings.filter(({ endedAt }) => endedAt !== undefined)).toEqual([]);
  await eve.rpc.chat.stop.mutate({ chatId });
  await ended(readings, LIMIT_MS);
});

test('all open streams of an instance are checked with one statement', async () => {
  const people = await Promise.all([1, 2, 3].map(() => signUp(here.url)));
  const readings: Reading[] = [];
  for (const person of people) {
    const { chatId } = await ask(person, 'Count');
    readings.push(...(await followAll(person, 'here', chatId)));
  }
  await begun(readings);
  await pause(600);
  const statements = recordStatements(here.deps.database);
  await pause(3_600);
  const checks = statements.filter(
    ({ sql: text }) => text.includes('json_array_elements_text') && text.includes('union all'),
  );
  expect(checks.length).toBeGreaterThan(0);
  expect(checks.length).toBeLessThanOrEqual(2);
  await Promise.all(people.map(({ id }) => admin.rpc.users.ban.mutate({ id })));
  await ended(readings, LIMIT_MS);
});
