import { existsSync } from 'node:fs';
import { open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { S3Config } from '#server/s3/config';
import type { ArchiveTarget } from './archive-target.ts';
import { isS3Path } from './paths.ts';
import { BackupError, fileProblem } from './problem.ts';
import { openArchive } from './read.ts';

/** The mode of an archive. */
export const MODE = 0o600;

/** Removes what a process that was killed has left of an archive. */
export async function removePartial(path: string): Promise<void> {
  if (!isS3Path(path)) await rm(`${path}.partial`, { force: true });
}

/** Writes an archive to a new file, under another name until it was read back. */
export function fileTarget(path: string): ArchiveTarget {
  const partial = `${path}.partial`;
  /** False if another process may have made the file. */
  let isOwn = false;
  return {
    name: path,
    async requireFree() {
      if (existsSync(path)) throw new BackupError(`${path} exists already.`);
      if (!existsSync(dirname(path))) throw new BackupError(`There is no folder ${dirname(path)}.`);
    },
    async write(archive, signal) {
      const file = await open(partial, 'wx', MODE).catch((error: unknown) => {
        throw fileProblem(error, partial, 'written');
      });
      isOwn = true;
      await pipeline(archive, file.createWriteStream({ flush: true }), { signal });
    },
    open: () => openArchive(partial),
    async keep() {
      await rename(partial, path);
      return (await stat(path)).size;
    },
    async discard() {
      if (isOwn) await rm(partial, { force: true });
    },
  };
}

/**
 * Returns where an archive is written.
 * @param path a file, or `s3://bucket/key`.
 * @throws {BackupError}
 */
export async function targetOf(path: string, s3: S3Config | undefined): Promise<ArchiveTarget> {
  if (!isS3Path(path)) return fileTarget(path);
  const { objectTarget } = await import('./s3-target.ts');
  return objectTarget(path, s3);
}
