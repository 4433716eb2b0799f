import type { Eventual } from '#layer/index';
import type { Database } from '#server/db/database';
import { runPeriodically } from '#server/db/periodic';
import type { Env } from '#server/env';
import { AppError } from '#server/errors';
import type { Logger } from '#server/log/index';
import { metrics } from '#server/metrics/instruments';
import { whenEnded } from '#server/when-ended';
import { type Activity, MAINTENANCE_CHANNEL, readSwitch, rowsOf, type Switch } from './switch.ts';

/** How often an instance looks for a switch whose notification was lost, in milliseconds. */
const LOOK_MS = 2_000;
/** The value of Retry-After for rejected changes, in seconds. */
const RETRY_SECONDS = 30;
/** How long nothing may have been written, in milliseconds, because the response to a change may still be stored. */
const QUIET_MS = 250;

/**
 * The maintenance mode of one instance: reading works, and changes are rejected. The last switch in the database decides,
 * or the setting until the first switch while the instance runs.
 */
export interface Maintenance {
  isOn: () => boolean;
  /** @throws {AppError} MAINTENANCE if it is on. */
  requireOff: () => void;
  /** Makes a change. @throws {AppError} MAINTENANCE if it is on, and the errors of `work`. */
  write: <T>(work: () => Eventual<T>) => Eventual<T>;
  /** Returns periodic work that pauses while it is on. */
  pausing: (work: () => Promise<void>) => () => Promise<void>;
  /** Adds a function that returns how many answers this instance is writing. */
  countAnswers: (count: () => number) => void;
  /** True if it is on, and this instance changes nothing any more. */
  isQuiet: () => boolean;
  /** Returns what this instance does. */
  activity: () => Activity;
  /** Reads the last switch now. */
  refresh: () => Promise<void>;
  close: () => Promise<void>;
}

/** Creates the maintenance mode of an instance, which follows the switches in the database. */
export async function createMaintenance(
  database: Database,
  { MAINTENANCE: isSet }: Pick<Env, 'MAINTENANCE'>,
  log: Logger,
): Promise<Maintenance> {
  const read = () => readSwitch(rowsOf(database));
  let last: Switch | undefined;
  let isOn = false;
  let answers = () => 0;
  let writing = 0;
  let wroteAt = -Infinity;

  function set(next: boolean): void {
    if (next === isOn) return;
    isOn = next;
    if (isOn) log.warn('maintenance mode is on: reading works, and changes are rejected');
    else log.info('maintenance mode is off');
  }

  async function refresh(): Promise<void> {
    const found = await read();
    if (found?.mark === last?.mark) return;
    last = found;
    set(found?.isOn ?? false);
  }

  function requireOff(): void {
    if (!isOn) return;
    throw new AppError('MAINTENANCE', {
      detail: 'The server is in maintenance. Reading works, changes are possible again later.',
      retryAfter: RETRY_SECONDS,
    });
  }

  /** Counts work in progress. */
  function counted<T>(work: () => Eventual<T>): Eventual<T> {
    writing++;
    return whenEnded(work, () => {
      writing--;
      wroteAt = performance.now();
    });
  }

  const isQuiet = () => isOn && writing === 0 && answers() === 0 && performance.now() - wroteAt > QUIET_MS;

  const unlisten = await database.listen(MAINTENANCE_CHANNEL, () => {
    refresh().catch((err: unknown) => log.warn({ err }, 'reading the maintenance mode failed, retrying'));
  });
  last = await read();
  set(isSet || (last?.isOn ?? false));
  const endLooking =
    database.kind === 'postgres'
      ? runPeriodically('the maintenance mode', LOOK_MS, refresh, log)
      : () => undefined;
  metrics.maintenance.read(() => Number(isOn));

  return {
    isOn: () => isOn,
    requireOff,
    write(work) {
      requireOff();
      return counted(work);
    },
    pausing: (work) => async () => {
      if (!isOn) await counted(work);
    },
    countAnswers(count) {
      answers = count;
    },
    isQuiet,
    activity: () => ({ answers: answers(), quiet: Number(isQuiet()), others: Number(!isQuiet()) }),
    refresh,
    async close() {
      endLooking();
      await unlisten();
    },
  };
}
