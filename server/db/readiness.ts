import { setTimeout as pause } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import type { Database } from './database.ts';

const LIMIT_MS = 2000;

/** Returns true if the database responds within two seconds. */
export async function databaseAnswers({ database }: { database: Database }): Promise<boolean> {
  const response = database.execute(sql`select 1`).then(
    () => true,
    () => false,
  );
  return Promise.race([response, pause(LIMIT_MS, false, { ref: false })]);
}
