import { randomBytes } from 'node:crypto';
import { and, desc, eq, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Share, SharedChat, SharedChatGet, SharedMessage, ShareList } from '#contract/shares';
import { DENIALS } from '#server/access';
import type { Db } from '#server/db/database';
import { cursorId, cursorInstant, decodeCursor, toPage } from '#server/db/paging';
import { chats, messages, shares, users } from '#server/db/schema/index';
import { AppError, notFound } from '#server/errors';
import type { Actor } from '#server/people/actor';
import { auditActor } from '#server/people/audit';
import { isBanned } from '#server/people/bans';
import { branchOf, cursorAfter, messagesFrom, pickedMessage, positionOf } from './branch-messages.ts';
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
  sharedAt: shares.sharedAt,
};

const withPath = (row: Omit<Share, 'path'>): Share => ({ ...row, path: `/share/${row.token}` });

/**
 * Shares the branch that a chat shows, as it is now. If the chat is shared already, its link stays the same and shows
 * the branch of now.
 * @throws {AppError} FORBIDDEN for guests, NOT_FOUND, CONFLICT if the chat is temporary or has no messages
 */
export async function set({ db }: { db: Db }, actor: Actor, chatId: string): Promise<Share> {
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
    const snapshot = {
      title,
      messageIds: branchOf(actor.userId, id, leafId),
      lastLength: shownText(lastParts ?? []).length,
      sharedAt: sql`now()`,
    };
    const token = randomBytes(TOKEN_BYTES).toString('base64url');
    const [row] = await tx
      .insert(shares)
      .values({ chatId: id, userId: actor.userId, token, ...snapshot })
      .onConflictDoUpdate({ target: shares.chatId, set: snapshot, setWhere: eq(shares.userId, actor.userId) })
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
  const { title, sharedAt, lastLength, count } = first;
  const read = rows.flatMap(({ message }) => message ?? []);
  const items = read
    .map(({ role, status, parts }, index): SharedMessage => {
      const text = shownText(parts);
      const isLast = position + index === count - 1;
      const complete = status === 'complete' && !(isLast && text.length > lastLength);
      return { role, text: isLast ? text.slice(0, lastLength) : text, complete };
    })
    .filter(({ text }) => text !== '');
  return { title, sharedAt, items, nextCursor: cursorAfter(position, read.length, count) };
}
