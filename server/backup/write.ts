import { Readable } from 'node:stream';
import { ZipFile } from 'yazl';
import type { CopySession, CopyTable } from '#server/db/copying/session';
import { programVersion } from '#server/version';
import { createMeter, type Fingerprints, FORMAT, type Manifest, type TableSummary } from './manifest.ts';
import { BackupError, fileProblem } from './problem.ts';
import { verifyAndClose } from './read.ts';
import { neededKeys } from './needed-keys.ts';
import { migrationsOf, tablesOf } from './tables.ts';
import type { ArchiveTarget } from './archive-target.ts';
import { MODE } from './target.ts';

/** The name of the file of a table in an archive. */
export const entryOf = (table: string): string => `tables/${table}.copy`;

/** Adds a table. Resolves when all its rows have been read. */
function addTable(
  zip: ZipFile,
  session: CopySession,
  table: CopyTable,
  options: { mtime: Date },
): Promise<TableSummary> {
  return new Promise((resolve, reject) => {
    const { pass, result } = createMeter();
    const text = Readable.from(pass(session.copyOut(table)), { objectMode: false });
    text.once('error', reject).once('end', () => {
      resolve({ name: table.name, columns: [...table.columns], ...result() });
    });
    zip.addReadStream(text, entryOf(table.name), { compress: true, mode: MODE, ...options });
  });
}

/** Adds everything that a session sees to an archive. */
async function addAll(zip: ZipFile, session: CopySession, secrets: Fingerprints): Promise<Manifest> {
  const now = new Date();
  await session.rows('begin isolation level repeatable read, read only');
  const migrations = await migrationsOf(session);
  if (migrations.length === 0)
    throw new BackupError('The database is empty, so there is nothing to back up.');
  const tables: TableSummary[] = [];
  const own = await tablesOf(session);
  const encryptionKey = await neededKeys(session, own, secrets.encryptionKey);
  for (const table of own) {
    tables.push(await addTable(zip, session, table, { mtime: now }));
  }
  await session.rows('commit');
  const manifest: Manifest = {
    format: FORMAT,
    version: programVersion(),
    createdAt: now.toISOString(),
    database: session.kind,
    migrations,
    secrets: { ...secrets, encryptionKey },
    tables,
  };
  const text = Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`);
  zip.addBuffer(text, 'manifest.json', { mode: MODE, mtime: now });
  zip.end();
  return manifest;
}

/** An archive that was written and read back. */
export interface WrittenArchive {
  rows: number;
  bytes: number;
}

/**
 * Writes everything that a session sees to an archive, and reads it back. If that fails, no archive is left.
 * @throws {BackupError} if it cannot be written.
 */
export async function writeArchive(
  session: CopySession,
  target: ArchiveTarget,
  secrets: Fingerprints,
  signal = new AbortController().signal,
): Promise<WrittenArchive> {
  const zip = new ZipFile();
  const failed = new Promise<never>((_, reject) => zip.once('error', reject));
  failed.catch(() => undefined);
  const stop = new AbortController();
  const ended = AbortSignal.any([signal, stop.signal]);
  let written: Promise<void> | undefined;
  try {
    written = target.write(zip.outputStream, ended);
    const [manifest] = await Promise.race([Promise.all([addAll(zip, session, secrets), written]), failed]);
    await verifyAndClose(await target.open(), signal);
    return {
      rows: manifest.tables.reduce((sum, { rows }) => sum + rows, 0),
      bytes: await target.keep(),
    };
  } catch (error) {
    stop.abort();
    await written?.catch(() => undefined);
    await target.discard();
    throw fileProblem(error, target.name, 'written');
  }
}
