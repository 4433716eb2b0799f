import { type SQL, sql } from 'drizzle-orm';

/** How long work is safe from being taken over without a sign of life of who does it, in milliseconds. */
export const LEASE_MS = 15_000;

/** How often who works gives one, in milliseconds: two may be lost. */
export const RENEW_MS = LEASE_MS / 3;

/** When a lease that begins now ends, by the database's clock, which all instances share. */
export const leaseEnd: SQL = sql`now() + ${LEASE_MS} * interval '1 millisecond'`;
