import type { UIMessage } from 'ai';
import { and, eq, inArray, isNotNull, isNull, sql, type SQL } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import { z } from 'zod';
import type { Message, MessageList } from '#contract/chat';
import { isErrorCode } from '#contract/error-codes';
import type { Db } from '#server/db/database';
import { cursorId, decodeCursor, encodeCursor } from '#server/db/paging';
import { chats, messages, runs } from '#server/db/schema/index';
import { notFound } from '#server/errors';
import { MAX_PAGE_BYTES } from '#server/limits';
import type { Actor } from '#server/people/actor';
import { chatIdOf, isOwn } from './own-chat.ts';
import type { EarlierMessage } from './run-write.ts';

const columns = {
  id: messages.id,
  clientId: messages.clientId,
  role: messages.role,
  status: messages.status,
  parts: messages.parts,
  parentId: messages.parentId,
  model: messages.model,
  error: messages.error,
  contextFromId: messages.contextFromId,
  summary: messages.summary,
  createdAt: messages.createdAt,
};

interface Owner {
  userId: string;
  chatId: string;
}

/** The limits of a path: the number of messages, and the bytes of their parts. */
interface Bounds {
  messages: number;
  bytes: number;
}

/**
 * A relation `path` of the messages from message `fromId` up to the first one of its chat, nearest first. It ends with
 * the first message that exceeds the bounds, which has `fits = false`. The nearest message never exceeds the byte
 * bound.
 *
 * It follows parents by primary key, one at a time, independently of the planner's statistics, and adds up stored
 * sizes. So it costs the same in short and long chats, and reads no content.
 */
const pathFrom = ({ userId, chatId }: Owner, fromId: string | SQL, bounds: Bounds) => sql`(
  with recursive path as (
    select m.id, m.parent_id, 1 as depth, m.size::bigint as total, true as fits
    from ${messages} m join ${chats} c on c.id = m.chat_id
    where m.id = ${fromId} and c.id = ${chatIdOf(userId, chatId)} and c.user_id = ${userId}
    union all
    select parent.id, parent.parent_id, path.depth + 1, path.total + parent.size,
      path.depth < ${bounds.messages}::int and path.total + parent.size <= ${bounds.bytes}::bigint
    from path cross join lateral (
      select id, parent_id, size from ${messages} where id = path.parent_id limit 1
    ) parent
    where path.fits
  )
  select id, depth, fits from path) path`;

const version = alias(messages, 'version');

/** A column for a query of messages: the ids of those with the same parent, oldest first. */
function branchIds(): SQL<string[]> {
  const versions = (
    isSibling: SQL,
  ) => sql`(select json_agg(${version.id} order by ${version.id}) from ${messages} version
    where ${and(eq(version.chatId, messages.chatId), isSibling)})`;
  return sql<string[]>`case when ${messages.parentId} is null
    then ${versions(isNull(version.parentId))} else ${versions(eq(version.parentId, messages.parentId))} end`;
}

/** A column for a query of messages: the time and tokens of the runs that wrote it; `null` if none has ended. */
const usage = sql<Message['usage']>`(
  select json_build_object('seconds', round(extract(epoch from sum(${runs.finishedAt} - ${runs.createdAt}))::numeric, 1),
    'inputTokens', sum(${runs.inputTokens}), 'outputTokens', sum(${runs.outputTokens}))
  from ${runs} where ${and(eq(runs.messageId, messages.id), isNotNull(runs.finishedAt))} having count(*) > 0)`;

const Cursor = z.tuple([cursorId]);

/**
 * Returns a page of the branch that the chat shows, newest message last. The first page is the newest, `nextCursor`
 * leads to older ones. A page ends at `limit` messages or MAX_PAGE_BYTES.
 * @throws {AppError} NOT_FOUND
 */
export async function list({ db }: { db: Db }, actor: Actor, input: z.output<typeof MessageList>) {
  const { chatId, limit } = input;
  const owner = { userId: actor.userId, chatId };
  const own = isOwn(owner.userId, chatId);
  const from =
    decodeCursor(Cursor, input.cursor)?.[0] ?? sql`(select ${chats.leafId} from ${chats} where ${own})`;
  // LIMIT makes the database look each message up by its id. Otherwise, it reads all messages of the chat if it expects
  // them to be fewer than a page, as in an average chat.
  const shown = db
    .select({ ...columns, branchIds: branchIds().as('branch_ids'), usage: usage.as('usage') })
    .from(messages)
    .where(and(eq(messages.id, sql`path.id`), sql`path.fits`, eq(messages.chatId, chats.id)))
    .limit(1)
    .as('shown');
  const { branchIds: shownBranchIds, usage: shownUsage, ...shownColumns } = shown._.selectedFields;
  const rows = await db
    .select({
      id: sql<string | null>`path.id`,
      message: shownColumns,
      branchIds: shownBranchIds,
      usage: shownUsage,
    })
    .from(chats)
    .leftJoin(pathFrom(owner, from, { messages: limit, bytes: MAX_PAGE_BYTES }), sql`true`)
    .leftJoinLateral(shown, sql`true`)
    .where(own)
    .orderBy(sql`path.depth`);
  if (rows.length === 0) throw notFound('chat');
  const items = rows.flatMap(({ message, branchIds, usage: used }): Message[] =>
    message === null
      ? []
      : [{ ...message, branchIds, usage: used, error: isErrorCode(message.error) ? message.error : null }],
  );
  const next = rows.at(-1);
  const nextId = next?.message === null ? next.id : null;
  return { items: items.reverse(), nextCursor: nextId === null ? null : encodeCursor([nextId]) };
}

/**
 * Returns messages that are about to be written as AI SDK messages: the questions, and the parts of the answers to
 * copy.
 */
export async function partsOf(
  db: Db,
  { userId, chatId }: Owner,
  earlier: readonly EarlierMessage[],
): Promise<UIMessage[]> {
  const ids = earlier.flatMap(({ copyOf }) => copyOf?.id ?? []);
  const answers =
    ids.length === 0
      ? []
      : await db
          .select({ id: messages.id, parts: messages.parts })
          .from(messages)
          .innerJoin(chats, eq(chats.id, messages.chatId))
          .where(and(inArray(messages.id, ids), eq(chats.id, chatId), eq(chats.userId, userId)));
  const partsById = new Map(answers.map(({ id, parts }) => [id, parts]));
  return earlier
    .map(({ id, parts, copyOf }): UIMessage =>
      parts
        ? { id, role: 'user', parts }
        : { id, role: 'assistant', parts: partsById.get(copyOf?.id ?? '') ?? [] },
    )
    .filter((message) => message.parts.length > 0);
}
