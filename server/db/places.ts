import { getTableName, sql } from 'drizzle-orm';
import type { AnyPgColumn, PgTable } from 'drizzle-orm/pg-core';

/**
 * The owner of a new row of `table`, for its INSERT, if they have less than `max` rows there; otherwise the statement fails,
 * and `isWithoutPlace` tells so. Of calls at the same time none passes the limit.
 */
export const placeFor = (table: PgTable & { userId: AnyPgColumn }, userId: string, max: number) =>
  sql<string>`switchboard_place(${getTableName(table)}, ${userId}, ${max}::int)`;
