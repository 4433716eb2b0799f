import { nextSlice } from '#layer/index';
import type { Database } from '#server/db/database';
import { MAX_BACKLOG_BYTES } from '#server/limits';
import type { Logger } from '#server/log/index';
import { createAnnouncer, RUN_CHANNEL } from './announcements.ts';
import { BACKLOG, readLog, type RunEvent } from './log-reads.ts';
import { type Audience, createRelay, type Listener, tell } from './relay.ts';

/**
 * How often the logs of runs are checked that have been silent since the last time, in case a notification was lost. So
 * a reader waits at most twice as long.
 */
const CHECK_MS = 2_500;
/** The maximum of events that are kept for the first reader of a new run. */
const KEPT = 10;

/**
 * True if a reader with the events up to `last`, who has passed the seams `passed`, may go on with a run that has `seams`.
 * If Postgres fails over to a standby without the last commits, another attempt writes other events under their numbers.
 */
function continues(seams: readonly number[], passed: readonly number[], last: number): boolean {
  return passed.every((seam, index) => seams[index] === seam) && (seams[passed.length] ?? Infinity) > last;
}

/** Delivers events to the readers of one process. */
export type RunFeed = Awaited<ReturnType<typeof createRunFeed>>;

/**
 * Notifies the readers of this process about commits, of this or another instance. Instances send each other only run
 * ids. The text is read from the log.
 */
export async function createRunFeed(database: Database, instanceId: string, log: Logger) {
  const audiences = new Map<string, Audience>();
  /** All committed events of new runs of this process. A first reader that comes soon need not read the log. */
  const unread = new Map<string, RunEvent[]>();
  const announce = createAnnouncer(database, instanceId, log);
  const check = createRelay(database, log);

  const notifyReaders = (runId: string, event: RunEvent | null, isLast = false) => {
    if (event === null || isLast) unread.delete(runId);
    const audience = audiences.get(runId);
    if (audience) tell(audience, event, isLast);
  };

  function onNotification(payload: string): void {
    if (payload === '') {
      // A notification may have been lost.
      for (const [runId, audience] of audiences) check(runId, audience);
      return;
    }
    const [sender, ...runIds] = payload.split(' ');
    if (sender === instanceId) return;
    for (const runId of runIds) {
      unread.delete(runId);
      const audience = audiences.get(runId);
      if (audience) check(runId, audience);
    }
  }

  function checkSilent(): void {
    for (const [runId, audience] of audiences) {
      if (audience.isSilent) check(runId, audience);
      audience.isSilent = true;
    }
  }

  const unlisten =
    database.kind === 'postgres' ? await database.listen(RUN_CHANNEL, onNotification) : undefined;
  const checks = setInterval(checkSilent, CHECK_MS).unref();

  return {
    /** Keeps the committed first event of a new run for its first reader. */
    open(event: RunEvent): void {
      unread.set(event.runId, [event]);
    },

    /** Forgets what is kept for the first reader of a run. */
    forget(runId: string): void {
      unread.delete(runId);
    },

    /** Delivers events that this process has just committed, and announces them to the other instances. */
    publish(events: RunEvent[]): void {
      for (const event of events) {
        const kept = unread.get(event.runId);
        if (kept && kept.push(event) > KEPT) unread.delete(event.runId);
        notifyReaders(event.runId, event);
      }
      announce(events.map(({ runId }) => runId));
    },

    /** Does the same for the event that ended its run. */
    publishLast(event: RunEvent): void {
      notifyReaders(event.runId, event, true);
      announce([event.runId]);
    },

    /** Makes readers on all instances check the logs of these runs, after a change that was not published. */
    wake(runIds: string[]): void {
      for (const runId of runIds) notifyReaders(runId, null);
      announce(runIds);
    },

    /**
     * Yields the events of a run after number `after`, from the log and then live, until the run has ended or `signal`
     * is aborted. The numbers have no gaps or repeats. A slow reader holds at most BACKLOG events, and about
     * MAX_BACKLOG_BYTES of them.
     * @param passed the seams of the run up to that event.
     * @returns true if the reader has everything that the run has written; false if its log or its chat has been
     * deleted, or if the reader has events that the run does not have.
     */
    async *follow(
      runId: string,
      after: number,
      signal: AbortSignal,
      passed: readonly number[] = [],
    ): AsyncGenerator<RunEvent, boolean, void> {
      let last = after;
      let known = passed;
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
      const audience = audiences.get(runId) ?? {
        listeners: new Set(),
        seq: null,
        seams: [],
        isSilent: false,
      };
      audiences.set(runId, audience);
      audience.listeners.add(listener);
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
            const { events, isCut, active, lastSeq, seams } = await readLog(database, runId, last);
            if (!continues(seams, known, last)) return false;
            for (const event of events) {
              if (event.seq !== last + 1) return false;
              yield event;
              last = event.seq;
            }
            known = seams.filter((seam) => seam <= last);
            await nextSlice('small');
            if (isCut) behind = true;
            else if (!active) return last === lastSeq;
            else if (audience.seq === null) Object.assign(audience, { seq: last, seams });
            continue;
          }
          const event = live.shift();
          liveSize -= event?.chunks.length ?? 0;
          if (!event) {
            // Not without limit: the log of a silent run is checked.
            await new Promise<void>((resolve) => {
              wake = resolve;
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
        audience.listeners.delete(listener);
        if (audience.listeners.size === 0 && audiences.get(runId) === audience) audiences.delete(runId);
      }
    },

    /** Stops listening for notifications. */
    close: async (): Promise<void> => {
      clearInterval(checks);
      await unlisten?.();
    },
  };
}
