import type postgres from 'postgres';
import { z } from 'zod';
import type { Logger } from '#server/log/index';
import { metrics } from '#server/metrics/instruments';
import { newId } from './columns.ts';
import type { Database } from './database.ts';

/** How often an instance looks for others that are gone, in milliseconds. */
const LOOK_MS = 500;
/** The pause before the lock is taken again after its connection was lost, in milliseconds. */
const RETRY_MS = 50;
/** How long a look may take, in milliseconds. Then the connection is replaced. */
const LOOK_LIMIT_MS = 3_000;
/**
 * How old the session of this instance must be before a missing lock means a dead instance, in milliseconds. A restart or
 * a failover of Postgres drops all locks, and within that time each living instance has its lock again.
 */
const SETTLED_MS = 5_000;
/** Distinguishes the locks of instances from other advisory locks of the database. */
const SEED = 7_926_133;
/** The prefix of the ids of instances that hold a lock. Those of earlier versions hold none. */
const PREFIX = 'i-';

/** Returns a new id for this process. */
export const newInstanceId = (): string => PREFIX + newId();

/**
 * The settings of the session that holds the lock. Postgres closes the session of a machine that does not respond any
 * more within about 4 seconds; by default, that takes hours.
 * https://www.postgresql.org/docs/current/runtime-config-connection.html
 */
const PARAMETERS = {
  tcp_keepalives_idle: 1,
  tcp_keepalives_interval: 1,
  tcp_keepalives_count: 2,
  tcp_user_timeout: 3_000,
};

const Look = z.object({
  pid: z.int(),
  readOnly: z.boolean(),
  settled: z.boolean(),
  missing: z.array(z.string()),
});
const Lock = z.object({ held: z.boolean() });

/**
 * Shows other instances that this one lives, and finds out which owners of runs are gone. Each instance holds a session
 * advisory lock, which Postgres releases when the connection ends: in milliseconds after kill -9. A stopped process
 * keeps its lock. An owner is gone if its lock is missing in two looks in a row. Released runs count as those of an
 * owner that is gone.
 * The name of the session (application_name) tells others more about the instance.
 * @param released the owner of released runs.
 * @param onGone called with the owners that are gone, again and again until they own no active run.
 * @returns when this instance holds its lock: a function that ends the watch and releases the lock.
 * @throws the error of the first connection.
 */
export async function watchInstances(
  {
    openSession,
    sessionName,
    log,
  }: { openSession: NonNullable<Database['openSession']>; sessionName: () => string; log: Logger },
  instanceId: string,
  released: string,
  onGone: (owners: string[]) => Promise<void>,
): Promise<() => Promise<void>> {
  let isEnded = false;
  /** The process of Postgres that holds the lock; `null` if none does. */
  let session: number | null = null;
  /** When this instance got its lock, a time of `performance.now()`. */
  let lockedAt = 0;
  let missingBefore = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  let client = open();

  function open(): postgres.Sql {
    const opened = openSession({
      parameters: PARAMETERS,
      onClose() {
        if (isEnded || client !== opened) return;
        // The lock is gone with its session, so it is taken again soon.
        client = open();
        session = null;
        next(RETRY_MS);
      },
    });
    return opened;
  }

  /** Ends the session. Its current statement fails, and another session takes its place. */
  function replace(): void {
    const old = client;
    client = open();
    session = null;
    void old.end({ timeout: 0 });
  }

  /** Takes the lock in the current session, unless the session of an earlier connection still holds it. */
  async function lock(pid: number): Promise<void> {
    const [row] = await client`select pg_try_advisory_lock(hashtextextended(${instanceId}, ${SEED})) as held`;
    session = Lock.parse(row).held ? pid : null;
    lockedAt = performance.now();
    missingBefore = new Set();
  }

  async function look(): Promise<string[]> {
    const [row] = await client`
      with locks as (
        select (classid::bigint << 32) | objid::bigint as key from pg_locks
        where locktype = 'advisory' and objsubid = 1 and granted
          and database = (select oid from pg_database where datname = current_database())
      )
      select set_config('application_name', ${sessionName()}, false), pg_backend_pid() as pid, current_setting('transaction_read_only') = 'on' as "readOnly",
        (
          select backend_start < now() - ${SETTLED_MS} * interval '1 millisecond' from pg_stat_activity
          where pid = pg_backend_pid()
        ) as settled,
        array(
          select owner_id from runs where status = 'active' and owner_id <> ${instanceId} group by owner_id
          having owner_id = ${released} or (starts_with(owner_id, ${PREFIX})
            and hashtextextended(owner_id, ${SEED}) not in (select key from locks))
        ) as missing`;
    const { pid, readOnly, settled, missing } = Look.parse(row);
    if (readOnly) {
      replace();
      throw new Error('The server of the session has become read-only.');
    }
    if (session !== pid) {
      await lock(pid);
      return missing.filter((owner) => owner === released);
    }
    const gone = missing.filter((owner) => owner === released || (settled && missingBefore.has(owner)));
    missingBefore = new Set(missing);
    return gone;
  }

  async function lookInTime(): Promise<string[]> {
    const limit = setTimeout(replace, LOOK_LIMIT_MS);
    try {
      return await look();
    } finally {
      clearTimeout(limit);
    }
  }

  async function report(): Promise<void> {
    try {
      const gone = await lookInTime();
      if (gone.length > 0 && !isEnded) await onGone(gone);
    } catch (err) {
      if (!isEnded) log.warn({ err }, 'looking for lost instances failed, retrying');
    }
  }

  let isLooking = false;
  function next(ms: number): void {
    if (isEnded || isLooking) return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      isLooking = true;
      void report().finally(() => {
        isLooking = false;
        next(LOOK_MS);
      });
    }, ms);
    timer.unref();
  }

  metrics.lockSession.read(() => (session === null ? 0 : (performance.now() - lockedAt) / 1000));
  // Before this instance owns a run. Otherwise the others would take it for dead.
  await lookInTime();
  next(LOOK_MS);
  return async () => {
    isEnded = true;
    clearTimeout(timer);
    await client.end({ timeout: 1 });
  };
}
