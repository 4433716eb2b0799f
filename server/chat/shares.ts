import { randomBytes } from 'node:crypto';
import type { UIMessage } from 'ai';
import { and, desc, eq, sql, type SQL } from 'drizzle-orm';
import { z } from 'zod';
import { FILE_PATH } from '#contract/file-limits';
import type { ChatFile } from '#contract/files';
import type {
  Share,
  SharedChat,
  SharedChatGet,
  SharedFile,
  SharedMessage,
  ShareList,
  ShareSet,
} from '#contract/shares';
import { DENIALS } from '#server/access';
import type { Db } from '#server/db/database';
import { cursorId, cursorInstant, decodeCursor, toPage } from '#server/db/paging';
import { chatFiles, chats, files, messages, shares, users } from '#server/db/schema/index';
import { AppError, notFound } from '#server/errors';
import type { Actor } from '#server/people/actor';
import { auditActor } from '#server/people/audit';
import { isBanned } from '#server/people/bans';
import { branchOf, cursorAfter, messagesFrom, pickedMessage, positionOf } from './branch-messages.ts';
import { fileIdOf, sharedFilePath } from './files/part.ts';
import { chatIdOf, isOwn } from './own-chat.ts';
import { shownText } from './shown-text.ts';

/** The random bytes of a token: 192 bits, which are 32 characters of base64url. */
const TOKEN_BYTES = 24;

/** The columns of a `Share` of the contract, without its path. */
const shareColumns = {
  chatId: shares.chatId,
  token: shares.token,
  title: shares.title,
  messageCount: sql<number>`cardinality(${shares.messageIds})`,
  includesFiles: sql<boolean>`${shares.fileIds} is not null`,
  fileCount: sql<number>`coalesce(cardinality(${shares.fileIds}), 0)`,
  sharedAt: shares.sharedAt,
};

const withPath = (row: Omit<Share, 'path'>): Share => ({ ...row, path: `/share/${row.token}` });

/** The ids of the files of the questions among these messages of a chat. It reads them only if the chat has files. */
const filesOf = (chatId: string, messageIds: SQL) => sql<string[]>`coalesce((
  select array_agg(distinct file.file_id)
  from unnest(${messageIds}) ids(id)
  cross join lateral (
    select parts from ${messages} where id = ids.id and chat_id = ${chatId} and role = 'user' limit 1
  ) question
  cross join lateral json_array_elements(question.parts) part
  join ${chatFiles} file on file.chat_id = ${chatId} and part->>'url' = ${FILE_PATH}::text || file.file_id
  where exists (select from ${chatFiles} where chat_id = ${chatId})
), '{}')`;

/**
 * Shares the branch that a chat shows, as it is now, and its files if that is asked for. If the chat is shared already,
 * its link stays the same and shows the branch of now.
 * @throws {AppError} FORBIDDEN for guests, NOT_FOUND, CONFLICT if the chat is temporary or has no messages
 */
export async function set(
  { db }: { db: Db },
  actor: Actor,
  { chatId, includeFiles }: z.output<typeof ShareSet>,
): Promise<Share> {
  if (actor.isGuest) throw new AppError('FORBIDDEN', { detail: DENIALS.guest });
  return db.transaction(async (tx) => {
    // The lock keeps the chat from being deleted meanwhile.
    const [chat] = await tx
      .select({
        id: chats.id,
        title: chats.title,
        leafId: chats.leafId,
        temporary: chats.temporary,
        lastParts: messages.parts,
      })
      .from(chats)
      .leftJoin(messages, and(eq(messages.id, chats.leafId), eq(messages.chatId, chats.id)))
      .where(isOwn(actor.userId, chatId))
      .for('share', { of: chats });
    if (!chat) throw notFound('chat');
    const { id, title, leafId, temporary, lastParts } = chat;
    if (temporary) {
      throw new AppError('CONFLICT', {
        detail: 'A temporary chat cannot be shared. Keep it first: update it with `temporary: false`.',
      });
    }
    if (leafId === null) {
      throw new AppError('CONFLICT', { detail: 'The chat has no messages to share. Send one first.' });
    }
    const branch = branchOf(actor.userId, id, leafId);
    const token = randomBytes(TOKEN_BYTES).toString('base64url');
    const [row] = await tx
      .insert(shares)
      .values({
        chatId: id,
        userId: actor.userId,
        token,
        title,
        messageIds: branch,
        lastLength: shownText(lastParts ?? []).length,
        fileIds: includeFiles ? filesOf(id, branch) : null,
      })
      .onConflictDoUpdate({
        target: shares.chatId,
        set: {
          title: sql`excluded.title`,
          messageIds: sql`excluded.message_ids`,
          lastLength: sql`excluded.last_length`,
          fileIds: sql`excluded.file_ids`,
          sharedAt: sql`excluded.shared_at`,
        },
        setWhere: eq(shares.userId, actor.userId),
      })
      .returning(shareColumns);
    if (!row) throw notFound('chat');
    await auditActor(tx, actor, 'chat.share', id);
    return withPath(row);
  });
}

/** Ends the sharing of a chat. Its link stops working immediately and permanently. @throws {AppError} NOT_FOUND */
export async function revoke({ db }: { db: Db }, actor: Actor, chatId: string): Promise<void> {
  await db.transaction(async (tx) => {
    const [revoked] = await tx
      .delete(shares)
      .where(and(eq(shares.userId, actor.userId), eq(shares.chatId, chatIdOf(actor.userId, chatId))))
      .returning({ chatId: shares.chatId });
    if (!revoked) throw notFound('link');
    await auditActor(tx, actor, 'chat.unshare', revoked.chatId);
  });
}

const Cursor = z.tuple([cursorInstant, cursorId]);

/** True for the share of a chat that its owner has not deleted. */
const isOfChat = and(eq(chats.id, shares.chatId), eq(chats.userId, shares.userId));

/**
 * Lists the links to the actor's chats, last shared first.
 * @throws {AppError} NOT_FOUND if `chatId` names no chat of the actor
 */
export async function list({ db }: { db: Db }, actor: Actor, input: z.output<typeof ShareList>) {
  const { limit, chatId } = input;
  const after = decodeCursor(Cursor, input.cursor);
  const rows = await db
    .select(shareColumns)
    .from(shares)
    .innerJoin(chats, isOfChat)
    .where(
      and(
        eq(shares.userId, actor.userId),
        chatId === undefined ? undefined : eq(shares.chatId, chatIdOf(actor.userId, chatId)),
        after && sql`(${shares.sharedAt}, ${shares.chatId}) < (${after[0].toISOString()}, ${after[1]})`,
      ),
    )
    .orderBy(desc(shares.sharedAt), desc(shares.chatId))
    .limit(limit + 1);
  if (rows.length === 0 && chatId !== undefined) {
    const [chat] = await db.select({ id: chats.id }).from(chats).where(isOwn(actor.userId, chatId));
    if (!chat) throw notFound('chat');
  }
  return toPage(rows.map(withPath), limit, (row) => [row.sharedAt.toISOString(), row.chatId]);
}

/**
 * Returns a page of a shared chat to anyone who knows its token. Each call reads whether it is still shared.
 * @throws {AppError} NOT_FOUND, also if the chat or the account was deleted, or the account is banned
 */
export async function get({ db }: { db: Db }, input: z.output<typeof SharedChatGet>): Promise<SharedChat> {
  const { token, limit } = input;
  const position = positionOf(input.cursor);
  const shown = pickedMessage(db);
  const rows = await db
    .select({
      title: shares.title,
      sharedAt: shares.sharedAt,
      lastLength: shares.lastLength,
      count: shareColumns.messageCount,
      includesFiles: shareColumns.includesFiles,
      banned: users.banned,
      banExpires: users.banExpires,
      message: shown._.selectedFields,
    })
    .from(shares)
    .innerJoin(chats, isOfChat)
    .innerJoin(users, eq(users.id, shares.userId))
    .leftJoinLateral(
      messagesFrom(sql`${shares.messageIds}`, sql`${shares.chatId}`, position, limit),
      sql`true`,
    )
    .leftJoinLateral(shown, sql`true`)
    .where(eq(shares.token, token))
    .orderBy(sql`picked.place`);
  const [first] = rows;
  if (!first || isBanned(first)) throw notFound('shared chat');
  const { title, sharedAt, lastLength, count, includesFiles } = first;
  const read = rows.flatMap(({ message }) => message ?? []);
  const items = read
    .map(({ role, status, parts }, index): SharedMessage => {
      const text = shownText(parts);
      const isLast = position + index === count - 1;
      const complete = status === 'complete' && !(isLast && text.length > lastLength);
      const attached = role === 'user' ? filesIn(parts, token) : [];
      return {
        role,
        text: isLast ? text.slice(0, lastLength) : text,
        files: includesFiles ? attached : [],
        hiddenFileCount: includesFiles ? 0 : attached.length,
        complete,
      };
    })
    .filter(({ text, files, hiddenFileCount }) => text !== '' || files.length + hiddenFileCount > 0);
  return { title, sharedAt, items, nextCursor: cursorAfter(position, read.length, count) };
}

/** Returns the uploaded files of a message, with their paths for the readers of a share. */
function filesIn(parts: UIMessage['parts'], token: string): SharedFile[] {
  return parts.flatMap((part) => {
    const fileId = part.type === 'file' ? fileIdOf(part.url) : null;
    if (part.type !== 'file' || fileId === null) return [];
    const { filename = '', mediaType } = part;
    return [{ filename, mediaType, url: sharedFilePath(token, fileId) }];
  });
}

/**
 * Returns a file of a shared chat to anyone who knows the token. Each call reads whether it is still shared.
 * @throws {AppError} NOT_FOUND, also if the share does not include the file, and like `get`
 */
export async function getFile(
  { db }: { db: Db },
  { token, fileId }: { token: string; fileId: string },
): Promise<Pick<ChatFile, 'id' | 'filename' | 'mediaType' | 'size'>> {
  const [row] = await db
    .select({
      file: { id: files.id, filename: files.filename, mediaType: files.mediaType, size: files.size },
      banned: users.banned,
      banExpires: users.banExpires,
    })
    .from(shares)
    .innerJoin(chats, isOfChat)
    .innerJoin(users, eq(users.id, shares.userId))
    .innerJoin(files, and(eq(files.id, fileId), eq(files.userId, shares.userId)))
    .where(and(eq(shares.token, token), sql`${fileId} = any(${shares.fileIds})`));
  if (!row || isBanned(row)) throw notFound('file');
  return row.file;
}
