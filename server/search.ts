import { sql, type SQL } from 'drizzle-orm';

/**
 * A search as PostgreSQL's tsquery: every word must be found, each as the beginning of a word.
 * @returns `undefined` when `search` has no word in it.
 */
export function prefixQuery(search: string): SQL | undefined {
  const words = search.match(/[\p{L}\p{N}]+/gu)?.slice(0, 16);
  if (!words) return undefined;
  return sql`to_tsquery('simple', ${words.map((word) => `${word}:*`).join(' & ')})`;
}
