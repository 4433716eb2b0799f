import { and, eq, exists, inArray, isNull, or, sql } from 'drizzle-orm';
import type { FileUIPart } from 'ai';
import { FILE_PATH } from '#contract/file-limits';
import type { ChatFile } from '#contract/files';
import { invalidInput } from '#layer/index';
import { newId } from '#server/db/columns';
import type { Db } from '#server/db/database';
import { chatFiles, chats, files, users } from '#server/db/schema/index';
import type { Env } from '#server/env';
import { AppError, limitReached, notFound } from '#server/errors';
import type { Actor } from '#server/people/actor';
import { putObject } from './objects.ts';
import { filePart } from './part.ts';
import { prepare } from './prepare.ts';
import { writeContent } from './store.ts';

/** A file counts at least as many bytes for the limit of its account, so that there cannot be millions. */
const MIN_COUNTED = 4096;

const columns = {
  id: files.id,
  filename: files.filename,
  mediaType: files.mediaType,
  size: files.size,
  createdAt: files.createdAt,
};

const withUrl = (row: Omit<ChatFile, 'url'>): ChatFile => ({ ...row, url: `${FILE_PATH}${row.id}` });

/** A condition: a user may read a file. It was not sent yet, or a chat of the user refers to it. */
function isReadable(db: Db, userId: string) {
  const ofChat = db
    .select({ id: chats.id })
    .from(chatFiles)
    .innerJoin(chats, eq(chats.id, chatFiles.chatId))
    .where(and(eq(chatFiles.fileId, files.id), eq(chats.userId, userId)));
  return and(eq(files.userId, userId), or(isNull(files.sentAt), exists(ofChat)));
}

/**
 * Checks that an account has space for a file, and locks it until the transaction ends, so that simultaneous uploads cannot
 * exceed the limit together.
 * @throws {AppError} LIMIT_REACHED, UNAUTHORIZED if the account was deleted
 */
async function requireSpace(tx: Db, env: Env, { userId, isGuest }: Actor, size: number): Promise<void> {
  const max = isGuest ? env.MAX_GUEST_STORED_FILE_BYTES : env.MAX_STORED_FILE_BYTES;
  const [user] = await tx
    .select({ id: users.id })
    .from(users)
    .where(eq(users.id, userId))
    .for('no key update');
  if (!user) throw new AppError('UNAUTHORIZED');
  const [stored] = await tx
    .select({
      bytes: sql<number>`coalesce(sum(greatest(${files.size}, ${MIN_COUNTED}::int)), 0)`.mapWith(Number),
    })
    .from(files)
    .where(eq(files.userId, userId));
  if ((stored?.bytes ?? 0) + Math.max(size, MIN_COUNTED) > max) {
    throw limitReached(
      `Your files would take more than ${max} bytes, which is the limit. Delete a chat with files first.`,
    );
  }
}

/**
 * Stores a file for a message. Images are stored without their metadata.
 * @throws {AppError} PAYLOAD_TOO_LARGE, INVALID_INPUT, LIMIT_REACHED, UNAUTHORIZED if the account was deleted,
 *   SERVICE_UNAVAILABLE if S3 does not respond
 */
export async function create(
  deps: { db: Db; env: Env },
  actor: Actor,
  file: Pick<File, 'name' | 'size' | 'arrayBuffer'>,
): Promise<ChatFile> {
  const { db, env } = deps;
  const { userId } = actor;
  if (file.size > env.MAX_FILE_BYTES) {
    throw new AppError('PAYLOAD_TOO_LARGE', {
      detail: `The file has ${file.size} bytes. At most ${env.MAX_FILE_BYTES} are accepted.`,
    });
  }
  const { content, text, ...described } = await prepare(env, userId, file);
  const values = { id: newId(), size: content.length, location: env.FILE_STORE, ...described };
  const isObject = values.location === 's3';
  if (isObject) {
    await db.transaction(async (tx) => {
      await requireSpace(tx, env, actor, values.size);
      // Without an owner, it is removed if the upload is interrupted.
      await tx.insert(files).values({ ...values, userId: null });
    });
    await putObject(env, values.id, content);
  }
  return db.transaction(async (tx) => {
    await requireSpace(tx, env, actor, values.size);
    const [row] = isObject
      ? await tx
          .update(files)
          .set({ userId })
          .where(and(eq(files.id, values.id), isNull(files.userId)))
          .returning(columns)
      : await tx
          .insert(files)
          .values({ ...values, userId })
          .returning(columns);
    if (!row) throw new AppError('SERVICE_UNAVAILABLE', { detail: 'The upload took too long.' });
    if (!isObject) await writeContent(tx, row.id, 'original', content);
    if (text !== null) await writeContent(tx, row.id, 'text', new TextEncoder().encode(text));
    return withUrl(row);
  });
}

/** Returns a file that the actor may read. @throws {AppError} NOT_FOUND */
export async function get({ db }: { db: Db }, { userId }: Actor, fileId: string): Promise<ChatFile> {
  const [row] = await db
    .select(columns)
    .from(files)
    .where(and(eq(files.id, fileId), isReadable(db, userId)));
  if (!row) throw notFound('file');
  return withUrl(row);
}

/**
 * Deletes a file that no message refers to.
 * @throws {AppError} NOT_FOUND, CONFLICT if it was sent
 */
export async function remove(deps: { db: Db }, actor: Actor, fileId: string): Promise<void> {
  const deleted = await deps.db
    .update(files)
    .set({ userId: null })
    .where(and(eq(files.id, fileId), eq(files.userId, actor.userId), isNull(files.sentAt)))
    .returning({ id: files.id });
  if (deleted.length > 0) return;
  await get(deps, actor, fileId);
  throw new AppError('CONFLICT', { detail: 'The file was sent. It is deleted with its chat.' });
}

/**
 * Returns the parts of a message that refer to files of the actor, in the given order.
 * @throws {AppError} INVALID_INPUT for a file that the actor does not have, that is given twice, or too many
 */
export async function attach(
  { db, env }: { db: Db; env: Env },
  { userId }: Actor,
  ids: readonly string[],
): Promise<FileUIPart[]> {
  if (ids.length === 0) return [];
  if (ids.length > env.MAX_MESSAGE_FILES) {
    const message = `may have ${env.MAX_MESSAGE_FILES} files at most`;
    throw invalidInput([{ pointer: '/files', message }]);
  }
  const rows = await db
    .select({ ...columns, tokens: files.tokens, textTokens: files.textTokens })
    .from(files)
    .where(and(inArray(files.id, [...ids]), isReadable(db, userId)));
  const byId = new Map(rows.map((row) => [row.id, row]));
  return ids.map((id, index) => {
    const row = byId.get(id);
    const pointer = `/files/${index}`;
    if (ids.indexOf(id) !== index) throw invalidInput([{ pointer, message: 'is given twice' }]);
    if (!row) throw invalidInput([{ pointer, message: 'is no file of yours; upload it again' }]);
    return filePart(row);
  });
}
