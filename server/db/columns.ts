import { text, timestamp } from 'drizzle-orm/pg-core';
import { v7 } from 'uuid';

/** A new primary key: a UUID of version 7 (RFC 9562), so that ids sort by the time they were made. */
export const newId = (): string => v7();

/** The primary key of most tables. */
export const id = () => text().primaryKey().$defaultFn(newId);

/**
 * The id of a user, without a reference: one account has so many of these rows that they are removed in pieces after it
 * (server/removal.ts).
 */
export const removedAfter = () => text().notNull();

/** An instant, to the millisecond: what a JavaScript Date holds, so that cursors compare exactly. */
export const instant = () => timestamp({ withTimezone: true, precision: 3 });

/** When the row was made. */
export const createdAt = () => instant().notNull().defaultNow();

/** When the row last changed; drizzle sets it with every update. */
export const updatedAt = () =>
  instant()
    .notNull()
    .defaultNow()
    .$onUpdate(() => new Date());
