import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import type { CopySession } from '#server/db/copying/session';
import { checkEmbedded } from '#server/db/embedded/opening';
import { databaseLocation, filesFolder } from '#server/db/folder';
import { lockFolder } from '#server/db/lock';
import type { Env } from '#server/env';
import type { Logger } from '#server/log/index';
import { s3Config } from '#server/s3/config';
import { findSecrets } from '#server/secrets/secrets';
import { fingerprintsOf, type Manifest } from './manifest.ts';
import { BackupError, fileProblem } from './problem.ts';
import { type Archive, openArchive, verifyTables } from './read.ts';
import { type Afterwards, lostWith, restoreArchive } from './restore.ts';
import { withPostgres } from './with-postgres.ts';

export interface RestoreOptions {
  env: Env;
  log: Logger;
  /** The archive: a file, or `s3://bucket/key`. */
  path: string;
  /** True if data that the current secrets cannot read is accepted. */
  acceptsOtherKeys: boolean;
  afterwards: Afterwards;
}

type Restore = (session: CopySession) => Promise<void>;

/** Returns the error for a folder. */
function folderProblem(error: unknown, folder: string): unknown {
  if (!(error instanceof WebAssembly.RuntimeError)) return fileProblem(error, folder, 'written');
  // Without space for its log, the embedded database aborts and gives no reason.
  const message = `The embedded database ended while it was restored. Check that the disk of ${folder} has enough space.`;
  return new BackupError(message, { cause: error });
}

/** Restores into a new folder beside that of the embedded database, and then gives it its place. */
async function restoreFolder(folder: string, archive: Archive, restore: Restore): Promise<void> {
  checkEmbedded();
  // Drivers are loaded only if they are used, as in server/db/client.ts.
  const { openPgliteCopy } = await import('#server/db/copying/pglite');
  const unlock = lockFolder(folder);
  const files = filesFolder(folder);
  const draft = `${files}.restoring`;
  try {
    if (existsSync(files)) {
      throw new BackupError(
        `There is a database in ${folder}. Move that folder away, or set DATA_DIR to another one.`,
      );
    }
    await rm(draft, { recursive: true, force: true });
    // Creating a database takes seconds.
    await verifyTables(archive);
    try {
      const session = await openPgliteCopy(draft);
      await restore(session).catch(async (error: unknown) => {
        // Closing fails, too, if the disk is full.
        await session.close().catch(() => undefined);
        throw error;
      });
      await session.close();
      await rename(draft, files);
    } catch (error) {
      await rm(draft, { recursive: true, force: true });
      throw folderProblem(error, folder);
    }
  } finally {
    unlock();
  }
}

async function restorePostgres(
  { env, log }: RestoreOptions,
  url: string,
  archive: Archive,
  restore: Restore,
): Promise<void> {
  // Postgres would report what is damaged in its own words.
  await verifyTables(archive);
  try {
    await withPostgres(env, url, log, restore);
  } catch (error) {
    throw fileProblem(error, 'the database', 'written');
  }
}

function checkSecrets({ env, acceptsOtherKeys }: RestoreOptions, manifest: Manifest): void {
  const secrets = findSecrets(env);
  const lost = lostWith(secrets && fingerprintsOf(secrets), manifest);
  if (lost.length === 0 || acceptsOtherKeys) return;
  throw new BackupError(
    `The backup needs other secrets: ${lost.join('; ')}. Set the secrets of that installation, or put its secrets.json ` +
      `into ${env.DATA_DIR}. If they are lost, add --other-keys.`,
  );
}

/**
 * Restores an archive into the database of the settings, which must be empty and not in use.
 * @throws {BackupError} if that is not possible. Then nothing has changed.
 * @throws {DatabaseLockedError} if another process has the embedded database open.
 * @throws {DatabaseUnusableError} if this is a bundle without the embedded database, and DATABASE_URL names none.
 */
export async function restoreDatabase(options: RestoreOptions): Promise<Manifest> {
  const archive = await openArchive(options.path, s3Config(options.env));
  try {
    checkSecrets(options, archive.manifest);
    const location = databaseLocation(options.env);
    const restore: Restore = (session) => restoreArchive(session, archive, options.afterwards);
    if ('folder' in location) await restoreFolder(location.folder, archive, restore);
    else await restorePostgres(options, location.url, archive, restore);
    return archive.manifest;
  } finally {
    archive.close();
  }
}
