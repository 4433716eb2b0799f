import { setTimeout as pause } from 'node:timers/promises';
import type { UIMessageChunk } from 'ai';
import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Database } from '#server/db/database';
import { isConnectionError } from '#server/db/errors';
import { runEvents, runs } from '#server/db/schema/index';
import { asServer } from '#server/db/work';
import type { Logger } from '#server/log/index';
import { metrics } from '#server/metrics/instruments';
import { addedText, type ChunkList, createChunkList } from './chunks.ts';
import type { RunEvent } from './log-reads.ts';
import type { RunFeed } from './run-feed.ts';
import { hasEvent } from './run-store.ts';

/** The characters of a run that may wait for the database before reading from the model pauses. */
const MAX_PENDING = 64 * 1024;
/** The size that a chunk without text counts as. */
const CHUNK_SIZE = 200;
/** The pause after the first failure, in milliseconds. Each further pause is twice as long, up to the maximum. */
const PAUSE_MS = 200;
const MAX_PAUSE_MS = 3_000;
/** How often rows are tried that a reachable database rejects. */
const ATTEMPTS = 3;

/** The state of a run that is being written. */
interface Writing {
  runId: string;
  /** The number of the last event handed to the database. */
  seq: number;
  pending: ChunkList;
  pendingSize: number;
  inFlight: boolean;
  /** Called when nothing is pending or in flight, or when the run can no longer be written. */
  idle: (() => void)[];
  lost: boolean;
  onLost: (loss: Loss) => void;
}

/**
 * Why a run is no longer written: it does not belong to this instance, or the database lacks its last events. That happens
 * if Postgres fails over to a standby without the last commits.
 */
export type Loss = 'taken' | 'behind';

const Inserted = z.object({ kept: z.array(z.string()), held: z.array(z.string()) });

/** What became of the events of some runs. Those in neither set belong to another instance. */
interface Inserted {
  kept: Set<string>;
  /** The runs whose previous event is not in the database. */
  behind: Set<string>;
}

/** The writer of one process. */
export type RunLog = ReturnType<typeof createRunLog>;

/**
 * Creates the log writer for all runs of a process, with group commit: while one INSERT is in flight, the chunks of all
 * runs collect for the next. So a chunk waits for one commit if the database is idle, and the number of transactions
 * does not grow with the number of runs. Readers get rows only after the commit.
 * @param retryMs how long to retry if the database fails. After that, the leases of the runs expire.
 */
export function createRunLog(
  database: Database,
  feed: RunFeed,
  instanceId: string,
  log: Logger,
  retryMs: number,
) {
  const writing = new Map<string, Writing>();
  let flushing = false;

  /**
   * Inserts rows of runs that still belong to this instance and are active, each if the event before it is in the log. A
   * run that was deleted, or taken over by another instance, gets none. The event before is looked up once for each row,
   * not for each pair of a join. An array of their ids lets the database look each of them up, however few runs there
   * are; with "in (select …)" it reads all runs if it takes that for cheaper. FOR SHARE makes this statement and a
   * takeover wait for each other. If the response of the database was lost, repeating the statement changes nothing.
   */
  async function insert(rows: RunEvent[]): Promise<Inserted> {
    const [result] = await database.execute(sql`
      with fresh as (
        select f.*, ${hasEvent(sql`f."runId"`, sql`f.seq - 1`)} as follows
        from json_to_recordset(${JSON.stringify(rows)}::json) as f ("runId" text, seq int, chunks text)
      ), ours as (
        select ${runs.id} as id from ${runs}
        where ${runs.id} = any(array(select "runId" from fresh)) and ${runs.ownerId} = ${instanceId} and ${runs.status} = 'active'
        for share
      ), kept as (
        insert into ${runEvents} (run_id, seq, chunks)
        select "runId", seq, chunks from fresh join ours on ours.id = "runId"
        where follows
        on conflict (run_id, seq) do update set chunks = excluded.chunks
        returning run_id
      )
      select coalesce(array_agg(run_id), '{}') as kept, array(select id from ours) as held from kept`);
    const { kept, held } = Inserted.parse(result);
    const inserted = new Set(kept);
    return { kept: inserted, behind: new Set(held.filter((id) => !inserted.has(id))) };
  }

  /**
   * Inserts rows, with growing pauses after failures. If the database responds but rejects them, each row is tried
   * alone, so that only the run whose row cannot be stored is given up.
   */
  async function insertWithRetries(rows: RunEvent[]): Promise<Inserted> {
    const deadline = Date.now() + retryMs;
    let rejections = 0;
    for (let wait = PAUSE_MS; ; wait = Math.min(2 * wait, MAX_PAUSE_MS)) {
      try {
        return await insert(rows);
      } catch (err) {
        if (!isConnectionError(err)) rejections++;
        if (Date.now() + wait > deadline || rejections >= ATTEMPTS) {
          log.error({ err, runs: rows.length }, 'writing the log of runs failed, giving them up');
          return { kept: new Set(), behind: new Set() };
        }
        log.warn({ err }, 'writing the log of runs failed, retrying');
        await pause(wait);
        if (rejections > 0 && rows.length > 1) {
          const each = await Promise.all(rows.map((row) => insertWithRetries([row])));
          return {
            kept: new Set(each.flatMap(({ kept }) => [...kept])),
            behind: new Set(each.flatMap(({ behind }) => [...behind])),
          };
        }
      }
    }
  }

  /** Takes the pending chunks of a run as its next event. */
  function take(run: Writing): RunEvent {
    const event = { runId: run.runId, seq: ++run.seq, chunks: JSON.stringify(run.pending.take()) };
    run.pendingSize = 0;
    run.inFlight = true;
    return event;
  }

  function settle(run: Writing, loss?: Loss): void {
    run.inFlight = false;
    if (loss) {
      run.lost = true;
      run.pending.take();
      writing.delete(run.runId);
      run.onLost(loss);
    }
    if (run.pending.chunks.length === 0) for (const resolve of run.idle.splice(0)) resolve();
  }

  async function flush(): Promise<void> {
    for (;;) {
      const batch = [...writing.values()].filter((run) => run.pending.chunks.length > 0);
      if (batch.length === 0) {
        // Not after the promise has settled: a chunk that is added in between would wait for the next one.
        flushing = false;
        return;
      }
      const rows = batch.map(take);
      const began = performance.now();
      const { kept, behind } = await insertWithRetries(rows);
      metrics.flushes.observe((performance.now() - began) / 1000);
      feed.publish(rows.filter((row) => kept.has(row.runId)));
      if (behind.size > 0) log.warn({ runs: [...behind] }, 'the database lacks the last events of runs');
      for (const run of batch) {
        if (kept.has(run.runId)) settle(run);
        else settle(run, behind.has(run.runId) ? 'behind' : 'taken');
      }
    }
  }

  /** Starts a flush in the next turn of the event loop, so that chunks of one turn share a row. */
  function schedule(): void {
    if (flushing) return;
    flushing = true;
    setImmediate(() => {
      // The flush writes for all callers, so it must not run as the caller whose chunk came first.
      asServer(flush).catch((err: unknown) => {
        flushing = false;
        log.error({ err }, 'the writer of the run log failed');
      });
    });
  }

  const untilIdle = (run: Writing) => new Promise<void>((resolve) => run.idle.push(resolve));

  return {
    /**
     * Starts writing a run.
     * @param seq the number of its last event; 0 if there is none.
     * @param onLost called when the run can no longer be written.
     */
    open(runId: string, seq: number, onLost: (loss: Loss) => void): void {
      const state = { pending: createChunkList(), pendingSize: 0, inFlight: false, idle: [], lost: false };
      writing.set(runId, { runId, seq, onLost, ...state });
    },

    /**
     * Adds a chunk. The promise stays pending while the database is slower than the model, which slows the caller down.
     */
    async append(runId: string, chunk: UIMessageChunk): Promise<void> {
      const run = writing.get(runId);
      if (!run) return;
      run.pending.add(chunk);
      metrics.deltas.add(1);
      run.pendingSize += addedText(chunk).length || CHUNK_SIZE;
      schedule();
      if (run.pendingSize >= MAX_PENDING) await untilIdle(run);
    },

    /**
     * Stops writing a run after everything appended has been committed.
     * @returns the number of its last event; `null` if the run can no longer be written.
     */
    async close(runId: string): Promise<number | null> {
      const run = writing.get(runId);
      if (!run) return null;
      if (run.pending.chunks.length > 0 || run.inFlight) await untilIdle(run);
      writing.delete(runId);
      return run.lost ? null : run.seq;
    },

    /** Gives up a stuck run: discards its pending chunks and releases the callers that wait for them. */
    drop(runId: string): void {
      const run = writing.get(runId);
      if (run) settle(run, 'taken');
    },
  };
}
