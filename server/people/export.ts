import { and, asc, eq, getTableColumns, gt, gte, lt, sql } from 'drizzle-orm';
import type { AnyPgColumn } from 'drizzle-orm/pg-core';
import { nextSlice } from '#layer/index';
import type { Db } from '#server/db/database';
import { accounts, chats, messages, usageDays } from '#server/db/schema/index';
import { MAX_PAGE_BYTES } from '#server/limits';
import { list as listProviderKeys } from '#server/vault/provider-keys';
import { audit, listSessions } from './account.ts';
import type { Actor } from './actor.ts';
import { list as listApiKeys } from './api-keys.ts';
import * as people from './users.ts';

const BATCH = 200;
/** About how long a piece of the document is, in characters. */
const PIECE = 64 * 1024;

/** What a list of the API is asked for. */
interface Page {
  limit: number;
  cursor?: string;
}

/** A batch of a list, and whether there is more of it. */
interface Batch<Row> {
  rows: Row[];
  isLast: boolean;
}

/** Reads a list in batches, so that an account of any size needs little memory, and no connection between them. */
async function* batches<Row>(read: (after: Row | undefined) => Promise<Batch<Row>>): AsyncGenerator<Row> {
  let after: Row | undefined;
  for (;;) {
    const { rows, isLast } = await read(after);
    yield* rows;
    after = rows.at(-1);
    if (isLast) return;
  }
}

/** All items of a list that the API shows in pages. */
async function* items<Item>(list: (page: Page) => Promise<{ items: Item[]; nextCursor: string | null }>) {
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<typeof list>> = await list({
      limit: 100,
      ...(cursor !== null && { cursor }),
    });
    yield* page.items;
    cursor = page.nextCursor;
  } while (cursor !== null);
}

/** The same as a list. */
async function all<Item>(list: Parameters<typeof items<Item>>[0]): Promise<Item[]> {
  const whole: Item[] = [];
  for await (const item of items(list)) whole.push(item);
  return whole;
}

/** The items as the members of a JSON array, in pieces; it gives the event loop back between them. */
async function* members(items: AsyncIterable<unknown>): AsyncGenerator<string> {
  let piece = '';
  let separator = '\n';
  for await (const item of items) {
    piece += `${separator}${JSON.stringify(item)}`;
    separator = ',\n';
    await nextSlice();
    if (piece.length < PIECE) continue;
    yield piece;
    piece = '';
  }
  if (piece !== '') yield piece;
}

const signInColumns = {
  providerId: accounts.providerId,
  accountId: accounts.accountId,
  createdAt: accounts.createdAt,
};
const { titleFolded: _titleFolded, ...chatColumns } = getTableColumns(chats);
const { userId: _userId, ...usageColumns } = getTableColumns(usageDays);

/** How the rows of a table get into the export: what is shown of them, and by which column they are read in order. */
interface Rows {
  columns: Record<string, AnyPgColumn>;
  key: AnyPgColumn<{ data: string; notNull: true }>;
  userId: AnyPgColumn;
}

/** What the export has of tables with one row for each thing a user has, by its name in the document. */
const ROWS: Record<string, Rows> = {
  usage: { columns: usageColumns, key: usageDays.day, userId: usageDays.userId },
  chats: { columns: chatColumns, key: chats.id, userId: chats.userId },
};

/** All rows of the actor, in the order of their key. */
async function* rowsOf(db: Db, actor: Actor, { columns, key, userId }: Rows): AsyncGenerator {
  const read = async (after: { key: string } | undefined) => {
    const rows = await db
      .select({ row: columns, key })
      .from(key.table)
      .where(and(eq(userId, actor.userId), after && gt(key, after.key)))
      .orderBy(asc(key))
      .limit(BATCH);
    return { rows, isLast: rows.length < BATCH };
  };
  for await (const { row } of batches(read)) yield row;
}

const { size, ...messageColumns } = getTableColumns(messages);
type StoredMessage = Omit<typeof messages.$inferSelect, 'size'>;

/** A batch of messages ends at BATCH of them or MAX_PAGE_BYTES; what is beyond them is not read. */
async function readMessages(
  db: Db,
  userId: string,
  after: StoredMessage | undefined,
): Promise<Batch<StoredMessage>> {
  const next = db
    .select({
      id: messages.id,
      chatId: messages.chatId,
      before: sql<number>`sum(${size}) over (order by ${messages.chatId}, ${messages.id}) - ${size}`.as(
        'before',
      ),
    })
    .from(chats)
    .innerJoin(messages, eq(messages.chatId, chats.id))
    .where(
      and(
        eq(chats.userId, userId),
        after && gte(chats.id, after.chatId),
        after && sql`(${messages.chatId}, ${messages.id}) > (${after.chatId}, ${after.id})`,
      ),
    )
    .orderBy(asc(messages.chatId), asc(messages.id))
    .limit(BATCH)
    .as('next');
  const rows = await db
    .select({ message: messageColumns })
    .from(next)
    .leftJoin(messages, and(eq(messages.id, next.id), lt(next.before, MAX_PAGE_BYTES)))
    .orderBy(asc(next.chatId), asc(next.id));
  const read = rows.flatMap(({ message }) => message ?? []);
  return { rows: read, isLast: read.length === rows.length && rows.length < BATCH };
}

/**
 * Everything the actor owns, as the pieces of one JSON document: the account, sessions, ways to sign in and keys without their
 * secrets, usage, the audit trail, and every chat and message.
 */
export async function* exportData(deps: { db: Db }, actor: Actor): AsyncGenerator<string, void, void> {
  const { db } = deps;
  const { userId } = actor;
  const whole = {
    exportedAt: new Date(),
    user: await people.get(deps, actor, userId),
    sessions: await all((page) => listSessions(deps, actor, page)),
    apiKeys: await all((page) => listApiKeys(deps, actor, page)),
    providerKeys: (await listProviderKeys(deps, actor)).items,
    signIns: await db.select(signInColumns).from(accounts).where(eq(accounts.userId, userId)),
  };
  yield `${JSON.stringify(whole).slice(0, -1)},\n"audit":[`;
  yield* members(items((page) => audit(deps, actor, page)));
  for (const [name, rows] of Object.entries(ROWS)) {
    yield `],\n${JSON.stringify(name)}:[`;
    yield* members(rowsOf(db, actor, rows));
  }
  yield '],\n"messages":[';
  yield* members(batches<StoredMessage>((after) => readMessages(db, userId, after)));
  yield ']}\n';
}
