import { sql } from 'drizzle-orm';
import type { z } from 'zod';
import { FILE_PATH } from '#contract/file-limits';
import type { Chat, ChatFork } from '#contract/chat';
import { newId } from '#server/db/columns';
import type { Db } from '#server/db/database';
import { isWithoutPlace } from '#server/db/errors';
import { placeFor } from '#server/db/places';
import { chatFiles, chats, messages, searchPieces } from '#server/db/schema/index';
import type { Env } from '#server/env';
import { AppError, limitReached, notFound } from '#server/errors';
import type { Actor } from '#server/people/actor';
import { chatColumns, find, maxChats, maxStoredBytes, storedBytes, tooManyChats } from './chats.ts';
import { isOwn } from './own-chat.ts';

/** The maximum of bytes that one call copies, because the copy is a single statement. */
const MAX_BYTES = 16 * 1024 * 1024;

/** A relation `branch` of the messages of a chat from one of them up to the first. It reads no content. */
const branchTo = (chatId: string, messageId: string) => sql`(
  with recursive path as (
    select id, parent_id, status, size, 1 as depth from ${messages}
    where id = ${messageId} and chat_id = ${chatId}
    union all
    select parent.id, parent.parent_id, parent.status, parent.size, path.depth + 1
    from path cross join lateral (
      select id, parent_id, status, size from ${messages} where id = path.parent_id limit 1
    ) parent
  )
  select id, status, size, depth from path) branch`;

/** The chat that is copied, and its copy. */
interface Chats {
  userId: string;
  sourceId: string;
  chatId: string;
}

/** The ids of a message and its copy, and of the copy above it. */
interface Copy {
  of: string;
  id: string;
  parentId: string | null;
}

/**
 * A statement that copies messages, their chunks for search and their references to files, without reading them into this
 * process.
 */
const copyMessages = ({ userId, sourceId, chatId }: Chats, copies: readonly Copy[]) => sql`
  with copy as materialized (
    select * from json_to_recordset(${JSON.stringify(copies)}::json) as copy("of" text, id text, "parentId" text)
  ), written as (
    insert into ${messages}
      (id, chat_id, user_id, parent_id, role, status, parts, model, error, context_from_id, summary,
        created_at)
    select copy.id, ${chatId}, ${userId}, copy."parentId", source.role, source.status, source.parts, source.model,
      source.error, first.id, source.summary, source.created_at
    from copy
    cross join lateral (select * from ${messages} where id = copy."of" and chat_id = ${sourceId} limit 1) source
    left join copy first on first."of" = source.context_from_id
  ), attached as (
    insert into ${chatFiles} (chat_id, file_id)
    select distinct ${chatId}, file.file_id
    from copy
    join ${messages} source on source.id = copy."of" and source.chat_id = ${sourceId} and source.role = 'user'
    cross join lateral json_array_elements(source.parts) part
    join ${chatFiles} file on file.chat_id = ${sourceId} and part->>'url' = ${FILE_PATH}::text || file.file_id
    where exists (select from ${chatFiles} where chat_id = ${sourceId})
  )
  insert into ${searchPieces} (chat_id, message_id, piece, user_id, start, size, text)
  select ${chatId}, copy.id, source.piece, ${userId}, source.start, source.size, source.text
  from copy cross join lateral (
    select * from ${searchPieces} where chat_id = ${sourceId} and message_id = copy."of" order by piece
  ) source`;

/** @returns `null`, and nothing is written, if the actor has a chat with this `clientId`. */
async function copyBranch(
  tx: Db,
  env: Env,
  actor: Actor,
  { chatId: sourceChatId, messageId, clientId }: z.output<typeof ChatFork>,
): Promise<Chat | null> {
  const { userId } = actor;
  // The lock keeps the chat from being deleted, and its answers from being continued, meanwhile.
  const [source] = await tx.select().from(chats).where(isOwn(userId, sourceChatId)).for('share');
  if (!source) throw notFound('chat');
  const branch = await tx
    .select({ id: sql<string>`id`, status: sql<string>`status`, size: sql<number>`size` })
    .from(branchTo(source.id, messageId))
    .orderBy(sql`depth desc`);
  if (branch.length === 0) throw notFound('message');
  if (branch.some(({ status }) => status === 'streaming')) {
    throw new AppError('CONFLICT', { detail: 'The answer is being written. Wait for its end, or stop it.' });
  }
  const size = branch.reduce((sum, message) => sum + message.size, 0);
  if (size > MAX_BYTES) {
    throw limitReached(
      `The messages up to this one take ${size} bytes. At most ${MAX_BYTES} can be copied at a time.`,
    );
  }
  const copies: Copy[] = [];
  for (const { id: of } of branch) copies.push({ of, id: newId(), parentId: copies.at(-1)?.id ?? null });
  const { title, titleFolded, autoTitle, model, instructions, temperature, projectId, temporary } = source;
  const [chat] = await tx
    .insert(chats)
    .values({
      userId: placeFor(chats, userId, maxChats({ env }, actor)),
      clientId: clientId ?? null,
      title,
      titleFolded,
      autoTitle,
      model,
      instructions,
      temperature,
      projectId,
      temporary,
      leafId: copies.at(-1)?.id ?? null,
      messageCount: copies.length,
      size,
    })
    .onConflictDoNothing()
    .returning(chatColumns);
  if (!chat) return null;
  const max = maxStoredBytes({ env }, actor);
  if ((await storedBytes(tx, userId)) > max) {
    throw limitReached(
      `With the copy, your messages would take more than ${max} bytes. Delete a chat first.`,
    );
  }
  await tx.execute(copyMessages({ userId, sourceId: source.id, chatId: chat.id }, copies));
  return chat;
}

/**
 * Copies a message of a chat and everything above it into a new chat, with the settings and the project of the chat. The
 * copy of a temporary chat is temporary too.
 * If the actor has used the `clientId` before, the result is the existing chat.
 * @throws {AppError} NOT_FOUND, CONFLICT if the message is being written, LIMIT_REACHED
 */
export async function fork(
  deps: { db: Db; env: Env },
  actor: Actor,
  input: z.output<typeof ChatFork>,
): Promise<Chat> {
  const { clientId } = input;
  const known = () => (clientId === undefined ? undefined : find(deps, actor, clientId));
  const before = await known();
  if (before) return before;
  const copied = await deps.db
    .transaction((tx) => copyBranch(tx, deps.env, actor, input))
    .catch((error: unknown) => {
      throw isWithoutPlace(error) ? tooManyChats(maxChats(deps, actor)) : error;
    });
  // If nothing was written, another call with the same clientId was first.
  const chat = copied ?? (await known());
  if (!chat) throw notFound('chat');
  return chat;
}
