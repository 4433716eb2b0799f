import { sql } from 'drizzle-orm';
import type { Database } from '#server/db/database';

/** The accounts that search: a large one and a small one. */
export const ACCOUNTS = { large: 'large', small: 'small' } as const;

/** The number of different needles of each kind. */
export const NEEDLES = 200;
const VOCABULARY = 2000;
const WORDS_OF_MESSAGE = 20;
const MESSAGES_OF_CHAT = 200;
/** One of so many messages has a rare word. */
const RARE_EVERY = 500;
/** The number of messages of one statement. */
const BATCH = 20_000;
/** The number of messages of the small account. */
const FEW = 10;

/**
 * Returns a common word. The lower its number, the more messages have it. Its syllables are the digits of the number in
 * base 20.
 */
export function commonWord(number: number): string {
  const syllables = 'ba ce di fo gu ha je ki lo mu na pe ri so tu va we xi yo zu'.split(' ');
  const digits = [Math.floor(number / 400), Math.floor(number / 20) % 20, number % 20];
  return digits.map((digit) => syllables[digit]).join('');
}

export const rareWord = (number: number): string => `rare${number}`;

/**
 * Fills an empty database. The large account has `rows` messages in chats of 200. The small account has ten, spread
 * among them. The chunks are the same as the server would write, because folding does not change these texts.
 */
export async function fill(
  { execute }: Database,
  rows: number,
  onBatch: (done: number) => void,
): Promise<void> {
  const words = Array.from({ length: VOCABULARY }, (_, number) => commonWord(number));
  const id = (i: string) => sql.raw(`lpad(to_hex(${i}), 12, '0')`);
  for (const account of Object.values(ACCOUNTS)) {
    await execute(
      sql`insert into users (id, name, email) values (${account}, 'Bench', ${`${account}@example.com`})`,
    );
  }
  await execute(sql`insert into chats (id, user_id, title, title_folded, message_count, size)
    select 'chat-' || ${id('i')}, ${ACCOUNTS.large}, 'About ' || i, 'about ' || i, ${MESSAGES_OF_CHAT}::int,
      ${MESSAGES_OF_CHAT * 150}::int
    from generate_series(0, ${Math.ceil(rows / MESSAGES_OF_CHAT) - 1}::int) as i
    union all select 'chat-few', ${ACCOUNTS.small}, 'Few', 'few', ${FEW}::int, ${FEW * 150}::int`);
  const vocabulary = sql`(
    select array_agg(word) as v from json_array_elements_text(${JSON.stringify(words)}::json) as word)`;
  // A new random number for each row and each word, because the expression uses `i` and `w`. The cube puts a few words
  // into most messages, and most words into few.
  const text = sql`(select string_agg(v[1 + floor(${VOCABULARY}::int * power(random(), 3))::int + 0 * w], ' ')
    from generate_series(1, ${WORDS_OF_MESSAGE}::int + 0 * i) as w)
    || case when i % ${RARE_EVERY}::int = 0 then ' rare' || (i / ${RARE_EVERY}::int % ${NEEDLES}::int) else '' end`;
  const isFew = sql`i % ${Math.floor(rows / FEW)}::int = 1`;
  for (let first = 0; first < rows; first += BATCH) {
    const last = Math.min(first + BATCH, rows) - 1;
    await execute(sql`with written as (
      insert into messages (id, chat_id, user_id, role, status, parts)
      select ${id('i')}, case when ${isFew} then 'chat-few' else 'chat-' || ${id(`i / ${MESSAGES_OF_CHAT}`)} end,
        case when ${isFew} then ${ACCOUNTS.small} else ${ACCOUNTS.large} end,
        case when i % 2 = 0 then 'user' else 'assistant' end, 'complete',
        json_build_array(json_build_object('type', 'text', 'text', ${text}))
      from ${vocabulary} vocabulary, generate_series(${first}::int, ${last}::int) as i
      returning id, chat_id, user_id, parts -> 0 ->> 'text' as text
    )
    insert into search_pieces (chat_id, message_id, piece, user_id, start, size, text)
    select chat_id, id, 0, user_id, 0, octet_length(text), text from written`);
    onBatch(last + 1);
  }
}
