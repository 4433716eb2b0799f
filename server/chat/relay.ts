import type { Database } from '#server/db/database';
import { asServer } from '#server/db/work';
import type { Logger } from '#server/log/index';
import { readNext, type NextEvents, type RunEvent } from './log-reads.ts';

/** Receives the next event of a run, or `null` if the reader must read the log itself. */
export type Listener = (event: RunEvent | null, isLast: boolean) => void;

/** The readers of a run on this instance. */
export interface Audience {
  listeners: Set<Listener>;
  /**
   * The number of the last event that all of them have, or have received, apart from those that are reading the log;
   * `null` if it is not known.
   */
  seq: number | null;
  /** The seams of the run when `seq` was found out. */
  seams: readonly number[];
  /** True if no event has arrived since the last round of checks. */
  isSilent: boolean;
}

/** The maximum of runs whose events one statement reads. */
const RUNS = 200;

/** Passes an event on to all readers of a run. */
export function tell(audience: Audience, event: RunEvent | null, isLast: boolean): void {
  if (event) {
    audience.seq = event.seq;
    audience.isSilent = false;
  }
  for (const listener of audience.listeners) listener(event, isLast);
}

/**
 * Returns a function that reads what other instances have written to runs, and passes it on to the readers of this one.
 * A run is read once for all its readers, and all runs together in one statement. Those that are announced while it is
 * in flight collect for the next.
 */
export function createRelay(database: Database, log: Logger) {
  const waiting = new Map<string, Audience>();
  let isReading = false;

  function take(): Map<string, Audience> {
    const taken = new Map<string, Audience>();
    for (const [runId, audience] of waiting) {
      waiting.delete(runId);
      taken.set(runId, audience);
      if (taken.size === RUNS) break;
    }
    return taken;
  }

  /** Passes on what was read. A reader whose events are not the next ones reads the log itself. */
  function pass(runId: string, audience: Audience, next: NextEvents | undefined): void {
    if (audience.listeners.size === 0) return;
    if (!next) {
      tell(audience, null, false);
      return;
    }
    const { events, isCut, isLong, active, lastSeq, seams } = next;
    if (
      seams.length !== audience.seams.length ||
      seams.some((seam, index) => seam !== audience.seams[index])
    ) {
      // Another attempt has begun, perhaps before the last event, so each reader has to find out whether it may go on.
      audience.seq = null;
      tell(audience, null, false);
      return;
    }
    let ended = false;
    for (const event of events) {
      // This process may have published events of the run in the meantime.
      if (audience.seq === null || event.seq <= audience.seq) continue;
      ended = event.seq === lastSeq;
      tell(audience, event, ended);
    }
    if (isCut && !ended) check(runId, audience);
    else if (isLong || (!active && !ended)) tell(audience, null, false);
  }

  async function readAll(): Promise<void> {
    isReading = true;
    while (waiting.size > 0) {
      const taken = take();
      const after = new Map([...taken].map(([runId, { seq }]) => [runId, seq ?? 0]));
      try {
        const read = await asServer(() => readNext(database, after));
        for (const [runId, audience] of taken) pass(runId, audience, read.get(runId));
      } catch (err) {
        log.warn({ err }, 'reading the logs of several runs failed, so each reader reads its own');
        for (const audience of taken.values()) tell(audience, null, false);
      }
    }
    isReading = false;
  }

  function check(runId: string, audience: Audience): void {
    if (audience.seq === null) {
      tell(audience, null, false);
      return;
    }
    waiting.set(runId, audience);
    if (!isReading) void readAll();
  }

  return check;
}
