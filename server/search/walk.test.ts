import { beforeAll, describe, expect, test } from '@jest/globals';
import { sql } from 'drizzle-orm';
import { listFound } from '#server/chat/found-chats';
import { search } from '#server/chat/search';
import type { Db } from '#server/db/database';
import type { Actor } from '#server/people/actor';
import { list } from '#server/people/users';
import { testDatabase } from '#test/database';

const ROWS = 350;
const ADA: Actor = {
  userId: 'user-1',
  role: 'user',
  isGuest: false,
  via: { kind: 'session', sessionId: '' },
  request: { id: '', ip: null, userAgent: null },
};

/** The oldest title, message and account have a word. */
async function insertRows(): Promise<void> {
  const { execute } = await testDatabase();
  const rows = sql`generate_series(1, ${ROWS}::int) as i`;
  const id = (prefix: string) => sql`${prefix}::text || lpad(i::text, 4, '0')`;
  const text = sql`case when i = 1 then 'needle' else 'other' end`;
  await execute(sql`insert into users (id, name, name_folded, email, created_at)
    select 'user-' || i, ${text}, ${text}, i || '@example.com', now() + i * interval '1 second' from ${rows}`);
  await execute(sql`insert into chats (id, user_id, title, title_folded, active_at, message_count)
    select ${id('chat-')}, 'user-1', ${text}, ${text}, now() + i * interval '1 second', 1 from ${rows}`);
  await execute(sql`insert into messages (id, chat_id, user_id, role, status, parts)
    select ${id('m-')}, ${id('chat-')}, 'user-1', 'user', 'complete',
      json_build_array(json_build_object('type', 'text', 'text', ${text})) from ${rows}`);
  await execute(sql`insert into search_pieces (chat_id, message_id, piece, user_id, start, size, text)
    select ${id('chat-')}, ${id('m-')}, 0, 'user-1', 0, 6, ${text} from ${rows}`);
  // Looks for a word in a text as the real one does, but takes a millisecond, as reading from a disk can.
  await execute(sql`create schema slow`);
  await execute(sql`create function slow.strpos(text, text) returns int volatile language sql
    as 'select pg_catalog.strpos($1, $2) from pg_sleep(0.001)'`);
}

/** The page of a list at a cursor. */
type List = (
  deps: { db: Db },
  input: { limit: number; search: string; cursor?: string },
) => Promise<{ items: unknown[]; nextCursor: string | null }>;

const LISTS: Record<string, List> = {
  'chat.search': (deps, input) => search(deps, ADA, input),
  'chat.list': (deps, input) => listFound(deps, ADA, { archived: false, ...input }),
  'users.list': (deps, input) => list(deps, input),
};

describe.each(Object.entries(LISTS))('a search of %s whose rows are slow to read', (_, page) => {
  beforeAll(async () => {
    const { execute } = await testDatabase();
    const [{ isThere } = {}] = await execute(sql`select to_regnamespace('slow') is not null as "isThere"`);
    if (isThere !== true) await insertRows();
  });

  test('ends its pages early, and finds everything', async () => {
    const database = await testDatabase();
    const found: unknown[] = [];
    const pages = await database.snapshot(async ({ db, execute }) => {
      await execute(sql`set local search_path = slow, public, pg_catalog`);
      let cursor: string | null = null;
      for (let count = 1; ; count++) {
        const input = { limit: 20, search: 'needle', ...(cursor !== null && { cursor }) };
        const { items, nextCursor }: Awaited<ReturnType<List>> = await page({ db }, input);
        found.push(...items);
        if (nextCursor === null) return count;
        cursor = nextCursor;
      }
    });
    expect(pages).toBeGreaterThan(2);
    expect(found).toHaveLength(page === LISTS['chat.search'] ? 2 : 1);
  });
});
