import { setTimeout as pause } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { backupPlace } from '#server/backup/places';
import type { Deps } from '#server/compose';
import { imports } from '#server/db/schema/index';
import { metrics } from '#server/metrics/instruments';
import { programVersion } from '#server/version';
import { watchProcess } from './process.ts';

/** How long the query of a scrape may take, in milliseconds. Prometheus waits 10 seconds by default. */
const LIMIT_MS = 2_000;
const HOUR_SECONDS = 3600;

const Row = z.object({ pending: z.coerce.number() });

/** Returns how many chats wait to be imported; `undefined` if the database does not respond in time. */
async function countPending({ database }: Pick<Deps, 'database'>): Promise<number | undefined> {
  // The partial index `imports_pending_idx` has these rows only.
  const query = database
    .execute(sql`select coalesce(sum(pending), 0) as pending from ${imports} where pending > 0`)
    .then(
      ([row]) => Row.parse(row).pending,
      () => undefined,
    );
  return Promise.race([query, pause(LIMIT_MS, undefined, { ref: false })]);
}

/** Sets the metrics of backups. A list that takes longer is in the next scrape. */
async function readBackups({ env }: Pick<Deps, 'env'>): Promise<void> {
  const place = backupPlace(env);
  if (!place) return;
  metrics.backupInterval.set(env.BACKUP_EVERY * HOUR_SECONDS);
  // Without the right to read the place, the time is not known, and the alert of missing backups is sent.
  const read = place.newestAt().catch(() => 0);
  const at = await Promise.race([read, pause(LIMIT_MS, undefined, { ref: false })]);
  if (at !== undefined) metrics.backup.set(at / 1000);
}

/**
 * Begins to measure the process.
 * @returns a function that sets the metrics that are not counted where something happens. It takes 2 seconds at most, also
 * if the database does not respond.
 */
export function createCollector(deps: Pick<Deps, 'database' | 'env'>): () => Promise<void> {
  const readProcess = watchProcess();
  const { kind } = deps.database;
  const version = programVersion();
  metrics.labels.version.allow([version]);
  metrics.labels.node.allow([process.version]);
  metrics.labels.database.allow([kind]);
  metrics.build.set(1, version, process.version, kind);
  return async () => {
    readProcess();
    const [pending] = await Promise.all([countPending(deps), readBackups(deps)]);
    metrics.databaseUp.set(pending === undefined ? 0 : 1);
    metrics.importsPending.set(pending);
  };
}
