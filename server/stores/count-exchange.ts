import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Window } from '#layer/index';
import type { Database } from '#server/db/database';
import { rateCounts } from '#server/db/schema/index';
import { asServer } from '#server/db/work';
import type { Attempt } from './count-attempt.ts';

/** The interval between two exchanges, in milliseconds. */
const INTERVAL_MS = 500;
/** The number of windows in an exchange. If there are more, each one is exchanged less often. */
const MAX_WINDOWS = 1_000;

/** A window to exchange. */
interface Busy {
  /** The name of the counter. */
  name: string;
  key: string;
  window: Window;
}

/** A window that is exchanged, and its end by the clock of the database, in milliseconds, once it is known. */
type Exchanged = Busy & { sharedEnd?: number };

const Rows = z.array(z.object({ n: z.int(), others: z.number(), end: z.number(), ms: z.number() }));

/**
 * Writes what this instance has counted in busy windows, and reads what others have. Each instance has rows of its own
 * with its whole count, so a repeated statement changes nothing and an emptied table fills itself again. A window takes
 * the end that another instance has written before it. If two have written different ends at the same time, both take
 * the earlier one.
 */
export function createExchange({ execute }: Pick<Database, 'execute'>, instanceId: string, attempt: Attempt) {
  const busy = new Map<string, Exchanged>();
  let startedAt = -Infinity;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  let isClosed = false;

  const send = (own: object[]) =>
    execute(sql`with own as (
        select * from jsonb_to_recordset(${JSON.stringify(own)}::jsonb)
          as sent (n int, name text, key text, used bigint, ms float8, shared_end float8)
      ), others as (
        select n, sum(counted.used) as used, min(counted.ends_at) as ends_at
        from own join ${rateCounts} as counted using (name, key)
        where counted.instance_id not in (${instanceId}, '') and counted.ends_at > now()
        group by n
      ), shared as (
        select own.*, coalesce(others.used, 0) as others, case
          when own.shared_end is null then coalesce(others.ends_at, now() + own.ms * interval '1 millisecond')
          else least(to_timestamp(own.shared_end / 1000), others.ends_at) end as ends_at
        from own left join others using (n)
      ), written as (
        insert into ${rateCounts} (name, key, instance_id, used, ends_at)
        select name, key, ${instanceId}, used, ends_at from shared
        on conflict (name, key, instance_id) do update set used = excluded.used, ends_at = excluded.ends_at
      )
      select n, others::float8 as others, (extract(epoch from ends_at) * 1000)::float8 as end,
        (extract(epoch from ends_at - now()) * 1000)::float8 as ms
      from shared`);

  async function exchange(): Promise<void> {
    const now = performance.now();
    for (const [id, { window }] of busy) if (window.endsAt <= now) busy.delete(id);
    const batch = [...busy].slice(0, MAX_WINDOWS);
    if (batch.length === 0) return;
    const own = batch.map(([, { name, key, window, sharedEnd }], n) => ({
      n,
      name,
      key,
      used: window.used,
      ms: window.endsAt - now,
      shared_end: sharedEnd,
    }));
    const rows = await attempt(async () => Rows.parse(await send(own)));
    for (const { n, others, end, ms } of rows ?? []) {
      const [id, exchanged] = batch[n] ?? [];
      if (id === undefined || !exchanged) continue;
      const { window, sharedEnd } = exchanged;
      const endsAt = Math.floor(performance.now() + ms);
      window.endsAt = sharedEnd === undefined ? endsAt : Math.min(window.endsAt, endsAt);
      window.others = others;
      exchanged.sharedEnd = end;
      if (busy.get(id) !== exchanged) continue;
      // The last ones in the next exchange, if there are more than fit.
      busy.delete(id);
      busy.set(id, exchanged);
    }
  }

  function run(): void {
    startedAt = performance.now();
    running = asServer(exchange).finally(() => {
      timer = undefined;
      running = undefined;
      if (busy.size > 0) schedule();
    });
  }

  function schedule(): void {
    if (timer || isClosed) return;
    timer = setTimeout(run, Math.max(0, startedAt + INTERVAL_MS - performance.now()));
    timer.unref();
  }

  return {
    /** Exchanges a window until it ends: at once, unless the last exchange was less than an interval ago. */
    add(window: Busy): void {
      busy.set(`${window.name} ${window.key}`, window);
      schedule();
    },

    /** Writes the last counts, and ends the exchange. */
    close: async (): Promise<void> => {
      isClosed = true;
      clearTimeout(timer);
      await running;
      await asServer(exchange);
    },
  };
}
