import { bigint, boolean, date, index, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { createdAt, instant, newId, updatedAt } from '#server/db/columns';

/* Tables that refer to no other: what they hold about an account outlives it. */

/** Calls that were sent with an Idempotency-Key: who works on them, and how they were first answered. */
export const idempotencyKeys = pgTable(
  'idempotency_keys',
  {
    userId: text().notNull(),
    key: text().notNull(),
    /** By what right and what was asked, to tell a replay from another call under the same key. */
    fingerprint: text().notNull(),
    /** Whoever works on the call; another attempt may take over when the lease has run out. */
    attemptId: text().notNull(),
    leaseExpiresAt: instant().notNull(),
    /** The first answer, encrypted, for it may hold what is shown once; `null` while there is none. */
    answer: text(),
    createdAt: createdAt(),
  },
  (table) => [
    primaryKey({ columns: [table.userId, table.key] }),
    index('idempotency_keys_created_idx').on(table.createdAt),
  ],
);

/** Accounts that were deleted, by a trigger (migration 0006), until what they owned is removed. */
export const removedAccounts = pgTable(
  'removed_accounts',
  {
    userId: text().primaryKey(),
    /** Whether all was removed once. It is looked for again later: calls that had begun may have written more. */
    swept: boolean().notNull().default(false),
    createdAt: createdAt(),
  },
  (table) => [index('removed_accounts_idx').on(table.swept, table.createdAt)],
);

/** Model tokens that the guests of an IP address used, by day (UTC), whatever became of their accounts. */
export const addressDays = pgTable(
  'address_days',
  {
    day: date({ mode: 'string' }).notNull(),
    /** An IPv4 address or a /64 network (`addressKey`). */
    address: text().notNull(),
    tokens: bigint({ mode: 'number' }).notNull().default(0),
  },
  (table) => [primaryKey({ columns: [table.day, table.address] })],
);

export const verifications = pgTable(
  'verifications',
  {
    id: text().primaryKey().$defaultFn(newId),
    identifier: text().notNull(),
    value: text().notNull(),
    expiresAt: instant().notNull(),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (table) => [index('verifications_identifier_idx').on(table.identifier)],
);

/** Facts about this installation that may be claimed once, such as who the first admin is. */
export const installation = pgTable('installation', {
  fact: text().primaryKey(),
  value: text().notNull(),
  createdAt: createdAt(),
});
