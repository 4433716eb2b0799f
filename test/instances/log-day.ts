import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { pruneLogs } from '#server/chat/prune-logs';
import { createRunClaims } from '#server/chat/run-claims';
import { createRunFeed } from '#server/chat/run-feed';
import { createRunLog } from '#server/chat/run-log';
import { createRunStore, type OwnedRun } from '#server/chat/run-store';
import type { Database } from '#server/db/database';
import { newId } from '#server/db/columns';
import { asMaintenance } from '#server/db/work';
import { silent } from '#test/logs';

const OWNER = 'instance';
/** How often the leases of an answer are renewed: those of an answer of 20 seconds. */
const RENEWALS = 4;
/** The answers whose logs are read, and the answers that end at the same time. */
const READ = 20;
const ENDING = 8;
const TEXT = 'a few words of an answer ';
/**
 * The pause after each period, in milliseconds. In ten minutes there are many moments in which a database removes dead
 * rows. Without one, a fast machine would write more periods between two of them than the log may grow.
 */
const IDLE_MS = 300;

/** How much is written. */
export interface Load {
  /** The answers in progress at a time. */
  streams: number;
  /** The events of each answer. */
  events: number;
  /** The number of periods of ten minutes. */
  periods: number;
}

/** A period of ten minutes. Times are in milliseconds, sizes in bytes. */
export interface Period {
  /** The times of the commits, each with an event of every stream. */
  appends: number[];
  /** The times of reads of a whole log. */
  reads: number[];
  /** The time in which the logs of the period before were deleted. */
  prune: number;
  /** The rows that are left. */
  rows: number;
  /** Of `run_events` and of `runs`. */
  tables: Record<'events' | 'runs', Size>;
}

export interface Size {
  table: number;
  indexes: number;
  /** The dead rows, as Postgres estimates them. */
  dead: number;
  vacuums: number;
  /** The updates so far, and those of them that wrote no index. */
  updated: number;
  hot: number;
}

const Sizes = z.object({
  table: z.coerce.number(),
  indexes: z.coerce.number(),
  dead: z.coerce.number(),
  vacuums: z.coerce.number(),
  updated: z.coerce.number(),
  hot: z.coerce.number(),
});

async function sizeOf({ execute }: Database, table: string): Promise<Size> {
  const [row] = await execute(sql`select pg_table_size(relid) as table, pg_indexes_size(relid) as indexes,
    n_dead_tup as dead, vacuum_count + autovacuum_count as vacuums, n_tup_upd as updated, n_tup_hot_upd as hot
    from pg_stat_user_tables where relname = ${table}`);
  return Sizes.parse(row);
}

/**
 * Replaces the clock of the database by one that can be moved, in sessions whose `search_path` is MOVED_CLOCK: their
 * `now()` is not that of PostgreSQL.
 */
export const MOVED_CLOCK = 'clock, public, pg_catalog';
export async function installClock({ execute }: Database): Promise<void> {
  await execute(sql`create schema clock`);
  await execute(sql`create table clock.moved as select interval '0' as by`);
  await execute(sql`create function clock.now() returns timestamptz stable language sql
    as 'select pg_catalog.now() + by from clock.moved'`);
}

/** Inserts the rows of new answers, one for each stream. Each stream is a chat. */
async function startRuns({ execute }: Database, streams: number): Promise<OwnedRun[]> {
  const started = Array.from({ length: streams }, (_, stream) => {
    return { runId: newId(), messageId: newId(), chatId: `chat-${stream}` };
  });
  const rows = sql`json_to_recordset(${JSON.stringify(started)}::json) as r ("runId" text, "messageId" text, "chatId" text)`;
  await execute(sql`insert into messages (id, chat_id, user_id, role, status, parts)
    select "messageId", "chatId", 'ada', 'assistant', 'streaming', '[]' from ${rows}`);
  await execute(sql`insert into runs
    (id, chat_id, user_id, message_id, client_request_id, request_hash, model, owner_id, lease_expires_at)
    select "runId", "chatId", 'ada', "messageId", "runId", repeat('0', 64), 'guide', ${OWNER}, now() from ${rows}`);
  const rest = { userId: 'ada', model: 'guide', reserved: null, spent: null, requestId: null };
  return started.map((run) => ({ ...run, ...rest }));
}

/**
 * Writes the log of `streams` answers at a time, ends them, and deletes their logs ten minutes later, by the functions
 * of the server. Each period stands for ten minutes, at whose end the clock of the database is moved. In reality, a
 * stream writes several answers in that time; here it writes one with `events` events. So the log turns over as often
 * as in reality, and each row stands for several.
 * @param onPeriod called after each period.
 */
export async function writeLogs(
  database: Database,
  { streams, events, periods }: Load,
  onPeriod: (period: Period) => void,
): Promise<void> {
  const { execute } = database;
  await execute(sql`insert into users (id, name, email) values ('ada', 'Ada', 'ada@example.com')`);
  await execute(sql`insert into chats (id, user_id, title_folded)
    select 'chat-' || i, 'ada', '' from generate_series(0, ${streams - 1}::int) as i`);
  const feed = await createRunFeed(database, OWNER, silent);
  let published = 0;
  let onPublished: () => void = () => undefined;
  const counting: typeof feed = {
    ...feed,
    publish(rows) {
      feed.publish(rows);
      published += rows.length;
      if (published === streams) onPublished();
    },
  };
  const log = createRunLog(database, counting, OWNER, silent, 60_000);
  const store = createRunStore(database, OWNER);
  const claims = createRunClaims(database, OWNER);

  /** Appends an event to each run. @returns the time until all are committed. */
  async function append(runs: OwnedRun[]): Promise<number> {
    const done = new Promise<void>((resolve) => (onPublished = resolve));
    published = 0;
    const began = performance.now();
    for (const { runId } of runs) await log.append(runId, { type: 'text-delta', id: '0', delta: TEXT });
    await done;
    return performance.now() - began;
  }

  async function end(run: OwnedRun): Promise<void> {
    const seq = await log.close(run.runId);
    if (seq === null) throw new Error(`The run ${run.runId} was lost.`);
    const parts = [{ type: 'text' as const, text: TEXT.repeat(events) }];
    const ending = {
      status: 'complete' as const,
      error: null,
      usage: null,
      chunks: [{ type: 'finish' as const }],
    };
    const owner = await store.finish(run, seq, parts, ending);
    if (owner === null) throw new Error(`The run ${run.runId} was not ended.`);
  }

  async function timePruning(): Promise<number> {
    const began = performance.now();
    await asMaintenance(() => pruneLogs(database));
    return performance.now() - began;
  }

  for (let period = 1; period <= periods; period++) {
    await execute(sql`update clock.moved set by = by + interval '601 seconds'`);
    const pruning = timePruning();
    const runs = await startRuns(database, streams);
    const ids = runs.map(({ runId }) => runId);
    for (const { runId } of runs) log.open(runId, 0, () => undefined);
    const appends: number[] = [];
    for (let event = 1; event <= events; event++) {
      appends.push(await append(runs));
      if (event % Math.ceil(events / RENEWALS) === 0) await claims.renew(ids);
    }
    const reads: number[] = [];
    for (const { runId } of runs.slice(0, READ)) {
      const began = performance.now();
      const { seq } = await store.readLog(runId);
      reads.push(performance.now() - began);
      if (seq !== events) throw new Error(`The log has ${seq} of ${events} events.`);
    }
    for (const rest = [...runs]; rest.length > 0;) await Promise.all(rest.splice(0, ENDING).map(end));
    const prune = await pruning;
    const [count] = await execute(sql`select count(*)::int as rows from run_events`);
    const { rows } = z.object({ rows: z.number() }).parse(count);
    const tables = { events: await sizeOf(database, 'run_events'), runs: await sizeOf(database, 'runs') };
    onPeriod({ appends, reads, prune, rows, tables });
    await pause(IDLE_MS);
  }
  await feed.close();
}
