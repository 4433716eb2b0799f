import { and, asc, eq, gt, lt, sql, type SQL } from 'drizzle-orm';
import { nextSlice } from '#layer/index';
import type { Database } from '#server/db/database';
import { runEvents, runs } from '#server/db/schema/index';
import { MAX_BACKLOG_BYTES } from '#server/limits';
import { channelName } from '#server/db/names';

/**
 * A committed event of a run. `chunks` is a JSON array of UI-message chunks, kept as text because it is only relayed.
 */
export interface RunEvent {
  runId: string;
  /** 1, 2, 3 … without a gap. */
  seq: number;
  chunks: string;
}

const CHANNEL = channelName('runs');
/** PostgreSQL rejects a NOTIFY payload of 8000 bytes or more. */
const MAX_PAYLOAD = 7500;
/** How often a reader checks the log without a notification, in case one was lost. */
const POLL_MS = 5_000;
/**
 * The maximum of events read at once, and of live events that wait for a slow reader. With more, it reads the log
 * again.
 */
const BACKLOG = 200;
/** The maximum of events that are kept for the first reader of a new run. */
const KEPT = 10;

const notify = (payload: string): SQL => sql`pg_notify(${CHANNEL}, ${payload})`;

/** Receives the next event of a run, or `null` if the reader must check the log. */
type Listener = (event: RunEvent | null, isLast: boolean) => void;

/** Delivers events to the readers of one process. */
export type RunFeed = Awaited<ReturnType<typeof createRunFeed>>;

/**
 * Notifies the readers of this process about commits, of this or another instance. Instances send each other only run
 * ids (one NOTIFY for a whole commit). The text is read from the log.
 */
export async function createRunFeed(database: Database, instanceId: string) {
  const listeners = new Map<string, Set<Listener>>();
  /** All committed events of new runs of this process. A first reader that comes soon need not read the log. */
  const unread = new Map<string, RunEvent[]>();

  const notifyReaders = (runId: string, event: RunEvent | null, isLast = false) => {
    if (event === null || isLast) unread.delete(runId);
    for (const listener of listeners.get(runId) ?? []) listener(event, isLast);
  };

  function onNotification(payload: string): void {
    if (payload === '') {
      // A notification may have been lost, so every reader checks the log.
      for (const runId of listeners.keys()) notifyReaders(runId, null);
      return;
    }
    const [sender, ...runIds] = payload.split(' ');
    if (sender === instanceId) return;
    for (const runId of runIds) notifyReaders(runId, null);
  }

  /**
   * Returns the NOTIFY payloads that make other instances check the logs of these runs; none with a single instance.
   */
  function payloadsFor(runIds: string[]): string[] {
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

  const unlisten = database.kind === 'postgres' ? await database.listen(CHANNEL, onNotification) : undefined;

  /**
   * Reads committed events after number `seq`, in order, up to BACKLOG and MAX_BACKLOG_BYTES. Also returns whether the
   * log has more, whether the run is active, and the number of the last event of a run that has ended. Texts beyond the
   * limit are not fetched, because the database knows the length of a text without reading it.
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
    /** Keeps the committed first event of a new run for its first reader. */
    open(event: RunEvent): void {
      unread.set(event.runId, [event]);
    },

    /** Forgets what is kept for the first reader of a run. */
    forget(runId: string): void {
      unread.delete(runId);
    },

    /** Delivers events that this process has just committed. */
    publish(events: RunEvent[]): void {
      for (const event of events) {
        const kept = unread.get(event.runId);
        if (kept && kept.push(event) > KEPT) unread.delete(event.runId);
        notifyReaders(event.runId, event);
      }
    },

    /** Delivers the event that ended its run, which this process has just committed. */
    publishLast(event: RunEvent): void {
      notifyReaders(event.runId, event, true);
    },

    /** Makes readers on all instances check the logs of these runs, after a change that was not published. */
    async wake(runIds: string[]): Promise<void> {
      for (const runId of runIds) notifyReaders(runId, null);
      for (const payload of payloadsFor(runIds)) await database.execute(sql`select ${notify(payload)}`);
    },

    /** Returns SQL that notifies the other instances about events of these runs when its transaction commits. */
    notifications: (runIds: string[]): SQL[] => payloadsFor(runIds).map(notify),

    /**
     * Yields the events of a run after number `after`, from the log and then live, until the run has ended or `signal`
     * is aborted. The numbers have no gaps or repeats. A slow reader holds at most BACKLOG events, and about
     * MAX_BACKLOG_BYTES of them.
     * @returns true if the reader has everything that the run has written; false if its log or its chat has been
     * deleted.
     */
    async *follow(
      runId: string,
      after: number,
      signal: AbortSignal,
    ): AsyncGenerator<RunEvent, boolean, void> {
      let last = after;
      let live: RunEvent[] = unread.get(runId) ?? [];
      unread.delete(runId);
      let liveSize = live.reduce((size, { chunks }) => size + chunks.length, 0);
      let end = Infinity;
      /** True if the log may have events that `live` does not have. */
      let behind = live.length === 0;
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
            await nextSlice('small');
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

    /** Stops listening for notifications. */
    close: async (): Promise<void> => {
      await unlisten?.();
    },
  };
}
