import { sql, type SQL } from 'drizzle-orm';
import { searchPieces } from '#server/db/schema/index';
import { has } from './query.ts';

/** How much one page of a search examines, regardless of its hits. A message is examined completely. */
export interface Bounds {
  /** Messages, or titles. */
  candidates: number;
  /** Bytes of folded text. */
  bytes: number;
}

const CANDIDATES = 10_000;
const BYTES = 4 * 1024 * 1024;
/** A page that takes longer than this ends as soon as it has examined PROMPT_CANDIDATES. */
const PROMPT = sql`interval '20 milliseconds'`;
const PROMPT_CANDIDATES = 100;

/**
 * A condition: the statement should end its page now, because it takes long. In a database that is larger than the
 * memory, the messages of one account are spread over the disk, and reading 10,000 of them takes seconds.
 * @param number how many messages or titles it has examined.
 */
export const isSlow = (number: SQL) =>
  sql`(${number} >= ${PROMPT_CANDIDATES}::int and clock_timestamp() > statement_timestamp() + ${PROMPT})`;

/** Returns the bounds of a page. They shrink with the number of needles, because each costs time. */
export const boundsFor = (needles: readonly string[]): Bounds => ({
  candidates: Math.ceil(CANDIDATES / needles.length),
  bytes: Math.ceil(BYTES / needles.length),
});

/** A condition for the first piece of a message, `examined`: any piece of the message contains a needle. */
const hasAnywhere = (needle: string) => sql`(${has(sql`examined.text`, needle)} or (
  examined.size > octet_length(examined.text) and exists (
    select from ${searchPieces} more
    where more.chat_id = examined.chat_id and more.message_id = examined.message_id and more.piece > 0
      and ${has(sql`more.text`, needle)}
    -- Keeps the planner from reading the pieces of all messages at once.
    offset 0
  )))`;

/**
 * A relation of the messages that contain all needles, newest first: `chat_id`, `message_id`, `hit`, `edge`. If the
 * walk ends at its bounds, its last row has `edge`, even if that is not a hit, and so has each row after it became
 * slow. If it has examined everything, no row has `edge`. It is read row by row, so a LIMIT around it ends it early.
 * @param first selects `chat_id, message_id, size, text` of the first pieces of the messages to examine.
 */
export const walk = (first: SQL, needles: readonly string[], { candidates, bytes }: Bounds) => {
  const isEdge = sql`(number = ${candidates}::int or total >= ${bytes}::int or ${isSlow(sql`number`)})`;
  return sql`
  select chat_id, message_id, ${sql.join(needles.map(hasAnywhere), sql` and `)} as hit, ${isEdge} as edge
  from (
    select chat_id, message_id, size, text, row_number() over newer as number, sum(size) over newer as total
    from (${first} order by message_id desc limit ${candidates}::int) candidate
    window newer as (order by message_id desc rows unbounded preceding)
  ) examined
  where total - size < ${bytes}::int and (${isEdge} or (${sql.join(needles.map(hasAnywhere), sql` and `)}))
  order by message_id desc`;
};

/** A row of a walk, or of the similar query for titles. */
export interface Walked {
  id: string;
  hit: boolean;
  edge: boolean;
}

/**
 * Returns a page of the rows of a walk that were read with `limit + 1`.
 * @returns the hits, and the id after which the next page continues; `null` if everything was examined.
 */
export function pageOf<Row extends Walked>(rows: Row[], limit: number): { hits: Row[]; next: string | null } {
  const last = rows.length > limit ? rows[limit - 1] : rows.at(-1);
  const isCut = rows.length > limit || last?.edge === true;
  return { hits: rows.slice(0, limit).filter(({ hit }) => hit), next: isCut && last ? last.id : null };
}
