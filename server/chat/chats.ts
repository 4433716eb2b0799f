import { and, desc, eq, getTableColumns, or, type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Chat, ChatCreate, ChatList, ChatUpdate } from '#contract/chat';
import type { Actor } from '#server/context';
import type { Db } from '#server/db/client';
import { chats, messages, runs } from '#server/db/schema';
import type { Deps } from '#server/deps';
import { notFound } from '#server/errors';
import { cursorId, cursorInstant, decodeCursor, toPage } from '#server/paging';
import { prefixQuery } from '#server/search';
import * as providerKeys from '#server/vault/provider-keys';

const { userId: _u, clientId: _c, autoTitle: _a, leafId: _l, ...columns } = getTableColumns(chats);

/** Chats of `userId` that `where` lets through, with the run that is active in each. */
const select = (db: Db, userId: string, where?: SQL) =>
  db
    .select({ ...columns, activeRunId: runs.id })
    .from(chats)
    .leftJoin(runs, and(eq(runs.chatId, chats.id), eq(runs.userId, chats.userId), eq(runs.status, 'active')))
    .where(and(eq(chats.userId, userId), where))
    .$dynamic();

const Cursor = z.tuple([z.boolean(), cursorInstant, cursorId]);

/** Whether the title, or a message of the chat, holds every word. */
function matches(userId: string, query: SQL): SQL {
  return sql`(to_tsvector('simple', ${chats.title}) @@ ${query} or ${chats.id} in (
    select ${messages.chatId} from ${messages}
    where ${messages.userId} = ${userId} and to_tsvector('simple', ${messages.text}) @@ ${query}))`;
}

/** The actor's chats: pinned ones first, then those where something was said last. */
export async function list({ db }: Deps, actor: Actor, input: z.output<typeof ChatList>) {
  const { limit, archived, search } = input;
  const after = decodeCursor(Cursor, input.cursor);
  const query = search === undefined ? undefined : prefixQuery(search);
  if (search !== undefined && !query) return { items: [], nextCursor: null };
  const rows = await select(
    db,
    actor.userId,
    and(
      eq(chats.archived, archived),
      query && matches(actor.userId, query),
      after &&
        sql`(${chats.pinned}, ${chats.activeAt}, ${chats.id}) < (${after[0]}, ${after[1].toISOString()}, ${after[2]})`,
    ),
  )
    .orderBy(desc(chats.pinned), desc(chats.activeAt), desc(chats.id))
    .limit(limit + 1);
  return toPage(rows, limit, (row) => [row.pinned, row.activeAt.toISOString(), row.id]);
}

/** One of the actor's chats. @throws {AppError} NOT_FOUND */
export async function get({ db }: Deps, actor: Actor, id: string): Promise<Chat> {
  const [chat] = await select(db, actor.userId, eq(chats.id, id));
  if (!chat) throw notFound('chat');
  return chat;
}

/** Refuses a model that the actor cannot use. @throws {AppError} INVALID_INPUT, MODEL_UNAUTHORIZED */
async function checkModel(deps: Deps, actor: Actor, model: string | null | undefined): Promise<void> {
  if (model == null) return;
  deps.models.resolve(model, await providerKeys.reveal(deps, actor.userId));
}

/** Makes an empty chat. With a `clientId` that the actor used before, the answer is the chat that has it. */
export async function create(deps: Deps, actor: Actor, input: z.output<typeof ChatCreate>): Promise<Chat> {
  const { title, model, clientId } = input;
  await checkModel(deps, actor, model);
  const values = {
    userId: actor.userId,
    clientId: clientId ?? null,
    title: title ?? '',
    autoTitle: title === undefined,
    model: model ?? null,
  };
  const known = clientId === undefined ? undefined : await findKnown(deps, actor, clientId);
  if (known) return known;
  const [chat] = await deps.db.insert(chats).values(values).onConflictDoNothing().returning(columns);
  if (chat) return { ...chat, activeRunId: null };
  // Another call with the same clientId was first.
  const first = clientId === undefined ? undefined : await findKnown(deps, actor, clientId);
  if (!first) throw notFound('chat');
  return first;
}

/** Changes a chat: what is `undefined` stays. @throws {AppError} NOT_FOUND, INVALID_INPUT for an unknown model */
export async function update(deps: Deps, actor: Actor, input: z.output<typeof ChatUpdate>): Promise<Chat> {
  const { id, ...change } = input;
  await checkModel(deps, actor, change.model);
  const updated = await deps.db
    .update(chats)
    .set({ ...change, ...(change.title !== undefined && { autoTitle: false }), updatedAt: new Date() })
    .where(and(eq(chats.id, id), eq(chats.userId, actor.userId)))
    .returning({ id: chats.id });
  if (updated.length === 0) throw notFound('chat');
  return get(deps, actor, id);
}

/** Deletes a chat with its messages; an answer being written there is stopped. @throws {AppError} NOT_FOUND */
export async function remove({ db, runs: engine }: Deps, actor: Actor, id: string): Promise<void> {
  const active = await db
    .select({ id: runs.id })
    .from(runs)
    .where(and(eq(runs.chatId, id), eq(runs.userId, actor.userId), eq(runs.status, 'active')));
  const deleted = await db
    .delete(chats)
    .where(and(eq(chats.id, id), eq(chats.userId, actor.userId)))
    .returning({ id: chats.id });
  if (deleted.length === 0) throw notFound('chat');
  for (const run of active) await engine.abandon(run.id);
}

/** Whether a chat has this id, or its client knows it by it. */
export const isKnownAs = (id: string) => or(eq(chats.id, id), eq(chats.clientId, id));

/** The actor's chat that an AI SDK client knows as `id`: our id, which wins, or the one the client chose. */
async function findKnown({ db }: Deps, actor: Actor, id: string): Promise<Chat | undefined> {
  const [chat] = await select(db, actor.userId, isKnownAs(id))
    .orderBy(desc(eq(chats.id, id)))
    .limit(1);
  return chat;
}

/** The actor's chat that an AI SDK client knows as `id`. @throws {AppError} NOT_FOUND */
export async function getKnown(deps: Deps, actor: Actor, id: string): Promise<Chat> {
  const chat = await findKnown(deps, actor, id);
  if (!chat) throw notFound('chat');
  return chat;
}
