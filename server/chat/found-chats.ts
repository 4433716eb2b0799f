import { and, eq, sql, type SQL } from 'drizzle-orm';
import { z } from 'zod';
import type { ChatList } from '#contract/chat';
import type { Db } from '#server/db/database';
import { cursorId, cursorInstant, decodeCursor, encodeCursor } from '#server/db/paging';
import { chats, isListed, searchPieces } from '#server/db/schema/index';
import type { Actor } from '#server/people/actor';
import { hasAll, needlesOf } from '#server/search/query';
import { boundsFor, isSlow, walk } from '#server/search/walk';
import { chatColumns, checkProject, inList } from './chats.ts';

/** A chat and, if its messages have been examined only in part, the id of the last one examined. */
const Cursor = z.union([
  z.tuple([z.boolean(), cursorInstant, cursorId]),
  z.tuple([z.boolean(), cursorInstant, cursorId, cursorId]),
]);
type Cursor = z.output<typeof Cursor>;

/** A condition: the chat comes after the cursor, or is the chat in whose messages the cursor is. */
function isAfter([pinned, activeAt, id, messageId]: Cursor): SQL {
  const operator = messageId === undefined ? sql`<` : sql`<=`;
  return sql`(pinned, active_at, id) ${operator} (${pinned}, ${activeAt.toISOString()}::timestamptz, ${id})`;
}

/**
 * Returns the actor's chats whose title, or one of whose messages, contains all search terms, in the order of the list.
 * A page ends at `limit` chats or when it has examined enough. So a page may be empty and still have a cursor.
 * @throws {AppError} INVALID_INPUT for a word that is too long, NOT_FOUND for a project that the actor does not have
 */
export async function listFound(deps: { db: Db }, actor: Actor, input: z.output<typeof ChatList>) {
  const { limit, archived, projectId, search = '' } = input;
  const after = decodeCursor(Cursor, input.cursor);
  const needles = needlesOf(search);
  if (projectId !== undefined) await checkProject(deps, actor, projectId);
  if (needles.length === 0) return { items: [], nextCursor: null };
  const bounds = boundsFor(needles);
  const isTitleHit = hasAll(sql`coalesce(owned.title_folded, lower(owned.title))`, needles);
  const isRest =
    after?.[3] === undefined ? sql`` : sql`and (chat_id <> ${after[2]} or message_id < ${after[3]})`;
  const ofChat = sql`select chat_id, message_id, size, text from ${searchPieces}
    where chat_id = owned.id and piece = 0 ${isRest}`;
  const isEdge = sql`(number = ${bounds.candidates}::int or messages >= ${bounds.candidates}::int
    or bytes >= ${bounds.bytes}::bigint or ${isSlow(sql`messages`)})`;
  const inOrder = sql`order by pinned desc, active_at desc, id desc`;
  const found = sql`(
    select owned.id, ${isTitleHit} or coalesce(message.hit, false) as hit, ${isEdge} as edge, message.message_id
    from (
      select id, title, title_folded, pinned, active_at, message_count, size, row_number() over listed as number,
        sum(1 + message_count) over listed as messages, sum(size) over listed as bytes
      from (
        select * from ${chats} where user_id = ${actor.userId} and archived = ${archived} and ${isListed}
          and ${inList(input) ?? sql`true`}
          ${after ? sql`and ${isAfter(after)}` : sql``} ${inOrder} limit ${bounds.candidates}::int
      ) candidate
      window listed as (${inOrder} rows unbounded preceding)
    ) owned
    left join lateral (
      select message_id, walked.hit from (${walk(ofChat, needles, bounds)}) walked limit 1
    ) message on not (${isTitleHit})
    where messages - message_count <= ${bounds.candidates}::int and bytes - size < ${bounds.bytes}::bigint
      and (${isTitleHit} or message.message_id is not null or ${isEdge})
    ${inOrder} limit ${limit + 1}::int
  ) found`;
  const rows = await deps.db
    .select({
      chat: chatColumns,
      hit: sql<boolean>`found.hit`,
      edge: sql<boolean>`found.edge`,
      messageId: sql<string | null>`found.message_id`,
    })
    .from(found)
    .innerJoin(chats, and(eq(chats.id, sql`found.id`), eq(chats.userId, actor.userId)))
    .orderBy(sql`pinned desc, active_at desc, chats.id desc`);

  const items: (typeof rows)[number]['chat'][] = [];
  for (const [index, { chat, hit, edge, messageId }] of rows.entries()) {
    const key = [chat.pinned, chat.activeAt.toISOString(), chat.id] as const;
    // The walk through the messages of this chat has reached its bounds.
    if (!hit && messageId !== null) return { items, nextCursor: encodeCursor([...key, messageId]) };
    if (hit) items.push(chat);
    const isMore = items.length === limit && index < rows.length - 1;
    if (edge || isMore) return { items, nextCursor: encodeCursor(key) };
  }
  return { items, nextCursor: null };
}
