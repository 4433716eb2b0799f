import { existsSync, readdirSync, rmSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { PRODUCT } from '#contract/product';
import type { Database } from '#server/db/database';
import { runPeriodically } from '#server/db/periodic';
import type { Env } from '#server/env';
import { createFolder } from '#server/folders';
import type { Logger } from '#server/log/index';

/** How often to check whether a backup is due, in milliseconds. */
const CHECK_MS = 60_000;
/** The pause after a backup that failed, in milliseconds. */
const RETRY_MS = 15 * 60_000;
const HOUR_MS = 3600_000;
/** Distinguishes the lock of backups from other advisory locks of the database. */
const LOCK = 7_926_135;

const PREFIX = `${PRODUCT.slug}-`;
/** The name of a backup: `2026-01-31T12-00-00Z`, so that names sort by time. */
const NAME =
  /^(?<day>\d{4}-\d\d-\d\d)T(?<hour>\d\d)-(?<minute>\d\d)-(?<second>\d\d)Z\.zip(?<partial>\.partial)?$/;

interface BackupFile {
  name: string;
  at: number;
  isPartial: boolean;
}

/** Returns the backups in a folder that have names like ours, oldest first. */
function backupsIn(folder: string): BackupFile[] {
  return readdirSync(folder)
    .sort()
    .flatMap((name) => {
      const groups = name.startsWith(PREFIX) ? NAME.exec(name.slice(PREFIX.length))?.groups : undefined;
      if (!groups) return [];
      const { day, hour, minute, second, partial } = groups;
      const at = Date.parse(`${day}T${hour}:${minute}:${second}Z`);
      return [{ name, at, isPartial: partial !== undefined }];
    });
}

/** Returns the time of the newest backup in BACKUP_DIR, as a Unix timestamp in milliseconds; 0 if there is none. */
export function newestBackupAt(folder: string): number {
  if (!existsSync(folder)) return 0;
  return backupsIn(folder).findLast(({ isPartial }) => !isPartial)?.at ?? 0;
}

const nameAt = (now: Date) => `${PREFIX}${now.toISOString().slice(0, 19).replaceAll(':', '-')}Z.zip`;

/** What scheduled backups need. */
export interface ScheduledBackups {
  database: Database;
  env: Env & { BACKUP_DIR: string };
  log: Logger;
  signal: AbortSignal;
}

/** Deletes the oldest backups, and what a killed process has left of one. Only one process may do it at a time. */
function prune(folder: string, keep: number): void {
  const files = backupsIn(folder);
  const whole = files.filter(({ isPartial }) => !isPartial);
  const old = whole.slice(0, Math.max(0, whole.length - keep));
  for (const { name } of [...old, ...files.filter(({ isPartial }) => isPartial)]) {
    rmSync(join(folder, name), { force: true });
  }
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
 * Makes a backup in BACKUP_DIR if the newest one is older than BACKUP_EVERY, and deletes the oldest ones.
 * @throws {BackupError} if it cannot be made. Then all earlier ones stay.
 */
export async function backUpIfDue(backups: ScheduledBackups, now = new Date()): Promise<void> {
  const { database, env, log, signal } = backups;
  const folder = resolve(env.BACKUP_DIR);
  createFolder(folder);
  const isDue = () => {
    const newest = backupsIn(folder).findLast(({ isPartial }) => !isPartial);
    return !newest || newest.at + env.BACKUP_EVERY * HOUR_MS <= now.getTime();
  };
  if (!isDue()) return;
  await alone(backups, async () => {
    // Another instance may have made one meanwhile.
    if (!isDue()) return;
    const { createBackup } = await import('./create.ts');
    const began = performance.now();
    let pausedMs: number | undefined;
    const file = nameAt(now);
    const written = await createBackup(database, {
      env,
      path: join(folder, file),
      signal,
      onPause: (ms) => {
        pausedMs = ms;
      },
    });
    prune(folder, env.BACKUP_KEEP);
    const { bavail, bsize } = await statfs(folder);
    const ms = Math.round(performance.now() - began);
    log.info({ file, ...written, ms, pausedMs, freeBytes: bavail * bsize }, 'made a backup');
  });
}

/**
 * Makes backups while the process runs, if BACKUP_DIR is set. After a failure, it pauses for a while.
 * @param isPaused returns true while none must begin.
 * @returns a function that ends it, and a backup in progress.
 */
export function scheduleBackups({
  database,
  env,
  log,
  isPaused,
}: Omit<ScheduledBackups, 'signal' | 'env'> & { env: Env; isPaused: () => boolean }) {
  const { BACKUP_DIR } = env;
  if (BACKUP_DIR === undefined) return () => undefined;
  const stop = new AbortController();
  let pausedUntil = 0;
  const end = runPeriodically(
    'backups',
    CHECK_MS,
    async () => {
      if (isPaused() || performance.now() < pausedUntil) return;
      try {
        await backUpIfDue({ database, env: { ...env, BACKUP_DIR }, log, signal: stop.signal });
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
