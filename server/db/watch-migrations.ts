import { readFileSync, watch } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Logger } from '#server/log/index';
import type { Database } from './database.ts';
import { MIGRATIONS } from './migrations.ts';

/** drizzle-kit writes several files. */
const PAUSE_MS = 300;

const Journal = z.object({ entries: z.array(z.object({ tag: z.string(), when: z.number() })) });

/** When the newest migration was made that the database has. */
async function newestIn({ execute }: Database): Promise<number> {
  const [row] = await execute(sql`select max(created_at)::text as at from drizzle.__drizzle_migrations`);
  return Number(row?.['at'] ?? 0);
}

/**
 * Applies migrations that are added while a development server runs, and says which. One that fails is said too, and tried again
 * when a file of the folder is saved.
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
      for (const { tag } of applied) log.info(`the migration ${tag} is applied`);
    } catch (err) {
      log.error(
        { err },
        'a migration in server/db/migrations cannot be applied; save it again when it is right',
      );
    }
  }

  function later(): void {
    clearTimeout(timer);
    timer = setTimeout(() => {
      last = last.then(apply);
    }, PAUSE_MS).unref();
  }

  for (const folder of [MIGRATIONS, join(MIGRATIONS, 'meta')])
    watch(folder, { persistent: false }, later).on('error', (err) => {
      log.warn(
        { err },
        'migrations are applied at the next start only, because their folder cannot be watched',
      );
    });
}
