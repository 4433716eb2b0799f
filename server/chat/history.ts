import type { UIMessage } from 'ai';
import { eq, sql } from 'drizzle-orm';
import type { Db } from '#server/db/database';
import { chats, messages } from '#server/db/schema/index';
import { bytesOf, isOver, type Room, roomAfter, summaryPart } from './context.ts';
import { chatIdOf } from './own-chat.ts';

/** The maximum number of messages of a conversation that a model gets. */
const HISTORY_LIMIT = 100;

interface Owner {
  userId: string;
  chatId: string;
}

/** The beginning of a conversation for a model. */
export interface History {
  /** Oldest first. */
  messages: UIMessage[];
  /** False if messages are left out that `summary` does not cover. */
  isWhole: boolean;
  /** The summary of the messages before those that it covers; `null` if there is none. */
  summary: string | null;
}

/**
 * A relation `path` of the messages from message `leafId` towards the first one of its chat, nearest first: those within
 * the limits, and the first one with a summary, which has `ends = true`. The nearest message never exceeds the byte
 * limit.
 *
 * It follows parents by primary key, one at a time, independently of the planner's statistics, and adds up stored
 * sizes. It goes beyond the limits only in chats that have a summary, to find it.
 */
const pathTo = ({ userId, chatId }: Owner, leafId: string, bytes: number) => sql`(
  with recursive path as (
    select m.id, m.parent_id, 1 as depth, m.size::bigint as total, true as fits, m.summary is not null as ends,
      exists (select from ${messages} s where s.chat_id = c.id and s.summary is not null) as summarized
    from ${messages} m join ${chats} c on c.id = m.chat_id
    where m.id = ${leafId} and c.id = ${chatIdOf(userId, chatId)} and c.user_id = ${userId}
    union all
    select parent.id, parent.parent_id, path.depth + 1, path.total + parent.size,
      path.fits and path.depth < ${HISTORY_LIMIT}::int and path.total + parent.size <= ${bytes}::bigint,
      parent.ends, path.summarized
    from path cross join lateral (
      select id, parent_id, size, summary is not null as ends from ${messages} where id = path.parent_id limit 1
    ) parent
    where not path.ends and (path.fits or path.summarized)
  )
  select id, depth, ends from path where fits or ends) path`;

/**
 * Returns the conversation up to and including message `leafId`, oldest first, as AI SDK messages for a model: the
 * newest messages that have room, starting with a question, after the newest summary. If `leafId` is a question, it is
 * always included.
 */
export async function history(db: Db, owner: Owner, leafId: string, room: Room): Promise<History> {
  const found = await db
    .select({
      id: messages.id,
      role: messages.role,
      // A message that is summarized need not be read.
      parts: sql<UIMessage['parts']>`case when path.ends then '[]'::json else ${messages.parts} end`,
      parentId: messages.parentId,
      summary: messages.summary,
    })
    .from(messages)
    .innerJoin(pathTo(owner, leafId, bytesOf(room)), eq(messages.id, sql`path.id`))
    .orderBy(sql`path.depth`);
  const end = found.find(({ summary }) => summary !== null);
  const rows = found.filter((row) => row !== end);
  const summary = end?.summary ?? null;
  let left = summary === null ? room : roomAfter(room, [summaryPart(summary)]);
  const fitting = rows.findIndex(({ role, parts }, index) => {
    left = roomAfter(left, parts);
    return isOver(left) && !(index === 0 && role === 'user');
  });
  const newest = fitting < 0 ? rows : rows.slice(0, fitting);
  const last = newest.findLastIndex(({ role }) => role === 'user');
  const first = newest[last];
  return {
    messages: newest
      .slice(0, last + 1)
      .reverse()
      .flatMap(({ id, role, parts }) => (parts.length > 0 ? [{ id, role, parts }] : [])),
    isWhole: first ? first.parentId === (end?.id ?? null) : end !== undefined && rows.length === 0,
    summary,
  };
}

/**
 * Returns the newest of some messages that have room, and the room that is left. If not all of them fit, the result
 * starts with a question.
 */
export function newestWithin(conversation: UIMessage[], room: Room): { messages: UIMessage[]; left: Room } {
  let left = room;
  let from = conversation.length;
  for (; from > 0 && conversation.length - from < HISTORY_LIMIT; from--) {
    const after = roomAfter(left, conversation[from - 1]?.parts ?? []);
    if (isOver(after)) break;
    left = after;
  }
  if (from === 0) return { messages: conversation, left };
  const question = conversation.findIndex(({ role }, index) => index >= from && role === 'user');
  return { messages: question < 0 ? [] : conversation.slice(question), left };
}
