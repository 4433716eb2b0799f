import { S3Error } from '#server/s3/error';

/** Thrown if a backup cannot be made or restored. The message explains it in full. */
export class BackupError extends Error {
  override name = 'BackupError';
}

/** Codes of the system and of Postgres for a full disk, a quota, and a file that is too large. */
const FULL: readonly unknown[] = ['ENOSPC', 'EDQUOT', 'EFBIG', '53100'];
const FULL_TEXT = /No space left on device|Disk quota exceeded/i;

const codeOf = (error: unknown): unknown =>
  typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;

/** True if an error means that a disk is full. */
export const isDiskFull = (error: unknown): boolean =>
  FULL.includes(codeOf(error)) || FULL_TEXT.test(String(error));

/** Returns the error for a file that cannot be used, or `error` itself if it has another cause. */
export function fileProblem(error: unknown, file: string, verb: 'written' | 'read'): unknown {
  if (error instanceof S3Error) return new BackupError(error.message, { cause: error });
  if (isDiskFull(error)) return new BackupError(`The disk of ${file} is full.`, { cause: error });
  const code = codeOf(error);
  if (code === 'EEXIST') return new BackupError(`${file} exists already.`, { cause: error });
  if (code === 'ENOENT') return new BackupError(`There is no ${file}.`, { cause: error });
  if (typeof code === 'string' && /^E[A-Z]+$/.test(code)) {
    return new BackupError(`${file} cannot be ${verb} (${code}).`, { cause: error });
  }
  return error;
}
