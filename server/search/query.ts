import { sql, type SQL } from 'drizzle-orm';
import { invalidInput } from '#layer/index';
import { fold } from './fold.ts';
import { MAX_NEEDLE } from './pieces.ts';

/** A text between quotes, or a word. */
const PHRASE_OR_WORD = /"([^"]*)"|\S+/g;

/**
 * Returns the folded words and phrases of a search. A message or title matches if it contains all of them. A word that
 * is part of another is left out.
 * @throws {AppError} INVALID_INPUT if one is longer than MAX_NEEDLE when folded.
 */
export function needlesOf(search: string): string[] {
  const needles = [...search.matchAll(PHRASE_OR_WORD)].map(([word, phrase]) => fold(phrase ?? word).trim());
  const long = needles.find((needle) => needle.length > MAX_NEEDLE);
  if (long !== undefined) {
    const message = `has a word that is ${long.length} characters long without ligatures; at most ${MAX_NEEDLE} are allowed`;
    throw invalidInput([{ pointer: '/search', message }]);
  }
  const distinct = [...new Set(needles)].filter((needle) => needle !== '');
  return distinct.filter((needle) => !distinct.some((other) => other !== needle && other.includes(needle)));
}

/** A condition: a folded text contains a needle. */
export const has = (text: SQL, needle: string) => sql`strpos(${text}, ${needle}) > 0`;

/** A condition: a folded text contains all needles. */
export const hasAll = (text: SQL, needles: readonly string[]) =>
  sql.join(
    needles.map((needle) => has(text, needle)),
    sql` and `,
  );
