import { and, asc, eq, gt, lt, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Database } from '#server/db/database';
import { runEvents, runs } from '#server/db/schema/index';
import { MAX_BACKLOG_BYTES } from '#server/limits';

/**
 * A committed event of a run. `chunks` is a JSON array of UI-message chunks, kept as text because it is only relayed.
 */
export interface RunEvent {
  runId: string;
  /** 1, 2, 3 … without a gap. */
  seq: number;
  chunks: string;
}

/** The maximum of events of one run that are read at once. */
export const BACKLOG = 200;
/** The same when several runs are read at once, and the maximum of the bytes of one run. */
const NEXT = 20;
const NEXT_BYTES = 64 * 1024;

/**
 * Reads committed events after number `seq`, in order, up to BACKLOG and MAX_BACKLOG_BYTES. Also returns whether the
 * log has more, whether the run is active, its seams, and the number of the last event of a run that has ended. Texts
 * beyond the limit are not fetched, because the database knows the length of a text without reading it.
 */
export async function readLog({ db }: Database, runId: string, seq: number) {
  const bytes = sql`octet_length(${runEvents.chunks})`;
  const next = db
    .select({
      runId: runEvents.runId,
      seq: runEvents.seq,
      before: sql<number>`sum(${bytes}) over (order by ${runEvents.seq}) - ${bytes}`.as('before'),
    })
    .from(runEvents)
    .where(and(eq(runEvents.runId, runId), gt(runEvents.seq, seq)))
    .orderBy(asc(runEvents.seq))
    .limit(BACKLOG)
    .as('next');
  const rows = await db
    .select({
      status: runs.status,
      lastSeq: runs.lastSeq,
      seams: runs.seams,
      seq: next.seq,
      chunks: runEvents.chunks,
    })
    .from(runs)
    .leftJoin(next, eq(next.runId, runs.id))
    .leftJoin(
      runEvents,
      and(eq(runEvents.runId, next.runId), eq(runEvents.seq, next.seq), lt(next.before, MAX_BACKLOG_BYTES)),
    )
    .where(eq(runs.id, runId))
    .orderBy(asc(next.seq));
  const events = rows.flatMap((row) =>
    row.seq === null || row.chunks === null ? [] : [{ runId, seq: row.seq, chunks: row.chunks }],
  );
  const isCut = events.length === BACKLOG || (rows.at(-1)?.seq ?? null) !== (events.at(-1)?.seq ?? null);
  const [run] = rows;
  const { lastSeq, seams } = run ?? { lastSeq: null, seams: [] };
  return { events, isCut, active: run?.status === 'active', lastSeq, seams };
}

/** The next events of a run. */
export interface NextEvents {
  /** In order. */
  events: RunEvent[];
  /** True if the log may have more than `events`. */
  isCut: boolean;
  /** True if the next event is too long to be read together with those of other runs. */
  isLong: boolean;
  /** True if the run may write more events. */
  active: boolean;
  /** The number of the last event of a run that has ended. */
  lastSeq: number | null;
  /** The number of the first event of each attempt after the first. */
  seams: number[];
}

const Row = z.object({
  runId: z.string(),
  active: z.boolean(),
  lastSeq: z.number().nullable(),
  seams: z.array(z.number()),
  seq: z.number().nullable(),
  chunks: z.string().nullable(),
});

/**
 * Reads a few of the next events of several runs in one statement.
 * @param after the number of the last known event of each run.
 * @returns the next events by run; nothing for a run that has been deleted.
 */
export async function readNext(
  { execute }: Database,
  after: ReadonlyMap<string, number>,
): Promise<Map<string, NextEvents>> {
  const wanted = JSON.stringify([...after].map(([runId, seq]) => ({ runId, seq })));
  const rows = await execute(sql`
    select runs.id as "runId", runs.status = 'active' as active, runs.last_seq as "lastSeq", to_json(runs.seams) as seams, event.seq, event.chunks
    from json_to_recordset(${wanted}::json) as wanted("runId" text, seq int)
    join ${runs} on runs.id = wanted."runId"
    left join lateral (
      select seq,
        case when sum(octet_length(chunks)) over (order by seq) <= ${NEXT_BYTES}::int then chunks end as chunks
      from (
        select seq, chunks from ${runEvents}
        where run_id = wanted."runId" and seq > wanted.seq order by seq limit ${NEXT}::int
      ) next
    ) event on true
    order by runs.id, event.seq`);
  const byRun = new Map<string, NextEvents>();
  for (const row of rows) {
    const { runId, active, lastSeq, seams, seq, chunks } = Row.parse(row);
    const next = byRun.get(runId) ?? { events: [], isCut: false, isLong: false, active, lastSeq, seams };
    byRun.set(runId, next);
    if (seq !== null && chunks !== null) next.events.push({ runId, seq, chunks });
    else if (seq !== null) next.isLong = true;
    next.isCut = next.events.length === NEXT;
  }
  return byRun;
}
