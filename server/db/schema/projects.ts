import { index, pgTable, text, unique } from 'drizzle-orm/pg-core';
import { createdAt, id, removedAfter, updatedAt } from '#server/db/columns';

/** Groups of chats, with instructions for all of them. A chat refers to its project (`chats.project_id`). */
export const projects = pgTable(
  'projects',
  {
    id: id(),
    /** The owner. Without a foreign key, because its deletion would change all chats of the account's projects. */
    userId: removedAfter(),
    name: text().notNull(),
    /** The owner's instructions for the model in all chats of the project. */
    instructions: text().notNull().default(''),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (table) => [
    // For the foreign key of chats, by which a chat is only in a project of its owner.
    unique('projects_owner_key').on(table.id, table.userId),
    index('projects_user_idx').on(table.userId, table.id),
  ],
);
