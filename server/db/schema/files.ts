import { sql } from 'drizzle-orm';
import { customType, index, integer, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { createdAt, id, instant } from '#server/db/columns';
import { chats } from './chats.ts';

/** Bytes. Both drivers read and write them as a Uint8Array. */
const bytea = customType<{ data: Uint8Array; driverData: Uint8Array }>({ dataType: () => 'bytea' });

/** Files that were uploaded for messages. A message refers to a file by a part with its URL. */
export const files = pgTable(
  'files',
  {
    id: id(),
    /**
     * The owner; `null` for a deleted file, whose content is removed in batches (server/removal.ts), and for one whose content
     * is being uploaded to S3.
     */
    userId: text(),
    filename: text().notNull(),
    mediaType: text().notNull(),
    /** The bytes of the content. */
    size: integer().notNull(),
    /** Where the content is: in `file_contents`, or in an object of S3. */
    location: text({ enum: ['database', 's3'] })
      .notNull()
      .default('database'),
    /** Estimates of the tokens that it takes in the input of a model that reads such files, and as text. */
    tokens: integer().notNull(),
    textTokens: integer().notNull(),
    /** When it was first sent with a message; `null` for a file that was not sent yet. */
    sentAt: instant(),
    createdAt: createdAt(),
  },
  (table) => [
    // Includes the size, which is summed up before each upload.
    index('files_user_idx').on(table.userId, table.id, table.size),
    index('files_unsent_idx')
      .on(table.createdAt)
      .where(sql`${table.sentAt} is null and ${table.userId} is not null`),
    index('files_deleted_idx')
      .on(table.id)
      .where(sql`${table.userId} is null`),
  ],
);

/** The content of files in the database, in pieces (server/chat/files/store.ts). The text of a document is always here. */
export const fileContents = pgTable(
  'file_contents',
  {
    fileId: text()
      .notNull()
      .references(() => files.id, { onDelete: 'cascade' }),
    /** `text` is the text that was read from a document, for models that cannot read the document itself. */
    kind: text({ enum: ['original', 'text'] }).notNull(),
    /** 0, 1, 2 … */
    piece: integer().notNull(),
    bytes: bytea().notNull(),
  },
  (table) => [primaryKey({ columns: [table.fileId, table.kind, table.piece] })],
);

/** The chats with messages that refer to a file. The file is removed with the last of them. */
export const chatFiles = pgTable(
  'chat_files',
  {
    chatId: text()
      .notNull()
      .references(() => chats.id),
    fileId: text()
      .notNull()
      .references(() => files.id, { onDelete: 'cascade' }),
  },
  (table) => [
    primaryKey({ columns: [table.chatId, table.fileId] }),
    index('chat_files_file_idx').on(table.fileId, table.chatId),
  ],
);
