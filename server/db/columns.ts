import { text, timestamp } from 'drizzle-orm/pg-core';
import { v7 } from 'uuid';

/** Returns a new primary key: a UUID of version 7 (RFC 9562), so that ids sort by creation time. */
export const newId = (): string => v7();

/** The primary key of most tables. */
export const id = () => text().primaryKey().$defaultFn(newId);

/**
 * The id of a user without a foreign key. An account can have so many of these rows that they are removed in batches
 * after it (server/removal.ts).
 */
export const removedAfter = () => text().notNull();

/** An instant in milliseconds, the precision of a JavaScript Date, so that cursors compare exactly. */
export const instant = () => timestamp({ withTimezone: true, precision: 3 });

/** The time when the row was created. */
export const createdAt = () => instant().notNull().defaultNow();

/** The time of the last change of the row. Drizzle sets it with every update. */
export const updatedAt = () =>
  instant()
    .notNull()
    .defaultNow()
    .$onUpdate(() => new Date());
