import { and, desc, eq, getTableColumns, isNull, sql, type SQL } from 'drizzle-orm';
import { z } from 'zod';
import type { Chat, ChatCreate, ChatList, ChatUpdate } from '#contract/chat';
import type { Database, Db } from '#server/db/database';
import { isOfOtherProject, isOfTemporaryChat, isWithoutPlace } from '#server/db/errors';
import { cursorId, cursorInstant, decodeCursor, toPage } from '#server/db/paging';
import { placeFor } from '#server/db/places';
import { chats, isActive, isListed, projects, runs, shares } from '#server/db/schema/index';
import { notifyStop } from '#server/db/stops';
import type { Env } from '#server/env';
import { AppError, limitReached, notFound } from '#server/errors';
import type { Logger } from '#server/log/index';
import type { Models } from '#server/models/index';
import type { Actor } from '#server/people/actor';
import { fold } from '#server/search/fold';
import * as providerKeys from '#server/vault/provider-keys';
import type { Secrets } from '#server/secrets/secrets';
import type { Runs } from './engine.ts';
import { chatIdOf, isOwn } from './own-chat.ts';

const {
  userId: _u,
  titleFolded: _t,
  clientId: _c,
  autoTitle: _a,
  leafId: _l,
  messageCount: _m,
  size: _s,
  summarizingUntil: _z,
  ...ownColumns
} = getTableColumns(chats);

/** A column for statements that read, change or delete chats: the active run in the chat of the row. */
const activeRunId = sql<string | null>`(select ${runs.id} from ${runs}
  where ${and(eq(runs.chatId, chats.id), isActive(runs))})`;

/** The columns of the contract's Chat. */
export const chatColumns = { ...ownColumns, activeRunId };

const own = (actor: Actor, id: string) => isOwn(actor.userId, id);

/** Selects the chats of `userId` that match `where`. */
const select = (db: Db, userId: string, where?: SQL) =>
  db
    .select(chatColumns)
    .from(chats)
    .where(and(eq(chats.userId, userId), where))
    .$dynamic();

/** A condition: the chats of a list, of all or one project. */
export const inList = ({
  projectId,
  withoutProject,
}: Pick<z.output<typeof ChatList>, 'projectId' | 'withoutProject'>) =>
  and(
    projectId === undefined ? undefined : eq(chats.projectId, projectId),
    withoutProject === true ? isNull(chats.projectId) : undefined,
  );

/** Checks that the actor has a project whose list is empty. @throws {AppError} NOT_FOUND */
export async function checkProject({ db }: { db: Db }, { userId }: Actor, id: string): Promise<void> {
  const [found] = await db
    .select({ id: projects.id })
    .from(projects)
    .where(and(eq(projects.id, id), eq(projects.userId, userId)));
  if (!found) throw notFound('project');
}

const Cursor = z.tuple([z.boolean(), cursorInstant, cursorId]);

/**
 * Returns a page of the actor's chats, without temporary ones: pinned first, then by last activity.
 * @throws {AppError} NOT_FOUND for a project that the actor does not have
 */
export async function list(deps: { db: Db }, actor: Actor, input: z.output<typeof ChatList>) {
  const { limit, archived, projectId } = input;
  const after = decodeCursor(Cursor, input.cursor);
  const rows = await select(
    deps.db,
    actor.userId,
    and(
      eq(chats.archived, archived),
      isListed,
      inList(input),
      after &&
        sql`(${chats.pinned}, ${chats.activeAt}, ${chats.id}) < (${after[0]}, ${after[1].toISOString()}, ${after[2]})`,
    ),
  )
    .orderBy(desc(chats.pinned), desc(chats.activeAt), desc(chats.id))
    .limit(limit + 1);
  if (projectId !== undefined && rows.length === 0) await checkProject(deps, actor, projectId);
  return toPage(rows, limit, (row) => [row.pinned, row.activeAt.toISOString(), row.id]);
}

/** Returns a chat of the actor by its id or client id, if there is one. */
export async function find({ db }: { db: Db }, actor: Actor, id: string): Promise<Chat | undefined> {
  const [chat] = await select(db, actor.userId, own(actor, id));
  return chat;
}

/** Returns a chat of the actor. @throws {AppError} NOT_FOUND */
export async function get(deps: { db: Db }, actor: Actor, id: string): Promise<Chat> {
  const chat = await find(deps, actor, id);
  if (!chat) throw notFound('chat');
  return chat;
}

/** The services that check a chosen model. */
interface ModelDeps {
  db: Db;
  log: Logger;
  models: Models;
  secrets: Secrets;
}

/** Rejects a model that the actor cannot use. @throws {AppError} INVALID_INPUT, MODEL_UNAUTHORIZED */
async function checkModel(deps: ModelDeps, actor: Actor, model: string | null | undefined): Promise<void> {
  if (model == null) return;
  deps.models.resolve(model, await providerKeys.reveal(deps, actor.userId));
}

/** The error for a chat that would exceed the limit. */
export const tooManyChats = (max: number) =>
  limitReached(`You have ${max} chats, which is the limit. Delete one first.`);

type AccountKind = Pick<Actor, 'isGuest'>;

/** How many chats an account may have. */
export const maxChats = ({ env }: { env: Env }, { isGuest }: AccountKind) =>
  isGuest ? env.MAX_GUEST_CHATS : env.MAX_CHATS;

/** How many bytes the messages of an account may take. */
export const maxStoredBytes = ({ env }: { env: Env }, { isGuest }: AccountKind) =>
  isGuest ? env.MAX_GUEST_STORED_BYTES : env.MAX_STORED_BYTES;

/**
 * Returns how many bytes the messages of an account take. After the insertion of a chat, whose lock other insertions of
 * the account wait for, it counts them all.
 */
export async function storedBytes(db: Db, userId: string): Promise<number> {
  const [owned] = await db
    .select({ bytes: sql<number>`coalesce(sum(${chats.size}), 0)`.mapWith(Number) })
    .from(chats)
    .where(eq(chats.userId, userId));
  return owned?.bytes ?? 0;
}

/** Returns the error for a chat that cannot be in a project, or the error itself if it has another reason. */
export function projectError(error: unknown): unknown {
  if (isOfOtherProject(error)) return notFound('project');
  if (!isOfTemporaryChat(error)) return error;
  const detail = 'A temporary chat cannot be in a project. Keep it first: update it with `temporary: false`.';
  return new AppError('CONFLICT', { detail });
}

/**
 * Creates an empty chat. If the actor has used the `clientId` before, the result is the existing chat.
 * @throws {AppError} LIMIT_REACHED, INVALID_INPUT, MODEL_UNAUTHORIZED, NOT_FOUND for the project, CONFLICT for a
 *   temporary chat in a project
 */
export async function create(
  deps: ModelDeps & { env: Env },
  actor: Actor,
  input: z.output<typeof ChatCreate>,
): Promise<Chat> {
  const { title, model, instructions, temperature, projectId, temporary, clientId } = input;
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
    instructions: instructions ?? '',
    temperature: temperature ?? null,
    projectId: projectId ?? null,
    temporary: temporary ?? false,
  };
  const [chat] = await deps.db
    .insert(chats)
    .values(values)
    .onConflictDoNothing()
    .returning(chatColumns)
    .catch((error: unknown) => {
      if (isWithoutPlace(error)) return [];
      throw projectError(error);
    });
  // If nothing was inserted, another call with the same clientId may have been first.
  const created = chat ?? (await known());
  if (!created) throw tooManyChats(max);
  return created;
}

/** Changes the fields that are not `undefined`. @throws {AppError} NOT_FOUND, INVALID_INPUT for an unknown model */
export async function update(
  deps: ModelDeps,
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

const Deleted = z.object({ id: z.string(), runId: z.string().nullable() });

/**
 * Deletes chats with their messages. They disappear at once, because they no longer have an owner. Their rows are
 * removed in batches (server/removal.ts). An answer being written in one is stopped and ends normally, so its tokens are
 * counted.
 * @returns how many chats were deleted. Ids that name no chat of the actor are ignored.
 */
export async function removeMany(
  { database, runs: engine }: { database: Database; runs: Runs },
  { userId }: Actor,
  ids: readonly string[],
): Promise<number> {
  const wanted = sql`json_array_elements_text(${JSON.stringify(ids)}::json) wanted(id)`;
  const rows = await database.execute(sql`
    with locked as (
      -- In the order of ids, so that two calls with the same chats do not wait for each other.
      select id from ${chats}
      where id = any(array(select ${chatIdOf(userId, sql`wanted.id`)} from ${wanted})) and user_id = ${userId}
      order by id for update
    ), deleted as (
      update ${chats} set user_id = null, client_id = null where id = any(array(select id from locked)) returning id
    ), unshared as (
      delete from ${shares} where ${shares.chatId} = any(array(select id from deleted))
    ), stopping as (
      update ${runs} set cancel_requested_at = now()
      from deleted where ${runs.chatId} = deleted.id and ${isActive(runs)}
      returning ${runs.id}, ${runs.chatId}, ${notifyStop}
    )
    select deleted.id, stopping.id as "runId" from deleted left join stopping on stopping.chat_id = deleted.id`);
  const deleted = z.array(Deleted).parse(rows);
  engine.stopHere(deleted.flatMap(({ runId }) => runId ?? []));
  return deleted.length;
}

/** Deletes a chat, like `removeMany`. @throws {AppError} NOT_FOUND */
export async function remove(
  deps: { database: Database; runs: Runs },
  actor: Actor,
  id: string,
): Promise<void> {
  if ((await removeMany(deps, actor, [id])) === 0) throw notFound('chat');
}
