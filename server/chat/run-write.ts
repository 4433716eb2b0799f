import type { FileUIPart, TextUIPart } from 'ai';
import { sql, type SQL } from 'drizzle-orm';
import { z } from 'zod';
import type { Database } from '#server/db/database';
import { isUniqueViolation, isWithoutPlace, isWithoutTokens } from '#server/db/errors';
import { leaseEnd } from '#server/db/lease';
import { placeFor } from '#server/db/places';
import { chatFiles, chats, files, messages, runEvents, runs, searchPieces } from '#server/db/schema/index';
import type { Env } from '#server/env';
import { fold } from '#server/search/fold';
import { textOf } from '#server/search/message-text';
import { foldPieces, insertPieces } from '#server/search/pieces';
import { tooManyChats } from './chats.ts';
import { allReserved, type Reservation, takeTokens, today } from './quota.ts';
import { functionName } from '#server/db/names';

/** The result of `chat.send` and similar procedures. */
export interface StartedRun {
  runId: string;
  chatId: string;
  messageId: string;
}

/** A part of a question. Texts come before files. */
export type QuestionPart = TextUIPart | FileUIPart;

/** A message that is written before a question, in the same statement. */
export interface EarlierMessage {
  id: string;
  parentId: string | null;
  clientId: string;
  /** The parts of a question; `null` for an answer. */
  parts: TextUIPart[] | null;
  /** The answer to copy and its size in bytes; `null` for a question. */
  copyOf: { id: string; size: number } | null;
}

/** The rows of a run to be written. */
export interface NewRows extends StartedRun {
  userId: string;
  requestId: string;
  model: string;
  clientRequestId: string;
  hash: string;
  /** The last message that the chat showed when it was read. */
  leafId: string | null;
  /** For a chat to be created: its client id, and how many chats its owner may have. */
  newChat: { clientId: string; max: number } | null;
  /** The new title of the chat; `null` if it does not change. */
  title: string | null;
  question: { id: string; parentId: string | null; clientId: string | null; parts: QuestionPart[] } | null;
  /** The ids of the files of the question. */
  files: readonly string[];
  /** Messages to write before the question, oldest first. */
  earlier: EarlierMessage[];
  /** The question that is answered. */
  parentId: string;
  /** True if the answer already exists. */
  isContinued: boolean;
  /** Its first event: the chunks that open the answer, as JSON. */
  opening: string;
  /** The maximum of its input tokens, if a quota applies. */
  input: number | null;
  /** The IP address whose quota also applies. */
  address: string | null;
}

/** The result of writing a run. */
export interface Written {
  reserved: Reservation | null;
}

const WrittenRow = z.object({ output: z.number().nullable() });

/** The unique keys that only the first of several simultaneous calls can insert. */
const CONTENDED_KEYS = ['runs_request_key', 'runs_one_active_key', 'chats_client_id_key'];

/** The parts of an answer without text, as JSON. */
const NO_PARTS = '[]';

/**
 * Writes all rows of a run in one statement, and reserves its tokens.
 * @returns `null`, and nothing is written, if the chat has changed or its owner has too many running answers.
 * @throws {AppError} QUOTA_EXCEEDED if other calls have reserved the tokens in the meantime.
 */
export async function write(
  { database, instanceId, env }: { database: Database; instanceId: string; env: Env },
  rows: NewRows,
): Promise<Written | null> {
  const { runId, messageId, chatId, userId, model, question, parentId, title, input } = rows;
  const account = { userId: sql`${userId}`, day: today, address: sql`${rows.address}` };
  // Evaluated for a row of `chat`, so the chat is locked before the day.
  const output =
    input === null ? sql`null::int` : takeTokens(env, 'reserve', account, input, env.AI_OUTPUT_TOKENS);
  const row = sql`${chatId}, ${userId}`;
  const questionJson = question ? JSON.stringify(question.parts) : null;
  const earlier = rows.earlier.map(({ parts, ...message }) => ({
    ...message,
    parts: parts && JSON.stringify(parts),
  }));
  const added = [
    questionJson,
    rows.isContinued ? null : NO_PARTS,
    ...earlier.map(({ parts }) => parts),
  ].filter((json) => json !== null);
  const copies = earlier.flatMap(({ copyOf }) => copyOf ?? []);
  const count = added.length + copies.length;
  const bytes =
    added.reduce((sum, json) => sum + Buffer.byteLength(json), 0) +
    copies.reduce((sum, { size }) => sum + size, 0);
  const hasRoom = sql`${functionName('running_answers')}(${userId}) < ${env.AI_ANSWERS_PER_USER}`;
  const chat = rows.newChat
    ? sql`insert into ${chats} (id, user_id, client_id, title, title_folded, leaf_id, message_count, size)
        select ${chatId}, ${placeFor(chats, userId, rows.newChat.max)}, ${rows.newChat.clientId}, ${title ?? ''}, ${fold(title ?? '')},
          ${messageId}, ${count}::int, ${bytes}::int
        where ${hasRoom}`
    : sql`update ${chats} set leaf_id = ${messageId}, active_at = now(), updated_at = now(),
        message_count = message_count + ${count}::int,
        size = size + ${bytes}::int
        ${title === null ? sql`` : sql`, title = ${title}, title_folded = ${fold(title)}`}
      where id = ${chatId} and user_id = ${userId} and leaf_id is not distinct from ${rows.leafId}
        and ${hasRoom}`;
  const parts: SQL[] = [
    sql`chat as (${chat} returning id)`,
    rows.isContinued
      ? sql`answer as (
          update ${messages} set status = 'streaming', error = null, model = ${model} from chat
          where messages.id = ${messageId} and chat_id = chat.id
        )`
      : sql`answer as (
          insert into ${messages} (id, chat_id, user_id, parent_id, role, status, parts, model)
          select ${messageId}, ${row}, ${parentId}, 'assistant', 'streaming', ${NO_PARTS}::json, ${model} from chat
        )`,
    sql`run as (
      insert into ${runs}
        (id, chat_id, user_id, message_id, client_request_id, request_hash, model, owner_id, lease_expires_at,
          request_id, day, address, reserved_input, reserved_output)
      select ${runId}, ${row}, ${messageId}, ${rows.clientRequestId}, ${rows.hash}, ${model}, ${instanceId}, ${leaseEnd},
        ${rows.requestId}, ${today}, ${rows.address}, ${input}::int, ${output}
      from chat returning reserved_output
    )`,
    sql`event as (
      insert into ${runEvents} (run_id, seq, chunks) select ${runId}, 1, ${rows.opening} from chat
    )`,
  ];
  if (question) {
    parts.push(sql`question as (
      insert into ${messages} (id, chat_id, user_id, parent_id, role, status, parts, client_id)
      select ${question.id}, ${row}, ${question.parentId}, 'user', 'complete', ${questionJson}::json, ${question.clientId}
      from chat
    )`);
    const questions = [
      question,
      ...rows.earlier.flatMap(({ id, parts: text }) => (text ? [{ id, parts: text }] : [])),
    ];
    const pieces = await Promise.all(
      questions.map(async ({ id, parts: text }) => ({
        id,
        pieces: JSON.parse(await foldPieces(textOf(text))) as unknown,
      })),
    );
    parts.push(
      sql`searched as (
        select chat.id as chat_id, added.id as message_id, ${userId} as user_id, added.pieces
        from chat cross join json_to_recordset(${JSON.stringify(pieces)}::json) as added(id text, pieces json)
      )`,
      sql`pieces as (${insertPieces(sql`searched`)})`,
    );
  }
  if (rows.files.length > 0) {
    // A file that was just deleted is left out. The message then refers to a file that is gone.
    parts.push(
      sql`sent as (
        update ${files} set sent_at = coalesce(sent_at, now()) from chat
        where files.id = any(array(select json_array_elements_text(${JSON.stringify(rows.files)}::json)))
          and user_id = ${userId} returning files.id
      )`,
      sql`attached as (
        insert into ${chatFiles} (chat_id, file_id) select chat.id, sent.id from chat cross join sent
        on conflict do nothing
      )`,
    );
  }
  if (earlier.length > 0) parts.push(...insertEarlier(rows, JSON.stringify(earlier)));
  try {
    const [written] = await database.execute(
      sql`with ${sql.join(parts, sql`, `)} select reserved_output as output from run`,
    );
    if (!written) return null;
    const { output } = WrittenRow.parse(written);
    return { reserved: input === null || output === null ? null : { input, output } };
  } catch (error) {
    if (isWithoutTokens(error)) throw allReserved();
    if (isWithoutPlace(error)) throw tooManyChats(rows.newChat?.max ?? 0);
    // A call with the same request id, another run in this chat, or another call that creates the chat was first.
    if (CONTENDED_KEYS.some((key) => isUniqueViolation(error, key))) return null;
    throw error;
  }
}

/**
 * Returns the parts of a statement that write the messages before a question, and the search chunks of copied answers.
 */
function insertEarlier({ userId }: NewRows, earlier: string): SQL[] {
  return [
    sql`earlier as (
      select chat.id as chat_id, added.* from chat cross join json_to_recordset(${earlier}::json)
        as added(id text, "parentId" text, "clientId" text, parts text, "copyOf" json)
    )`,
    sql`copied as (
      insert into ${messages} (id, chat_id, user_id, parent_id, role, status, parts, model, error, client_id)
      select earlier.id, earlier.chat_id, ${userId}, earlier."parentId", coalesce(source.role, 'user'),
        coalesce(source.status, 'complete'), coalesce(source.parts, earlier.parts::json), source.model, source.error,
        earlier."clientId"
      from earlier left join ${messages} source
        on source.id = earlier."copyOf"->>'id' and source.chat_id = earlier.chat_id
    )`,
    sql`copied_pieces as (
      insert into ${searchPieces} (chat_id, message_id, piece, user_id, start, size, text)
      select source.chat_id, earlier.id, source.piece, ${userId}, source.start, source.size, source.text
      from earlier join ${searchPieces} source
        on source.chat_id = earlier.chat_id and source.message_id = earlier."copyOf"->>'id'
    )`,
  ];
}
