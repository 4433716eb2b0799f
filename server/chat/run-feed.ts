import { and, asc, eq, gt, lt, sql, type SQL } from 'drizzle-orm';
import { nextSlice } from '#layer/index';
import type { Database } from '#server/db/database';
import { runEvents, runs } from '#server/db/schema/index';
import { MAX_BACKLOG_BYTES } from '#server/limits';

/** One committed event of a run; `chunks` is a JSON array of UI-message chunks, kept as text to be relayed. */
export interface RunEvent {
  runId: string;
  /** 1, 2, 3 … without a gap. */
  seq: number;
  chunks: string;
}

const CHANNEL = 'switchboard_runs';
/** PostgreSQL refuses a NOTIFY payload of 8000 bytes and more. */
const MAX_PAYLOAD = 7500;
/** How often a reader looks by itself, for the case that a notification was lost. */
const POLL_MS = 5_000;
/** Events read at once, and events a slow reader may have waiting before it goes back to reading the log. */
const BACKLOG = 200;

const notify = (payload: string): SQL => sql`pg_notify(${CHANNEL}, ${payload})`;

/** Something that wants to know of a run's progress: an event, or `null` for "look into the log". */
type Listener = (event: RunEvent | null, isLast: boolean) => void;

/** The readers' side of one process. */
export type RunFeed = Awaited<ReturnType<typeof createRunFeed>>;

/**
 * Tells the readers of this process what was committed, here or by another instance. Between instances only
 * `run:seq` travels (NOTIFY, one for a whole commit); the text is read from the log.
 */
export async function createRunFeed(database: Database, instanceId: string) {
  const listeners = new Map<string, Set<Listener>>();

  const tell = (runId: string, event: RunEvent | null, isLast = false) => {
    for (const listener of listeners.get(runId) ?? []) listener(event, isLast);
  };

  function hear(payload: string): void {
    if (payload === '') {
      // Something may have been missed: every reader looks for itself.
      for (const runId of listeners.keys()) tell(runId, null);
      return;
    }
    const [sender, ...runIds] = payload.split(' ');
    if (sender === instanceId) return;
    for (const runId of runIds) tell(runId, null);
  }

  /** What to NOTIFY so that the other instances look into the logs of these runs; nothing on one instance. */
  function notices(runIds: string[]): string[] {
    if (database.kind === 'pglite') return [];
    const payloads: string[] = [];
    let payload = instanceId;
    for (const runId of runIds) {
      if (payload.length + runId.length > MAX_PAYLOAD) {
        payloads.push(payload);
        payload = instanceId;
      }
      payload += ` ${runId}`;
    }
    return [...payloads, payload];
  }

  const unlisten = database.kind === 'postgres' ? await database.listen(CHANNEL, hear) : undefined;

  /**
   * Committed events after number `seq`, in order, as far as BACKLOG and MAX_BACKLOG_BYTES go; whether there are more
   * already, whether more will come, and which is the last of a run that has ended. What is not read of the log is not fetched: the database knows the length of a
   * text without reading it.
   */
  async function readLog(runId: string, seq: number) {
    const { db } = database;
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
      .select({ status: runs.status, lastSeq: runs.lastSeq, seq: next.seq, chunks: runEvents.chunks })
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
    return { events, isCut, active: run?.status === 'active', lastSeq: run?.lastSeq ?? null };
  }

  return {
    /** Tells readers of events that were just committed by this process. */
    publish(events: RunEvent[]): void {
      for (const event of events) tell(event.runId, event);
    },

    /** Tells readers of the event that ended its run, which was just committed by this process. */
    publishLast(event: RunEvent): void {
      tell(event.runId, event, true);
    },

    /** Tells readers everywhere to look into the logs of these runs, after another change than `publish` tells of. */
    async wake(runIds: string[]): Promise<void> {
      for (const runId of runIds) tell(runId, null);
      for (const payload of notices(runIds)) await database.execute(sql`select ${notify(payload)}`);
    },

    /** The SQL that tells the other instances of events of these runs when its transaction commits. */
    notifications: (runIds: string[]): SQL[] => notices(runIds).map(notify),

    /**
     * The events of a run after number `after`, from the log and then live, until the run has ended or `signal` is
     * aborted. The numbers come without gap or repeat. A reader that is slow holds BACKLOG events at most, and about
     * MAX_BACKLOG_BYTES of them.
     * @returns whether the reader has everything that the run has written; false if its log, or its chat, is gone.
     */
    async *follow(
      runId: string,
      after: number,
      signal: AbortSignal,
    ): AsyncGenerator<RunEvent, boolean, void> {
      let last = after;
      let live: RunEvent[] = [];
      let liveSize = 0;
      let end = Infinity;
      /** Whether the log may hold what `live` does not. */
      let behind = true;
      let wake: () => void = () => undefined;
      const listener: Listener = (event, isLast) => {
        if (event && isLast) end = event.seq;
        if (event === null || live.length >= BACKLOG || liveSize >= MAX_BACKLOG_BYTES) {
          live = [];
          liveSize = 0;
          behind = true;
        } else if (!behind) {
          live.push(event);
          liveSize += event.chunks.length;
        }
        wake();
      };
      const own = listeners.get(runId) ?? new Set();
      listeners.set(runId, own.add(listener));
      signal.addEventListener(
        'abort',
        (): void => {
          wake();
        },
        { once: true },
      );
      try {
        while (!signal.aborted) {
          if (behind) {
            behind = false;
            const { events, isCut, active, lastSeq } = await readLog(runId, last);
            for (const event of events) {
              if (event.seq !== last + 1) return false;
              yield event;
              last = event.seq;
            }
            await nextSlice();
            if (isCut) behind = true;
            else if (!active) return lastSeq !== null && last >= lastSeq;
            continue;
          }
          const event = live.shift();
          liveSize -= event?.chunks.length ?? 0;
          if (!event) {
            await new Promise<void>((resolve) => {
              const timer = setTimeout(() => {
                behind = true;
                resolve();
              }, POLL_MS);
              wake = () => {
                clearTimeout(timer);
                resolve();
              };
            });
            wake = () => undefined;
          } else if (event.seq === last + 1) {
            yield event;
            last = event.seq;
            if (last === end) return true;
          } else if (event.seq > last || event.seq === end) behind = true;
        }
        return true;
      } finally {
        own.delete(listener);
        if (own.size === 0 && listeners.get(runId) === own) listeners.delete(runId);
      }
    },

    /** Stops listening to the other instances. */
    close: async (): Promise<void> => {
      await unlisten?.();
    },
  };
}
