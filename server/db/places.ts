import { sql } from 'drizzle-orm';

/**
 * The owner of a new row, for its INSERT, if they have less than `max` rows of its kind; otherwise the statement fails, and
 * `isWithoutPlace` tells so. Of calls at the same time none passes the limit.
 */
export const placeFor = (kind: 'chats' | 'api_keys', userId: string, max: number) =>
  sql<string>`switchboard_place(${kind}, ${userId}, ${max}::int)`;
