import { and, asc, eq, gt, isNull, lt, sql } from 'drizzle-orm';
import type { Db } from '#server/db/database';
import { files } from '#server/db/schema/index';
import type { Env } from '#server/env';
import { AppError } from '#server/errors';
import type { Bucket } from '#server/s3/bucket';
import { type S3Config, s3Config } from '#server/s3/config';

/** The number of deleted files that are listed at a time. */
const LISTED = 100;
/** An upload takes less time. Until then, a file without an owner may still be in one. */
const UPLOAD = sql`interval '1 hour'`;

interface FileObject {
  bucket: Bucket;
  key: string;
}

/** Returns an object. The client of S3 is loaded when it is used. */
async function open(config: S3Config, fileId: string): Promise<FileObject> {
  const { openBucket } = await import('#server/s3/bucket');
  return { bucket: openBucket(config), key: `${config.prefix}files/${fileId}` };
}

/** Returns the object of a file. */
async function objectOf(env: Env, fileId: string): Promise<FileObject> {
  const config = s3Config(env);
  if (!config) throw new Error('Files are stored in S3, but S3_BUCKET is not set.');
  return open(config, fileId);
}

/** Asks S3 for an object that does not exist. @throws {S3Error} if objects cannot be read. */
export async function checkObjects(config: S3Config, signal: AbortSignal): Promise<void> {
  const { bucket, key } = await open(config, 'none');
  await bucket.read(key, { start: 0, end: 1 }, signal);
}

/** Runs work with the object of a file. @throws {AppError} SERVICE_UNAVAILABLE if it fails. */
async function withObject<T>(env: Env, fileId: string, work: (object: FileObject) => Promise<T>): Promise<T> {
  try {
    return await work(await objectOf(env, fileId));
  } catch (cause) {
    const detail = 'The storage of files has failed.';
    throw new AppError('SERVICE_UNAVAILABLE', { detail, retryAfter: 10, cause });
  }
}

/** Stores the content of a file in S3. @throws {AppError} SERVICE_UNAVAILABLE if that fails. */
export const putObject = (env: Env, fileId: string, bytes: Uint8Array): Promise<void> =>
  withObject(env, fileId, ({ bucket, key }) => bucket.put(key, bytes));

/**
 * Yields the content of a file in S3, in pieces of which all but the last have a multiple of three bytes. It yields nothing
 * if there is no object.
 * @throws {AppError} SERVICE_UNAVAILABLE if S3 does not respond, or the object is not whole.
 */
export async function* readObject(
  env: Env,
  fileId: string,
  size: number,
): AsyncGenerator<Uint8Array, void, void> {
  const { READ_BYTES } = await import('#server/s3/bucket');
  for (let start = 0; start < size; start += READ_BYTES) {
    const range = { start, end: Math.min(size, start + READ_BYTES) };
    const piece = await withObject(env, fileId, async ({ bucket, key }) => {
      const found = await bucket.read(key, range);
      const isMissing = start === 0 && found === undefined;
      // Its reader waits for as many bytes as the file has.
      if (!isMissing && found?.length !== range.end - start) throw new Error('The object is not whole.');
      return found;
    });
    if (!piece) return;
    yield piece;
  }
}

/**
 * Removes the objects of deleted files, and their rows. It goes on where it was interrupted, and several instances can do it
 * at the same time.
 * @throws {S3Error} if the S3 server does not respond. The next call tries again.
 */
export async function removeObjects({ db, env }: { db: Db; env: Env }): Promise<void> {
  for (let last = ''; ;) {
    const deleted = await db
      .select({ id: files.id })
      .from(files)
      .where(
        and(
          isNull(files.userId),
          eq(files.location, 's3'),
          gt(files.id, last),
          lt(files.createdAt, sql`now() - ${UPLOAD}`),
        ),
      )
      .orderBy(asc(files.id))
      .limit(LISTED);
    for (const { id } of deleted) {
      const { bucket, key } = await objectOf(env, id);
      await bucket.remove(key);
      await db.delete(files).where(and(eq(files.id, id), isNull(files.userId)));
      last = id;
    }
    if (deleted.length < LISTED) return;
  }
}
