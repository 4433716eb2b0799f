import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  check,
  date,
  index,
  integer,
  pgTable,
  primaryKey,
  text,
  unique,
  uniqueIndex,
} from 'drizzle-orm/pg-core';
import { createdAt, id, instant, removedAfter, updatedAt } from '#server/db/columns';

/** The id of the row's owner. Deleting the account deletes the row. */
export const owner = () =>
  text()
    .notNull()
    .references(() => users.id, { onDelete: 'cascade' });

/** Users and guests, with the columns of better-auth and our own. */
export const users = pgTable(
  'users',
  {
    id: id(),
    name: text().notNull(),
    email: text().notNull(),
    emailVerified: boolean().notNull().default(false),
    image: text(),
    role: text({ enum: ['user', 'admin'] })
      .notNull()
      .default('user'),
    banned: boolean().notNull().default(false),
    banReason: text(),
    banExpires: instant(),
    isAnonymous: boolean().notNull().default(false),
    /** Model tokens per day, instead of AI_DAILY_TOKENS. */
    dailyTokens: integer(),
    /** The user's instructions for the model in all chats. */
    instructions: text().notNull().default(''),
    /** The name, folded for search; `null` until the background job has folded it. */
    nameFolded: text(),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (table) => [
    // On the plain column, so that signing in can use it. The check makes emails unique regardless of case.
    unique('users_email_key').on(table.email),
    check('users_email_lower_case', sql`${table.email} = lower(${table.email})`),
    index('users_created_idx').on(table.createdAt, table.id),
    index('users_guests_idx')
      .on(table.createdAt)
      .where(sql`${table.isAnonymous}`),
    index('users_unfolded_idx')
      .on(table.id)
      .where(sql`${table.nameFolded} is null`),
  ],
);

export const sessions = pgTable(
  'sessions',
  {
    id: id(),
    userId: owner(),
    token: text().notNull().unique(),
    expiresAt: instant().notNull(),
    ipAddress: text(),
    userAgent: text(),
    impersonatedBy: text(),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (table) => [
    index('sessions_user_idx').on(table.userId, table.id),
    index('sessions_expired_idx').on(table.expiresAt),
  ],
);

/** Ways to sign in. For email and password, the hash is in `password`. */
export const accounts = pgTable(
  'accounts',
  {
    id: id(),
    userId: owner(),
    accountId: text().notNull(),
    providerId: text().notNull(),
    accessToken: text(),
    refreshToken: text(),
    idToken: text(),
    accessTokenExpiresAt: instant(),
    refreshTokenExpiresAt: instant(),
    scope: text(),
    password: text(),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (table) => [
    index('accounts_user_idx').on(table.userId),
    unique('accounts_provider_key').on(table.providerId, table.accountId),
  ],
);

/** API keys. Only their SHA-256 is stored. */
export const apiKeys = pgTable(
  'api_keys',
  {
    id: id(),
    userId: owner(),
    name: text().notNull(),
    /** The first characters, to distinguish keys in a list. */
    start: text().notNull(),
    hash: text().notNull().unique(),
    scope: text({ enum: ['read', 'write'] }).notNull(),
    expiresAt: instant(),
    lastUsedAt: instant(),
    createdAt: createdAt(),
  },
  (table) => [index('api_keys_user_idx').on(table.userId, table.id)],
);

/** A user's own keys for model providers, encrypted. */
export const providerKeys = pgTable(
  'provider_keys',
  {
    userId: owner(),
    provider: text().notNull(),
    ciphertext: text().notNull(),
    last4: text().notNull(),
    createdAt: createdAt(),
    updatedAt: updatedAt(),
  },
  (table) => [primaryKey({ columns: [table.userId, table.provider] })],
);

/** The audit trail of an account. It is removed with the account. */
export const auditEvents = pgTable(
  'audit_events',
  {
    id: id(),
    userId: removedAfter(),
    /** The id of the user who did it. No foreign key, because the trail outlives that user. */
    actorId: text().notNull(),
    via: text({ enum: ['session', 'api-key', 'oauth', 'sign-in', 'command'] }).notNull(),
    /** The name of the connected program that did it. */
    client: text(),
    action: text().notNull(),
    target: text(),
    ip: text(),
    userAgent: text(),
    requestId: text(),
    /** The number of times. More than 1 only for failed sign-ins from one IP address within one hour. */
    count: integer().notNull().default(1),
    createdAt: createdAt(),
  },
  (table) => [
    uniqueIndex('audit_events_failed_key')
      .on(table.userId, sql`coalesce(ip, '')`, sql`date_trunc('hour', created_at at time zone 'utc')`)
      .where(sql`action = 'sign-in.fail'`),
    index('audit_events_user_idx').on(table.userId, table.id),
    index('audit_events_created_idx').on(table.createdAt),
  ],
);

/** The model tokens that a user has used, by day (UTC). They outlive the chats in which they were used. */
export const usageDays = pgTable(
  'usage_days',
  {
    userId: owner(),
    day: date({ mode: 'string' }).notNull(),
    runs: integer().notNull().default(0),
    inputTokens: bigint({ mode: 'number' }).notNull().default(0),
    outputTokens: bigint({ mode: 'number' }).notNull().default(0),
    cachedTokens: bigint({ mode: 'number' }).notNull().default(0),
    reasoningTokens: bigint({ mode: 'number' }).notNull().default(0),
  },
  (table) => [primaryKey({ columns: [table.userId, table.day] })],
);

/** The part of `usageDays` that each model has used. Days before this table existed have no rows. */
export const usageModels = pgTable(
  'usage_models',
  {
    userId: owner(),
    day: date({ mode: 'string' }).notNull(),
    model: text().notNull(),
    inputTokens: bigint({ mode: 'number' }).notNull().default(0),
    outputTokens: bigint({ mode: 'number' }).notNull().default(0),
  },
  (table) => [primaryKey({ columns: [table.userId, table.day, table.model] })],
);
