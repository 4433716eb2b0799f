/** Checks before the build what would stop a start: the settings, and the version and the lock of the embedded database. */
import { databaseLocation } from '#server/db/folder';
import { DatabaseLockedError, lockFolder } from '#server/db/lock';
import { checkMajor, DatabaseUnusableError } from '#server/db/unusable';
import { env, EnvError } from '#server/env';

try {
  const place = databaseLocation(env());
  if ('folder' in place) {
    checkMajor(place.folder);
    lockFolder(place.folder)();
  }
} catch (error) {
  const expected = [EnvError, DatabaseLockedError, DatabaseUnusableError];
  if (!(error instanceof Error && expected.some((kind) => error instanceof kind))) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
