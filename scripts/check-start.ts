/** Checks what stops a start and can be known before pages are built: the settings, and what wrote the embedded database. */
import { placeOfDatabase } from '#server/db/folder';
import { checkMajor, DatabaseUnusableError } from '#server/db/unusable';
import { env, EnvError } from '#server/env';

try {
  const place = placeOfDatabase(env());
  if ('folder' in place) checkMajor(place.folder);
} catch (error) {
  if (!(error instanceof EnvError || error instanceof DatabaseUnusableError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
