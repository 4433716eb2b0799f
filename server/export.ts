import { and, asc, eq, getTableColumns, gt, gte, lt, not, sql, type SQL } from 'drizzle-orm';
import type { AnyPgColumn } from 'drizzle-orm/pg-core';
import { z } from 'zod';
import { nextSlice } from '#layer/index';
import { readContent } from './chat/files/store.ts';
import { isOwn } from './chat/own-chat.ts';
import type { Db } from './db/database.ts';
import {
  accounts,
  chatFiles,
  chats,
  files,
  imports,
  isListed,
  messages,
  projects,
  shares,
  usageDays,
} from './db/schema/index.ts';
import type { Env } from './env.ts';
import { notFound } from './errors.ts';
import { MAX_PAGE_BYTES } from './limits.ts';
import { audit, listSessions } from './people/account.ts';
import { get as getInstructions } from './chat/instructions.ts';
import { usageColumns } from './chat/usage.ts';
import type { Actor } from './people/actor.ts';
import { list as listApiKeys } from './people/api-keys.ts';
import { list as listClients } from './people/oauth/clients.ts';
import { list as listRegistered } from './people/oauth/registered-clients.ts';
import * as people from './people/users.ts';
import { list as listProviderKeys } from './vault/provider-keys.ts';

const WithId = z.object({ id: z.string() });

const BATCH = 200;
/** The approximate length of a chunk of the document, in characters. */
const CHUNK = 64 * 1024;

/** The input of a list of the API. */
interface Page {
  limit: number;
  cursor?: string;
}

/** A batch of a list. `isLast` is false if there are more rows. */
interface Batch<Row> {
  rows: Row[];
  isLast: boolean;
}

/** Reads a list in batches, so an account of any size needs little memory, and no connection between batches. */
async function* batches<Row>(read: (after: Row | undefined) => Promise<Batch<Row>>): AsyncGenerator<Row> {
  let after: Row | undefined;
  for (;;) {
    const { rows, isLast } = await read(after);
    yield* rows;
    after = rows.at(-1);
    if (isLast) return;
  }
}

/** Yields all items of a list that the API returns in pages. */
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

/** Returns all items of such a list in an array. */
async function all<Item>(list: Parameters<typeof items<Item>>[0]): Promise<Item[]> {
  const collected: Item[] = [];
  for await (const item of items(list)) collected.push(item);
  return collected;
}

/** Yields the items as the members of a JSON array, in chunks. Other work on the event loop runs in between. */
async function* members(items: AsyncIterable<unknown>): AsyncGenerator<string> {
  let chunk = '';
  let separator = '\n';
  for await (const item of items) {
    chunk += `${separator}${JSON.stringify(item)}`;
    separator = ',\n';
    await nextSlice();
    if (chunk.length < CHUNK) continue;
    yield chunk;
    chunk = '';
  }
  if (chunk !== '') yield chunk;
}

const signInColumns = {
  providerId: accounts.providerId,
  accountId: accounts.accountId,
  createdAt: accounts.createdAt,
};
const {
  titleFolded: _titleFolded,
  summarizingUntil: _summarizingUntil,
  ...chatColumns
} = getTableColumns(chats);
const { userId: _importerId, turnAt: _turnAt, ...importColumns } = getTableColumns(imports);
const { userId: _userOfProject, ...projectColumns } = getTableColumns(projects);
const { userId: _uploaderId, location: _location, ...fileColumns } = getTableColumns(files);
const { userId: _ownerId, token: _token, ...shareColumns } = getTableColumns(shares);

/**
 * A table in the export: the exported columns, the key column that orders its rows, the column of the owner, and a
 * condition for rows that are exported.
 */
interface Rows {
  columns: Record<string, AnyPgColumn | SQL>;
  key: AnyPgColumn<{ data: string; notNull: true }>;
  userId: AnyPgColumn;
  where?: SQL;
}

/** Tables that are exported row by row, by their name in the document. */
const ROWS: Record<string, Rows> = {
  usage: { columns: usageColumns, key: usageDays.day, userId: usageDays.userId },
  projects: { columns: projectColumns, key: projects.id, userId: projects.userId },
  chats: { columns: chatColumns, key: chats.id, userId: chats.userId, where: isListed },
  imports: { columns: importColumns, key: imports.id, userId: imports.userId },
  shares: { columns: shareColumns, key: shares.chatId, userId: shares.userId },
};

/** Yields all rows of the actor, ordered by their key. */
async function* rowsOf(db: Db, actor: Actor, { columns, key, userId, where }: Rows): AsyncGenerator {
  const read = async (after: { key: string } | undefined) => {
    const rows = await db
      .select({ row: columns, key })
      .from(key.table)
      .where(and(eq(userId, actor.userId), where, after && gt(key, after.key)))
      .orderBy(asc(key))
      .limit(BATCH);
    return { rows, isLast: rows.length < BATCH };
  };
  for await (const { row } of batches(read)) yield row;
}

/**
 * Yields the members of a JSON array of all files of the actor, without those of temporary chats, each with its content in
 * base64.
 */
async function* fileMembers({ db, env }: { db: Db; env: Env }, actor: Actor): AsyncGenerator<string> {
  const isTemporary = sql`exists (select from ${chatFiles} join ${chats} on ${chats.id} = ${chatFiles.chatId}
    where ${chatFiles.fileId} = ${files.id} and ${chats.temporary})`;
  const rows: Rows = { columns: fileColumns, key: files.id, userId: files.userId, where: not(isTemporary) };
  let separator = '\n';
  for await (const file of rowsOf(db, actor, rows)) {
    const { id } = WithId.parse(file);
    yield `${separator}${JSON.stringify(file).slice(0, -1)},"content":"`;
    // Each piece but the last has a multiple of three bytes, so that the pieces are base64 together.
    for await (const bytes of readContent({ db, env }, id, 'original'))
      yield Buffer.from(bytes).toString('base64');
    yield '"}';
    separator = ',\n';
  }
}

const { size, ...messageColumns } = getTableColumns(messages);
type StoredMessage = Omit<typeof messages.$inferSelect, 'size'>;

/**
 * Reads a batch of at most BATCH messages and MAX_PAGE_BYTES, of one chat or of all but temporary ones. Messages beyond
 * that are not fetched.
 */
async function readMessages(
  db: Db,
  userId: string,
  after: StoredMessage | undefined,
  chatId?: string,
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
        chatId === undefined ? isListed : eq(chats.id, chatId),
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
 * Yields everything that the actor owns as chunks of one JSON document: the account, instructions, sessions, ways to
 * sign in and keys (without their secrets), usage, the audit trail, projects, every chat and message but those of temporary
 * chats, imports, what is shared, and files with their content.
 */
export async function* exportData(
  deps: { db: Db; env: Env },
  actor: Actor,
): AsyncGenerator<string, void, void> {
  const { db } = deps;
  const { userId } = actor;
  const account = {
    exportedAt: new Date(),
    user: await people.get(deps, actor, userId),
    sessions: await all((page) => listSessions(deps, actor, page)),
    apiKeys: await all((page) => listApiKeys(deps, actor, page)),
    registeredClients: await all((page) => listRegistered(deps, actor, page)),
    connectedClients: await all((page) => listClients(deps, actor, page)),
    providerKeys: (await listProviderKeys(deps, actor)).items,
    ...(await getInstructions(deps, actor)),
    signIns: await db.select(signInColumns).from(accounts).where(eq(accounts.userId, userId)),
  };
  yield `${JSON.stringify(account).slice(0, -1)},\n"audit":[`;
  yield* members(items((page) => audit(deps, actor, page)));
  for (const [name, rows] of Object.entries(ROWS)) {
    yield `],\n${JSON.stringify(name)}:[`;
    yield* members(rowsOf(db, actor, rows));
  }
  yield '],\n"files":[';
  yield* fileMembers(deps, actor);
  yield '],\n"messages":[';
  yield* members(batches<StoredMessage>((after) => readMessages(db, userId, after)));
  yield ']}\n';
}

/**
 * Returns a chat with all its messages, also those of branches that it does not show, as chunks of one JSON document, in
 * the form of `exportData`.
 * @throws {AppError} NOT_FOUND
 */
export async function exportChat(
  { db }: { db: Db },
  { userId }: Actor,
  id: string,
): Promise<AsyncGenerator<string, void, void>> {
  const [found] = await db
    .select({ chat: chatColumns, project: projectColumns })
    .from(chats)
    .leftJoin(projects, and(eq(projects.id, chats.projectId), eq(projects.userId, userId)))
    .where(isOwn(userId, id));
  if (!found) throw notFound('chat');
  const { chat, project } = found;
  const head = { exportedAt: new Date(), projects: project ? [project] : [], chats: [chat] };
  return (async function* document() {
    yield `${JSON.stringify(head).slice(0, -1)},\n"messages":[`;
    yield* members(batches<StoredMessage>((after) => readMessages(db, userId, after, chat.id)));
    yield ']}\n';
  })();
}
