import { and, eq, gt, inArray, lt, max, ne, type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Database, Db } from '#server/db/database';
import { installation, oauthAccessTokens, sessions } from '#server/db/schema/index';
import type { Logger } from '#server/log/index';
import { KEY_PREFIX_LENGTH, keyIdIn } from '#server/secrets/cipher';
import { fingerprintOf, type SecretName } from '#server/secrets/keyring';
import type { Secrets } from '#server/secrets/secrets';
import { SEALED, type SealedColumn } from './sealed.ts';

/** The fact of the installation with which key the server that started last encrypts. */
export const ENCRYPTS = 'encryption-key';
/** The fact of the installation with which secret the server that started last signs. */
export const SIGNS_LAST = 'auth-secret-of-last-start';
/** The fact of the installation with which secret all servers sign. */
const SIGNS = 'auth-secret';

/** Writes the fingerprint of a secret and since when it is in use, which is now if it was another one. */
async function record(db: Db, fact: string, value: string): Promise<void> {
  await db
    .insert(installation)
    .values({ fact, value })
    .onConflictDoUpdate({
      target: installation.fact,
      set: { value, createdAt: sql`now()` },
      setWhere: ne(installation.value, value),
    });
}

/** Returns since when the secret with a fingerprint is in use; `undefined` if it is not known to be. */
async function inUseSince(db: Db, fact: string, value: string): Promise<Date | undefined> {
  const [row] = await db
    .select({ createdAt: installation.createdAt })
    .from(installation)
    .where(and(eq(installation.fact, fact), eq(installation.value, value)));
  return row?.createdAt;
}

/** How many values of a column a key protects. */
export interface KeyUse {
  column: SealedColumn;
  /** `null` for values that were written before ciphertexts named their key. */
  id: string | null;
  count: number;
}

const Counts = z.array(z.object({ beginning: z.string(), count: z.int() }));

/** The beginning of a ciphertext that names its key; `v1.` for all that name none. */
const beginningOf = (value: SQL) =>
  sql`case when substr(${value}, 1, 3) = 'v2.' then substr(${value}, 1, ${sql.raw(String(KEY_PREFIX_LENGTH))}) else 'v1.' end`;

async function usesOf({ execute }: Database, column: SealedColumn): Promise<KeyUse[]> {
  const { table, value } = column;
  const rows = await execute(sql`
    select ${beginningOf(value)} as beginning, count(*)::int as count from ${table} where ${value} is not null group by 1`);
  return Counts.parse(rows).map(({ beginning, count }) => ({ column, id: keyIdIn(beginning), count }));
}

/** Counts all encrypted values by their key. */
export async function keyUses(database: Database): Promise<KeyUse[]> {
  const uses: KeyUse[] = [];
  for (const column of SEALED) uses.push(...(await usesOf(database, column)));
  return uses;
}

/** Returns the uses of keys that are not among the given ones. */
export const missingUses = (uses: readonly KeyUse[], { encryptionKeys }: Secrets): KeyUse[] =>
  uses.filter(({ id }) => id !== null && encryptionKeys.every((key) => key.id !== id));

/** Returns the fingerprints of the first secrets of the server that started last, as far as they are known. */
export async function lastStarted(db: Db): Promise<Partial<Record<SecretName, string>>> {
  const rows = await db
    .select({ fact: installation.fact, value: installation.value })
    .from(installation)
    .where(inArray(installation.fact, [ENCRYPTS, SIGNS_LAST]));
  const valueOf = (fact: string) => rows.find((row) => row.fact === fact)?.value;
  const [authSecret, encryptionKey] = [valueOf(SIGNS_LAST), valueOf(ENCRYPTS)];
  return {
    ...(authSecret !== undefined && { AUTH_SECRET: authSecret }),
    ...(encryptionKey !== undefined && { ENCRYPTION_KEY: encryptionKey }),
  };
}

/**
 * Records at the start of a server with which secrets it signs and encrypts, and logs which provider keys it cannot decrypt. Stored
 * responses are left out, because they are many and end after a day.
 */
export async function checkKeys(database: Database, secrets: Secrets, log: Logger): Promise<void> {
  const [{ id }] = secrets.encryptionKeys;
  await record(database.db, ENCRYPTS, id);
  await record(database.db, SIGNS_LAST, fingerprintOf('AUTH_SECRET', secrets.authSecrets[0]));
  const uses = await Promise.all(
    SEALED.filter(({ what }) => what === 'provider key').map((column) => usesOf(database, column)),
  );
  for (const { id: missing, count } of missingUses(uses.flat(), secrets)) {
    log.error(
      { key: missing, count },
      'stored provider keys need a key that ENCRYPTION_KEY does not have; add it to the end of the list',
    );
  }
}

/** True if the server that started last encrypts with the first key. */
export const isServed = async (db: Db, { encryptionKeys: [{ id }] }: Secrets): Promise<boolean> =>
  (await inUseSince(db, ENCRYPTS, id)) !== undefined;

/** Records that all servers sign with the first secret: since now, unless that was recorded before. */
export const recordSigning = (db: Db, { authSecrets: [newest] }: Secrets): Promise<void> =>
  record(db, SIGNS, fingerprintOf('AUTH_SECRET', newest));

/** What older secrets may still sign. */
export interface OlderSignatures {
  sessions: number;
  tokens: number;
  /** When the last one of the sessions ends, unless it is used before; `null` if there are none. */
  until: Date | null;
}

/**
 * Counts what older secrets may have signed: the sessions that were not renewed, and the access tokens that were not
 * issued, since the first secret signs. Everything that is renewed is signed by the first one.
 * @returns `null` if it is not recorded since when the first secret signs.
 */
export async function olderSignatures(
  db: Db,
  { authSecrets: [newest] }: Secrets,
): Promise<OlderSignatures | null> {
  const since = await inUseSince(db, SIGNS, fingerprintOf('AUTH_SECRET', newest));
  if (!since) return null;
  const now = sql`now()`;
  const [row] = await db
    .select({ count: sql<number>`count(*)::int`, until: max(sessions.expiresAt) })
    .from(sessions)
    .where(and(lt(sessions.updatedAt, since), gt(sessions.expiresAt, now)));
  const tokens = await db.$count(
    oauthAccessTokens,
    and(lt(oauthAccessTokens.createdAt, since), gt(oauthAccessTokens.expiresAt, now)),
  );
  return { sessions: row?.count ?? 0, tokens, until: row?.until ?? null };
}
