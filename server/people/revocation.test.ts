import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eq, sql } from 'drizzle-orm';
import { channelName } from '#server/db/names';
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

/** The time within which a stream ends on every instance, in milliseconds. */
const LIMIT_MS = 5_000;

const provider = await startProviderServer();
afterAll(provider.close);
const settings = {
  // A model that writes slowly, because many of its streams are open at a time.
  AI_MODEL: 'openai-compatible/slow-30x4000',
  AI_MODELS: 'openai-compatible/slow-30x4000,openai-compatible/slow-400x250,openai-compatible/slow-60x20',
  AI_BASE_URL: provider.url,
};
const here = await serveInstance({ settings });
const there = await serveInstance({ settings });
/** An instance that receives no notifications about identities. */
const deaf = await serveInstance({
  settings,
  database: async () => {
    const database = await testDatabase();
    return {
      ...database,
      listen: (channel, onPayload) =>
        channel === channelName('identities')
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

type Open = (client: Caller, chatId: string) => Promise<Response>;

const follow =
  (accept: string): Open =>
  (client, chatId) =>
    client.fetch(`/api/v1/chats/${chatId}/stream`, { headers: { accept } });

/** Every kind of stream of a running answer. */
const KINDS: Record<string, Open> = {
  'REST event stream': follow('text/event-stream'),
  'REST lines of JSON': follow('application/x-ndjson'),
  'tRPC subscription': (client, chatId) =>
    client.fetch(`/api/trpc/chat.stream?input=${encodeURIComponent(JSON.stringify({ json: { chatId } }))}`, {
      headers: { accept: 'text/event-stream' },
    }),
  'GET /api/chat/{id}/stream': (client, chatId) => client.fetch(`/api/chat/${chatId}/stream`),
};
/** One kind is enough on the other instances, because all kinds learn about the loss in the same way. */
const ONE_KIND = { 'REST event stream': follow('text/event-stream') };
const isAiChat = (kind: string) => kind.includes('/api/chat');

/** `POST /api/chat` creates its own chat and answer. */
const POST_CHAT = 'POST /api/chat';
const postChat: Open = (client) =>
  client.fetch('/api/chat', {
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

/** Follows a chat with each kind of stream on one instance. */
async function followAll(client: Caller, place: string, chatId: string, kinds = KINDS): Promise<Reading[]> {
  const open = Object.entries(kinds).map(
    async ([kind, start]) => new Reading(kind, place, await start(at(client, client), chatId)),
  );
  return Promise.all(open);
}

/** Returns the caller as a client of an instance, without the check that reads each response. */
const at = ({ url }: Pick<ServedInstance, 'url'>, { headers }: Caller): Caller => {
  const client = caller(url, headers, false);
  const signal = () => AbortSignal.timeout(55_000);
  return { ...client, fetch: (path, init) => client.fetch(path, { signal: signal(), ...init }) };
};

/** Waits until all streams are open. */
const started = (readings: Reading[]) =>
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

/** A caller who reads, and how they lose access. */
interface Grant {
  reader: Caller;
  end: () => Promise<unknown>;
}

const key = async ({ rpc, url }: Account) => {
  const created = await rpc.protected.apiKeys.create.mutate({ name: 'Key', scope: 'write' });
  return { id: created.id, reader: withKey(url, created.key) };
};
const sessionOf = async (client: Caller) => (await client.rpc.protected.get.query()).session?.id ?? '';
const inOneSecond = sql`now() + interval '1 second'`;

/** Every way in which access ends. */
const WAYS: Record<string, (eve: Account) => Promise<Grant>> = {
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

/** Streams that have ended, and how long each took to end, in milliseconds. */
interface Ended {
  readings: Reading[];
  took: (readonly [name: string, ms: number])[];
}

/** Opens streams of a caller on every instance, ends the caller's access, and waits until the streams end. */
async function endAll({ reader, end }: Grant, chatId: string): Promise<Ended> {
  const readings: Reading[] = [];
  for (const [place, instance] of Object.entries(INSTANCES)) {
    const client = at(instance, reader);
    const kinds = place === 'here' ? KINDS : ONE_KIND;
    readings.push(...(await followAll(client, place, chatId, kinds)));
    if (place === 'here') readings.push(new Reading(POST_CHAT, place, await postChat(client, '')));
  }
  await started(readings);
  await end();
  const lostAt = Date.now();
  await ended(readings, LIMIT_MS + 5_000);
  const took = readings.map(
    ({ kind, place, endedAt = Infinity }) => [`${place}, ${kind}`, endedAt - lostAt] as const,
  );
  return { readings, took };
}

/** Checks that a stream reports why it ended, in the format of its kind. */
function expectRejection({ kind, place, text }: Reading): void {
  const last = text.trimEnd().split('\n').slice(-2).join('\n');
  // A ban or a deletion also stops the answer, and this instance is notified only about that.
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
    const lose = async (way: string, create: (eve: Account) => Promise<Grant>) => {
      const eve = await signUp(here.url);
      const { chatId } = await ask(eve, 'Count');
      outcomes.set(way, await endAll(await create(eve), chatId));
      await here.deps.runs.stopAll(eve.id);
    };
    // A few at a time, because with all of them at once a busy machine could end none in time.
    const ways = Object.entries(WAYS);
    for (let first = 0; first < ways.length; first += 3) {
      await Promise.all(ways.slice(first, first + 3).map(([way, create]) => lose(way, create)));
    }
  }, 90_000);

  test.each(Object.keys(WAYS))('%s end within 5 seconds, and report the reason', (way) => {
    const { readings = [], took = [] } = outcomes.get(way) ?? {};
    expect(readings).toHaveLength(7);
    expect(took.filter(([, ms]) => ms > LIMIT_MS)).toEqual([]);
    readings.forEach(expectRejection);
  });

  test.each([
    ['another session', signIn.bind(undefined, here.url)],
    ['an API key', async (eve: Account) => (await key(eve)).reader],
  ])('%s continue, and so does the answer, after the caller’s session ended', async (_, create) => {
    const eve = await signUp(here.url);
    const { id: chatId } = await eve.rpc.chat.create.mutate({ model: 'openai-compatible/slow-400x250' });
    await eve.rpc.chat.send.mutate({ chatId, ...newMessage('Count') });
    const other = await create(eve);
    const [own, others] = await Promise.all([eve, other].map((client) => followAll(client, 'here', chatId)));
    if (!own || !others) throw new Error('Nothing is followed.');
    others.push(...(await followAll(at(there, other), 'there', chatId)));
    await started([...own, ...others]);
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
    await started(readings);
    const account = await signUp(here.url, { headers: guest.headers });
    await ended(readings, LIMIT_MS);
    readings.forEach(expectRejection);
    const again = await followAll(account, 'here', chatId);
    await started(again);
    await account.rpc.chat.stop.mutate({ chatId });
    await ended(again, LIMIT_MS);
  });
});

test('an answer is completed after the session that requested it was revoked', async () => {
  const eve = await signUp(here.url);
  const phone = await signIn(here.url, eve);
  const { id: chatId } = await phone.rpc.chat.create.mutate({ model: 'openai-compatible/slow-60x20' });
  await phone.rpc.chat.send.mutate({ chatId, ...newMessage('Count') });
  const readings = await followAll(phone, 'here', chatId);
  await started(readings);
  await eve.rpc.protected.sessions.revoke.mutate({ id: await sessionOf(phone) });
  await ended(readings, LIMIT_MS);
  const [, answer] = await answered(eve, chatId);
  expect(answer).toMatchObject({ status: 'complete' });
  expect(JSON.stringify(answer?.parts)).toContain(answerDeltas(60).join(''));
});

test('a renewed session keeps its streams', async () => {
  const eve = await signUp(here.url);
  const { chatId } = await ask(eve, 'Count');
  const readings = await followAll(eve, 'here', chatId);
  await started(readings);
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

test('one statement checks all open streams of an instance', async () => {
  const people = await Promise.all([1, 2, 3].map(() => signUp(here.url)));
  const readings: Reading[] = [];
  for (const person of people) {
    const { chatId } = await ask(person, 'Count');
    readings.push(...(await followAll(person, 'here', chatId)));
  }
  await started(readings);
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
