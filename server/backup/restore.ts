import type { CopySession } from '#server/db/copying/session';
import { applyWithin, createMigrationTable } from '#server/db/migrate';
import { readMigrations } from '#server/db/migrations';
import type { SecretName } from '#server/secrets/keyring';
import type { Fingerprints, Manifest } from './manifest.ts';
import { BackupError } from './problem.ts';
import type { Archive } from './read.ts';
import { contentOf, migrationsOf, tablesOf, withoutConstraints } from './tables.ts';

const rowsOf = ({ tables }: Manifest, name: string) => tables.find((table) => table.name === name)?.rows ?? 0;

/**
 * Returns what other secrets would make unreadable.
 * @param current undefined if there are no secrets yet.
 */
export function lostWith(current: Fingerprints | undefined, manifest: Manifest): string[] {
  const { secrets } = manifest;
  const lost: string[] = [];
  const key = difference('ENCRYPTION_KEY', secrets.encryptionKey, current?.encryptionKey);
  if (key !== undefined) {
    const keys = `${rowsOf(manifest, 'provider_keys')} provider keys`;
    const responses = `${rowsOf(manifest, 'idempotency_keys')} responses of idempotency keys`;
    lost.push(`${key} ${keys} and ${responses} would be unreadable`);
  }
  const secret = difference('AUTH_SECRET', secrets.authSecret, current?.authSecret);
  if (secret !== undefined) lost.push(`${secret} ${rowsOf(manifest, 'sessions')} sessions would end`);
  return lost;
}

/** Returns how a setting differs from what an archive needs; `undefined` if it has all that is needed. */
function difference(name: SecretName, needed: readonly string[], own: readonly string[] = []) {
  const missing = needed.filter((fingerprint) => !own.includes(fingerprint));
  if (missing.length === 0) return undefined;
  return missing.length === needed.length
    ? `${name} differs, so`
    : `${name} lacks ${missing.join(' and ')}, so up to`;
}

/** Applies the migrations of the archive, without any later ones. The next start of the server applies these. */
async function migrateTo(session: CopySession, { migrations, version }: Manifest): Promise<void> {
  const known = readMigrations().filter(({ hash }) => migrations.includes(hash));
  if (known.length < migrations.length) {
    throw new BackupError(
      `The backup was made by version ${version}, whose database this version does not know. Restore it with that version.`,
    );
  }
  await createMigrationTable(session.rows);
  for (const migration of known) await applyWithin(session.rows, migration);
}

async function fill(session: CopySession, archive: Archive): Promise<void> {
  const own = new Map((await tablesOf(session)).map(({ name, columns }) => [name, columns]));
  for (const table of archive.manifest.tables) {
    const columns = own.get(table.name) ?? [];
    if (table.columns.some((column) => !columns.includes(column))) {
      throw new BackupError(
        `The backup has a table ${table.name} that its migrations do not create, so it cannot be restored.`,
      );
    }
    await session.copyIn(table, archive.read(table));
  }
}

/**
 * Checks that a database is empty and has the encoding of archives.
 * @throws {BackupError} if it is not.
 */
export async function requireEmpty(session: CopySession): Promise<void> {
  const [row] = await session.rows(`select current_setting('server_encoding') as encoding`);
  const encoding = String(row?.['encoding']);
  if (encoding !== 'UTF8') {
    throw new BackupError(
      `The database has the encoding ${encoding}, in which some texts cannot be stored. Create one with UTF8 (createdb --encoding=UTF8 --template=template0).`,
    );
  }
  const content = (await migrationsOf(session)).length > 0 ? 'migrations' : await contentOf(session);
  if (content !== undefined) {
    throw new BackupError(
      `The database is not empty: it has ${content}. Create an empty one, and set DATABASE_URL to it.`,
    );
  }
}

/** More work for the transaction that restores. What it throws undoes everything. */
export type Afterwards = (session: CopySession, manifest: Manifest) => Promise<void>;

/**
 * Restores an archive into an empty database, in one transaction.
 * @throws {BackupError} if the database is not empty, or the archive cannot be restored. Then nothing has changed.
 */
export async function restoreArchive(
  session: CopySession,
  archive: Archive,
  afterwards: Afterwards = async () => undefined,
): Promise<void> {
  await session.rows('begin');
  try {
    await requireEmpty(session);
    await migrateTo(session, archive.manifest);
    await withoutConstraints(session, () => fill(session, archive));
    await afterwards(session, archive.manifest);
    await session.rows('commit');
  } catch (error) {
    await session.rows('rollback').catch(() => undefined);
    throw error;
  }
}
