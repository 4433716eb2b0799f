import type { UIMessage } from 'ai';
import { and, eq, inArray, isNull, sql, type SQL } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import { z } from 'zod';
import type { Message, MessageList } from '#contract/chat';
import { isErrorCode } from '#contract/errors';
import type { Db } from '#server/db/database';
import { cursorId, decodeCursor, encodeCursor } from '#server/db/paging';
import { chats, messages } from '#server/db/schema/index';
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
  return sql<string[]>`case when ${messages.id} is null then null when ${messages.parentId} is null
    then ${versions(isNull(version.parentId))} else ${versions(eq(version.parentId, messages.parentId))} end`;
}

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
  const rows = await db
    .select({ id: sql<string | null>`path.id`, message: columns, branchIds: branchIds() })
    .from(chats)
    .leftJoin(pathFrom(owner, from, { messages: limit, bytes: MAX_PAGE_BYTES }), sql`true`)
    .leftJoin(messages, and(eq(messages.id, sql`path.id`), sql`path.fits`, eq(messages.chatId, chats.id)))
    .where(own)
    .orderBy(sql`path.depth`);
  if (rows.length === 0) throw notFound('chat');
  const items = rows.flatMap(({ message, branchIds }): Message[] =>
    message === null
      ? []
      : [{ ...message, branchIds, error: isErrorCode(message.error) ? message.error : null }],
  );
  const next = rows.at(-1);
  const nextId = next?.message === null ? next.id : null;
  return { items: items.reverse(), nextCursor: nextId === null ? null : encodeCursor([nextId]) };
}

/** The maximum number of messages of a conversation that a model gets. */
const HISTORY_LIMIT = 100;
/** The maximum number of UTF-8 bytes for one UTF-16 code unit. */
const BYTES_PER_CHARACTER = 3;

/** Returns the size of a message in characters, as the limits count it. */
export const charactersOf = (parts: UIMessage['parts']) => JSON.stringify(parts).length;

/**
 * Returns the conversation up to and including message `leafId`, oldest first, as AI SDK messages for a model: the
 * newest messages that have at most `characters` in total, starting with a question. If `leafId` is a question, it is
 * always included.
 */
export async function history(
  db: Db,
  owner: Owner,
  leafId: string,
  characters: number,
): Promise<UIMessage[]> {
  const bounds = { messages: HISTORY_LIMIT, bytes: BYTES_PER_CHARACTER * Math.max(characters, 0) };
  const rows = await db
    .select({ id: messages.id, role: messages.role, parts: messages.parts })
    .from(messages)
    .innerJoin(pathFrom(owner, leafId, bounds), and(eq(messages.id, sql`path.id`), sql`path.fits`))
    .orderBy(sql`path.depth`);
  let left = characters;
  const fitting = rows.findIndex(({ role, parts }, index) => {
    left -= charactersOf(parts);
    return left < 0 && !(index === 0 && role === 'user');
  });
  const newest = fitting < 0 ? rows : rows.slice(0, fitting);
  const first = newest.findLastIndex(({ role }) => role === 'user');
  return newest
    .slice(0, first + 1)
    .reverse()
    .filter((row) => row.parts.length > 0);
}

/**
 * Returns the newest of some messages that have at most `characters` in total, and how many characters are left. If not
 * all of them fit, the result starts with a question.
 */
export function newestWithin(
  conversation: UIMessage[],
  characters: number,
): { messages: UIMessage[]; left: number } {
  let left = characters;
  let from = conversation.length;
  for (; from > 0 && conversation.length - from < HISTORY_LIMIT; from--) {
    const size = charactersOf(conversation[from - 1]?.parts ?? []);
    if (size > left) break;
    left -= size;
  }
  if (from === 0) return { messages: conversation, left };
  const question = conversation.findIndex(({ role }, index) => index >= from && role === 'user');
  return { messages: question < 0 ? [] : conversation.slice(question), left };
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
