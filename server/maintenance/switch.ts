import { setTimeout as pause } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { PRODUCT } from '#contract/product';
import { literal } from '#server/db/copying/session';
import type { Database } from '#server/db/database';
import { channelName } from '#server/db/names';

/** The channel on which a switch is announced. A payload has no meaning. */
export const MAINTENANCE_CHANNEL = channelName('maintenance');
/** The fact of the installation that has the last switch. */
const FACT = 'maintenance';

/**
 * The name of the session by which an instance shows that it lives, while the instance is in maintenance mode and writes
 * nothing any more (server/db/presence.ts).
 */
export const QUIET_NAME = `${PRODUCT.slug} (maintenance)`;

/** Runs a statement, and returns its rows. */
export type Rows = (statement: string) => Promise<Record<string, unknown>[]>;

/** Returns what runs a statement on a database. */
export const rowsOf =
  ({ execute }: Pick<Database, 'execute'>): Rows =>
  (statement) =>
    execute(sql.raw(statement));

/** The last switch of the maintenance mode. */
export interface Switch {
  isOn: boolean;
  at: Date;
  /** Two switches differ in it. */
  mark: string;
}

const Switches = z.array(z.object({ value: z.string(), mark: z.string() }));

/** Returns the last switch; `undefined` if there was none. */
export async function readSwitch(rows: Rows): Promise<Switch | undefined> {
  const found = Switches.parse(
    await rows(
      `select value, extract(epoch from created_at)::text as mark from public.installation where fact = ${literal(FACT)}`,
    ),
  );
  const [last] = found.map(({ value, mark }) => ({
    isOn: value === 'on',
    at: new Date(Number(mark) * 1000),
    mark,
  }));
  return last;
}

/** Switches the maintenance mode of all instances, which are notified. */
export async function writeSwitch(rows: Rows, isOn: boolean): Promise<void> {
  await rows(`
    with written as (
      insert into public.installation (fact, value) values (${literal(FACT)}, ${literal(isOn ? 'on' : 'off')})
      on conflict (fact) do update set value = excluded.value, created_at = clock_timestamp()
      returning fact
    )
    select pg_notify(${literal(MAINTENANCE_CHANNEL)}, '') from written`);
}

/** True if a database has the table of switches. One that no server has opened, or of an earlier version, has none. */
export async function hasSwitches(rows: Rows): Promise<boolean> {
  const [table] = await rows(`select to_regclass('public.installation')::text as name`);
  return table?.['name'] != null;
}

/** Removes the switch from a database that was restored or moved, in which the next server is to start as usual. */
export async function forgetSwitch(rows: Rows): Promise<void> {
  if (await hasSwitches(rows)) await rows(`delete from public.installation where fact = ${literal(FACT)}`);
}

/** What the instances do. */
export interface Activity {
  /** Answers in progress. */
  answers: number;
  /** Instances that are in maintenance mode and change nothing any more. */
  quiet: number;
  /** The other instances: they still change something, or have not noticed a switch yet. */
  others: number;
}

const Counts = z.object({ answers: z.int(), quiet: z.int(), others: z.int() });

/** The sessions of instances of a Postgres server. Each holds a lock. Idle connections of a pooler hold none. */
export const INSTANCES = `pg_stat_activity a where datname = current_database() and pid <> pg_backend_pid()
  and exists (select from pg_locks l where l.pid = a.pid and locktype = 'advisory' and granted)`;

/** Returns what all instances on a Postgres server do. */
export async function readActivity(rows: Rows): Promise<Activity> {
  const named = (name: string) =>
    `(select count(*)::int from ${INSTANCES} and application_name = ${literal(name)})`;
  const [row] = await rows(`select
    (select count(*)::int from public.runs where status = 'active') as answers,
    ${named(QUIET_NAME)} as quiet, ${named(PRODUCT.slug)} as others`);
  return Counts.parse(row);
}

/** Returns what is left to wait for, as a sentence; `undefined` if nothing is. */
export function sentenceOf({ answers, others }: Activity): string | undefined {
  if (answers === 1) return '1 answer is still being written';
  if (answers > 0) return `${answers} answers are still being written`;
  if (others === 1) return '1 server still makes changes, or has not noticed the switch';
  return others > 0 ? `${others} servers still make changes, or have not noticed the switch` : undefined;
}

/** How often to look whether a switch is in effect, in milliseconds. */
const LOOK_MS = 200;

/**
 * Waits until no answer is in progress and no instance changes anything any more.
 * @param ms how long to wait at most, in milliseconds.
 * @returns what is left.
 */
export async function waitUntilQuiet(
  read: () => Promise<Activity>,
  ms: number,
  signal: AbortSignal,
): Promise<Activity> {
  const until = performance.now() + ms;
  for (;;) {
    const activity = await read();
    if (activity.answers + activity.others === 0 || performance.now() > until) return activity;
    await pause(LOOK_MS, undefined, { signal });
  }
}
