import { sql } from 'drizzle-orm';
import type { Database } from '#server/db/database';
import { runEvents, runs } from '#server/db/schema/index';

/** How long the log of a run is kept after its end, for readers that have not read all of it. */
const KEEP_LOG = sql`interval '10 minutes'`;
/** The maximum of runs, and of their events, that one statement deletes. It takes a few milliseconds. */
const RUNS = 100;
const EVENTS = 1_000;

/**
 * Deletes the logs of runs that ended a while ago, oldest first, in batches so small that other statements need not
 * wait. It continues until none is left, because runs can end faster than any fixed number per call. Several instances
 * can do it at the same time.
 */
export async function pruneLogs({ execute }: Database): Promise<void> {
  // The number of the last event tells how many events a log has, without reading it. A run of an older version has none.
  const size = sql`least(coalesce(${runs.lastSeq}, ${EVENTS}::int), ${EVENTS}::int)`;
  const batch = sql`
    with old as (
      select id from (
        select id, finished_at, size, sum(size) over (order by finished_at, id) as total from (
          select id, finished_at, ${size} as size from ${runs}
          where not pruned and finished_at < now() - ${KEEP_LOG} order by finished_at limit ${RUNS}::int
        ) oldest
      ) counted where total - size = 0 or total <= ${EVENTS}::int
    ), locked as (
      -- If another instance is deleting the same logs, this statement waits for it and then finds nothing to do.
      select id from ${runs} where id = any(array(select id from old)) and not pruned order by id for no key update
    ), chosen as materialized (
      select event.ctid from locked
      cross join lateral (select ctid from ${runEvents} where run_id = locked.id order by seq limit ${EVENTS}::int) event
    ), deleted as (
      delete from ${runEvents} where ctid = any(array(select ctid from chosen))
    ), pruned as (
      -- Counts what was chosen: of that, another instance may have deleted all while this statement waited.
      update ${runs} set pruned = true
      where id = any(array(select id from locked)) and (select count(*) from chosen) < ${EVENTS}::int
    )
    select id from locked limit 1`;
  while ((await execute(batch)).length > 0);
}
