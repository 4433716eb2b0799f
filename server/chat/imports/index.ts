import { and, asc, desc, eq, gt, isNotNull, isNull, lt, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Import, ImportAdd, ImportFailures, ImportList } from '#contract/imports';
import type { Db } from '#server/db/database';
import { cursorId, decodeCursor, toPage } from '#server/db/paging';
import { importChats, imports, users } from '#server/db/schema/index';
import { AppError, notFound } from '#server/errors';
import type { Actor } from '#server/people/actor';
import { type PartChat, splitFile } from './formats.ts';

/** The bytes of an import that may be pending before another part is added. */
const MAX_PENDING_BYTES = 16 * 1024 * 1024;

const columns = {
  id: imports.id,
  pending: imports.pending,
  imported: imports.imported,
  skipped: imports.skipped,
  failed: imports.failed,
  createdAt: imports.createdAt,
};

/** Stores the chats of a part, so that the periodic work imports them. */
async function store(tx: Db, importId: string, chats: PartChat[], first: number): Promise<void> {
  if (chats.length === 0) return;
  await tx.insert(importChats).values(
    chats.map((chat, index) => ({
      importId,
      position: first + index,
      size: Buffer.byteLength(chat.content ?? ''),
      ...chat,
    })),
  );
}

const countsOf = (chats: PartChat[]) => {
  const pending = chats.filter(({ reason }) => reason === null).length;
  return { pending, failed: chats.length - pending };
};

/**
 * Starts an import with a file, or the first part of one.
 * @throws {AppError} INVALID_INPUT, CONFLICT if another import is pending, UNAUTHORIZED if the account was deleted
 */
export function create({ db }: { db: Db }, actor: Actor, content: string): Promise<Import> {
  const chats = splitFile(content);
  return db.transaction(async (tx) => {
    // The lock keeps two calls from both starting an import.
    const [user] = await tx
      .select({ id: users.id })
      .from(users)
      .where(eq(users.id, actor.userId))
      .for('no key update');
    if (!user) throw new AppError('UNAUTHORIZED');
    const [other] = await tx
      .select({ id: imports.id })
      .from(imports)
      .where(and(eq(imports.userId, actor.userId), gt(imports.pending, 0)))
      .limit(1);
    if (other)
      throw new AppError('CONFLICT', { detail: 'Another import is in progress. Wait until it is complete.' });
    const [row] = await tx
      .insert(imports)
      .values({ userId: actor.userId, ...countsOf(chats) })
      .returning(columns);
    if (!row) throw new AppError('UNAUTHORIZED');
    await store(tx, row.id, chats, 0);
    return row;
  });
}

/**
 * Adds another part of the file to an import.
 * @throws {AppError} INVALID_INPUT, NOT_FOUND, TOO_MANY_REQUESTS if much of it is pending
 */
export function add(
  { db }: { db: Db },
  actor: Actor,
  { importId, content }: z.output<typeof ImportAdd>,
): Promise<Import> {
  const chats = splitFile(content);
  const { pending, failed } = countsOf(chats);
  return db.transaction(async (tx) => {
    const [row] = await tx
      .update(imports)
      .set({ pending: sql`${imports.pending} + ${pending}`, failed: sql`${imports.failed} + ${failed}` })
      .where(and(eq(imports.id, importId), eq(imports.userId, actor.userId)))
      .returning(columns);
    if (!row) throw notFound('import');
    const [waiting] = await tx
      .select({ bytes: sql<number>`coalesce(sum(${importChats.size}), 0)`.mapWith(Number) })
      .from(importChats)
      .where(and(eq(importChats.importId, row.id), isNull(importChats.reason)));
    if (waiting && waiting.bytes > MAX_PENDING_BYTES) {
      const detail = 'Much of the import is pending. Send this part again later.';
      throw new AppError('TOO_MANY_REQUESTS', { detail, retryAfter: 2 });
    }
    const first = row.pending + row.imported + row.skipped + row.failed - chats.length;
    await store(tx, row.id, chats, first);
    return row;
  });
}

const Newest = z.tuple([cursorId]);

/** Lists the actor's imports, newest first. */
export async function list({ db }: { db: Db }, actor: Actor, { limit, cursor }: z.output<typeof ImportList>) {
  const after = decodeCursor(Newest, cursor);
  const rows = await db
    .select(columns)
    .from(imports)
    .where(and(eq(imports.userId, actor.userId), after && lt(imports.id, after[0])))
    .orderBy(desc(imports.id))
    .limit(limit + 1);
  return toPage(rows, limit, ({ id }) => [id]);
}

const Position = z.tuple([z.int().min(0).max(2_147_483_647)]);

/** Lists the chats that an import of the actor could not import. @throws {AppError} NOT_FOUND */
export async function failures(
  { db }: { db: Db },
  actor: Actor,
  { importId, limit, cursor }: z.output<typeof ImportFailures>,
) {
  const after = decodeCursor(Position, cursor);
  // Limited before the join, so that a page reads its own rows only.
  const page = db
    .select({
      position: importChats.position,
      title: importChats.title,
      reason: sql<string>`coalesce(${importChats.reason}, '')`.as('why'),
    })
    .from(importChats)
    .where(
      and(
        eq(importChats.importId, importId),
        isNotNull(importChats.reason),
        after && gt(importChats.position, after[0]),
      ),
    )
    .orderBy(asc(importChats.position))
    .limit(limit + 1)
    .as('page');
  const rows = await db
    .select({
      id: imports.id,
      failure: { position: page.position, title: page.title, reason: page.reason },
    })
    .from(imports)
    .leftJoin(page, sql`true`)
    .where(and(eq(imports.id, importId), eq(imports.userId, actor.userId)))
    .orderBy(asc(page.position));
  if (rows.length === 0) throw notFound('import');
  const failed = rows.flatMap(({ failure }) => (failure?.position == null ? [] : [failure]));
  return toPage(failed, limit, ({ position }) => [position]);
}
