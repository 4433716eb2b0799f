import type { Archive } from './read.ts';

/** Where an archive is written. */
export interface ArchiveTarget {
  /** The path of the archive, for messages. */
  name: string;
  /** @throws {BackupError} if there is an archive already, or no place for one. */
  requireFree: (signal: AbortSignal) => Promise<void>;
  /** Writes the whole archive. */
  write: (archive: NodeJS.ReadableStream, signal: AbortSignal) => Promise<void>;
  /** Opens what was written. */
  open: () => Promise<Archive>;
  /** Gives the archive its name, after it was read back. @returns its size in bytes. */
  keep: () => Promise<number>;
  /** Removes what was written. It does not fail. */
  discard: () => Promise<void>;
}
