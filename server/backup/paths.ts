import type { S3Config } from '#server/s3/config';
import { BackupError } from './problem.ts';

const URL_START = 's3://';
/** The beginning of the name of a backup in the bucket of the settings. */
const SHORT_START = 's3:';
const S3_PATH = /^s3:\/\/(?<bucket>[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])\/(?<key>.{1,1000})$/;
const NAME = /^[\w-][\w.-]{0,199}$/;

/** The beginning of the keys of backups in the bucket of the settings. */
export const backupsPrefix = ({ prefix }: S3Config): string => `${prefix}backups/`;

/** True if the path of an archive is an object of S3. */
export const isS3Path = (path: string): boolean => path.startsWith(SHORT_START);

/**
 * Returns the path of an archive that an operator has named. `s3:NAME` is a backup in the bucket of the settings, beside
 * the scheduled ones.
 * @throws {BackupError}
 */
export function fullPath(given: string, s3: S3Config | undefined): string {
  if (!isS3Path(given) || given.startsWith(URL_START)) return given;
  const name = given.slice(SHORT_START.length);
  if (!s3) throw new BackupError('Set S3_BUCKET and the key for it.');
  if (!NAME.test(name)) {
    throw new BackupError(
      `${given} is no name of a backup. Name it like s3:monday.zip, or by s3://bucket/key.`,
    );
  }
  return `${URL_START}${s3.bucket}/${backupsPrefix(s3)}${name}`;
}

/** Returns the bucket and the key of a path. @throws {BackupError} */
export function s3Place(path: string, s3: S3Config | undefined): { config: S3Config; key: string } {
  if (!s3) throw new BackupError('Set S3_BUCKET, S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY to use S3.');
  const { bucket, key } = S3_PATH.exec(path)?.groups ?? {};
  // A URL cannot have such segments.
  if (bucket === undefined || key === undefined || key.split('/').some((part) => /^\.{0,2}$/.test(part))) {
    throw new BackupError(`${path} names no object. Name it like s3://bucket/folder/monday.zip.`);
  }
  return { config: { ...s3, bucket }, key };
}
