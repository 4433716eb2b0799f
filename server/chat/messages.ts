import type { UIMessage } from 'ai';
import { and, eq, isNull, type SQL, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import { z } from 'zod';
import { isErrorCode } from '#contract/errors';
import type { Message, MessageList } from '#contract/chat';
import type { Actor } from '#server/context';
import type { Db } from '#server/db/client';
import { chats, messages } from '#server/db/schema';
import type { Deps } from '#server/deps';
import { notFound } from '#server/errors';
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

interface Owner {
  userId: string;
  chatId: string;
}

/**
 * A relation `path` of the messages on the way from message `fromId` up to the first one of its chat, nearest first, at
 * most `limit` of them. It follows parents by primary key, so it costs the same in a short chat and in a long one.
 */
const pathFrom = ({ userId, chatId }: Owner, fromId: string | SQL, limit: number) => sql`(
  with recursive path as (
    select id, parent_id, 1 as depth from ${messages}
    where id = ${fromId} and chat_id = ${chatId} and user_id = ${userId}
    union all
    select m.id, m.parent_id, path.depth + 1 from ${messages} m join path on m.id = path.parent_id
    where m.user_id = ${userId} and path.depth < ${limit}
  )
  select id, depth from path) path`;

const version = alias(messages, 'version');

/** A column for a query of messages: the ids of those with the same parent, oldest first. */
function branchIds({ userId, chatId }: Owner): SQL<string[]> {
  const versions = (
    isSibling: SQL,
  ) => sql`(select json_agg(${version.id} order by ${version.id}) from ${messages} version
    where ${and(eq(version.chatId, chatId), eq(version.userId, userId), isSibling)})`;
  return sql<string[]>`case when ${messages.parentId} is null
    then ${versions(isNull(version.parentId))} else ${versions(eq(version.parentId, messages.parentId))} end`;
}

const Cursor = z.tuple([cursorId]);

/**
 * The messages of the branch the chat shows, newest last: first the newest page, then with `nextCursor` older ones.
 * @throws {AppError} NOT_FOUND
 */
export async function list({ db }: Deps, actor: Actor, input: z.output<typeof MessageList>) {
  const { chatId, limit } = input;
  const owner = { userId: actor.userId, chatId };
  const own = and(eq(chats.id, chatId), eq(chats.userId, owner.userId));
  const from =
    decodeCursor(Cursor, input.cursor)?.[0] ?? sql`(select ${chats.leafId} from ${chats} where ${own})`;
  const rows = await db
    .select({ message: columns, branchIds: branchIds(owner) })
    .from(chats)
    .leftJoin(pathFrom(owner, from, limit + 1), sql`true`)
    .leftJoin(messages, and(eq(messages.id, sql`path.id`), eq(messages.userId, chats.userId)))
    .where(own)
    .orderBy(sql`path.depth`);
  if (rows.length === 0) throw notFound('chat');
  const found = rows.flatMap(({ message, branchIds }): Message[] =>
    message === null
      ? []
      : [{ ...message, branchIds, error: isErrorCode(message.error) ? message.error : null }],
  );
  const [next] = found.splice(limit);
  return { items: found.reverse(), nextCursor: next === undefined ? null : encodeCursor([next.id]) };
}

/** How many messages of a conversation a model is given. */
const HISTORY_LIMIT = 100;

/** The conversation up to and with message `leafId`, oldest first, as AI SDK messages for a model. */
export async function history(db: Db, owner: Owner, leafId: string): Promise<UIMessage[]> {
  const rows = await db
    .select(columns)
    .from(messages)
    .innerJoin(
      pathFrom(owner, leafId, HISTORY_LIMIT),
      and(eq(messages.id, sql`path.id`), eq(messages.userId, owner.userId)),
    )
    .orderBy(sql`path.depth`);
  return rows
    .reverse()
    .filter((row) => row.parts.length > 0)
    .map(({ id, role, parts }) => ({ id, role, parts }));
}
