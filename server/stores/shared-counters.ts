import { sql } from 'drizzle-orm';
import { z } from 'zod';
import {
  type CounterOptions,
  type Counters,
  type ExactCounter,
  type Window,
  WindowCounter,
} from '#layer/index';
import type { Database } from '#server/db/database';
import { rateCounts } from '#server/db/schema/index';
import type { Logger } from '#server/log/index';
import { type Attempt, createAttempt } from './count-attempt.ts';
import { createExchange } from './count-exchange.ts';

/** How long a rejection by the database is believed, in milliseconds: another instance may have given one back. */
const BELIEVED_MS = 1_000;

/** Counters whose limits hold across all instances. */
export interface SharedCounters extends Counters {
  /** Writes the last counts of this instance, for the others. */
  close: () => Promise<void>;
}

const Answer = z.tuple([z.object({ used: z.number(), ms: z.number() })]);

/**
 * Creates a counter that asks the database for each call that this instance would let through. The row of a key is its
 * window. Only the clock of the database decides when it ends.
 */
function createExact(
  { name, limit, seconds }: CounterOptions,
  { execute }: Pick<Database, 'execute'>,
  attempt: Attempt,
): ExactCounter {
  const own = new WindowCounter(limit, seconds);
  /** When the database last said that a window is full, or was asked again, in milliseconds of `performance.now()`. */
  const fullAt = new WeakMap<Window, number>();

  /** Counts one in the database. The count stops above the limit, so that `giveBack` makes room again. */
  const count = (key: string) =>
    attempt(async () => {
      const [answer] = Answer.parse(
        await execute(sql`insert into ${rateCounts} as counted (name, key, instance_id, used, ends_at)
          values (${name}, ${key}, '', 1, now() + ${seconds}::float8 * interval '1 second')
          on conflict (name, key, instance_id) do update set
            used = case when counted.ends_at > now() then least(counted.used, ${limit}::bigint) + 1 else 1 end,
            ends_at = case when counted.ends_at > now() then counted.ends_at else excluded.ends_at end
          returning used::float8 as used, (extract(epoch from ends_at - now()) * 1000)::float8 as ms`),
      );
      return answer;
    });

  /** True if the window was full when the database was last asked, but should be asked again. */
  function shouldAskAgain(window: Window): boolean {
    const at = fullAt.get(window);
    if (at === undefined || window.used >= limit || performance.now() - at < BELIEVED_MS) return false;
    fullAt.set(window, performance.now());
    return true;
  }

  return {
    take(key) {
      const standing = own.take(key);
      const window = own.find(key);
      if (!window || !(standing.fits || shouldAskAgain(window))) return standing;
      return count(key).then((answer) => {
        if (!answer) return standing;
        const { used, ms } = answer;
        const fits = used <= limit;
        window.used += Number(fits) - Number(standing.fits);
        window.others = Math.max(0, Math.min(used, limit) - window.used);
        window.endsAt = Math.min(window.endsAt, Math.floor(performance.now() + ms));
        if (used >= limit) fullAt.set(window, performance.now());
        // The database rounds the end, so `ms` can be a fraction of a millisecond too long.
        return { fits, left: Math.max(0, limit - used), seconds: Math.min(seconds, Math.ceil(ms / 1000)) };
      });
    },

    async giveBack(key) {
      own.giveBack(key);
      await attempt(() =>
        execute(sql`update ${rateCounts} set used = greatest(least(used, ${limit}::bigint) - 1, 0)
          where name = ${name} and key = ${key} and instance_id = '' and ends_at > now()`),
      );
    },
  };
}

/**
 * Creates counters whose limits hold across all instances (docs/decisions/0031-limits-across-instances.md). If the
 * database does not count, each instance counts for itself, and what it has learned from others stays valid.
 */
export function shareCounters({
  database,
  instanceId,
  log,
}: {
  database: Database;
  instanceId: string;
  log: Logger;
}): SharedCounters {
  const attempt = createAttempt(log);
  const exchange = createExchange(database, instanceId, attempt);
  return {
    rate: ({ name, limit, seconds }) =>
      new WindowCounter(limit, seconds, {
        onBusy: (key, window) => {
          exchange.add({ name, key, window });
        },
      }),
    exact: (options) => createExact(options, database, attempt),
    close: exchange.close,
  };
}
