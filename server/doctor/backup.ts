import { backupPlace } from '#server/backup/places';
import { S3Error } from '#server/s3/error';
import { databaseLocation } from '#server/db/folder';
import { type Found, ok, problem, reasonOf, warning } from './finding.ts';
import type { Subject } from './subject.ts';

const HOUR_MS = 3600_000;
/** How late a backup may be, in hours: making it takes time, and after a failure the server pauses. */
const LATE_HOURS = 1;

/** Checks the age of the newest scheduled backup. */
export async function checkBackup({ env }: Subject): Promise<Found[]> {
  const { BACKUP_EVERY: every } = env;
  const place = backupPlace(env);
  if (!place) {
    return ['folder' in databaseLocation(env) ? warning('backupOff') : ok('backupElsewhere')];
  }
  let newest = 0;
  try {
    newest = await place.newestAt();
  } catch (error) {
    if (error instanceof S3Error) return [problem('backupUnreachable', { reason: error.code })];
    // The check of the disk reports a folder that cannot be used.
    if (!['ENOTDIR', 'EACCES'].includes(reasonOf(error))) throw error;
  }
  if (newest === 0) return [warning('backupNone', { place: place.setting })];
  const hours = Math.max(0, Math.floor((Date.now() - newest) / HOUR_MS));
  return [
    hours > every + LATE_HOURS ? problem('backupOld', { hours, every }) : ok('backupRecent', { hours }),
  ];
}
