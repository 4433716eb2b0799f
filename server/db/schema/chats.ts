import type { UIMessage } from 'ai';
import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  check,
  date,
  doublePrecision,
  foreignKey,
  index,
  integer,
  json,
  pgTable,
  primaryKey,
  text,
  type AnyPgColumn,
  unique,
  uniqueIndex,
} from 'drizzle-orm/pg-core';
import { createdAt, id, instant, removedAfter, updatedAt } from '#server/db/columns';
import { owner } from './accounts.ts';
import { projects } from './projects.ts';

export const chats = pgTable(
  'chats',
  {
    id: id(),
    /** The owner; `null` for a deleted chat, whose rows are removed in batches (server/removal.ts). */
    userId: text(),
    /** The id that an AI SDK client chose for the chat. It is unique only for its owner. */
    clientId: text(),
    title: text().notNull().default(''),
    /** The title, folded for search; `null` until the background job has folded it. */
    titleFolded: text(),
    /** True if we created the title and may improve it; false after the user has set it. */
    autoTitle: boolean().notNull().default(true),
    model: text(),
    /** The owner's instructions for the model in this chat. */
    instructions: text().notNull().default(''),
    /** The temperature of its answers; `null` for the default of the model. */
    temperature: doublePrecision(),
    /** A project of the owner; `null` for none. */
    projectId: text(),
    pinned: boolean().notNull().default(false),
    archived: boolean().notNull().default(false),
    /** True if the chat is in no list, search or export, and is deleted a day after its last message. */
    temporary: boolean().notNull().default(false),
    /** The newest message of the branch that the chat shows. */
    leafId: text(),
    messageCount: integer().notNull().default(0),
    /** The sum of `size` of its messages, in bytes. */
    size: bigint({ mode: 'number' }).notNull().default(0),
    /** The end of the lease of the process that summarizes the chat; `null` or in the past if none does. */
    summarizingUntil: instant(),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
    /** The time of the last activity, by which lists are sorted. */
    activeAt: instant().notNull().defaultNow(),
  },
  (table) => [
    unique('chats_client_id_key').on(table.userId, table.clientId),
    // Ascending, and read backwards, because the NULLs of a descending index are not in the order of ORDER BY … DESC.
    index('chats_list_idx')
      .on(table.userId, table.archived, table.pinned, table.activeAt, table.id)
      .where(sql`not ${table.temporary}`),
    // The lists of the sidebar: the chats of a project, and those of none. The first one is also for the foreign key.
    index('chats_project_idx')
      .on(table.userId, table.projectId, table.archived, table.pinned, table.activeAt, table.id)
      .where(sql`${table.projectId} is not null`),
    index('chats_no_project_idx')
      .on(table.userId, table.archived, table.pinned, table.activeAt, table.id)
      .where(sql`${table.projectId} is null and not ${table.temporary}`),
    // Deferrable, so that chats and projects of a guest can be adopted. A deleted project sets only `project_id` to null.
    // drizzle-kit knows neither, so the migration has them.
    foreignKey({
      name: 'chats_project_fk',
      columns: [table.projectId, table.userId],
      foreignColumns: [projects.id, projects.userId],
    }).onDelete('set null'),
    check('chats_project_check', sql`${table.projectId} is null or not ${table.temporary}`),
    index('chats_temporary_idx')
      .on(table.activeAt)
      .where(sql`${table.temporary} and ${table.userId} is not null`),
    // Includes the size, which is summed up before each question.
    index('chats_user_idx').on(table.userId, table.id, table.size),
    index('chats_deleted_idx')
      .on(table.id)
      .where(sql`${table.userId} is null`),
    index('chats_unfolded_idx')
      .on(table.id)
      .where(sql`${table.titleFolded} is null and ${table.userId} is not null`),
  ],
);

/**
 * A condition: a chat is not temporary. It is not a parameter, because a generic plan can use the partial index above
 * only if the statement itself contains its condition.
 */
export const isListed = sql`not ${chats.temporary}`;

export const messages = pgTable(
  'messages',
  {
    id: id(),
    chatId: text()
      .notNull()
      .references(() => chats.id),
    /**
     * The owner when the message was written: the owner of the chat, or the guest from whom they have adopted it. The
     * current owner of a message is that of its chat.
     */
    userId: removedAfter(),
    /** The client's id of the message, unless that is `id`. Versions of a question and copies of an answer share it. */
    clientId: text(),
    /** The message above this one. Messages with the same parent are branches of the conversation. */
    parentId: text().references((): AnyPgColumn => messages.id, { onDelete: 'cascade' }),
    role: text({ enum: ['user', 'assistant'] }).notNull(),
    status: text({ enum: ['streaming', 'complete', 'stopped', 'failed', 'interrupted'] }).notNull(),
    parts: json().$type<UIMessage['parts']>().notNull(),
    /** The bytes of `parts` as JSON, so that a query can add up sizes without reading content. */
    size: integer()
      .notNull()
      .generatedAlwaysAs(sql`octet_length(parts::text)`),
    model: text(),
    /** The error code if the answer failed. */
    error: text(),
    /** The first message that the model got for the answer, if older ones were left out. */
    contextFromId: text(),
    /**
     * A summary of the conversation up to and including this message. Models get it in place of these messages, for
     * questions below this one.
     */
    summary: text(),
    createdAt: createdAt(),
  },
  (table) => [
    index('messages_chat_idx').on(table.chatId, table.id),
    // Includes the id, so that finding the newest child is a single lookup even without statistics of the table.
    index('messages_parent_idx').on(table.parentId, table.id),
    index('messages_root_idx')
      .on(table.chatId)
      .where(sql`${table.parentId} is null`),
    index('messages_user_idx').on(table.userId, table.id),
    index('messages_summary_idx')
      .on(table.chatId)
      .where(sql`${table.summary} is not null`),
    index('messages_client_id_idx')
      .on(table.chatId, table.clientId)
      .where(sql`${table.clientId} is not null`),
  ],
);

/** The text of messages, folded for search, in overlapping pieces (server/search/pieces.ts). */
export const searchPieces = pgTable(
  'search_pieces',
  {
    chatId: text()
      .notNull()
      .references(() => chats.id),
    messageId: text().notNull(),
    /** 0, 1, 2 … */
    piece: integer().notNull(),
    /** The owner when the message was written, like in `messages`. */
    userId: removedAfter(),
    /** The start in the text of the message, in UTF-16 code units. */
    start: integer().notNull(),
    /** The bytes of all pieces of the message. */
    size: integer().notNull(),
    /** Never compressed or stored out of line (migration 0009), because it is read more often than anything else. */
    text: text().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.chatId, table.messageId, table.piece] }),
    index('search_pieces_user_idx')
      .on(table.userId, table.messageId)
      .where(sql`${table.piece} = 0`),
  ],
);

/** The work of writing one message. */
export const runs = pgTable(
  'runs',
  {
    id: id(),
    chatId: text()
      .notNull()
      .references(() => chats.id),
    /** The user whose limits and usage it counts for: the owner of the chat while the run is active. */
    userId: text().notNull(),
    messageId: text()
      .notNull()
      .references(() => messages.id, { onDelete: 'cascade' }),
    clientRequestId: text().notNull(),
    /** The id of the request that started it, for the log. */
    requestId: text(),
    /** SHA-256 of the request, to distinguish a replay from another request with the same id. */
    requestHash: text().notNull(),
    status: text({ enum: ['active', 'complete', 'stopped', 'failed', 'interrupted'] })
      .notNull()
      .default('active'),
    model: text().notNull(),
    /** The process that writes it. */
    ownerId: text().notNull(),
    leaseExpiresAt: instant().notNull(),
    /** How often an instance has taken over the run after its owner was lost. */
    takeovers: integer().notNull().default(0),
    /** The number of the first event of each attempt after the first, if an instance has continued the answer of another. */
    seams: integer()
      .array()
      .notNull()
      .default(sql`'{}'`),
    cancelRequestedAt: instant(),
    error: text(),
    /** The used tokens: of the whole run after it has ended, and of its earlier attempts while it is active. */
    inputTokens: integer(),
    outputTokens: integer(),
    cachedTokens: integer(),
    reasoningTokens: integer(),
    /** The day (UTC) on which it started, for which its tokens count. */
    day: date({ mode: 'string' })
      .notNull()
      .default(sql`(now() at time zone 'utc')::date`),
    /** The IP address whose quota also applies, if a guest started it and such a quota is set. */
    address: text(),
    /** The input tokens that are reserved while it is active; `null` if no quota applies. */
    reservedInput: integer(),
    /** The output tokens that are reserved while it is active: the maximum that its model may write. */
    reservedOutput: integer(),
    createdAt: createdAt(),
    finishedAt: instant(),
    /** The number of the last event after the run has ended. A reader that has this event has everything. */
    lastSeq: integer(),
    /** True if the log has been deleted. The message has its content. */
    pruned: boolean().notNull().default(false),
  },
  (table) => [
    unique('runs_request_key').on(table.chatId, table.clientRequestId),
    uniqueIndex('runs_one_active_key')
      .on(table.chatId)
      .where(sql`${table.status} = 'active'`),
    // For the database function `running_answers` (see the migration that creates it).
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
 * A condition: a run is active. The status is not a parameter, because a generic plan can use the partial indexes above
 * only if the statement itself contains their condition.
 */
export const isActive = (run: { status: AnyPgColumn }) => sql`${run.status} = 'active'`;

/** The log of a run: everything that its readers saw, in order. */
export const runEvents = pgTable(
  'run_events',
  {
    runId: text()
      .notNull()
      .references(() => runs.id, { onDelete: 'cascade' }),
    /** 1, 2, 3 … without a gap. */
    seq: integer().notNull(),
    /** A JSON array of AI SDK UI-message chunks. Text, because it is passed on unchanged. */
    chunks: text().notNull(),
  },
  (table) => [primaryKey({ columns: [table.runId, table.seq] })],
);

/** Guests whose chats an account has adopted. Their ids stay in `messages.user_id`. */
export const adoptions = pgTable(
  'adoptions',
  {
    guestId: text().primaryKey(),
    userId: owner(),
    createdAt: createdAt(),
  },
  (table) => [index('adoptions_user_idx').on(table.userId)],
);

/**
 * Chats that are shared by a link, as they were when they were shared. A message does not change after another one
 * follows it, so the ids are the snapshot.
 */
export const shares = pgTable(
  'shares',
  {
    chatId: text()
      .primaryKey()
      .references(() => chats.id, { onDelete: 'cascade' }),
    userId: owner(),
    /** The secret part of the link. Stored as it is, because its owner can read the link again (docs/security.md). */
    token: text().notNull().unique(),
    title: text().notNull(),
    /** The messages of the branch that the chat showed, oldest first. */
    messageIds: text().array().notNull(),
    /** The length of the last message's text in UTF-16 code units. The owner may continue that answer later. */
    lastLength: integer().notNull(),
    /** The files of these messages, if the owner shared them too; otherwise `null`. */
    fileIds: text().array(),
    /** The time of the snapshot. */
    sharedAt: instant().notNull().defaultNow(),
  },
  (table) => [index('shares_user_idx').on(table.userId, table.sharedAt, table.chatId)],
);
