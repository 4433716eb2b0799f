import type { Logger } from '#server/log/index';
import { asMaintenance } from './work.ts';

/**
 * Does `work` again and again, with a pause of `ms` milliseconds between; what fails is logged and tried again.
 * Its statements have the time limit of upkeep.
 * @returns a function that ends it.
 */
export function runPeriodically(
  what: string,
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
          log.warn({ err }, `the upkeep of ${what} failed; it is tried again`);
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
