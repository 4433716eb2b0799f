import { watch } from 'node:fs';
import { join } from 'node:path';
import type { Logger } from '#server/log/index';
import type { Database } from './database.ts';
import { MIGRATIONS } from './migrations.ts';

/** The time to wait for more changes, in milliseconds, because npm run db:generate writes several files. */
const PAUSE_MS = 500;

/**
 * Applies migrations that are added while a development server runs. A failure is logged, and the migration is retried
 * when a file of the folder is saved.
 */
export function watchMigrations({ database, log }: { database: Database; log: Logger }): void {
  let timer: NodeJS.Timeout | undefined;
  let last = Promise.resolve();

  async function apply(): Promise<void> {
    try {
      await database.migrate();
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
