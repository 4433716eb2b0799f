import { getTableName, sql } from 'drizzle-orm';
import type { AnyPgColumn, PgTable } from 'drizzle-orm/pg-core';
import { functionName } from './names.ts';

/**
 * An SQL expression for the owner of a new row of `table`. If the owner already has `max` rows there, the INSERT fails
 * with an error that `isWithoutPlace` recognizes. Simultaneous calls cannot exceed the limit either.
 */
export const placeFor = (table: PgTable & { userId: AnyPgColumn }, userId: string, max: number) =>
  sql<string>`${functionName('place')}(${getTableName(table)}, ${userId}, ${max}::int)`;
