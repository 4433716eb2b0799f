import { timestamp } from 'drizzle-orm/pg-core';
import { v7 } from 'uuid';

/** A new primary key: a UUID of version 7 (RFC 9562), so that ids sort by the time they were made. */
export const newId = (): string => v7();

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
