import { and, eq, sql, type SQL } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import { chats } from '#server/db/schema/index';

const named = alias(chats, 'named');

/** An SQL expression for the id of the chat of `userId` with this id or client id. Our own ids take precedence. */
export const chatIdOf = (userId: string, id: string | SQL) => sql<string>`coalesce(
  (select ${named.id} from ${chats} named where ${named.id} = ${id} and ${named.userId} = ${userId}),
  (select ${named.id} from ${chats} named where ${named.clientId} = ${id} and ${named.userId} = ${userId}))`;

/** A condition that is true for the chat of `userId` with this id or client id. */
export const isOwn = (userId: string, id: string) =>
  and(eq(chats.id, chatIdOf(userId, id)), eq(chats.userId, userId));
