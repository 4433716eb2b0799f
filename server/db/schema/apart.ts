import { bigint, boolean, date, index, pgTable, primaryKey, text } from 'drizzle-orm/pg-core';
import { createdAt, instant, newId, updatedAt } from '#server/db/columns';

/* Tables without foreign keys. Their data about an account outlives it. */

/** Calls with an Idempotency-Key: the attempt that is running, and the first response. */
export const idempotencyKeys = pgTable(
  'idempotency_keys',
  {
    userId: text().notNull(),
    key: text().notNull(),
    /** The credential and a hash of the request, to distinguish a replay from another call with the same key. */
    fingerprint: text().notNull(),
    /** The attempt that runs the call. Another one may take over when the lease has expired. */
    attemptId: text().notNull(),
    leaseExpiresAt: instant().notNull(),
    /**
     * The first response, encrypted because it may contain secrets that are shown only once; `null` if there is none.
     */
    answer: text(),
    createdAt: createdAt(),
  },
  (table) => [
    primaryKey({ columns: [table.userId, table.key] }),
    index('idempotency_keys_created_idx').on(table.createdAt),
  ],
);

/** Deleted accounts, inserted by a trigger (migration 0006), until their rows are removed. */
export const removedAccounts = pgTable(
  'removed_accounts',
  {
    userId: text().primaryKey(),
    /** True if all rows were removed once. This is repeated later, because calls in progress may have written more. */
    swept: boolean().notNull().default(false),
    createdAt: createdAt(),
  },
  (table) => [index('removed_accounts_idx').on(table.swept, table.createdAt)],
);

/** The model tokens that the guests of an IP address used, by day (UTC), including those of deleted accounts. */
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

/**
 * What callers have taken from limits, in windows that have not ended, over all instances on Postgres
 * (server/stores/shared-counters.ts). The table is UNLOGGED: a crash of Postgres empties it.
 */
export const rateCounts = pgTable(
  'rate_counts',
  {
    /** The name of the counter. */
    name: text().notNull(),
    /** The budget: an account, an IP address (`addressKey`), or the keyed hash of an email address. */
    key: text().notNull(),
    /** The instance that has counted; '' if each call is counted here. */
    instanceId: text().notNull(),
    used: bigint({ mode: 'number' }).notNull(),
    endsAt: instant().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.name, table.key, table.instanceId] }),
    index('rate_counts_ended_idx').on(table.endsAt),
  ],
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
  (table) => [
    index('verifications_identifier_idx').on(table.identifier),
    index('verifications_expired_idx').on(table.expiresAt),
  ],
);

/** Facts about this installation that can be claimed once, such as the first admin. */
export const installation = pgTable('installation', {
  fact: text().primaryKey(),
  value: text().notNull(),
  createdAt: createdAt(),
});
