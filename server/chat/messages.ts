import type { UIMessage } from 'ai';
import { and, eq, sql } from 'drizzle-orm';
import { z } from 'zod';
import { isErrorCode } from '#contract/errors';
import type { Message, MessageList } from '#contract/chat';
import type { Actor } from '#server/context';
import type { Db } from '#server/db/client';
import { chats, messages } from '#server/db/schema';
import type { Deps } from '#server/deps';
import { notFound } from '#server/errors';
import { branchesOf } from '#server/chat/branches';
import { cursorId, decodeCursor, encodeCursor } from '#server/paging';

const columns = {
  id: messages.id,
  role: messages.role,
  status: messages.status,
  parts: messages.parts,
  parentId: messages.parentId,
  model: messages.model,
  error: messages.error,
  createdAt: messages.createdAt,
};

/**
 * The messages on the way from a message up to the first one of its chat, nearest first, at most `limit` of them. It
 * follows parents by primary key, so it costs the same in a short chat and in a long one.
 */
function ancestry(db: Db, owner: { userId: string; chatId: string }, fromId: string, limit: number) {
  const path = sql`(
    with recursive path as (
      select id, parent_id, 1 as depth from ${messages}
      where id = ${fromId} and chat_id = ${owner.chatId} and user_id = ${owner.userId}
      union all
      select m.id, m.parent_id, path.depth + 1 from ${messages} m join path on m.id = path.parent_id
      where m.user_id = ${owner.userId} and path.depth < ${limit}
    )
    select id, depth from path) path`;
  return db
    .select(columns)
    .from(messages)
    .innerJoin(path, and(eq(messages.id, sql`path.id`), eq(messages.userId, owner.userId)))
    .orderBy(sql`path.depth`);
}

const Cursor = z.tuple([cursorId]);

/**
 * The messages of the branch the chat shows, newest last: first the newest page, then with `nextCursor` older ones.
 * @throws {AppError} NOT_FOUND
 */
export async function list(deps: Deps, actor: Actor, input: z.output<typeof MessageList>) {
  const { chatId, limit } = input;
  const { userId } = actor;
  const [chat] = await deps.db
    .select({ leafId: chats.leafId })
    .from(chats)
    .where(and(eq(chats.id, chatId), eq(chats.userId, userId)));
  if (!chat) throw notFound('chat');
  const from = decodeCursor(Cursor, input.cursor)?.[0] ?? chat.leafId;
  if (from === null) return { items: [], nextCursor: null };
  const rows = await ancestry(deps.db, { userId, chatId }, from, limit + 1);
  const [next] = rows.splice(limit);
  const branches = await branchesOf(deps.db, { userId, chatId }, rows);
  const items: Message[] = rows.reverse().map(({ error, ...row }) => ({
    ...row,
    error: isErrorCode(error) ? error : null,
    branchIds: branches.get(row.id) ?? [row.id],
  }));
  return { items, nextCursor: next === undefined ? null : encodeCursor([next.id]) };
}

/** How many messages of a conversation a model is given. */
const HISTORY_LIMIT = 100;

/** The conversation up to and with message `leafId`, oldest first, as AI SDK messages for a model. */
export async function history(
  db: Db,
  owner: { userId: string; chatId: string },
  leafId: string,
): Promise<UIMessage[]> {
  const rows = await ancestry(db, owner, leafId, HISTORY_LIMIT);
  return rows
    .reverse()
    .filter((row) => row.parts.length > 0)
    .map(({ id, role, parts }) => ({ id, role, parts }));
}
