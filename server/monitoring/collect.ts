import { setTimeout as pause } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { backupPlace } from '#server/backup/places';
import type { Database } from '#server/db/database';
import { imports } from '#server/db/schema/index';
import type { Env } from '#server/env';
import { metrics } from '#server/metrics/instruments';
import { programVersion } from '#server/version';
import { type Output, watchProcess } from './process.ts';

/** How long the query of a scrape may take, in milliseconds. Prometheus waits 10 seconds by default. */
const LIMIT_MS = 2_000;
const HOUR_SECONDS = 3600;

const Row = z.object({ pending: z.coerce.number() });

/** Returns how many chats wait to be imported; `undefined` if the database does not respond in time. */
async function countPending(database: Database): Promise<number | undefined> {
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
async function readBackups(env: Env): Promise<void> {
  const place = backupPlace(env);
  if (!place) return;
  metrics.backupInterval.set(env.BACKUP_EVERY * HOUR_SECONDS);
  // Without the right to read the place, the time is not known, and the alert of missing backups is sent.
  const read = place.newestAt().catch(() => 0);
  const at = await Promise.race([read, pause(LIMIT_MS, undefined, { ref: false })]);
  if (at !== undefined) metrics.backup.set(at / 1000);
}

/**
 * Sets the metrics that are not counted where something happens, and then returns the result of `print`. It takes 2 seconds
 * at most, also if the database does not respond.
 * @param maxAgeMs how old values of the database and of backups may be, in milliseconds, whichever output has read them.
 */
export type Collect = <T>(maxAgeMs: number, print: () => T) => Promise<T>;

/** Reads the metrics of an instance for its outputs. */
export interface Collector {
  /** Begins to measure the process for an output. */
  begin: (output: Output) => Collect;
}

/** Creates the collector of an instance. It measures nothing before an output needs it. */
export function createCollector({ database, env }: { database: Database; env: Env }): Collector {
  let readAt = -Infinity;
  let reading: Promise<void> | undefined;

  async function read(): Promise<void> {
    const began = performance.now();
    const [pending] = await Promise.all([countPending(database), readBackups(env)]);
    metrics.databaseUp.set(pending === undefined ? 0 : 1);
    metrics.importsPending.set(pending);
    readAt = began;
  }

  return {
    begin(output) {
      const readProcess = watchProcess(output);
      const { kind } = database;
      const version = programVersion();
      metrics.labels.version.allow([version]);
      metrics.labels.node.allow([process.version]);
      metrics.labels.database.allow([kind]);
      metrics.build.set(1, version, process.version, kind);
      return async (maxAgeMs, print) => {
        if (performance.now() - readAt > maxAgeMs) {
          await (reading ??= read().finally(() => {
            reading = undefined;
          }));
        }
        // The outputs share the metrics, so no other one may read before this one prints.
        readProcess();
        return print();
      };
    },
  };
}
