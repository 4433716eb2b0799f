import type { UIMessage } from 'ai';
import { and, eq, inArray, sql } from 'drizzle-orm';
import { z } from 'zod';
import { isErrorCode } from '#contract/errors';
import type { Message, MessageList } from '#contract/chat';
import type { Actor } from '#server/context';
import type { Database } from '#server/db/client';
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

const Ids = z.array(z.object({ id: z.string() }));

/**
 * The ids on the way from a message up to the first one of its chat, nearest first, at most `limit` of them. It
 * follows parents by primary key, so it costs the same in a short chat and in a long one.
 */
async function ancestry(
  database: Database,
  owner: { userId: string; chatId: string },
  fromId: string,
  limit: number,
): Promise<string[]> {
  const rows = await database.execute(sql`
    with recursive path as (
      select id, parent_id, 1 as depth from ${messages}
      where id = ${fromId} and chat_id = ${owner.chatId} and user_id = ${owner.userId}
      union all
      select m.id, m.parent_id, path.depth + 1 from ${messages} m join path on m.id = path.parent_id
      where m.user_id = ${owner.userId} and path.depth < ${limit}
    )
    select id from path order by depth`);
  return Ids.parse(rows).map((row) => row.id);
}

/** The messages with these ids, in the order of the ids. */
async function read({ db }: Pick<Deps, 'db'>, userId: string, ids: string[]) {
  if (ids.length === 0) return [];
  const rows = await db
    .select(columns)
    .from(messages)
    .where(and(eq(messages.userId, userId), inArray(messages.id, ids)));
  const byId = new Map(rows.map((row) => [row.id, row]));
  return ids.flatMap((id) => byId.get(id) ?? []);
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
  const ids = await ancestry(deps.database, { userId, chatId }, from, limit + 1);
  const next = ids[limit];
  const rows = await read(deps, userId, ids.slice(0, limit));
  const branches = await branchesOf(deps.db, { userId, chatId }, rows);
  const items: Message[] = rows.reverse().map(({ error, ...row }) => ({
    ...row,
    error: isErrorCode(error) ? error : null,
    branchIds: branches.get(row.id) ?? [row.id],
  }));
  return { items, nextCursor: next === undefined ? null : encodeCursor([next]) };
}

/** How many messages of a conversation a model is given. */
const HISTORY_LIMIT = 100;

/** The conversation up to and with message `leafId`, oldest first, as AI SDK messages for a model. */
export async function history(
  deps: Pick<Deps, 'db' | 'database'>,
  owner: { userId: string; chatId: string },
  leafId: string,
): Promise<UIMessage[]> {
  const ids = await ancestry(deps.database, owner, leafId, HISTORY_LIMIT);
  const rows = await read(deps, owner.userId, ids);
  return rows
    .reverse()
    .filter((row) => row.parts.length > 0)
    .map(({ id, role, parts }) => ({ id, role, parts }));
}
