import { and, asc, eq, gt } from 'drizzle-orm';
import type { Db } from '#server/db/database';
import { fileContents } from '#server/db/schema/index';

/** What is stored of a file: its bytes, and the text that was read from it. */
export type ContentKind = (typeof fileContents.$inferSelect)['kind'];

/** Stores the content of files. It does not check who may read a file: callers do. */
export interface FileStore {
  /** Stores the content of a new file, in the transaction that adds its row. */
  write: (tx: Db, fileId: string, kind: ContentKind, bytes: Uint8Array) => Promise<void>;
  /** Yields the content in pieces. All but the last have a multiple of three bytes. */
  read: (fileId: string, kind: ContentKind) => AsyncGenerator<Uint8Array, void, void>;
}

/** The bytes of a row, so that no statement takes long. It is a multiple of three, for base64. */
const PIECE_BYTES = 3 * 128 * 1024;

/** Keeps the content of files in the database, so that a backup of it is complete. */
export const databaseStore = (db: Db): FileStore => ({
  async write(tx, fileId, kind, bytes) {
    for (let piece = 0; piece * PIECE_BYTES < bytes.length; piece++) {
      const from = piece * PIECE_BYTES;
      // A copy, because a driver may send the whole buffer.
      const part = bytes.slice(from, from + PIECE_BYTES);
      await tx.insert(fileContents).values({ fileId, kind, piece, bytes: part });
    }
  },

  async *read(fileId, kind) {
    for (let last = -1; ; last++) {
      const [row] = await db
        .select({ bytes: fileContents.bytes })
        .from(fileContents)
        .where(
          and(eq(fileContents.fileId, fileId), eq(fileContents.kind, kind), gt(fileContents.piece, last)),
        )
        .orderBy(asc(fileContents.piece))
        .limit(1);
      if (!row) return;
      yield row.bytes;
      if (row.bytes.length < PIECE_BYTES) return;
    }
  },
});
