import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Database } from '#server/db/database';
import { decrypt, encrypt, KEY_PREFIX_LENGTH, keyPrefix } from '#server/secrets/cipher';
import type { Keyring } from '#server/secrets/keyring';
import { SEALED, type SealedColumn } from './sealed.ts';

/** The rows of a batch. A stored response has up to 64 KiB, so a batch has a few megabytes at most. */
const BATCH = 50;
/** The length of the beginning of a ciphertext that no other one has, because it contains the nonce, in characters. */
const HEAD_LENGTH = 64;

const Rows = z.array(z.object({ userId: z.string(), name: z.string(), value: z.string() }));
type Row = z.output<typeof Rows>[number];

/** A row with its new ciphertext. */
interface Changed {
  userId: string;
  name: string;
  /** The beginning of the old ciphertext. */
  head: string;
  sealed: string;
}

/** Returns the next rows that need another key than the first one, in the order of their keys. */
async function nextRows(
  { execute }: Database,
  { table, name, value }: SealedColumn,
  [{ id }]: Keyring,
  after: Pick<Row, 'userId' | 'name'>,
): Promise<Row[]> {
  return Rows.parse(
    await execute(sql`
      select user_id as "userId", ${name} as name, ${value} as value from ${table}
      where (user_id, ${name}) > (${after.userId}, ${after.name})
        and substr(${value}, 1, ${sql.raw(String(KEY_PREFIX_LENGTH))}) <> ${keyPrefix(id)}
      order by user_id, ${name} limit ${sql.raw(String(BATCH))}`),
  );
}

/** Replaces ciphertexts that nobody has changed meanwhile. Returns how many. */
async function replace(
  { execute }: Database,
  { table, name, value }: SealedColumn,
  changed: readonly Changed[],
): Promise<number> {
  const replaced = await execute(sql`
    update ${table} as old set ${value} = changed.sealed
    from json_to_recordset(${JSON.stringify(changed)}::json)
      as changed("userId" text, name text, head text, sealed text)
    where old.user_id = changed."userId" and old.${name} = changed.name
      and substr(old.${value}, 1, ${sql.raw(String(HEAD_LENGTH))}) = changed.head
    returning old.user_id`);
  return replaced.length;
}

function reencrypted(keys: Keyring, { boundTo }: SealedColumn, { userId, name, value }: Row): Changed[] {
  const owner = boundTo(userId, name);
  let text: string;
  try {
    text = decrypt(keys, value, owner);
  } catch {
    // It is counted as unreadable.
    return [];
  }
  return [{ userId, name, head: value.slice(0, HEAD_LENGTH), sealed: encrypt(keys, text, owner) }];
}

/** How many values of a column were re-encrypted, and how many no key decrypts. */
export interface Rotated {
  column: SealedColumn;
  count: number;
  unreadable: number;
}

async function rotateColumn(
  database: Database,
  column: SealedColumn,
  keys: Keyring,
  signal: AbortSignal,
): Promise<Rotated> {
  let [count, unreadable] = [0, 0];
  let rows = await nextRows(database, column, keys, { userId: '', name: '' });
  for (let last = rows.at(-1); last !== undefined; last = rows.at(-1)) {
    signal.throwIfAborted();
    const changed = rows.flatMap((row) => reencrypted(keys, column, row));
    unreadable += rows.length - changed.length;
    if (changed.length > 0) count += await replace(database, column, changed);
    rows = await nextRows(database, column, keys, last);
  }
  return { column, count, unreadable };
}

/**
 * Re-encrypts everything that another key than the first one protects, in batches, each in a transaction of its own.
 * Values may be written and read meanwhile. It can be ended at any time and run again, because each ciphertext names
 * its key.
 */
export async function rotateKeys(database: Database, keys: Keyring, signal: AbortSignal): Promise<Rotated[]> {
  const rotated: Rotated[] = [];
  for (const column of SEALED) rotated.push(await rotateColumn(database, column, keys, signal));
  return rotated;
}
