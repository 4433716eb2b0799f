import postgres from 'postgres';

/** The accounts and chats that exist at every size: a large account and a small one. */
export const ACCOUNTS = { large: 'large', small: 'small' } as const;
export const LONG_CHAT = 'long';
export const SHORT_CHAT = 'short';

/** The number of chats and messages of the small account. */
const FEW = 60;
/** The number of chats of each other account. */
const CHATS_EACH = 100;
/** A word in ten titles and ten messages of the large account, and in ten messages of the small account. */
export const RARE_WORD = 'zebra';
const RARE = 10;
/** A word in every title of every account. */
export const COMMON_WORD = 'notes';

/**
 * Fills an empty database. The large account has `rows` chats, and `rows` messages in one of them. Other accounts have
 * as many chats in total, with a question in each. The small account has few. The rows of the accounts are interleaved,
 * as in a database in use.
 */
export async function fill(url: string, rows: number): Promise<void> {
  const db = postgres(url, { max: 1, onnotice: () => undefined });
  // Skips foreign key checks, which would take most of the time and find nothing here.
  await db`set session_replication_role = replica`;
  // These functions exist as long as this connection.
  await db`create function pg_temp.id(i int) returns text language sql as
    $$select lpad(to_hex(i), 12, '0') || '-' || left(md5(i::text), 20)$$`;
  await db.unsafe(`create function pg_temp.owner(i int) returns text language sql as
    $$select case when i % 2 = 0 then '${ACCOUNTS.large}' else 'other-' || (i / 2 / ${CHATS_EACH}) end$$`);
  await db.unsafe(`create function pg_temp.rare(i int) returns text language sql as
    $$select case when i % ${(2 * rows) / RARE} = 0 then ' ${RARE_WORD}' else '' end$$`);
  const parts = db`json_build_array(json_build_object('type', 'text', 'text', repeat('A sentence of an answer. ', 10)))`;
  const role = db`case when i % 4 < 2 then 'assistant' else 'user' end`;
  const others = Math.ceil(rows / CHATS_EACH);

  await db`insert into users (id, name, email)
    select id, 'Bench', id || '@example.com' from (
      select 'other-' || i as id from generate_series(0, ${others}::int) as i
      union all values (${ACCOUNTS.large}), (${ACCOUNTS.small})) accounts`;
  await db`insert into chats (id, user_id, title, pinned, active_at)
    select pg_temp.id(i), pg_temp.owner(i), ${COMMON_WORD} || ' ' || (i % 5000) || pg_temp.rare(i), i % 1000 = 0,
      now() - (${2 * rows}::int - i) * interval '1 second'
    from generate_series(1, ${2 * rows}::int) as i`;
  await db`insert into chats (id, user_id, title)
    select 'few-' || i, ${ACCOUNTS.small}, ${COMMON_WORD} from generate_series(1, ${FEW}::int) as i
    union all values (${SHORT_CHAT}, ${ACCOUNTS.small}, ${COMMON_WORD}), (${LONG_CHAT}, ${ACCOUNTS.large}, ${COMMON_WORD})`;

  // Even numbers are messages of the long chat, odd ones a question in a chat of another account.
  await db`insert into messages (id, chat_id, user_id, parent_id, role, status, parts)
    select pg_temp.id(i), case when i % 2 = 0 then ${LONG_CHAT} else pg_temp.id(i) end, pg_temp.owner(i),
      case when i % 2 = 0 and i > 2 then pg_temp.id(i - 2) end, ${role}, 'complete', ${parts}
    from generate_series(1, ${2 * rows}::int) as i`;
  await db`insert into messages (id, chat_id, user_id, parent_id, role, status, parts)
    select 'few-' || pg_temp.id(i), ${SHORT_CHAT}, ${ACCOUNTS.small}, case when i > 1 then 'few-' || pg_temp.id(i - 1) end,
      ${role}, 'complete', ${parts} from generate_series(1, ${FEW}::int) as i`;
  await db`insert into search_pieces (chat_id, message_id, piece, user_id, start, size, text)
    select chat_id, id, 0, user_id, 0, octet_length(text), text from (
      select id, chat_id, user_id, 'sentence ' || (i % 5000) || pg_temp.rare(i) as text
      from generate_series(1, ${2 * rows}::int) as i join messages on id = pg_temp.id(i)
      union all
      select id, chat_id, user_id, 'sentence' || case when i % 6 = 0 then ${` ${RARE_WORD}`} else '' end
      from generate_series(1, ${FEW}::int) as i join messages on id = 'few-' || pg_temp.id(i)) written`;
  await db`update chats set title_folded = title`;
  await db`update users set name_folded = lower(name)`;
  await db`update chats set leaf_id = (select max(id) from messages where chat_id = chats.id)
    where id in (${LONG_CHAT}, ${SHORT_CHAT})`;
  await db`vacuum analyze`;
  await db`checkpoint`;
  await db.end();
}

/** Returns the keys of the rows in the middle of the lists of the large account. */
export async function middle(url: string, rows: number) {
  const db = postgres(url, { max: 1 });
  const [chat] = await db<{ pinned: boolean; activeAt: Date; id: string }[]>`
    select pinned, active_at as "activeAt", id from chats where user_id = ${ACCOUNTS.large} and not archived
    order by pinned desc, active_at desc, id desc offset ${Math.floor(rows / 2)} limit 1`;
  const [message] = await db<{ id: string }[]>`
    select id from messages where chat_id = ${LONG_CHAT} order by id offset ${Math.floor(rows / 2)} limit 1`;
  await db.end();
  if (!chat || !message) throw new Error('The lists have no middle.');
  return { chat, message };
}
