/** Writes archives to S3. It is loaded only if S3 is used. */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { openBucket } from '#server/s3/bucket';
import type { S3Config } from '#server/s3/config';
import type { ArchiveTarget } from './archive-target.ts';
import { s3Place } from './paths.ts';
import { BackupError } from './problem.ts';
import { openArchive } from './read.ts';

/** Writes an archive to a new object, which is there when it is whole, and removed if it cannot be read back. */
export function objectTarget(path: string, s3: S3Config | undefined): ArchiveTarget {
  const { config, key } = s3Place(path, s3);
  const bucket = openBucket(config);
  let bytes = 0;
  /** True if there may be an object. */
  let isOwn = false;
  return {
    name: path,
    async requireFree(signal) {
      if ((await bucket.size(key, signal)) !== undefined) throw new BackupError(`${path} exists already.`);
    },
    async write(archive, signal) {
      isOwn = true;
      async function store(source: AsyncIterable<unknown>) {
        bytes = await bucket.putStream(key, Readable.from(source, { objectMode: false }), signal);
      }
      await pipeline(archive, store, { signal });
    },
    open: () => openArchive(path, s3),
    async keep() {
      return bytes;
    },
    async discard() {
      if (isOwn) await bucket.remove(key).catch(() => undefined);
    },
  };
}
