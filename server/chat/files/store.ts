import { and, asc, eq, gt } from 'drizzle-orm';
import type { Db } from '#server/db/database';
import { fileContents, files } from '#server/db/schema/index';
import type { Env } from '#server/env';
import { readObject } from './objects.ts';

/** What is stored of a file: its bytes, and the text that was read from it. */
export type ContentKind = (typeof fileContents.$inferSelect)['kind'];

/** The bytes of a row, so that no statement takes long. It is a multiple of three, for base64. */
const PIECE_BYTES = 3 * 128 * 1024;

/** Stores content in the database, in the transaction that adds the row of the file, so that a backup has both. */
export async function writeContent(
  tx: Db,
  fileId: string,
  kind: ContentKind,
  bytes: Uint8Array,
): Promise<void> {
  for (let piece = 0; piece * PIECE_BYTES < bytes.length; piece++) {
    const from = piece * PIECE_BYTES;
    // A copy, because a driver may send the whole buffer.
    const part = bytes.slice(from, from + PIECE_BYTES);
    await tx.insert(fileContents).values({ fileId, kind, piece, bytes: part });
  }
}

/**
 * Yields the content of a file in pieces, from the database or from S3. All but the last have a multiple of three bytes. It
 * yields nothing if there is no content. It does not check who may read the file: callers do.
 * @throws {AppError} SERVICE_UNAVAILABLE if S3 does not respond.
 */
export async function* readContent(
  { db, env }: { db: Db; env: Env },
  fileId: string,
  kind: ContentKind,
): AsyncGenerator<Uint8Array, void, void> {
  for (let last = -1; ; last++) {
    const [row] = await db
      .select({ location: files.location, size: files.size, bytes: fileContents.bytes })
      .from(files)
      .leftJoin(
        fileContents,
        and(eq(fileContents.fileId, files.id), eq(fileContents.kind, kind), gt(fileContents.piece, last)),
      )
      .where(eq(files.id, fileId))
      .orderBy(asc(fileContents.piece))
      .limit(1);
    if (row?.location === 's3' && kind === 'original') {
      yield* readObject(env, fileId, row.size);
      return;
    }
    if (!row?.bytes) return;
    yield row.bytes;
    if (row.bytes.length < PIECE_BYTES) return;
  }
}
