/** Checks before the build what would stop a start: the settings, and the embedded database's version and lock. */
import { databaseLocation } from '#server/db/folder';
import { DatabaseLockedError, lockFolder } from '#server/db/lock';
import { checkMajor, DatabaseUnusableError } from '#server/db/unusable';
import { env, EnvError } from '#server/env';

try {
  const location = databaseLocation(env());
  if ('folder' in location) {
    checkMajor(location.folder);
    lockFolder(location.folder)();
  }
} catch (error) {
  const expected = [EnvError, DatabaseLockedError, DatabaseUnusableError];
  if (!(error instanceof Error && expected.some((kind) => error instanceof kind))) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
