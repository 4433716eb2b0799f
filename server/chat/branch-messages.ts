import { and, eq, sql, type SQL } from 'drizzle-orm';
import { z } from 'zod';
import type { Db } from '#server/db/database';
import { decodeCursor, encodeCursor } from '#server/db/paging';
import { chats, messages } from '#server/db/schema/index';
import { MAX_PAGE_BYTES } from '#server/limits';

/** The maximum number of messages of a branch that is shared or exported: the newest. */
const MAX_MESSAGES = 10_000;

/** The ids of the messages from `leafId` up to the first one of a chat of `userId`, oldest first. */
export const branchOf = (userId: string, chatId: string | SQL, leafId: string | SQL) => sql<string[]>`(
  with recursive path as (
    select m.id, m.parent_id, 1 as depth from ${messages} m join ${chats} c on c.id = m.chat_id
    where m.id = ${leafId} and c.id = ${chatId} and c.user_id = ${userId}
    union all
    select parent.id, parent.parent_id, path.depth + 1 from path cross join lateral (
      select id, parent_id from ${messages} where id = path.parent_id limit 1
    ) parent
    where path.depth < ${MAX_MESSAGES}::int
  )
  select array_agg(id order by depth desc) from path)`;

/** The cursor of a page of a branch. Not the id of a message, which could name one of another branch. */
const Position = z.tuple([z.int().min(0).max(MAX_MESSAGES)]);

/** Returns the position that a page begins with. @throws {AppError} INVALID_INPUT */
export const positionOf = (cursor: string | undefined): number => decodeCursor(Position, cursor)?.[0] ?? 0;

/** Returns the cursor after a page of `read` messages from a position on; `null` after the last of `count` messages. */
export function cursorAfter(position: number, read: number, count: number): string | null {
  const next = position + read;
  return read > 0 && next < count ? encodeCursor([next]) : null;
}

/**
 * A relation `picked` of the messages with these ids, in this order, from a position on. Those that exceed
 * MAX_PAGE_BYTES have `fits = false`. It reads no content.
 */
export const messagesFrom = (ids: SQL, chatId: SQL, position: number, limit: number) => sql`(
  select m.id, ids.place, sum(m.size) over (order by ids.place) - m.size < ${MAX_PAGE_BYTES}::bigint as fits
  from unnest((${ids})[${position + 1}::int:${position + limit}::int]) with ordinality ids(id, place)
  cross join lateral (select id, size from ${messages} where id = ids.id and chat_id = ${chatId} limit 1) m) picked`;

/** A subquery of the message of a row of `picked`, if it fits. */
export const pickedMessage = (db: Db) =>
  db
    .select({
      role: messages.role,
      status: messages.status,
      parts: messages.parts,
      summary: messages.summary,
    })
    .from(messages)
    .where(and(eq(messages.id, sql`picked.id`), sql`picked.fits`))
    .limit(1)
    .as('shown');
