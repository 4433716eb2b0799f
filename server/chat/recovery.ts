import { setTimeout as pause } from 'node:timers/promises';
import { RENEW_MS } from '#server/db/lease';
import { metrics } from '#server/metrics/instruments';
import type { NewRun } from './engine.ts';
import type { TakenRun } from './run-claims.ts';
import type { RunEndings } from './run-ending.ts';
import { complete, stopped } from './run-model.ts';
import { takeOver, type TakeoverDeps } from './takeover.ts';

/** How many answers of lost instances one instance begins to continue at the same time. */
const MAX_STARTING = 20;

/** Takes over up to a number of runs. */
type Claim = (limit: number) => Promise<TakenRun[]>;

interface RecoveryDeps extends TakeoverDeps {
  endings: RunEndings;
  /** Returns how many more answers this process may write. */
  freePlaces: () => number;
  /** Ends what this process still does for a run that it has taken over from itself. */
  abandon: (runId: string) => void;
  /** Starts an attempt. `onWritten` is called with each chunk of it and at its end. */
  start: (attempt: Omit<NewRun, 'leave'>, onWritten: () => void) => void;
}

/** Returns a function that calls `onWritten`. The first time, it measures the time since now. */
function measured(onWritten: () => void): () => void {
  const began = performance.now();
  let isFirst = true;
  return () => {
    if (isFirst) metrics.seams.observe((performance.now() - began) / 1000);
    isFirst = false;
    onWritten();
  };
}

/** Continues runs of instances that died or stopped, a few at a time, so that a start does not overload the process. */
export function createRecovery({ endings, freePlaces, abandon, start, ...deps }: RecoveryDeps) {
  const { log, claims } = deps;
  const recovering = new Set<Promise<void>>();
  /** How many attempts have begun and not written anything yet. */
  let starting = 0;
  /** The claim that found more runs than there was room for. */
  let unfinished: Claim | null = null;
  let isEnded = false;

  /** Continues a run that was taken over, or ends it with the content of its log. */
  async function recover(run: TakenRun, onWritten: () => void): Promise<void> {
    const fields = { runId: run.runId, requestId: run.requestId, takeovers: run.takeovers };
    const onFirst = measured(onWritten);
    try {
      abandon(run.runId);
      const takeover = await takeOver(deps, run);
      if (takeover.next === 'continue') {
        start(takeover.attempt, onFirst);
        metrics.takeovers.add(1, 'continued');
        log.info(fields, 'took over the run of a lost instance and continues it');
        return;
      }
      const isComplete = takeover.next === 'complete';
      // Read again, because a stop may have been requested since the run was taken over.
      const isStopped = !isComplete && (await claims.isStopRequested(run.runId));
      const ending = isComplete ? complete() : stopped(isStopped ? 'stopped' : 'interrupted');
      if ((await endings.recover(run, ending)) !== null) {
        metrics.takeovers.add(1, 'ended');
        log.info(fields, 'took over the run of a lost instance and ended it');
      }
    } catch (err) {
      metrics.takeovers.add(1, 'failed');
      log.error({ err, ...fields }, 'ending an abandoned run failed, retrying less and less often');
    }
    onWritten();
  }

  function begin(run: TakenRun): void {
    let isStarting = true;
    const recovered = recover(run, () => {
      if (!isStarting) return;
      isStarting = false;
      starting--;
      const claim = unfinished;
      unfinished = null;
      if (claim)
        take(claim).catch((err: unknown) => {
          log.warn({ err }, 'taking over runs failed, retrying');
        });
    }).finally(() => recovering.delete(recovered));
    recovering.add(recovered);
  }

  /**
   * Takes over abandoned runs, as many as this process may begin to continue now, and the rest as soon as it may.
   * @returns when these runs belong to this process.
   */
  async function take(claim: Claim): Promise<void> {
    while (!isEnded) {
      const limit = Math.min(MAX_STARTING - starting, freePlaces());
      if (limit <= 0) {
        unfinished = claim;
        return;
      }
      starting += limit;
      let taken: TakenRun[] = [];
      try {
        taken = await claim(limit);
      } finally {
        starting -= limit - taken.length;
      }
      for (const run of taken) begin(run);
      if (taken.length < limit) return;
    }
  }

  return {
    take,
    /** Takes over no more runs. */
    end(): void {
      isEnded = true;
    },
    /** Waits until all runs that were taken over are continued or ended, for 5 seconds at most. */
    settle: async (): Promise<void> => {
      await Promise.race([Promise.all(recovering), pause(RENEW_MS, undefined, { ref: false })]);
    },
  };
}
