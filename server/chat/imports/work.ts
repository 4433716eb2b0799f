import { and, asc, eq, isNull, or, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { TextUIPart } from 'ai';
import { nextSlice } from '#layer/index';
import { newId } from '#server/db/columns';
import type { Database, Db } from '#server/db/database';
import { isBusy, isConnectionError, isWithoutPlace } from '#server/db/errors';
import { placeFor } from '#server/db/places';
import { chats, importChats, imports, messages, projects, users } from '#server/db/schema/index';
import type { Env } from '#server/env';
import type { Logger } from '#server/log/index';
import { metrics } from '#server/metrics/instruments';
import { fold } from '#server/search/fold';
import { foldPieces, insertPieces } from '#server/search/pieces';
import { maxChats, maxStoredBytes, storedBytes } from '#server/chat/chats';
import { tooManyProjects } from '#server/chat/projects';
import { titleFrom } from '#server/chat/title';
import { arrange, type Arranged, timeOf } from './arrange.ts';
import { readChat, type SourceChat, UnusableChatError } from './formats.ts';

/** The number of messages that one statement inserts. */
const ROWS = 500;

interface WorkDeps {
  database: Database;
  env: Env;
  log: Logger;
}

/** A pending chat of an import. */
interface Pending {
  importId: string;
  position: number;
  content: string;
  userId: string;
  isGuest: boolean;
}

const Turn = z.object({ id: z.string() });

/** Gives the import that has waited longest its turn, so that imports of several accounts proceed alike. */
async function nextChat({ database: { db, execute } }: WorkDeps): Promise<Pending | null> {
  const [turn] = await execute(sql`update ${imports} set turn_at = now() where id = (
      select id from ${imports} where pending > 0 order by turn_at limit 1 for update skip locked
    ) returning id`);
  if (!turn) return null;
  const [next] = await db
    .select({
      importId: importChats.importId,
      position: importChats.position,
      content: importChats.content,
      userId: imports.userId,
      isGuest: users.isAnonymous,
    })
    .from(importChats)
    .innerJoin(imports, eq(imports.id, importChats.importId))
    .innerJoin(users, eq(users.id, imports.userId))
    .where(and(eq(importChats.importId, Turn.parse(turn).id), isNull(importChats.reason)))
    .orderBy(asc(importChats.position))
    .limit(1);
  return next ? { ...next, content: next.content ?? '' } : null;
}

/** A condition: the row of a pending chat. Of several instances that read it, one deletes it. */
const isRow = ({ importId, position }: Pending) =>
  and(eq(importChats.importId, importId), eq(importChats.position, position), isNull(importChats.reason));

const isOfOwner = ({ importId, userId }: Pending) =>
  and(eq(imports.id, importId), eq(imports.userId, userId));

/** Everything that is written for a chat. It is prepared before the transaction, which should be short. */
interface Prepared {
  source: SourceChat;
  arranged: Arranged;
  /** The pieces of each message for search. */
  pieces: { id: string; pieces: unknown }[];
  size: number;
  title: string;
  createdAt: Date;
  activeAt: Date;
}

const partsOf = (text: string): TextUIPart[] => [{ type: 'text', text }];

async function prepare(env: Env, content: string): Promise<Prepared> {
  const source = readChat(content);
  const now = Date.now();
  const arranged = arrange(source, now, env.MAX_CHAT_MESSAGES);
  const pieces: Prepared['pieces'] = [];
  let size = 0;
  let newest = 0;
  for (const { id, text, createdAt } of arranged.messages) {
    pieces.push({ id, pieces: JSON.parse(await foldPieces(text)) });
    size += Buffer.byteLength(JSON.stringify(partsOf(text)));
    newest = Math.max(newest, createdAt.getTime());
    await nextSlice();
  }
  const createdAt = timeOf(source.createdAt, arranged.messages[0]?.createdAt.getTime() ?? now, now);
  const activeAt = timeOf(source.activeAt, Math.max(newest, createdAt), now);
  const title = source.title === '' ? titleFrom(arranged.messages[0]?.text ?? '') : source.title;
  return {
    source,
    arranged,
    pieces,
    size,
    title,
    createdAt: new Date(createdAt),
    activeAt: new Date(activeAt),
  };
}

/**
 * Returns the id of the owner's project with the name of a chat's project. If there is none, it is created.
 * @throws {UnusableChatError} if the account cannot have another project
 */
async function projectFor(tx: Db, env: Env, userId: string, { project }: SourceChat): Promise<string | null> {
  if (!project) return null;
  const [known] = await tx
    .select({ id: projects.id })
    .from(projects)
    .where(and(eq(projects.userId, userId), eq(projects.name, project.name)))
    .orderBy(asc(projects.id))
    .limit(1);
  if (known) return known.id;
  const id = newId();
  await tx
    .insert(projects)
    .values({ ...project, id, userId: placeFor(projects, userId, env.MAX_PROJECTS) })
    .catch((error: unknown) => {
      throw isWithoutPlace(error) ? new UnusableChatError(tooManyProjects(env)) : error;
    });
  return id;
}

/** Inserts a chat. @returns false if its owner has it already. @throws {UnusableChatError} if the account is full */
async function insertChat(tx: Db, env: Env, pending: Pending, chat: Prepared): Promise<boolean> {
  const { userId } = pending;
  const { source, arranged } = chat;
  const ids = [
    eq(chats.clientId, source.clientId),
    source.ownId === null ? undefined : eq(chats.id, source.ownId),
  ];
  const [known] = await tx
    .select({ id: chats.id })
    .from(chats)
    .where(and(eq(chats.userId, userId), or(...ids)))
    .limit(1);
  if (known) return false;
  const chatId = newId();
  const inserted = await tx
    .insert(chats)
    .values({
      id: chatId,
      userId: placeFor(chats, userId, maxChats({ env }, pending)),
      clientId: source.clientId,
      title: chat.title,
      titleFolded: fold(chat.title),
      autoTitle: false,
      projectId: await projectFor(tx, env, userId, source),
      pinned: source.pinned,
      archived: source.archived,
      leafId: arranged.leafId,
      messageCount: arranged.messages.length,
      size: chat.size,
      createdAt: chat.createdAt,
      activeAt: chat.activeAt,
    })
    .onConflictDoNothing()
    .returning({ id: chats.id });
  if (inserted.length === 0) return false;
  const maxBytes = maxStoredBytes({ env }, pending);
  if ((await storedBytes(tx, userId)) > maxBytes) {
    throw new UnusableChatError(`Your messages would take more than ${maxBytes} bytes, which is the limit.`);
  }
  const values = arranged.messages.map(({ id, parentId, role, status, createdAt, text }) => ({
    id,
    chatId,
    userId,
    parentId,
    role,
    status,
    parts: partsOf(text),
    createdAt,
  }));
  for (let from = 0; from < values.length; from += ROWS) {
    await tx.insert(messages).values(values.slice(from, from + ROWS));
    const searched = chat.pieces.slice(from, from + ROWS);
    await tx.execute(sql`with searched as (
        select ${chatId} as chat_id, added.id as message_id, ${userId} as user_id, added.pieces
        from json_to_recordset(${JSON.stringify(searched)}::json) as added(id text, pieces json)
      ) ${insertPieces(sql`searched`)}`);
  }
  return true;
}

/**
 * Imports a chat, in one transaction with the deletion of its row and the progress of the import.
 * @returns what became of it; `null` if another instance has imported it, or its owner has changed.
 */
async function importChat(
  { database: { db }, env }: WorkDeps,
  pending: Pending,
): Promise<'imported' | 'skipped' | null> {
  const prepared = await prepare(env, pending.content);
  return db.transaction(async (tx) => {
    // The lock keeps the import with its owner. A guest who has signed up is another one, for whom it is read again.
    const [owned] = await tx
      .select({ id: imports.id })
      .from(imports)
      .where(isOfOwner(pending))
      .for('no key update');
    if (!owned) return null;
    const mine = await tx
      .delete(importChats)
      .where(isRow(pending))
      .returning({ position: importChats.position });
    if (mine.length === 0) return null;
    const isNew = await insertChat(tx, env, pending, prepared);
    await tx
      .update(imports)
      .set({
        pending: sql`${imports.pending} - 1`,
        ...(isNew ? { imported: sql`${imports.imported} + 1` } : { skipped: sql`${imports.skipped} + 1` }),
      })
      .where(isOfOwner(pending));
    return isNew ? 'imported' : 'skipped';
  });
}

/** Notes why a chat was not imported, and forgets its content. */
async function fail({ database: { db } }: WorkDeps, pending: Pending, reason: string): Promise<void> {
  await db.transaction(async (tx) => {
    const mine = await tx
      .update(importChats)
      .set({ reason, content: null, size: 0 })
      .where(isRow(pending))
      .returning({ position: importChats.position });
    if (mine.length === 0) return;
    await tx
      .update(imports)
      .set({ pending: sql`${imports.pending} - 1`, failed: sql`${imports.failed} + 1` })
      .where(isOfOwner(pending));
  });
}

/** Returns why a chat cannot be imported. @throws the error, if the chat can be imported later */
function reasonOf(error: unknown, { env, log }: WorkDeps, pending: Pending): string {
  if (error instanceof UnusableChatError) return error.message;
  if (isWithoutPlace(error)) {
    return `You have ${maxChats({ env }, pending)} chats, which is the limit.`;
  }
  if (isConnectionError(error) || isBusy(error)) throw error;
  const { importId, position } = pending;
  log.error({ err: error, importId, position }, 'importing a chat failed');
  return 'It could not be stored.';
}

/**
 * Imports all pending chats, one transaction for each. It can be interrupted at any point, and several instances can run
 * it at the same time.
 * @param isPaused returns true if no further chat must be imported now.
 */
export async function importPending(deps: WorkDeps, isPaused = () => false): Promise<void> {
  for (let pending = await nextChat(deps); pending && !isPaused(); pending = await nextChat(deps)) {
    try {
      const result = await importChat(deps, pending);
      if (result !== null) metrics.imports.add(1, result);
    } catch (error) {
      await fail(deps, pending, reasonOf(error, deps, pending));
      metrics.imports.add(1, 'failed');
    }
    await nextSlice();
  }
}
