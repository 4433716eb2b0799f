import type { Logger } from '#server/log/index';
import { metrics } from '#server/metrics/instruments';
import { asMaintenance } from './work.ts';

/**
 * Runs `work` repeatedly, with a pause of `ms` milliseconds. A failure is logged, and the next round tries again. The
 * statements of `work` have the time limit of maintenance.
 * @param name a name for the log.
 * @returns a function that ends it.
 */
export function runPeriodically(
  name: string,
  ms: number,
  work: () => Promise<void>,
  log: Logger,
): () => void {
  let timer: NodeJS.Timeout | undefined;
  let ended = false;
  const next = () => {
    if (ended) return;
    timer = setTimeout(() => {
      asMaintenance(work)
        .catch((err: unknown) => {
          metrics.periodicFailures.add(1);
          log.warn({ err }, `the periodic work on ${name} failed, retrying`);
        })
        .finally(next);
    }, ms);
    timer.unref();
  };
  next();
  return () => {
    ended = true;
    clearTimeout(timer);
  };
}
