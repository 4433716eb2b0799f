import { sql } from 'drizzle-orm';
import { index, integer, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { createdAt, id, instant } from '#server/db/columns';
import { owner } from './accounts.ts';

/** Imports of chats, with the number of their chats in each state. */
export const imports = pgTable(
  'imports',
  {
    id: id(),
    userId: owner(),
    pending: integer().notNull().default(0),
    imported: integer().notNull().default(0),
    skipped: integer().notNull().default(0),
    failed: integer().notNull().default(0),
    createdAt: createdAt(),
    /** When an instance last took one of its chats. The import that has waited longest is next. */
    turnAt: instant().notNull().defaultNow(),
  },
  (table) => [
    index('imports_user_idx').on(table.userId, table.id),
    index('imports_created_idx').on(table.createdAt),
    index('imports_pending_idx')
      .on(table.turnAt)
      .where(sql`${table.pending} > 0`),
  ],
);

/** The chats of imports that are pending or have failed. The row of an imported chat is deleted with its insertion. */
export const importChats = pgTable(
  'import_chats',
  {
    importId: text()
      .notNull()
      .references(() => imports.id, { onDelete: 'cascade' }),
    /** 0, 1, 2 … in the order of the file. */
    position: integer().notNull(),
    title: text().notNull(),
    /** The format and the chat as in the file, as JSON; `null` if it has failed. Text, because JSON may hold NUL. */
    content: text(),
    /** The bytes of the content, so that a query can add them up without reading it. */
    size: integer().notNull(),
    /** Why it failed. */
    reason: text(),
  },
  (table) => [
    primaryKey({ columns: [table.importId, table.position] }),
    index('import_chats_pending_idx')
      .on(table.importId, table.position, table.size)
      .where(sql`${table.reason} is null`),
    index('import_chats_failed_idx')
      .on(table.importId, table.position)
      .where(sql`${table.reason} is not null`),
  ],
);
