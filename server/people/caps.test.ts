import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { eq, sql } from 'drizzle-orm';
import type { Deps } from '#server/compose';
import { chats, idempotencyKeys } from '#server/db/schema/index';
import { finished } from '#test/answers';
import { callWithKey, failureOf, signIn, signInAsGuest, signUp, startInstance } from '#test/caller';
import { idOf, itemsOf, signUp as signUpAt } from '#test/client';
import { expectProblem } from '#test/problem';
import { type ScriptedProvider, startScriptedProvider } from '#test/scripted-provider';
import { serveInstance } from '#test/served';

let provider: ScriptedProvider;

beforeAll(async () => {
  provider = await startScriptedProvider();
});

afterAll(() => provider.close());

const started: Deps[] = [];
// Each instance has connections to the database, and Postgres has few.
afterEach(async () => {
  for (const deps of started.splice(0)) await deps.close();
});

/** Starts an instance for a test. */
async function start(settings: Record<string, string>): Promise<Deps> {
  const deps = await startInstance({
    settings: { AI_MODEL: 'openai-compatible/scripted', AI_BASE_URL: provider.url, ...settings },
  });
  started.push(deps);
  return deps;
}

const text = (words: string) => [{ type: 'text' as const, text: words }];

/** Selects the counted sizes of a chat and the actual ones. */
const sizes = (
  chatId: string,
) => sql`select message_count, size, (select count(*)::int from messages where chat_id = chats.id) as messages,
  (select sum(octet_length(parts::text))::bigint from messages where chat_id = chats.id) as stored from chats where id = ${chatId}`;

/** Counts the calls by outcome: `ok`, or the code of the error. */
async function outcomes(calls: Promise<unknown>[]): Promise<Record<string, number>> {
  const kinds = await Promise.all(
    calls.map((call) =>
      call.then(() => 'ok').catch((error: unknown) => String(Reflect.get(Object(error), 'kind'))),
    ),
  );
  return Object.fromEntries(
    [...new Set(kinds)].map((kind) => [kind, kinds.filter((other) => other === kind).length]),
  );
}

describe('chats', () => {
  test('of an account are limited by MAX_CHATS, even if many are created at the same time', async () => {
    const deps = await start({ MAX_CHATS: '5' });
    const ada = await signUp(deps);
    const { id } = await ada.api.chat.create({ clientId: 'known' });
    const created = await outcomes(Array.from({ length: 12 }, () => ada.api.chat.create({})));
    expect(created).toEqual({ ok: 4, LIMIT_REACHED: 8 });
    // An existing client id does not create a chat, and a deleted chat frees its place immediately.
    expect((await ada.api.chat.create({ clientId: 'known' })).id).toBe(id);
    await ada.api.chat.delete({ id });
    await ada.api.chat.create({});
  });

  test('of a guest are limited by MAX_GUEST_CHATS, which does not apply to accounts', async () => {
    const deps = await start({ MAX_GUEST_CHATS: '2' });
    const guest = await signInAsGuest(deps);
    const create = (api: typeof guest.api) => outcomes([1, 2, 3].map(() => api.chat.create({})));
    expect(await create(guest.api)).toEqual({ ok: 2, LIMIT_REACHED: 1 });
    expect(await create((await signUp(deps, 'Ada', guest.headers)).api)).toEqual({ ok: 3 });
  });
});

describe('messages', () => {
  async function converse(
    deps: Awaited<ReturnType<typeof start>>,
    api: Awaited<ReturnType<typeof signUp>>['api'],
    chatId: string,
    words: string,
  ) {
    const { runId } = await api.chat.send({
      chatId,
      clientRequestId: crypto.randomUUID(),
      parts: text(words),
    });
    const answer = await provider.next();
    await answer.say(words);
    answer.finish();
    await finished(deps, runId);
  }

  test('of a chat, including its branches, are limited by MAX_CHAT_MESSAGES', async () => {
    const deps = await start({ MAX_CHAT_MESSAGES: '5' });
    const { api } = await signUp(deps);
    const { id: chatId } = await api.chat.create({});
    await converse(deps, api, chatId, 'One');
    await converse(deps, api, chatId, 'Two');
    const { runId } = await api.chat.regenerate({ chatId });
    (await provider.next()).finish();
    await finished(deps, runId);
    expect(await failureOf(api.chat.regenerate({ chatId }))).toBe('LIMIT_REACHED');
    expect(await failureOf(api.chat.send({ chatId, clientRequestId: 'x', parts: text('x') }))).toBe(
      'LIMIT_REACHED',
    );
    const [row] = await deps.db.select().from(chats).where(eq(chats.id, chatId));
    expect(row?.messageCount).toBe(5);
    expect((await api.chat.messages({ chatId })).items).toHaveLength(4);
  });

  test.each(['MAX_STORED_BYTES', 'MAX_GUEST_STORED_BYTES'])(
    'are limited by %s, and deleting a chat frees its bytes',
    async (setting) => {
      const deps = await start({ [setting]: '2000' });
      const { api } = await (setting.includes('GUEST') ? signInAsGuest(deps) : signUp(deps));
      const { id: first } = await api.chat.create({});
      const { id: second } = await api.chat.create({});
      await converse(deps, api, first, 'x'.repeat(600));
      await converse(deps, api, second, 'x'.repeat(600));
      const send = () => api.chat.send({ chatId: second, clientRequestId: 'x', parts: text('x') });
      expect(await failureOf(send())).toBe('LIMIT_REACHED');
      await api.chat.delete({ id: first });
      const { runId } = await send();
      (await provider.next()).finish();
      // Otherwise, the next instance on this database would continue it.
      await finished(deps, runId);
    },
  );

  test('are counted with the size that is stored', async () => {
    const deps = await start({});
    const { api } = await signUp(deps);
    const { id: chatId } = await api.chat.create({});
    await converse(deps, api, chatId, 'Grüße, 世界');
    const { runId } = await api.chat.regenerate({ chatId });
    const answer = await provider.next();
    await answer.say('Broken');
    await api.chat.stop({ chatId });
    await finished(deps, runId);
    const resumed = await api.chat.continue({ chatId });
    const rest = await provider.next();
    await rest.say(' off');
    rest.finish();
    await finished(deps, resumed.runId);
    const [row] = await deps.database.execute(sizes(chatId));
    expect(row).toMatchObject({ size: row?.['stored'], message_count: row?.['messages'] });
  });
});

describe('API keys', () => {
  test('are limited by MAX_API_KEYS, even if many are created at the same time', async () => {
    const deps = await start({ MAX_API_KEYS: '3' });
    const { api } = await signUp(deps);
    const create = () => api.protected.apiKeys.create({ name: 'key', scope: 'read' });
    const { id, key } = await create();
    expect(await outcomes(Array.from({ length: 8 }, create))).toEqual({ ok: 2, LIMIT_REACHED: 6 });
    await callWithKey(deps, key).users.me();
    await api.protected.apiKeys.revoke({ id });
    await create();
  });

  test('are listed in pages, and so are sessions', async () => {
    const deps = await start({});
    const ada = await signUp(deps);
    for (let i = 0; i < 4; i++) await ada.api.protected.apiKeys.create({ name: `${i}`, scope: 'read' });
    for (let i = 0; i < 4; i++) await signIn(deps, ada);
    for (const list of [ada.api.protected.apiKeys.list, ada.api.protected.sessions.list]) {
      const all = (await list({})).items.map(({ id }) => id);
      const paged: string[] = [];
      for (let cursor: string | null | undefined; cursor !== null;) {
        const page = await list({ limit: 2, ...(cursor !== undefined && { cursor }) });
        paged.push(...page.items.map(({ id }) => id));
        cursor = page.nextCursor;
      }
      expect(all.length).toBeGreaterThan(3);
      expect(paged).toEqual(all);
    }
  });
});

test('a sign-in beyond MAX_SESSIONS ends the least recently used session', async () => {
  const deps = await start({ MAX_SESSIONS: '3' });
  const first = await signUp(deps);
  const second = await signIn(deps, first);
  await signIn(deps, first);
  const fourth = await signIn(deps, first);
  const isIn = async ({ api }: typeof first) => 'ok' in (await outcomes([api.users.me()]));
  expect([await isIn(first), await isIn(second), await isIn(fourth)]).toEqual([false, true, true]);
  expect((await fourth.api.protected.sessions.list({})).items).toHaveLength(3);
});

test('MAX_IDEMPOTENCY_KEYS limits new idempotency keys, but not replays', async () => {
  const server = await serveInstance({ settings: { MAX_IDEMPOTENCY_KEYS: '2' } });
  try {
    const ada = await signUpAt(server.url);
    const create = (key: string) =>
      ada.rest('POST /chats', { json: {}, headers: { 'idempotency-key': key } });
    const first = idOf(await create('one'));
    await create('two');
    const rejected = await create('three');
    expectProblem(rejected, 'LIMIT_REACHED');
    expect(idOf(await create('one'))).toBe(first);
    const { db } = server.deps;
    await db
      .update(idempotencyKeys)
      .set({ createdAt: new Date(Date.now() - 25 * 3_600_000) })
      .where(eq(idempotencyKeys.key, 'one'));
    // An expired key can be used again, because it already has a row.
    expect(idOf(await create('one'))).not.toBe(first);
    expect(itemsOf(await ada.rest('GET /chats'))).toHaveLength(3);
  } finally {
    await server.close();
  }
});
