import type { UIMessage, UIMessageChunk } from 'ai';
import { and, asc, eq, inArray, sql, type SQL } from 'drizzle-orm';
import { z } from 'zod';
import { MessageChunk } from '#contract/chat';
import type { ErrorCode } from '#contract/errors';
import type { Database, Db } from '#server/db/database';
import { chats, isActive, messages, runEvents, runs, searchPieces } from '#server/db/schema/index';
import { notifyStop } from '#server/db/stops';
import { textOf } from '#server/search/message-text';
import { foldPieces, insertPieces } from '#server/search/pieces';
import { addedText } from './chunks.ts';
import { isOwn } from './own-chat.ts';
import type { Reservation } from './quota.ts';
import { addUsage, type Usage } from './usage.ts';

/** How a run ended. */
export interface Ending {
  status: 'complete' | 'stopped' | 'failed' | 'interrupted';
  error: ErrorCode | null;
  usage: Usage | null;
  /** The last chunks, which show readers how it ended. */
  chunks: UIMessageChunk[];
}

/** A run as the instance that owns it knows it. */
export interface OwnedRun {
  runId: string;
  messageId: string;
  chatId: string;
  userId: string;
  model: string;
  /** The tokens that are reserved for its current attempt; `null` if no quota applies. */
  reserved: Reservation | null;
  /** The tokens that its earlier attempts used; `null` if there were none. */
  spent: Usage | null;
  /** The id of the request that started it, for the log; `null` for a run of an older version. */
  requestId: string | null;
}

const Ended = z.object({ userId: z.string() });

/** The log of a run. */
export interface RunLogContent {
  chunks: readonly UIMessageChunk[];
  /** The number of its last event. */
  seq: number;
}

/** A condition for runs that meet `conditions`. It locks them in the order of their ids, which prevents deadlocks. */
export const runsInOrder = (db: Db, ...conditions: (SQL | undefined)[]) =>
  inArray(
    runs.id,
    db
      .select({ id: runs.id })
      .from(runs)
      .where(and(...conditions))
      .orderBy(asc(runs.id))
      .for('no key update'),
  );

/**
 * A condition that the log of a run has an event, or that its number is 0. Every event is written only if the one before
 * it is there: after a failover to a standby without the last commits, it is not. A scalar subquery, because it is a
 * lookup by the primary key for each event in any case, and `exists` may become a join with the whole table.
 */
export const hasEvent = (runId: SQL | string, seq: SQL | number): SQL =>
  sql`(${seq}::int = 0 or (select true from ${runEvents} as last where last.run_id = ${runId} and last.seq = ${seq}::int))`;

/** The statements of one instance on the runs table. */
export type RunStore = ReturnType<typeof createRunStore>;

/** Creates the statements of one instance on the runs table. */
export function createRunStore(database: Database, instanceId: string) {
  const { db } = database;

  /**
   * The first part of a statement that ends a run. It locks the row of the chat before that of the run, like all
   * statements that need both.
   */
  const chatOf = (run: OwnedRun) =>
    sql`held as (select from ${chats} where id = ${run.chatId} for no key update)`;
  const isMine = (run: OwnedRun) => sql`id = ${run.runId} and owner_id = ${instanceId} and status = 'active'`;

  return {
    /**
     * Ends a run: writes its last event, the message, its usage and the status in one statement.
     * @param seq the number of the last event so far.
     * @param contextFromId the first message that the model got, if older ones were left out.
     * @returns the id of the current owner, because a guest's run may have moved to an account; `null`, and nothing is
     * written, if the run no longer belongs to this instance, or its log lacks that event.
     */
    async finish(
      run: OwnedRun,
      seq: number,
      parts: UIMessage['parts'],
      ending: Ending,
      contextFromId: string | null = null,
    ): Promise<string | null> {
      const { status, error, usage, chunks } = ending;
      const json = JSON.stringify(parts);
      const pieces = await foldPieces(textOf(parts));
      const changes = [
        chatOf(run),
        sql`ended as (
          update ${runs} set status = ${status}, error = ${error}, finished_at = now(), last_seq = ${seq + 1}::int,
            input_tokens = ${usage?.inputTokens ?? null}, output_tokens = ${usage?.outputTokens ?? null},
            cached_tokens = ${usage?.cachedTokens ?? null}, reasoning_tokens = ${usage?.reasoningTokens ?? null}
          from held where ${isMine(run)} and ${hasEvent(run.runId, seq)}
          returning user_id, day, model, address
        )`,
        sql`event as (
          insert into ${runEvents} (run_id, seq, chunks)
          select ${run.runId}, ${seq + 1}::int, ${JSON.stringify(chunks)} from ended
        )`,
        sql`message as (
          update ${messages}
          set parts = ${json}::json, status = ${status}, error = ${error}, context_from_id = ${contextFromId}
          from ended where messages.id = ${run.messageId}
        )`,
        sql`searched as (
          select chat_id, id as message_id, messages.user_id, ${pieces}::json as pieces
          from ended, ${messages} where messages.id = ${run.messageId}
        )`,
        sql`pieces as (${insertPieces(sql`searched`)})`,
        // A continued answer keeps its earlier search chunks, unless only the beginning of its text is stored.
        sql`surplus as (
          delete from ${searchPieces} using searched
          where search_pieces.chat_id = searched.chat_id and search_pieces.message_id = searched.message_id
            and piece >= json_array_length(searched.pieces)
        )`,
        sql`chat as (
          update ${chats} set active_at = now(), size = ${chats.size} + ${Buffer.byteLength(json)}::int - answer.size
          from ended, ${messages} answer where answer.id = ${run.messageId} and chats.id = ${run.chatId}
          returning ended.user_id, ended.day, ended.model, ended.address
        )`,
        // The row of the chat is locked before that of the day, like in the statement that starts a run.
        ...(usage ? addUsage(sql`chat`, usage, 1) : []),
      ];
      const [row] = await database.execute(
        sql`with ${sql.join(changes, sql`, `)} select user_id as "userId" from ended`,
      );
      return row ? Ended.parse(row).userId : null;
    },

    /**
     * Ends a run without changing the parts of its message, because the answer itself cannot be written.
     * @returns the id of the current owner; `null`, and nothing is written, if the run no longer belongs to this instance.
     */
    async finishWithoutParts(run: OwnedRun, ending: Ending): Promise<string | null> {
      const { usage } = ending;
      const changes = [
        chatOf(run),
        sql`ended as (
          update ${runs} set status = ${ending.status}, error = ${ending.error}, finished_at = now(),
            last_seq = (select coalesce(max(seq), 0) + 1 from ${runEvents} where run_id = ${run.runId})
          from held where ${isMine(run)}
          returning user_id, day, model, address, last_seq
        )`,
        sql`event as (
          insert into ${runEvents} (run_id, seq, chunks)
          select ${run.runId}, last_seq, ${JSON.stringify(ending.chunks)} from ended
        )`,
        sql`message as (
          update ${messages} set status = ${ending.status}, error = ${ending.error} from ended
          where messages.id = ${run.messageId}
        )`,
        ...(usage ? addUsage(sql`ended`, usage, 1) : []),
      ];
      const [row] = await database.execute(
        sql`with ${sql.join(changes, sql`, `)} select user_id as "userId" from ended`,
      );
      return row ? Ended.parse(row).userId : null;
    },

    /**
     * Reads the log of a run.
     * @param after the number of the event that opened the attempt to measure.
     * @returns its content, and in `outputBytes` the text that the model wrote after that event.
     */
    async readLog(runId: string, after = 1): Promise<RunLogContent & { outputBytes: number }> {
      const rows = await db
        .select({ seq: runEvents.seq, chunks: runEvents.chunks })
        .from(runEvents)
        .where(eq(runEvents.runId, runId))
        .orderBy(asc(runEvents.seq));
      let outputBytes = 0;
      const chunks = rows.flatMap(({ seq, chunks: text }) => {
        const event = parseChunks(text);
        if (seq > after) for (const chunk of event) outputBytes += Buffer.byteLength(addedText(chunk));
        return event;
      });
      return { chunks, seq: rows.at(-1)?.seq ?? 0, outputBytes };
    },

    /**
     * Requests the active run of a chat, or the run `runId`, to stop, and notifies all instances.
     * @returns its id; `null` if there is no such run.
     */
    async requestStop(userId: string, chatId: string, runId?: string): Promise<string | null> {
      const [run] = await db
        .update(runs)
        .set({ cancelRequestedAt: sql`now()` })
        .from(chats)
        .where(
          and(
            eq(runs.chatId, chats.id),
            isOwn(userId, chatId),
            isActive(runs),
            runId === undefined ? undefined : eq(runs.id, runId),
          ),
        )
        .returning({ id: runs.id, notified: notifyStop });
      return run?.id ?? null;
    },

    /** Returns true while a run is active. */
    async isActive(runId: string): Promise<boolean> {
      const found = await db
        .select({ id: runs.id })
        .from(runs)
        .where(and(eq(runs.id, runId), isActive(runs)));
      return found.length > 0;
    },

    /** Requests all active runs of a user to stop. @returns their ids. */
    async requestStopOfAll(userId: string): Promise<string[]> {
      const stopping = await db
        .update(runs)
        .set({ cancelRequestedAt: sql`now()` })
        .where(runsInOrder(db, eq(runs.userId, userId), isActive(runs)))
        .returning({ id: runs.id, notified: notifyStop });
      return stopping.map(({ id }) => id);
    },
  };
}

const Chunks = z.array(MessageChunk);

/** Parses the chunks of a log row. */
export function parseChunks(text: string): UIMessageChunk[] {
  return Chunks.parse(JSON.parse(text));
}
