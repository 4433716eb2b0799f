import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { NonEmpty } from '#server/settings/secrets';
import { fingerprintOf } from '#server/secrets/keyring';
import type { Secrets } from '#server/secrets/secrets';

/** The version of the format of archives. */
export const FORMAT = 1;

const Hash = z.string().regex(/^[0-9a-f]{64}$/);
const Fingerprint = z.string().regex(/^[0-9a-f]{16}$/);
/** Archives from before secrets were lists have a text. */
const FingerprintList = z
  .union([Fingerprint, z.tuple([Fingerprint], Fingerprint)])
  .transform((given): NonEmpty<string> => (typeof given === 'string' ? [given] : given));

/** What an archive contains about one table. */
const TableSummary = z.strictObject({
  name: z.string().min(1),
  columns: z.array(z.string()).min(1),
  rows: z.int().min(0),
  bytes: z.int().min(0),
  /** Of the COPY text. */
  sha256: Hash,
});
export type TableSummary = z.output<typeof TableSummary>;

/** The last file of an archive, `manifest.json`. */
export const Manifest = z.strictObject({
  format: z.literal(FORMAT),
  /** The version of the program that made the archive. */
  version: z.string(),
  createdAt: z.iso.datetime(),
  database: z.enum(['pglite', 'postgres']),
  /** The hashes of the migrations of the database, in their order. */
  migrations: z.array(Hash).min(1),
  /** Fingerprints of the secrets that the data needs, newest first. */
  secrets: z.strictObject({ authSecret: FingerprintList, encryptionKey: FingerprintList }),
  tables: z.array(TableSummary),
});
export type Manifest = z.output<typeof Manifest>;

/** Fingerprints of secrets. */
export type Fingerprints = Manifest['secrets'];

/** Returns fingerprints by which secrets can be compared, and from which they cannot be computed. */
export function fingerprintsOf({ authSecrets: [first, ...older], encryptionKeys }: Secrets): Fingerprints {
  const of = (secret: string) => fingerprintOf('AUTH_SECRET', secret);
  const [{ id }, ...olderKeys] = encryptionKeys;
  return {
    authSecret: [of(first), ...older.map(of)],
    encryptionKey: [id, ...olderKeys.map((key) => key.id)],
  };
}

const NEWLINE = 10;

/** Passes COPY text on, and counts and hashes it. */
export function createMeter(): {
  pass: (chunks: AsyncIterable<Uint8Array>) => AsyncGenerator<Uint8Array>;
  result: () => Pick<TableSummary, 'rows' | 'bytes' | 'sha256'>;
} {
  const hash = createHash('sha256');
  let [rows, bytes] = [0, 0];
  return {
    async *pass(chunks) {
      for await (const chunk of chunks) {
        hash.update(chunk);
        bytes += chunk.length;
        for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, at + 1)) rows++;
        yield chunk;
      }
    },
    result: () => ({ rows, bytes, sha256: hash.digest('hex') }),
  };
}
