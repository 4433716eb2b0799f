import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'drizzle-orm';
import type { Database } from '#server/db/database';
import { openPglite } from '#server/db/pglite';
import { openPostgres } from '#server/db/postgres';
import { silent } from '#test/logs';
import { percentile } from '../../bench/lib/statistics.ts';
import { startCluster } from './cluster.ts';
import { installClock, type Load, MOVED_CLOCK, type Period, writeLogs } from './log-day.ts';
import type { Part } from './part.ts';

/** A day of 500 streams, and two hours of it. */
const DAY: Load = { streams: 500, events: 20, periods: 144 };
const HOURS: Load = { streams: 500, events: 20, periods: 12 };
/** Few enough for the embedded database, which does not wait for a disk or another process. */
const EMBEDDED_DAY: Load = { streams: 100, events: 50, periods: 144 };
const EMBEDDED_HOURS: Load = { streams: 50, events: 50, periods: 12 };
/**
 * How many times as large as the log of the first period the table may become. It has the logs of two periods, and the
 * space of rows that were deleted since the last VACUUM. Without VACUUM, it has the logs of all periods, at least twelve.
 */
const MAX_GROWTH = 8;
const MB = 1024 * 1024;

const median = (values: number[]) => percentile(values, 0.5);

const bytesOf = ({ tables: { events } }: Period) => events.table + events.indexes;

function describe(name: string, periods: Period[]): string {
  const appends = periods.flatMap((period) => period.appends);
  const largest = Math.max(...periods.map(bytesOf)) / MB;
  const dead = median(periods.map(({ tables }) => tables.events.dead));
  const times = [
    `append ${median(appends).toFixed(1)} ms (95 %: ${percentile(appends, 0.95).toFixed(1)} ms)`,
    `read a log ${median(periods.flatMap(({ reads }) => reads)).toFixed(1)} ms`,
    `prune a period ${median(periods.map(({ prune }) => prune)).toFixed(0)} ms`,
  ];
  return `${name}: ${times.join(', ')}; at most ${largest.toFixed(1)} MB, ${dead} dead rows, ${periods.at(-1)?.rows} rows`;
}

/** Writes logs in an empty database. @throws {Error} if its log grows. */
async function measure(database: Database, load: Load, report: (line: string) => void): Promise<void> {
  const all: Period[] = [];
  await writeLogs(database, load, (period) => void all.push(period));
  const [first] = all;
  const last = all.at(-1);
  if (!first || !last) throw new Error('There are no periods.');
  for (const [part, name] of ['first', 'second', 'last'].entries()) {
    const third = all.slice((part * all.length) / 3, ((part + 1) * all.length) / 3);
    report(describe(`${name} third`, third));
  }
  const { events, runs } = last.tables;
  report(
    `the log was vacuumed ${events.vacuums} times; ${Math.round((100 * runs.hot) / runs.updated)} % of the updates of runs wrote no index`,
  );
  const rows = load.streams * (load.events + 1);
  const late = all.find((period) => period.rows !== rows);
  if (late) throw new Error(`The log has ${late.rows} rows instead of ${rows} after it was pruned.`);
  const growth = Math.max(...all.map(bytesOf)) / bytesOf(first);
  if (growth > MAX_GROWTH) throw new Error(`The log has grown to ${growth.toFixed(1)} times its size.`);
}

async function onPostgres(load: Load, report: (line: string) => void): Promise<void> {
  // Ten minutes take a few seconds here, so Postgres looks for dead rows every second instead of every minute. Compared
  // with how fast the log turns over, that is still less often than in reality.
  const cluster = await startCluster({ settings: { autovacuum_naptime: '1s' } });
  try {
    const setUp = openPostgres(cluster.url, 1, silent);
    await setUp.migrate();
    await installClock(setUp);
    await setUp.execute(sql.raw(`alter database postgres set search_path = ${MOVED_CLOCK}`));
    await setUp.close();
    const database = openPostgres(cluster.url, 10, silent);
    try {
      await measure(database, load, (line) => report(`Postgres, ${line}`));
    } finally {
      await database.close();
    }
  } finally {
    await cluster.stop();
  }
}

async function onPglite(load: Load, report: (line: string) => void): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'switchboard-log-'));
  try {
    const database = await openPglite(folder, silent);
    try {
      await database.migrate();
      await installClock(database);
      await database.execute(sql.raw(`set search_path = ${MOVED_CLOCK}`));
      await measure(database, load, (line) => report(`PGlite, ${line}`));
    } finally {
      await database.close();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Writes and prunes the logs of a day in fast motion, on a Postgres server of its own and on the embedded database. It
 * fails if old logs remain, or if the table grows although its rows do not.
 */
export const log: Part = async ({ isShort, report }) => {
  await onPostgres(isShort ? HOURS : DAY, report);
  await onPglite(isShort ? EMBEDDED_HOURS : EMBEDDED_DAY, report);
};
