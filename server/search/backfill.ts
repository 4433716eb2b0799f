import type { UIMessage } from 'ai';
import { eq, sql, type SQL } from 'drizzle-orm';
import { z } from 'zod';
import { nextSlice } from '#layer/index';
import type { Database } from '#server/db/database';
import { chats, installation, messages, users } from '#server/db/schema/index';
import { fold } from './fold.ts';
import { textOf } from './message-text.ts';
import { foldPieces, insertPieces } from './pieces.ts';

/** The maximum of rows, and of bytes of messages, that one statement reads and writes. */
const ROWS = 100;
const BYTES = 256 * 1024;

/** The fact that some messages are older than search. Its value is the id from which on messages are folded. */
const FOLDED_FROM = 'search-folded-from';

const Row = z.object({ id: z.string(), chat_id: z.string(), user_id: z.string() });
type Folded = z.output<typeof Row> & { pieces: unknown };

/** The newest messages before `id` that one step can fold, at least one. A message in progress is folded at its end. */
const olderThan = (id: string) => sql`
  select id, chat_id, user_id, status, case when before < ${BYTES}::int then parts end as parts
  from (
    select *, sum(size) over (order by id desc rows unbounded preceding) - size as before
    from (select id, chat_id, user_id, status, size, parts from ${messages}
      ${id === '' ? sql`` : sql`where id < ${id}`} order by id desc limit ${ROWS}::int) older
  ) step order by id desc`;

const Parts = z.custom<UIMessage['parts']>(Array.isArray);
const Message = Row.extend({ status: z.string(), parts: Parts.nullable() });

/** Folds some messages. @returns true if there are more. */
async function foldMessages({ db, execute }: Database): Promise<boolean> {
  const isMark = eq(installation.fact, FOLDED_FROM);
  const [mark] = await db.select({ from: installation.value }).from(installation).where(isMark);
  if (!mark) return false;
  const read = z.array(Message).parse(await execute(olderThan(mark.from)));
  const folded: Folded[] = [];
  for (const { id, chat_id, user_id, status, parts } of read) {
    if (parts === null) break;
    const pieces: unknown = status === 'streaming' ? [] : JSON.parse(await foldPieces(textOf(parts)));
    folded.push({ id, chat_id, user_id, pieces });
  }
  const isUnmoved = sql`fact = ${FOLDED_FROM} and value = ${mark.from}`;
  const last = folded.at(-1);
  if (!last) {
    await execute(sql`delete from ${installation} where ${isUnmoved}`);
    return false;
  }
  // If several instances do the same step, only one moves the mark, and only that one writes.
  await execute(sql`
    with moved as (update ${installation} set value = ${last.id} where ${isUnmoved} returning value),
    step as (
      select chat_id, id as message_id, user_id, pieces from moved, json_to_recordset(${JSON.stringify(folded)}::json)
        as step(id text, chat_id text, user_id text, pieces json)
      where exists (select from ${messages} m where m.id = step.id)
    )
    ${insertPieces(sql`step`, sql`do nothing`)}`);
  return true;
}

const Title = z.object({ id: z.string(), text: z.string() });

/**
 * Folds some texts of a table.
 * @param unfolded selects `id, text` of rows that are not folded.
 * @param write writes the folds of rows whose text has not changed, from a relation `step` of `id, text, folded`.
 * @returns true if there are more.
 */
async function foldRows({ execute }: Database, unfolded: SQL, write: SQL): Promise<boolean> {
  const rows = z.array(Title).parse(await execute(sql`${unfolded} limit ${ROWS}::int`));
  const folded: (z.output<typeof Title> & { folded: string })[] = [];
  for (const row of rows) {
    folded.push({ ...row, folded: fold(row.text) });
    await nextSlice();
  }
  if (folded.length === 0) return false;
  await execute(sql`with step as (
      select * from json_to_recordset(${JSON.stringify(folded)}::json) as step(id text, text text, folded text)
    ) ${write}`);
  return folded.length === ROWS;
}

/**
 * Folds texts from before search worked this way, in small steps. Search finds more as it proceeds. It can be
 * interrupted at any point, and several instances may do it at the same time.
 */
export async function foldUnfolded(database: Database): Promise<void> {
  const titles = sql`select id, title as text from ${chats} where title_folded is null and user_id is not null order by id`;
  const writeTitles = sql`update ${chats} set title_folded = step.folded from step
    where chats.id = step.id and chats.title = step.text`;
  const names = sql`select id, name as text from ${users} where name_folded is null order by id`;
  const writeNames = sql`update ${users} set name_folded = step.folded from step
    where users.id = step.id and users.name = step.text`;
  while (await foldRows(database, names, writeNames));
  while (await foldRows(database, titles, writeTitles));
  while (await foldMessages(database));
}
