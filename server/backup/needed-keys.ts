import { z } from 'zod';
import type { CopySession, CopyTable } from '#server/db/copying/session';
import type { NonEmpty } from '#server/settings/secrets';
import { KEY_PREFIX_LENGTH, keyIdIn } from '#server/secrets/cipher';

/** The columns with ciphertexts. An earlier version of the database may lack a table. */
const COLUMNS = { provider_keys: 'ciphertext', idempotency_keys: 'answer' };

const Beginnings = z.array(z.object({ beginning: z.string() }));

/** Returns the ids of all keys with which something is encrypted; `null` for ciphertexts that name none. */
export async function usedKeys(
  { rows }: Pick<CopySession, 'rows'>,
  tables: readonly CopyTable[],
): Promise<Set<string | null>> {
  const used = new Set<string | null>();
  for (const [table, column] of Object.entries(COLUMNS)) {
    if (!tables.some(({ name, columns }) => name === table && columns.includes(column))) continue;
    const found = await rows(`
      select distinct case when substr(${column}, 1, 3) = 'v2.'
        then substr(${column}, 1, ${KEY_PREFIX_LENGTH}) else 'v1.' end as beginning
      from public.${table} where ${column} is not null`);
    for (const { beginning } of Beginnings.parse(found)) used.add(keyIdIn(beginning));
  }
  return used;
}

/**
 * Returns those of an installation's keys that its data needs: the first one, and older ones with which something is
 * still encrypted. A ciphertext that names no key may need any of them.
 */
export async function neededKeys(
  session: Pick<CopySession, 'rows'>,
  tables: readonly CopyTable[],
  keys: NonEmpty<string>,
): Promise<NonEmpty<string>> {
  const [first, ...older] = keys;
  if (older.length === 0) return keys;
  const used = await usedKeys(session, tables);
  return used.has(null) ? keys : [first, ...older.filter((id) => used.has(id))];
}
