import postgres from 'postgres';

/** The number of connections that write at the same time. */
export const WRITERS = 4;

export const CHATS = 1000;

/** Fills a migrated, empty database with messages of about 300 bytes in chats of one account. */
export async function fill(url: string, messages: number): Promise<void> {
  const db = postgres(url, { max: 1, onnotice: () => undefined });
  // Skips foreign key checks, which would take most of the time and find nothing here.
  await db`set session_replication_role = replica`;
  await db`insert into users (id, name, email) values ('bench', 'Bench', 'bench@example.com')`;
  await db`insert into chats (id, user_id) select 'chat-' || i, 'bench' from generate_series(0, ${CHATS - 1}::int) as i`;
  await db`insert into messages (id, chat_id, user_id, role, status, parts)
    select lpad(to_hex(i), 12, '0') || '-' || left(md5(i::text), 20), 'chat-' || i % ${CHATS}::int, 'bench', 'user', 'complete',
      json_build_array(json_build_object('type', 'text', 'text', repeat('A sentence of an answer. ', 10)))
    from generate_series(1, ${messages}::int) as i`;
  await db`vacuum analyze`;
  await db`checkpoint`;
  await db.end();
}

/** Inserts messages as long as `work` runs. @returns how long each insert took, in milliseconds. */
export async function writeDuring(url: string, work: () => Promise<unknown>): Promise<number[]> {
  const times: number[] = [];
  const stop = new AbortController();
  const writers = Array.from({ length: WRITERS }, async (_, writer) => {
    const db = postgres(url, { max: 1 });
    await db`select 1`;
    for (let n = 0; !stop.signal.aborted; n++) {
      const began = performance.now();
      await db`insert into messages (id, chat_id, user_id, role, status, parts)
        values (${`${began}-${writer}-${n}`}, ${`chat-${n % CHATS}`}, 'bench', 'user', 'complete', '[]')`;
      times.push(performance.now() - began);
    }
    await db.end();
  });
  try {
    await work();
  } finally {
    stop.abort();
    await Promise.all(writers);
  }
  return times;
}
