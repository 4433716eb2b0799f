import type { Database } from '#server/db/database';
import { runPeriodically } from '#server/db/periodic';
import type { Env } from '#server/env';
import type { Logger } from '#server/log/index';
import { backupPlace, type BackupPlace, nameAt, newestOf } from './places.ts';

/** How often to check whether a backup is due, in milliseconds. */
const CHECK_MS = 60_000;
/** The pause after a backup that failed, in milliseconds. */
const RETRY_MS = 15 * 60_000;
const HOUR_MS = 3600_000;
/** Distinguishes the lock of backups from other advisory locks of the database. */
const LOCK = 7_926_135;

/** What scheduled backups need. */
export interface ScheduledBackups {
  database: Database;
  env: Env;
  log: Logger;
  signal: AbortSignal;
}

/** Deletes the oldest backups, and what a killed process has left of one. Only one process may do it at a time. */
async function prune({ list, remove }: BackupPlace, keep: number): Promise<void> {
  const files = await list();
  const whole = files.filter(({ isPartial }) => !isPartial);
  const old = whole.slice(0, Math.max(0, whole.length - keep));
  for (const { name } of [...old, ...files.filter(({ isPartial }) => isPartial)]) await remove(name);
}

/** Runs `work` unless another instance is doing the same. */
async function alone(
  { database: { openSession } }: ScheduledBackups,
  work: () => Promise<void>,
): Promise<void> {
  if (!openSession) return work();
  const session = openSession();
  try {
    const [row] = await session`select pg_try_advisory_lock(${LOCK}) as held`;
    if (row?.['held'] === true) await work();
  } finally {
    // Releases the lock.
    await session.end({ timeout: 5 });
  }
}

/**
 * Makes a backup if the newest one is older than BACKUP_EVERY, and deletes the oldest ones.
 * @throws {BackupError | S3Error} if it cannot be made. Then all earlier ones stay.
 */
export async function backUpIfDue(backups: ScheduledBackups, now = new Date()): Promise<void> {
  const { database, env, log, signal } = backups;
  const place = backupPlace(env);
  if (!place) return;
  const isDue = (newest: number) => newest + env.BACKUP_EVERY * HOUR_MS <= now.getTime();
  if (!isDue(await place.newestAt())) return;
  await alone(backups, async () => {
    // Another instance may have made one meanwhile.
    if (!isDue(newestOf(await place.list()))) return;
    const { createBackup } = await import('./create.ts');
    const began = performance.now();
    let pausedMs: number | undefined;
    const file = nameAt(now);
    place.prepare();
    const written = await createBackup(database, {
      env,
      path: place.pathOf(file),
      signal,
      onPause: (ms) => {
        pausedMs = ms;
      },
    });
    await prune(place, env.BACKUP_KEEP);
    const ms = Math.round(performance.now() - began);
    log.info({ file, ...written, ms, pausedMs, freeBytes: await place.freeBytes() }, 'made a backup');
  });
}

/**
 * Makes backups while the process runs, if BACKUP_DIR or S3_BUCKET is set. After a failure, it pauses for a while.
 * @param isPaused returns true while none must begin.
 * @returns a function that ends it, and a backup in progress.
 */
export function scheduleBackups({
  database,
  env,
  log,
  isPaused,
}: Omit<ScheduledBackups, 'signal'> & { isPaused: () => boolean }) {
  if (!backupPlace(env)) return () => undefined;
  const stop = new AbortController();
  let pausedUntil = 0;
  const end = runPeriodically(
    'backups',
    CHECK_MS,
    async () => {
      if (isPaused() || performance.now() < pausedUntil) return;
      try {
        await backUpIfDue({ database, env, log, signal: stop.signal });
      } catch (err) {
        pausedUntil = performance.now() + RETRY_MS;
        if (!stop.signal.aborted) log.error({ err }, 'a scheduled backup failed, retrying in 15 minutes');
      }
    },
    log,
  );
  return () => {
    end();
    stop.abort();
  };
}
