import { readFileSync, watch } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Logger } from '#server/log/index';
import type { Database } from './database.ts';
import { MIGRATIONS } from './migrations.ts';

/** The time to wait for more changes, in milliseconds, because drizzle-kit writes several files. */
const PAUSE_MS = 300;

const Journal = z.object({ entries: z.array(z.object({ tag: z.string(), when: z.number() })) });

/** Returns the creation time of the newest migration that was applied to the database. */
async function newestIn({ execute }: Database): Promise<number> {
  const [row] = await execute(sql`select max(created_at)::text as at from drizzle.__drizzle_migrations`);
  return Number(row?.['at'] ?? 0);
}

/**
 * Applies migrations that are added while a development server runs, and logs them. A failure is logged too, and the
 * migration is retried when a file of the folder is saved.
 */
export function watchMigrations({ database, log }: { database: Database; log: Logger }): void {
  let timer: NodeJS.Timeout | undefined;
  let last = Promise.resolve();

  async function apply(): Promise<void> {
    try {
      const before = await newestIn(database);
      await database.migrate();
      const after = await newestIn(database);
      const text = readFileSync(join(MIGRATIONS, 'meta/_journal.json'), 'utf8');
      const { entries } = Journal.parse(JSON.parse(text));
      const applied = entries.filter(({ when }) => when > before && when <= after);
      for (const { tag } of applied) log.info(`applied the migration ${tag}`);
    } catch (err) {
      log.error({ err }, 'applying a migration in server/db/migrations failed; correct it and save it again');
    }
  }

  function schedule(): void {
    clearTimeout(timer);
    timer = setTimeout(() => {
      last = last.then(apply);
    }, PAUSE_MS).unref();
  }

  for (const folder of [MIGRATIONS, join(MIGRATIONS, 'meta')])
    watch(folder, { persistent: false }, schedule).on('error', (err) => {
      log.warn(
        { err },
        'the folder of migrations cannot be watched; new migrations are applied at the next start',
      );
    });
}
