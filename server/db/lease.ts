import { type SQL, sql } from 'drizzle-orm';

/** The duration of a lease, in milliseconds. If its owner does not renew it in time, another instance may take over. */
export const LEASE_MS = 15_000;

/** How often an owner renews its lease, in milliseconds. Two renewals may fail. */
export const RENEW_MS = LEASE_MS / 3;

/** The end of a lease that starts now, by the database's clock, which all instances share. */
export const leaseEnd: SQL = sql`now() + ${LEASE_MS} * interval '1 millisecond'`;
