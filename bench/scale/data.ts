import postgres from 'postgres';
import { piecesOf } from '#server/search/pieces';

/** How much an installation has. */
export interface Sizes {
  messages: number;
  accounts: number;
}

/** The numbers of accounts with very many and with many messages. Each group has a fifth of all messages. */
const LARGE = 20;
const MEDIUM = 1_000;
/** Message `i` belongs to group `i % GROUPS`: a large account, a medium one, or one of three groups of small ones. */
const GROUPS = 5;
const MESSAGES_OF_CHAT = 20;
/** The share of the messages of a large account that its longest chat has. */
const LONGEST = 0.1;
/** The number of different texts. Half of them have fewer than 13 words, and one of a hundred has 800. */
const TEXTS = 5_000;
const VOCABULARY = 2_000;
const MAX_WORDS = 800;
/** One of so many messages of an account has the rare word. */
const RARE_EVERY = 10_000;
/** The number of messages of one statement. */
const BATCH = 100_000;

export const WORDS = { rare: 'zebra', common: 'word7', missing: 'nowhere' } as const;

/** A measured account, and its longest chat. */
export interface Account {
  userId: string;
  chatId: string;
}

const smallOf = ({ accounts }: Sizes) => Math.floor((accounts - LARGE - MEDIUM) / (GROUPS - 2));

/** Returns the measured accounts by their number of messages. */
export function measuredAccounts(sizes: Sizes): [messages: number, accounts: Account[]][] {
  const of = (kind: string, chat: string, total: number): [number, Account[]] => {
    const measured = Array.from({ length: Math.min(100, total) }, (_, index) => {
      const userId = `${kind}-${Math.floor((index * total) / Math.min(100, total))}`;
      return { userId, chatId: `${userId}-${chat}` };
    });
    return [Math.floor(sizes.messages / GROUPS / total), measured];
  };
  return [of('large', 'longest', LARGE), of('medium', '0', MEDIUM), of('small', '0', smallOf(sizes))];
}

/** Returns a number from 0 up to 1, the same for the same seed. */
function random(seed: number): number {
  const x = Math.sin(seed) * 10_000;
  return x - Math.floor(x);
}

/** Returns a text of common and rarer words. */
function textOf(number: number): string {
  const length = Math.min(MAX_WORDS, Math.floor(5 + 8 / (1 - random(number))));
  const wordAt = (index: number) => `word${Math.floor(VOCABULARY * random(number * 7.1 + index) ** 3)}`;
  return Array.from({ length }, (_, index) => wordAt(index)).join(' ');
}

/**
 * Fills an empty database. Accounts write in turn, so the messages of each are spread over the whole table, as in the
 * worst case. The chunks for search are the same as the server would write.
 */
export async function fill(url: string, sizes: Sizes, onBatch: (done: number) => void): Promise<void> {
  const db = postgres(url, { max: 1, onnotice: () => undefined });
  // Skips foreign key checks, which would take most of the time and find nothing here.
  await db`set session_replication_role = replica`;
  await db`set synchronous_commit = off`;
  await db`set maintenance_work_mem = '1GB'`;
  // Building an index at the end takes a fraction of the time of updating it with each row.
  const indexes = await db<{ name: string; definition: string }[]>`
    select indexname as name, indexdef as definition from pg_indexes
    where schemaname = 'public' and tablename in ('messages', 'search_pieces') and indexdef not like 'CREATE UNIQUE%'`;
  for (const { name } of indexes) await db`drop index ${db(name)}`;
  const key = 'search_pieces_chat_id_message_id_piece_pk';
  await db`alter table search_pieces drop constraint ${db(key)}`;

  await insertTexts(db);
  await createPlaces(db, sizes);
  for (let first = 0; first < sizes.messages; first += BATCH) {
    const last = Math.min(first + BATCH, sizes.messages) - 1;
    await insertMessages(db, sizes, first, last);
    onBatch(last + 1);
  }
  await db`insert into chats (id, user_id, title, title_folded, leaf_id, message_count, size, active_at)
    select chat_id, min(user_id), 'About ' || chat_id, 'about ' || chat_id, max(id), count(*), sum(size), max(created_at)
    from messages group by chat_id`;
  await db`insert into users (id, name, name_folded, email, created_at)
    select user_id, initcap(user_id), user_id, user_id || '@example.com', now() - row_number() over () * interval '1 minute'
    from (select distinct user_id from chats) owners`;
  await db`alter table search_pieces add constraint ${db(key)} primary key (chat_id, message_id, piece)`;
  for (const { definition } of indexes) await db.unsafe(definition);
  await db`vacuum analyze`;
  await db`checkpoint`;
  await db.end();
}

/** Creates the table of texts, as messages and as chunks for search. */
async function insertTexts(db: postgres.Sql): Promise<void> {
  await db`create temp table texts (number int, text text)`;
  await db`create temp table pieces (number int, piece int, start int, text text)`;
  const texts = Array.from({ length: TEXTS }, (_, number) => ({ number, text: textOf(number) }));
  const pieces = texts.flatMap(({ number, text }) =>
    [...piecesOf(text)].map((each) => ({ number, ...each })),
  );
  await db`insert into texts select * from jsonb_populate_recordset(null::texts, ${db.json(texts)})`;
  await db`insert into pieces
    select number, piece, start, text from jsonb_to_recordset(${db.json(pieces)}) as p(number int, piece int, start int, text text)`;
  await db`analyze texts`;
  await db`analyze pieces`;
}

/** Creates a function that returns the owner, the chat, the parent and the text of messages. */
async function createPlaces(db: postgres.Sql, sizes: Sizes): Promise<void> {
  const small = smallOf(sizes);
  const longest = Math.floor((sizes.messages / GROUPS / LARGE) * LONGEST);
  const id = (i: string) => `lpad(to_hex(${i}), 12, '0')`;
  const chat = `case when kind = 'large' and n < ${longest} then 'longest' else (n / ${MESSAGES_OF_CHAT})::text end`;
  const isFirst = `case when kind = 'large' and n < ${longest} then n = 0 else n % ${MESSAGES_OF_CHAT} = 0 end`;
  await db.unsafe(`create function pg_temp.places(first int, last int)
    returns table (i int, id text, user_id text, chat_id text, parent_id text, n int, number int) language sql as $$
    select i, ${id('i')}, kind || '-' || account, kind || '-' || account || '-' || ${chat},
      case when not ${isFirst} then ${id(`i - ${GROUPS} * accounts`)} end, n, (i::bigint * 7919 % ${TEXTS})::int
    from (
      select i, kind, accounts, i / ${GROUPS} % accounts + least(0, 2 - i % ${GROUPS}) * -accounts as account, i / ${GROUPS} / accounts as n
      from generate_series(first, last) as i
      join (values (0, 'large', ${LARGE}), (1, 'medium', ${MEDIUM}), (2, 'small', ${small}), (3, 'small', ${small}),
        (4, 'small', ${small})) as kinds (of, kind, accounts) on of = i % ${GROUPS}
    ) placed $$`);
}

async function insertMessages(
  db: postgres.Sql,
  { messages }: Sizes,
  first: number,
  last: number,
): Promise<void> {
  const rare = db`case when n % ${RARE_EVERY}::int = 7 then ${` ${WORDS.rare}`} else '' end`;
  await db`with placed as materialized (select * from pg_temp.places(${first}::int, ${last}::int)),
    written as (
      insert into messages (id, chat_id, user_id, parent_id, role, status, parts, created_at)
      select id, chat_id, user_id, parent_id, case when n % 2 = 0 then 'user' else 'assistant' end, 'complete',
        json_build_array(json_build_object('type', 'text', 'text', text || ${rare})),
        now() - (${messages}::int - i) * interval '1 second'
      from placed join texts using (number)
    )
    insert into search_pieces (chat_id, message_id, piece, user_id, start, size, text)
    select chat_id, id, piece, user_id, start, sum(octet_length(text || ${rare})) over (partition by id), text || ${rare}
    from placed join pieces using (number)`;
}
