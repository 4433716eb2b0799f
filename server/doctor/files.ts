import { eq } from 'drizzle-orm';
import { checkObjects } from '#server/chat/files/objects';
import { isMigrated } from '#server/db/migration-state';
import { files } from '#server/db/schema/index';
import { S3Error } from '#server/s3/error';
import { s3Config } from '#server/s3/config';
import { type Found, ok, problem } from './finding.ts';
import type { Reachable } from './subject.ts';

/** Checks that uploaded files can be read where they are stored. */
export async function checkFiles({ database, env, signal }: Reachable): Promise<Found[]> {
  if (!(await isMigrated(database))) return [];
  const inS3 = database.db.select({ id: files.id }).from(files).where(eq(files.location, 's3')).limit(1);
  if (env.FILE_STORE === 'database' && (await inS3).length === 0) return [ok('filesInDatabase')];
  const config = s3Config(env);
  if (!config) return [problem('filesWithoutBucket')];
  try {
    await checkObjects(config, signal);
  } catch (error) {
    if (error instanceof S3Error) return [problem('filesUnreachable', { reason: error.code })];
    throw error;
  }
  return [ok('filesInS3')];
}
