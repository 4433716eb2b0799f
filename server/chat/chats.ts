import { and, desc, eq, getTableColumns, sql, type SQL } from 'drizzle-orm';
import { z } from 'zod';
import type { Chat, ChatCreate, ChatList, ChatUpdate } from '#contract/chat';
import type { Database, Db } from '#server/db/database';
import { isWithoutPlace } from '#server/db/errors';
import { cursorId, cursorInstant, decodeCursor, toPage } from '#server/db/paging';
import { placeFor } from '#server/db/places';
import { chats, isActive, runs } from '#server/db/schema/index';
import type { Env } from '#server/env';
import { limitReached, notFound } from '#server/errors';
import type { Logger } from '#server/log/index';
import type { Models } from '#server/models/index';
import type { Actor } from '#server/people/actor';
import { fold } from '#server/search/fold';
import * as providerKeys from '#server/vault/provider-keys';
import type { Secrets } from '#server/vault/secrets';
import type { Runs } from './engine.ts';
import { isOwn } from './own-chat.ts';
import { tellToStop } from './run-store.ts';

const {
  userId: _u,
  titleFolded: _t,
  clientId: _c,
  autoTitle: _a,
  leafId: _l,
  messageCount: _m,
  size: _s,
  ...ownColumns
} = getTableColumns(chats);

/** The run that is active in the chat of a row, whether it is read, changed or deleted. */
const activeRunId = sql<string | null>`(select ${runs.id} from ${runs}
  where ${and(eq(runs.chatId, chats.id), isActive(runs))})`;

/** The columns that make a Chat of the contract. */
export const chatColumns = { ...ownColumns, activeRunId };

const own = (actor: Actor, id: string) => isOwn(actor.userId, id);

/** Chats of `userId` that `where` lets through. */
const select = (db: Db, userId: string, where?: SQL) =>
  db
    .select(chatColumns)
    .from(chats)
    .where(and(eq(chats.userId, userId), where))
    .$dynamic();

const Cursor = z.tuple([z.boolean(), cursorInstant, cursorId]);

/** The actor's chats: pinned ones first, then those where something was said last. */
export async function list({ db }: { db: Db }, actor: Actor, input: z.output<typeof ChatList>) {
  const { limit, archived } = input;
  const after = decodeCursor(Cursor, input.cursor);
  const rows = await select(
    db,
    actor.userId,
    and(
      eq(chats.archived, archived),
      after &&
        sql`(${chats.pinned}, ${chats.activeAt}, ${chats.id}) < (${after[0]}, ${after[1].toISOString()}, ${after[2]})`,
    ),
  )
    .orderBy(desc(chats.pinned), desc(chats.activeAt), desc(chats.id))
    .limit(limit + 1);
  return toPage(rows, limit, (row) => [row.pinned, row.activeAt.toISOString(), row.id]);
}

async function find({ db }: { db: Db }, actor: Actor, id: string): Promise<Chat | undefined> {
  const [chat] = await select(db, actor.userId, own(actor, id));
  return chat;
}

/** One of the actor's chats. @throws {AppError} NOT_FOUND */
export async function get(deps: { db: Db }, actor: Actor, id: string): Promise<Chat> {
  const chat = await find(deps, actor, id);
  if (!chat) throw notFound('chat');
  return chat;
}

/** What the choice of a model is checked by. */
interface ModelChoice {
  db: Db;
  log: Logger;
  models: Models;
  secrets: Secrets;
}

/** Refuses a model that the actor cannot use. @throws {AppError} INVALID_INPUT, MODEL_UNAUTHORIZED */
async function checkModel(deps: ModelChoice, actor: Actor, model: string | null | undefined): Promise<void> {
  if (model == null) return;
  deps.models.resolve(model, await providerKeys.reveal(deps, actor.userId));
}

/** The rejection of a chat that would be one too many. */
export const tooManyChats = (max: number) =>
  limitReached(`You have ${max} chats, which is the limit. Delete one first.`);

/** How many chats the actor may have. */
export const maxChats = ({ env }: { env: Env }, { isGuest }: Actor) =>
  isGuest ? env.MAX_GUEST_CHATS : env.MAX_CHATS;

/**
 * Makes an empty chat. With a `clientId` that the actor used before, the result is the chat that has it.
 * @throws {AppError} LIMIT_REACHED, INVALID_INPUT, MODEL_UNAUTHORIZED
 */
export async function create(
  deps: ModelChoice & { env: Env },
  actor: Actor,
  input: z.output<typeof ChatCreate>,
): Promise<Chat> {
  const { title, model, clientId } = input;
  await checkModel(deps, actor, model);
  const known = () => (clientId === undefined ? undefined : find(deps, actor, clientId));
  const before = await known();
  if (before) return before;
  const max = maxChats(deps, actor);
  const values = {
    userId: placeFor(chats, actor.userId, max),
    clientId: clientId ?? null,
    title: title ?? '',
    titleFolded: fold(title ?? ''),
    autoTitle: title === undefined,
    model: model ?? null,
  };
  const [chat] = await deps.db
    .insert(chats)
    .values(values)
    .onConflictDoNothing()
    .returning(chatColumns)
    .catch((error: unknown) => {
      if (isWithoutPlace(error)) return [];
      throw error;
    });
  // Where nothing was made, another call with the same clientId may have been first.
  const made = chat ?? (await known());
  if (!made) throw tooManyChats(max);
  return made;
}

/** Changes a chat: what is `undefined` stays. @throws {AppError} NOT_FOUND, INVALID_INPUT for an unknown model */
export async function update(
  deps: ModelChoice,
  actor: Actor,
  input: z.output<typeof ChatUpdate>,
): Promise<Chat> {
  const { id, ...change } = input;
  await checkModel(deps, actor, change.model);
  const [chat] = await deps.db
    .update(chats)
    .set({
      ...change,
      ...(change.title !== undefined && { titleFolded: fold(change.title), autoTitle: false }),
      updatedAt: new Date(),
    })
    .where(own(actor, id))
    .returning(chatColumns);
  if (!chat) throw notFound('chat');
  return chat;
}

const Deleted = z.object({ runId: z.string().nullable() });

/**
 * Deletes a chat with its messages. It is gone at once, because it has no owner any more; its rows are removed in pieces
 * (server/removal.ts). An answer being written there is asked to stop, and ends like any other: so its tokens are counted.
 * @throws {AppError} NOT_FOUND
 */
export async function remove(
  { database, runs: engine }: { database: Database; runs: Runs },
  actor: Actor,
  id: string,
): Promise<void> {
  const [deleted] = await database.execute(sql`
    with deleted as (
      update ${chats} set user_id = null, client_id = null where ${own(actor, id)} returning id
    ), stopping as (
      update ${runs} set cancel_requested_at = now()
      from deleted where ${runs.chatId} = deleted.id and ${isActive(runs)} returning ${runs.id}, ${tellToStop}
    )
    select stopping.id as "runId" from deleted left join stopping on true`);
  if (!deleted) throw notFound('chat');
  const { runId } = Deleted.parse(deleted);
  if (runId !== null) engine.stopHere([runId]);
}
