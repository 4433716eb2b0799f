import { sql } from 'drizzle-orm';
import type { Database } from '#server/db/database';

/** Deletes what the instances on Postgres have counted together, so that a new one counts for itself. */
export const forgetCounts = (database: Database): Promise<unknown> =>
  database.execute(sql`delete from rate_counts`);
