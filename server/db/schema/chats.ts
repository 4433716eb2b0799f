import type { UIMessage } from 'ai';
import { sql } from 'drizzle-orm';
import {
  type AnyPgColumn,
  bigint,
  boolean,
  date,
  index,
  integer,
  json,
  pgTable,
  primaryKey,
  text,
  unique,
  uniqueIndex,
} from 'drizzle-orm/pg-core';
import { createdAt, id, instant, removedAfter, updatedAt } from '#server/db/columns';
import { owner } from './accounts.ts';

export const chats = pgTable(
  'chats',
  {
    id: id(),
    /** The owner. `null` for a deleted chat, which is removed in pieces (server/removal.ts). */
    userId: text(),
    /** The id an AI SDK client chose for the chat; unique for its owner only. */
    clientId: text(),
    title: text().notNull().default(''),
    /** The title, folded for search; `null` until upkeep has folded it. */
    titleFolded: text(),
    /** Whether the title was made by us and may be made better; false once a person wrote it. */
    autoTitle: boolean().notNull().default(true),
    model: text(),
    pinned: boolean().notNull().default(false),
    archived: boolean().notNull().default(false),
    /** The newest message of the branch that is shown. */
    leafId: text(),
    messageCount: integer().notNull().default(0),
    /** The sum of `size` of its messages, in bytes. */
    size: bigint({ mode: 'number' }).notNull().default(0),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
    /** When something was last said: what the list is sorted by. */
    activeAt: instant().notNull().defaultNow(),
  },
  (table) => [
    unique('chats_client_id_key').on(table.userId, table.clientId),
    // Ascending, and read backwards: in a descending index NULLs stand where no ORDER BY … DESC has them.
    index('chats_list_idx').on(table.userId, table.archived, table.pinned, table.activeAt, table.id),
    // With the size, which is summed up before each question.
    index('chats_user_idx').on(table.userId, table.id, table.size),
    index('chats_deleted_idx')
      .on(table.id)
      .where(sql`${table.userId} is null`),
    index('chats_unfolded_idx')
      .on(table.id)
      .where(sql`${table.titleFolded} is null and ${table.userId} is not null`),
  ],
);

export const messages = pgTable(
  'messages',
  {
    id: id(),
    chatId: text()
      .notNull()
      .references(() => chats.id),
    /**
     * Whose it was when it was written: the owner of the chat, or the guest from whom they have adopted it. The owner of a
     * message is that of its chat.
     */
    userId: removedAfter(),
    /** The id by which its client knows it, unless that is `id`. Versions of a question, and copies of an answer, share it. */
    clientId: text(),
    /** The message this one answers; messages with one parent are branches of a conversation. */
    parentId: text().references((): AnyPgColumn => messages.id, { onDelete: 'cascade' }),
    role: text({ enum: ['user', 'assistant'] }).notNull(),
    status: text({ enum: ['streaming', 'complete', 'stopped', 'failed', 'interrupted'] }).notNull(),
    parts: json().$type<UIMessage['parts']>().notNull(),
    /** The bytes of `parts` as JSON, so that a query can say how much it will read without reading it. */
    size: integer()
      .notNull()
      .generatedAlwaysAs(sql`octet_length(parts::text)`),
    model: text(),
    /** The code of the error catalogue, when the answer failed. */
    error: text(),
    createdAt: createdAt(),
  },
  (table) => [
    index('messages_chat_idx').on(table.chatId, table.id),
    // With the id, so that the newest version of a reply is one look even while nothing is known of the table's size.
    index('messages_parent_idx').on(table.parentId, table.id),
    index('messages_root_idx')
      .on(table.chatId)
      .where(sql`${table.parentId} is null`),
    index('messages_user_idx').on(table.userId, table.id),
    index('messages_client_id_idx')
      .on(table.chatId, table.clientId)
      .where(sql`${table.clientId} is not null`),
  ],
);

/** The text of messages, folded for search, in pieces that overlap (server/search/pieces.ts). */
export const searchPieces = pgTable(
  'search_pieces',
  {
    chatId: text()
      .notNull()
      .references(() => chats.id),
    messageId: text().notNull(),
    /** 0, 1, 2 … */
    piece: integer().notNull(),
    /** As in `messages`: the owner when it was written. */
    userId: removedAfter(),
    /** Where it begins in the text of the message, in UTF-16 code units. */
    start: integer().notNull(),
    /** The bytes of all pieces of the message. */
    size: integer().notNull(),
    /** Never compressed or stored apart (migration 0009): it is read more often than anything else. */
    text: text().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.chatId, table.messageId, table.piece] }),
    index('search_pieces_user_idx')
      .on(table.userId, table.messageId)
      .where(sql`${table.piece} = 0`),
  ],
);

/** One attempt of a model to write one message. */
export const runs = pgTable(
  'runs',
  {
    id: id(),
    chatId: text()
      .notNull()
      .references(() => chats.id),
    /** Whose limits and usage it counts for, which is the owner of the chat while the run is active. */
    userId: text().notNull(),
    messageId: text()
      .notNull()
      .references(() => messages.id, { onDelete: 'cascade' }),
    clientRequestId: text().notNull(),
    /** The request that asked for it, as the log names it. */
    requestId: text(),
    /** SHA-256 of what was asked, to tell a replay from another request under the same id. */
    requestHash: text().notNull(),
    status: text({ enum: ['active', 'complete', 'stopped', 'failed', 'interrupted'] })
      .notNull()
      .default('active'),
    model: text().notNull(),
    /** The process that runs it. */
    ownerId: text().notNull(),
    leaseExpiresAt: instant().notNull(),
    /** How often an instance has taken the run over from another, or from itself. */
    takeovers: integer().notNull().default(0),
    cancelRequestedAt: instant(),
    error: text(),
    inputTokens: integer(),
    outputTokens: integer(),
    cachedTokens: integer(),
    reasoningTokens: integer(),
    /** The day (UTC) it began, to which its tokens belong. */
    day: date({ mode: 'string' })
      .notNull()
      .default(sql`(now() at time zone 'utc')::date`),
    /** The IP address whose quota it counts against too, if a guest started it under such a quota. */
    address: text(),
    /** Input tokens that are reserved while it is active; `null` if no quota applied. */
    reservedInput: integer(),
    /** Output tokens that are reserved while it is active, which is the most that its model may write. */
    reservedOutput: integer(),
    createdAt: createdAt(),
    finishedAt: instant(),
    /** The number of the last event, once the run has ended: a reader who has it has everything. */
    lastSeq: integer(),
    /** Whether the log is gone; the message has it all. */
    pruned: boolean().notNull().default(false),
  },
  (table) => [
    unique('runs_request_key').on(table.chatId, table.clientRequestId),
    uniqueIndex('runs_one_active_key')
      .on(table.chatId)
      .where(sql`${table.status} = 'active'`),
    index('runs_lease_idx')
      .on(table.leaseExpiresAt)
      .where(sql`${table.status} = 'active'`),
    // What `switchboard_running_answers` counts; see the migration that makes it.
    index('runs_active_user_idx')
      .on(table.userId)
      .where(sql`${table.status} = 'active'`),
    index('runs_active_address_idx')
      .on(table.address)
      .where(sql`${table.status} = 'active' and ${table.address} is not null`),
    index('runs_prune_idx')
      .on(table.finishedAt)
      .where(sql`not ${table.pruned}`),
    index('runs_chat_idx').on(table.chatId, table.id),
    index('runs_message_idx').on(table.messageId),
  ],
);

/**
 * Whether a run is active. The status is no parameter: a plan that is made once for all parameters can use the partial
 * indexes above only where their condition stands in the statement itself.
 */
export const isActive = (run: { status: AnyPgColumn }) => sql`${run.status} = 'active'`;

/** The log of a run: what its readers were shown, in order. */
export const runEvents = pgTable(
  'run_events',
  {
    runId: text()
      .notNull()
      .references(() => runs.id, { onDelete: 'cascade' }),
    /** 1, 2, 3 … without a gap. */
    seq: integer().notNull(),
    /** A JSON array of AI SDK UI-message chunks; text, for it is relayed as it is. */
    chunks: text().notNull(),
  },
  (table) => [primaryKey({ columns: [table.runId, table.seq] })],
);

/** Guests whose chats an account has adopted, whose id stays in `messages.user_id`. */
export const adoptions = pgTable(
  'adoptions',
  {
    guestId: text().primaryKey(),
    userId: owner(),
    createdAt: createdAt(),
  },
  (table) => [index('adoptions_user_idx').on(table.userId)],
);
