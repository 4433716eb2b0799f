import { setTimeout as pause } from 'node:timers/promises';
import type { UIMessageChunk } from 'ai';
import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Database } from '#server/db/database';
import { isConnectionError } from '#server/db/errors';
import { runEvents, runs } from '#server/db/schema/index';
import { asServer } from '#server/db/work';
import type { Logger } from '#server/log/index';
import { addedText, type ChunkList, createChunkList } from './chunks.ts';
import type { RunEvent, RunFeed } from './run-feed.ts';

/** Characters a run may have waiting for the database before the model is read more slowly. */
const MAX_PENDING = 64 * 1024;
/** What a chunk without text counts for. */
const CHUNK_SIZE = 200;
/** The pause after the first failure, in milliseconds; each further one is twice as long, up to the longest. */
const PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 3_000;
/** How often rows that the database rejects are tried, while it can be reached. */
const ATTEMPTS = 3;

/** What the writer holds of one run that is being written. */
interface Writing {
  runId: string;
  /** The number of the last event handed to the database. */
  seq: number;
  pending: ChunkList;
  pendingSize: number;
  inFlight: boolean;
  /** Called when nothing is pending and nothing is in flight, or the run is not ours any more. */
  idle: (() => void)[];
  lost: boolean;
  onLost: () => void;
}

const Inserted = z.object({ kept: z.array(z.string()) });

/** The writer of one process. */
export type RunLog = ReturnType<typeof createRunLog>;

/**
 * One writer for all runs of a process, with group commit: while one INSERT is on its way, the chunks of all runs
 * gather for the next. So a chunk waits for one commit when the database is idle, and the number of transactions does
 * not grow with the number of runs. Readers are told of rows only after the commit.
 * @param giveUpMs how long a failing database is tried again; then the runs are left to their leases.
 */
export function createRunLog(
  database: Database,
  feed: RunFeed,
  instanceId: string,
  log: Logger,
  giveUpMs: number,
) {
  const writing = new Map<string, Writing>();
  let flushing = false;

  /**
   * Inserts rows of runs that still are ours and active; one that another instance took over, or that was deleted,
   * gets none. FOR SHARE makes a takeover wait for us, or us for it. A repeat after a lost answer changes nothing.
   * @returns the ids of the runs whose rows were kept.
   */
  async function insert(rows: RunEvent[]): Promise<Set<string>> {
    const notifications = feed.notifications(rows.map((row) => row.runId));
    const [result] = await database.execute(sql`
      with fresh as (
        select * from json_to_recordset(${JSON.stringify(rows)}::json) as f ("runId" text, seq int, chunks text)
      ), ours as (
        select ${runs.id} as id from ${runs}
        where ${runs.id} in (select "runId" from fresh) and ${runs.ownerId} = ${instanceId} and ${runs.status} = 'active'
        for share
      ), kept as (
        insert into ${runEvents} (run_id, seq, chunks)
        select "runId", seq, chunks from fresh join ours on ours.id = "runId"
        on conflict (run_id, seq) do update set chunks = excluded.chunks
        returning run_id
      )
      select ${sql.join([sql`coalesce(array_agg(run_id), '{}') as kept`, ...notifications], sql`, `)} from kept`);
    return new Set(Inserted.parse(result).kept);
  }

  /**
   * Inserts rows, with growing pauses after failures. Where the database answers but rejects them, each is tried alone, so
   * that a run whose row cannot be stored is the only one that is given up.
   */
  async function insertPatiently(rows: RunEvent[]): Promise<Set<string>> {
    const giveUpAt = Date.now() + giveUpMs;
    let rejections = 0;
    for (let wait = PAUSE_MS; ; wait = Math.min(2 * wait, LONGEST_PAUSE_MS)) {
      try {
        return await insert(rows);
      } catch (err) {
        if (!isConnectionError(err)) rejections++;
        if (Date.now() + wait > giveUpAt || rejections >= ATTEMPTS) {
          log.error({ err, runs: rows.length }, 'the log of runs cannot be written; they are given up');
          return new Set();
        }
        log.warn({ err }, 'the log of runs was not written; trying again');
        await pause(wait);
        if (rejections > 0 && rows.length > 1) {
          const kept = await Promise.all(rows.map((row) => insertPatiently([row])));
          return new Set(kept.flatMap((ids) => [...ids]));
        }
      }
    }
  }

  /** Takes what a run has pending, as its next event. */
  function take(run: Writing): RunEvent {
    const event = { runId: run.runId, seq: ++run.seq, chunks: JSON.stringify(run.pending.take()) };
    run.pendingSize = 0;
    run.inFlight = true;
    return event;
  }

  function settle(run: Writing, kept: boolean): void {
    run.inFlight = false;
    if (!kept) {
      run.lost = true;
      run.pending.take();
      writing.delete(run.runId);
      run.onLost();
    }
    if (run.pending.chunks.length === 0) for (const resolve of run.idle.splice(0)) resolve();
  }

  async function flush(): Promise<void> {
    for (;;) {
      const batch = [...writing.values()].filter((run) => run.pending.chunks.length > 0);
      if (batch.length === 0) {
        // Here and not when the promise has settled: a chunk that is added between would wait for the next one.
        flushing = false;
        return;
      }
      const rows = batch.map(take);
      const kept = await insertPatiently(rows);
      feed.publish(rows.filter((row) => kept.has(row.runId)));
      for (const run of batch) settle(run, kept.has(run.runId));
    }
  }

  /** Lets what arrives in the same turn of the event loop share one row. */
  function schedule(): void {
    if (flushing) return;
    flushing = true;
    setImmediate(() => {
      // It writes for all callers, not for the one whose chunk came first.
      asServer(flush).catch((err: unknown) => {
        flushing = false;
        log.error({ err }, 'the writer of runs failed');
      });
    });
  }

  const untilIdle = (run: Writing) => new Promise<void>((resolve) => run.idle.push(resolve));

  return {
    /**
     * Begins to write a run.
     * @param seq the number of its last event, 0 when there is none.
     * @param onLost called when the run is not ours any more.
     */
    open(runId: string, seq: number, onLost: () => void): void {
      const state = { pending: createChunkList(), pendingSize: 0, inFlight: false, idle: [], lost: false };
      writing.set(runId, { runId, seq, onLost, ...state });
    },

    /** Adds a chunk. The promise holds the caller back while the database is slower than the model. */
    async append(runId: string, chunk: UIMessageChunk): Promise<void> {
      const run = writing.get(runId);
      if (!run) return;
      run.pending.add(chunk);
      run.pendingSize += addedText(chunk).length || CHUNK_SIZE;
      schedule();
      if (run.pendingSize >= MAX_PENDING) await untilIdle(run);
    },

    /**
     * Stops writing a run when everything appended is committed.
     * @returns the number of its last event, or `null` when the run is not ours any more.
     */
    async close(runId: string): Promise<number | null> {
      const run = writing.get(runId);
      if (!run) return null;
      if (run.pending.chunks.length > 0 || run.inFlight) await untilIdle(run);
      writing.delete(runId);
      return run.lost ? null : run.seq;
    },

    /** Gives up a run that is stuck: nothing more is written, and nobody waits for what was not. */
    drop(runId: string): void {
      const run = writing.get(runId);
      if (run) settle(run, false);
    },
  };
}
