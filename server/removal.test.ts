import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eq, inArray, sql } from 'drizzle-orm';
import { finished, streamEvents, until } from '#test/answers';
import { failureOf, type Person, signIn, signInAsGuest, signUp, startInstance } from '#test/caller';
import { testDatabase } from '#test/database';
import { type ScriptedProvider, startScriptedProvider } from '#test/scripted-provider';
import { statementCounter } from '#test/statements';
import type { Deps } from './compose.ts';
import type { Database } from './db/database.ts';
import {
  auditEvents,
  chats,
  idempotencyKeys,
  messages,
  removedAccounts,
  runEvents,
  runs,
  searchPieces,
  sessions,
  users,
} from './db/schema/index.ts';
import { removeDeleted, removeExpired } from './removal.ts';

let provider: ScriptedProvider;
let database: Database;
let deps: Deps;
let count: ReturnType<typeof statementCounter>;

beforeAll(async () => {
  provider = await startScriptedProvider();
  const settings = { AI_MODEL: 'openai-compatible/scripted', AI_BASE_URL: provider.url };
  database = await testDatabase();
  deps = await startInstance({ settings, database: () => Promise.resolve(database) });
  count = statementCounter(database);
});

afterAll(() => provider.close());

const text = (words: string) => [{ type: 'text' as const, text: words }];

/** Creates a chat with `length` messages, each a reply to the one before, and each with a run and an event. */
async function longChat({ api, id }: Person, length: number, words = 'word'): Promise<string> {
  const chat = await api.chat.create({ title: 'Long', clientId: `client-${crypto.randomUUID()}` });
  const name = (i: string) => sql`${chat.id} || to_char(${sql.raw(i)}, 'FM000000')`;
  const series = sql`generate_series(1, ${length}::int) as i order by i`;
  await database.execute(sql`insert into messages (id, chat_id, user_id, parent_id, role, status, parts)
    select ${name('i')}, ${chat.id}, ${id}, case when i > 1 then ${name('i - 1')} end, 'user', 'complete', '[]'
    from ${series}`);
  await database.execute(sql`insert into search_pieces (chat_id, message_id, piece, user_id, start, size, text)
    select ${chat.id}, ${name('i')}, 0, ${id}, 0, ${words.length}::int, ${words} from ${series}`);
  await database.execute(sql`insert into runs (id, chat_id, user_id, message_id, client_request_id, request_hash, status,
      model, owner_id, lease_expires_at, finished_at)
    select ${name('i')}, ${chat.id}, ${id}, ${name('i')}, 'c' || i, '', 'complete', 'guide', 'gone', now(), now()
    from ${series}`);
  await database.execute(
    sql`insert into run_events (run_id, seq, chunks) select ${name('i')}, 1, '[]' from ${series}`,
  );
  await database.db
    .update(chats)
    .set({ leafId: `${chat.id}${String(length).padStart(6, '0')}` })
    .where(eq(chats.id, chat.id));
  return chat.id;
}

/** Counts the rows of a chat in all tables. */
async function rowsOf(chatId: string): Promise<number> {
  const { db } = database;
  const counts = await Promise.all([
    db.$count(chats, eq(chats.id, chatId)),
    db.$count(messages, eq(messages.chatId, chatId)),
    db.$count(searchPieces, eq(searchPieces.chatId, chatId)),
    db.$count(runs, eq(runs.chatId, chatId)),
    db.$count(
      runEvents,
      inArray(runEvents.runId, db.select({ id: runs.id }).from(runs).where(eq(runs.chatId, chatId))),
    ),
  ]);
  return counts.reduce((sum, rows) => sum + rows);
}

async function exported({ api }: Person): Promise<string> {
  let text = '';
  for await (const chunk of await api.protected.exportData()) text += chunk;
  return text;
}

describe('a deleted chat', () => {
  test('is immediately deleted for its owner, and its rows are removed later', async () => {
    const ada = await signUp(deps);
    const other = await longChat(ada, 3, 'kept');
    const id = await longChat(ada, 1000, 'vanishing');
    const statements = await count(() => ada.api.chat.delete({ id }));
    expect(statements).toHaveLength(1);
    expect(await rowsOf(id)).toBe(4001);
    const calls = [
      ada.api.chat.get({ id }),
      ada.api.chat.messages({ chatId: id }),
      ada.api.chat.update({ id, title: 'x' }),
      ada.api.chat.delete({ id }),
      ada.api.chat.stop({ chatId: id }),
      ada.api.chat.selectBranch({ chatId: id, messageId: `${id}000001` }),
      ada.api.chat.regenerate({ chatId: id }),
      ada.api.chat.send({ chatId: id, clientRequestId: 'x', parts: text('x') }),
      Array.fromAsync(streamEvents(ada.api, { chatId: id })),
    ];
    expect(await Promise.all(calls.map(failureOf))).toEqual(calls.map(() => 'NOT_FOUND'));
    expect((await ada.api.chat.list({ search: 'vanishing' })).items).toEqual([]);
    expect((await ada.api.chat.list({})).items.map((chat) => chat.id)).toEqual([other]);
    expect(await exported(ada)).not.toContain(id);

    const removals = await count(() => removeDeleted(database));
    expect(await rowsOf(id)).toBe(0);
    expect(await rowsOf(other)).toBe(13);
    expect(removals.length).toBeGreaterThan(20);
  });

  test('immediately frees its client id', async () => {
    const ada = await signUp(deps);
    const { id } = await ada.api.chat.create({ clientId: 'again' });
    await ada.api.chat.delete({ id });
    expect((await ada.api.chat.create({ clientId: 'again' })).id).not.toBe(id);
  });

  test('ends its answer and the streams of the answer', async () => {
    const ada = await signUp(deps);
    const { id } = await ada.api.chat.create({});
    const { runId } = await ada.api.chat.send({ chatId: id, clientRequestId: 'one', parts: text('Hello') });
    const answer = await provider.next();
    await answer.say('Hi');
    const reader = finished(deps, runId);
    await ada.api.chat.delete({ id });
    await reader;
    await until(() => deps.runs.activeCount() === 0);
    await removeDeleted(database);
    expect(await rowsOf(id)).toBe(0);
  });

  test('is removed even if a removal is interrupted, and if several removals run at the same time', async () => {
    const ada = await signUp(deps);
    const id = await longChat(ada, 700);
    await ada.api.chat.delete({ id });
    let left = 4;
    const dying: Database = {
      ...database,
      execute: (query) => (left-- > 0 ? database.execute(query) : Promise.reject(new Error('killed'))),
    };
    await expect(removeDeleted(dying)).rejects.toThrow('killed');
    const remaining = await rowsOf(id);
    expect(remaining).toBeGreaterThan(0);
    expect(remaining).toBeLessThan(2801);
    await Promise.all([removeDeleted(database), removeDeleted(database), removeDeleted(database)]);
    await removeDeleted(database);
    expect(await rowsOf(id)).toBe(0);
  });

  test('with long messages is removed in batches of limited bytes', async () => {
    const ada = await signUp(deps);
    const id = await longChat(ada, 1);
    await database.execute(sql`insert into messages (id, chat_id, user_id, role, status, parts)
      select ${id} || 'z' || i, ${id}, ${ada.id}, 'user', 'complete', json_build_array(repeat('x', 400000))
      from generate_series(1, 12) as i`);
    await ada.api.chat.delete({ id });
    const removals = await count(() => removeDeleted(database));
    expect(
      removals.filter(({ sql: text }) => text.includes('delete from "messages"')).length,
    ).toBeGreaterThan(4);
    expect(await rowsOf(id)).toBe(0);
  });
});

describe('a deleted account', () => {
  test('is deleted immediately, and all of its rows are removed later', async () => {
    const ada = await signUp(deps);
    const id = await longChat(ada, 300);
    await database.execute(sql`insert into audit_events (id, user_id, actor_id, via, action)
      select ${ada.id} || i, ${ada.id}, ${ada.id}, 'session', 'test' from generate_series(1, 300) as i`);
    await database.execute(sql`insert into idempotency_keys (user_id, key, fingerprint, attempt_id, lease_expires_at)
      select ${ada.id}, 'key' || i, '', '', now() from generate_series(1, 300) as i`);
    const before = await count(() => ada.api.protected.deleteAccount({ password: ada.password }));
    expect(before.length).toBeLessThan(10);
    expect(await failureOf(ada.api.users.me())).toBe('UNAUTHORIZED');
    // The email can be used again.
    const again = await signUp(deps, 'Ada');
    expect(again.id).not.toBe(ada.id);
    expect((await again.api.chat.list({})).items).toEqual([]);

    // The periodic job of the instance may have locked some of the rows.
    await until(async () => {
      await removeDeleted(database);
      return (await rowsOf(id)) === 0;
    });
    const { db } = database;
    expect(await db.$count(auditEvents, eq(auditEvents.userId, ada.id))).toBe(0);
    expect(await db.$count(idempotencyKeys, eq(idempotencyKeys.userId, ada.id))).toBe(0);
  });

  test('ends its answers', async () => {
    const ada = await signUp(deps);
    const { id } = await ada.api.chat.create({});
    const { runId } = await ada.api.chat.send({ chatId: id, clientRequestId: 'one', parts: text('Hello') });
    await (await provider.next()).say('Hi');
    const reader = finished(deps, runId);
    await ada.api.protected.deleteAccount({ password: ada.password });
    await reader;
    await until(() => deps.runs.activeCount() === 0);
  });

  test('loses the rows that a late call has written', async () => {
    const ada = await signUp(deps);
    await ada.api.protected.deleteAccount({ password: ada.password });
    await removeDeleted(database);
    await database.db.insert(chats).values({ id: `late-${ada.id}`, userId: ada.id });
    await removeDeleted(database);
    expect(await rowsOf(`late-${ada.id}`)).toBe(1);
    await database.db
      .update(removedAccounts)
      .set({ createdAt: new Date(Date.now() - 61 * 60_000) })
      .where(eq(removedAccounts.userId, ada.id));
    await removeDeleted(database);
    expect(await rowsOf(`late-${ada.id}`)).toBe(0);
    expect(await database.db.$count(removedAccounts, eq(removedAccounts.userId, ada.id))).toBe(0);
  });
});

describe('an adopted chat', () => {
  test('belongs to the account immediately, with the same number of statements for any length', async () => {
    const statements: number[] = [];
    for (const length of [1, 1000]) {
      const guest = await signInAsGuest(deps);
      const id = await longChat(guest, length);
      let ada = guest;
      statements.push((await count(async () => (ada = await signUp(deps, 'Ada', guest.headers)))).length);
      expect((await ada.api.chat.list({})).items.map((chat) => chat.id)).toEqual([id]);
      // The messages were not changed.
      expect(await database.db.$count(messages, eq(messages.userId, guest.id))).toBe(length);
    }
    expect(statements[1]).toBe(statements[0]);
  });

  test('is found by search, read and exported only by the account', async () => {
    const ada = await signUp(deps);
    const guest = await signInAsGuest(deps);
    await longChat(await signInAsGuest(deps), 3, 'adopted');
    const id = await longChat(guest, 250, 'adopted');
    const { api } = await signIn(deps, ada, guest.headers);
    const found = async () => (await api.chat.list({ search: 'adopted' })).items.map((chat) => chat.id);
    expect(await found()).toEqual([id]);
    expect((await api.chat.messages({ chatId: id, limit: 100 })).items).toHaveLength(100);
    expect(await exported({ ...ada, api })).toContain(`${id}000001`);
    await removeDeleted(database);
    expect(await found()).toEqual([id]);
    await api.chat.delete({ id });
    await removeDeleted(database);
    expect(await rowsOf(id)).toBe(0);
  });
});

describe('removeExpired', () => {
  const env = { GUEST_DAYS: 30, AUDIT_DAYS: 365 };
  const daysAgo = (days: number) => new Date(Date.now() - days * 24 * 60 * 60_000);

  test('deletes an expired session, but no other', async () => {
    const ada = await signUp(deps);
    const again = await signIn(deps, ada);
    const [first] = (await ada.api.protected.sessions.list({})).items.filter(({ current }) => current);
    await database.db
      .update(sessions)
      .set({ expiresAt: daysAgo(0.01) })
      .where(eq(sessions.id, first?.id ?? ''));
    await removeExpired(database, env);
    const left = await database.db
      .select({ id: sessions.id })
      .from(sessions)
      .where(eq(sessions.userId, ada.id));
    expect(left.map(({ id }) => id)).toEqual([(await again.api.protected.get()).session?.id]);
  });

  test('deletes a guest who was away for too long, with their chats, but no other guest or account', async () => {
    const people = {
      away: await signInAsGuest(deps),
      back: await signInAsGuest(deps),
      ada: await signUp(deps),
    };
    const chat = await people.away.api.chat.create({});
    for (const { id } of Object.values(people)) {
      await database.db
        .update(users)
        .set({ createdAt: daysAgo(31) })
        .where(eq(users.id, id));
    }
    await database.db
      .update(sessions)
      .set({ updatedAt: daysAgo(31) })
      .where(eq(sessions.userId, people.away.id));
    await removeExpired(database, env);
    await removeDeleted(database);
    const left = await database.db
      .select({ id: users.id })
      .from(users)
      .where(
        inArray(
          users.id,
          Object.values(people).map(({ id }) => id),
        ),
      );
    expect(left.map(({ id }) => id).sort()).toEqual([people.back.id, people.ada.id].sort());
    expect(await rowsOf(chat.id)).toBe(0);
  });

  test('deletes entries of the audit trail after AUDIT_DAYS', async () => {
    const ada = await signUp(deps);
    const events = ['old', 'young'].map((action, i) => ({
      userId: ada.id,
      actorId: ada.id,
      via: 'session' as const,
      action,
      createdAt: daysAgo(365.5 - i),
    }));
    await database.db.insert(auditEvents).values(events);
    await removeExpired(database, env);
    const actions = (await ada.api.protected.audit({})).items.map(({ action }) => action);
    expect(actions).toContain('young');
    expect(actions).not.toContain('old');
  });
});
