import { crc32 } from 'node:zlib';
import { buffer } from 'node:stream/consumers';
import { type Entry, openPromise, type ZipFile } from 'yauzl';
import type { S3Config } from '#server/s3/config';
import { createMeter, Manifest, type TableSummary } from './manifest.ts';
import { isS3Path } from './paths.ts';
import { BackupError, fileProblem } from './problem.ts';

const MAX_MANIFEST_BYTES = 16 * 1024 * 1024;

/** An archive that is open for reading. */
export interface Archive {
  manifest: Manifest;
  /**
   * Returns the COPY text of a table. At its end, it is compared with the manifest.
   * @throws {BackupError} if the archive is damaged.
   */
  read: (table: TableSummary) => AsyncGenerator<Uint8Array>;
  close: () => void;
}

const damaged = (path: string, what: string, cause?: unknown) =>
  new BackupError(`${path} is damaged, or no backup of this program: ${what}.`, { cause });

async function entriesOf(zip: ZipFile): Promise<Map<string, Entry>> {
  const entries = new Map<string, Entry>();
  for await (const entry of zip.eachEntry()) entries.set(entry.fileName, entry);
  return entries;
}

async function readManifest(path: string, zip: ZipFile, entry: Entry | undefined): Promise<Manifest> {
  if (!entry || entry.uncompressedSize > MAX_MANIFEST_BYTES) throw damaged(path, 'it has no manifest');
  const text = await buffer(await zip.openReadStreamPromise(entry));
  if (crc32(text) !== entry.crc32) throw damaged(path, 'its manifest was changed');
  const content: unknown = JSON.parse(text.toString());
  const { data, error } = Manifest.safeParse(content);
  if (data) return data;
  if (typeof content === 'object' && content !== null && 'format' in content && Number(content.format) > 1) {
    throw new BackupError(
      `${path} was made by a newer version of this program. Restore it with that version.`,
    );
  }
  throw damaged(path, 'its manifest is not valid', error);
}

async function openZip(path: string, s3: S3Config | undefined): Promise<ZipFile> {
  if (!isS3Path(path)) return openPromise(path, { autoClose: false });
  const { openObject } = await import('./s3-object.ts');
  return openObject(path, s3);
}

/**
 * Opens an archive and reads its manifest.
 * @param path a file, or `s3://bucket/key`.
 * @param s3 the bucket of the settings, which has the key for all buckets.
 * @throws {BackupError} if the file is not a complete archive.
 */
export async function openArchive(path: string, s3?: S3Config): Promise<Archive> {
  const zip = await openZip(path, s3).catch((error: unknown) => {
    const problem = fileProblem(error, path, 'read');
    throw problem instanceof BackupError ? problem : damaged(path, 'it is not complete', error);
  });
  try {
    const entries = await entriesOf(zip);
    const manifest = await readManifest(path, zip, entries.get('manifest.json'));
    return {
      manifest,
      async *read({ name, rows, bytes, sha256 }) {
        const entry = entries.get(`tables/${name}.copy`);
        if (!entry) throw damaged(path, `the table ${name} is missing`);
        const { pass, result } = createMeter();
        try {
          yield* pass(await zip.openReadStreamPromise(entry));
        } catch (error) {
          const problem = fileProblem(error, path, 'read');
          if (problem instanceof BackupError) throw problem;
          throw damaged(path, `the table ${name} cannot be read`, error);
        }
        const found = result();
        if (found.rows !== rows || found.bytes !== bytes || found.sha256 !== sha256) {
          throw damaged(path, `the table ${name} differs from the manifest`);
        }
      },
      close: () => zip.close(),
    };
  } catch (error) {
    zip.close();
    throw error instanceof BackupError ? error : damaged(path, 'it cannot be read', error);
  }
}

/**
 * Reads all tables of an archive and compares them with its manifest.
 * @throws {BackupError} if it is damaged.
 */
export async function verifyTables({ manifest, read }: Archive, signal?: AbortSignal): Promise<void> {
  for (const table of manifest.tables) {
    for await (const _ of read(table)) signal?.throwIfAborted();
  }
}

/**
 * Reads a whole archive and compares it with its manifest.
 * @throws {BackupError} if it is damaged.
 */
export async function verifyArchive(path: string, signal?: AbortSignal, s3?: S3Config): Promise<Manifest> {
  return verifyAndClose(await openArchive(path, s3), signal);
}

/** Does the same with an open archive, which it closes. */
export async function verifyAndClose(archive: Archive, signal?: AbortSignal): Promise<Manifest> {
  try {
    await verifyTables(archive, signal);
    return archive.manifest;
  } finally {
    archive.close();
  }
}
