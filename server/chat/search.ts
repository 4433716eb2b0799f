import { and, desc, eq, sql, type SQL } from 'drizzle-orm';
import { z } from 'zod';
import type { ChatSearch, Hit } from '#contract/chat';
import { nextSlice } from '#layer/index';
import type { Db } from '#server/db/database';
import { cursorId, decodeCursor, encodeCursor } from '#server/db/paging';
import { adoptions, chats, isListed, messages, projects, searchPieces } from '#server/db/schema/index';
import { MAX_PAGE_BYTES } from '#server/limits';
import type { Actor } from '#server/people/actor';
import { excerptOf } from '#server/search/excerpt';
import { textOf } from '#server/search/message-text';
import { MAX_PIECE } from '#server/search/pieces';
import { has, hasAll, needlesOf } from '#server/search/query';
import { boundsFor, isSlow, pageOf, walk } from '#server/search/walk';

/** The maximum of adopted guests whose messages are also searched. The last adopted ones take precedence. */
const MAX_GUESTS = 100;

/** The start of the next page: all messages, or the titles or messages older than an id. */
const Cursor = z.union([
  z.tuple([z.literal('messages')]),
  z.tuple([z.enum(['titles', 'messages']), cursorId]),
]);

interface Request {
  needles: string[];
  after: string | undefined;
  limit: number;
}

interface Found {
  hits: Hit[];
  /** The id after which to continue; `null` if everything was examined. */
  next: string | null;
}

/** Searches the titles of the actor's chats, newest first. */
async function findTitles(
  { db }: { db: Db },
  { userId }: Actor,
  { needles, after, limit }: Request,
): Promise<Found> {
  const { candidates } = boundsFor(needles);
  const isHit = sql`not temporary and ${hasAll(sql`coalesce(title_folded, lower(title))`, needles)}`;
  const isEdge = sql`(number = ${candidates}::int or ${isSlow(sql`number`)})`;
  const rows = await db
    .select({
      id: sql<string>`id`,
      title: sql<string>`title`,
      projectName: sql<string | null>`(select name from ${projects}
        where ${projects.id} = project_id and ${projects.userId} = ${userId})`,
      createdAt: sql`created_at`.mapWith(chats.createdAt),
      hit: sql<boolean>`${isHit}`,
      edge: sql<boolean>`${isEdge}`,
    })
    .from(
      sql`(
        select *, row_number() over (order by id desc) as number from (
          select id, title, title_folded, project_id, temporary, created_at from ${chats}
          where user_id = ${userId} ${after === undefined ? sql`` : sql`and id < ${after}`}
          order by id desc limit ${candidates}::int
        ) candidate
      ) examined`,
    )
    .where(sql`(${isHit}) or ${isEdge}`)
    .orderBy(sql`id desc`)
    .limit(limit + 1);
  const { hits, next } = pageOf(rows, limit);
  return {
    hits: hits.map(({ id, title, projectName, createdAt }) => ({
      chatId: id,
      chatTitle: title,
      projectName,
      messageId: null,
      role: null,
      createdAt,
      ...excerptOf(title, needles, 0, Infinity),
    })),
    next,
  };
}

/** Returns a query for the first chunk of each message of the actor, and of the guests that the actor has adopted. */
async function firstPieces({ db }: { db: Db }, { userId }: Actor, after: string | undefined): Promise<SQL> {
  const guests = await db
    .select({ id: adoptions.guestId })
    .from(adoptions)
    .where(eq(adoptions.userId, userId))
    .orderBy(desc(adoptions.createdAt))
    .limit(MAX_GUESTS);
  const older = after === undefined ? sql`` : sql`and message_id < ${after}`;
  // One query for each owner, so that their indexes are merged in order and read only as far as needed.
  const ofOwners = [userId, ...guests.map(({ id }) => id)].map(
    (owner) => sql`select chat_id, message_id, size, text from ${searchPieces}
      where user_id = ${owner} and piece = 0 ${older}`,
  );
  return sql`select * from (${sql.join(ofOwners, sql` union all `)}) owned`;
}

/**
 * Searches the actor's messages, newest first. The hits have at most MAX_PAGE_BYTES of content, but there may be one.
 */
async function findMessages(
  deps: { db: Db },
  actor: Actor,
  { needles, after, limit }: Request,
): Promise<Found> {
  const [needle = ''] = needles;
  const pieces = await firstPieces(deps, actor, after);
  const before = sql`sum(${messages.size}) over (order by found.message_id desc) - ${messages.size}`;
  const rows = await deps.db
    .select({
      id: sql<string>`found.message_id`,
      hit: sql<boolean>`found.hit`,
      edge: sql<boolean>`found.edge`,
      // The start of the chunk that contains the first needle.
      start: sql<number | null>`(select start from ${searchPieces} p where p.chat_id = found.chat_id
        and p.message_id = found.message_id and ${has(sql`p.text`, needle)} order by p.piece limit 1)`,
      chatId: chats.id,
      chatTitle: chats.title,
      projectName: projects.name,
      role: messages.role,
      createdAt: messages.createdAt,
      fits: sql<boolean>`${before} < ${MAX_PAGE_BYTES}::int`,
      parts: sql`case when ${before} < ${MAX_PAGE_BYTES}::int then ${messages.parts} end`.mapWith(
        messages.parts,
      ),
    })
    .from(sql`(${walk(pieces, needles, boundsFor(needles))} limit ${limit + 1}::int) found`)
    .leftJoin(
      chats,
      and(eq(chats.id, sql`found.chat_id`), eq(chats.userId, actor.userId), isListed, sql`found.hit`),
    )
    .leftJoin(projects, and(eq(projects.id, chats.projectId), eq(projects.userId, chats.userId)))
    .leftJoin(messages, and(eq(messages.id, sql`found.message_id`), eq(messages.chatId, chats.id)))
    .orderBy(sql`found.message_id desc`);
  const page = pageOf(rows, limit);
  const hits: Hit[] = [];
  let last: string | null = after ?? null;
  for (const { id, start, chatId, chatTitle, projectName, role, createdAt, fits, parts } of page.hits) {
    if (chatId === null || chatTitle === null || role === null || createdAt === null) continue;
    if (!fits) return { hits, next: last };
    await nextSlice();
    const excerpt = excerptOf(textOf(parts), needles, start ?? 0, MAX_PIECE);
    hits.push({ chatId, chatTitle, projectName, messageId: id, role, createdAt, ...excerpt });
    last = id;
  }
  return { hits, next: page.next };
}

/**
 * Finds the actor's titles, then messages, that contain all search terms, newest first. A page ends at `limit` hits or
 * when it has examined enough. So a page may be empty and still have a cursor. Temporary chats are not found.
 * @throws {AppError} INVALID_INPUT for a word that is too long.
 */
export async function search(deps: { db: Db }, actor: Actor, input: z.output<typeof ChatSearch>) {
  const cursor = decodeCursor(Cursor, input.cursor);
  const needles = needlesOf(input.search);
  if (needles.length === 0) return { items: [], nextCursor: null };
  const request = { needles, after: cursor?.[1], limit: input.limit };
  const items: Hit[] = [];
  if (cursor?.[0] !== 'messages') {
    const { hits, next } = await findTitles(deps, actor, request);
    items.push(...hits);
    if (next !== null) return { items, nextCursor: encodeCursor(['titles', next]) };
    if (hits.length === input.limit) return { items, nextCursor: encodeCursor(['messages']) };
  }
  const isFirst = cursor?.[0] !== 'messages';
  const rest = { ...request, after: isFirst ? undefined : request.after, limit: input.limit - items.length };
  const { hits, next } = await findMessages(deps, actor, rest);
  items.push(...hits);
  return { items, nextCursor: next === null ? null : encodeCursor(['messages', next]) };
}
