/** Reads archives in S3. It is loaded only if S3 is used. */
import type { Readable } from 'node:stream';
import { fromRandomAccessReaderPromise, RandomAccessReader, type ZipFile } from 'yauzl';
import { type Bucket, openBucket, readRange } from '#server/s3/bucket';
import type { S3Config } from '#server/s3/config';
import { s3Place } from './paths.ts';
import { BackupError } from './problem.ts';

/** Reads ranges of an object for yauzl. */
class ObjectReader extends RandomAccessReader {
  readonly #bucket: Bucket;
  readonly #key: string;

  constructor(bucket: Bucket, key: string) {
    super();
    this.#bucket = bucket;
    this.#key = key;
  }

  override _readStreamForRange(start: number, end: number): Readable {
    return readRange(this.#bucket, this.#key, { start, end });
  }
}

/** Opens an object as a ZIP file. Nothing of it is stored on the disk. @throws {BackupError} */
export async function openObject(path: string, s3: S3Config | undefined): Promise<ZipFile> {
  const { config, key } = s3Place(path, s3);
  const bucket = openBucket(config);
  const size = await bucket.size(key);
  if (size === undefined) throw new BackupError(`There is no ${path}.`);
  return fromRandomAccessReaderPromise(new ObjectReader(bucket, key), size, { autoClose: false });
}
