import { setTimeout as pause } from 'node:timers/promises';
import { eq } from 'drizzle-orm';
import type { Database } from '#server/db/database';
import { chats, messages, runs } from '#server/db/schema/index';
import { type Account, until } from '#test/client';
import { type RunningServer, startServer } from '#test/server';
import type { HaProxy } from './haproxy.ts';
import { startLoad, type Tally } from './load.ts';

/** The time in which a second signal is the same one, and requests that the proxy has sent are answered, in milliseconds. */
const SAME_SIGNAL_MS = 1_200;

/** Instances behind a proxy. */
export interface Fleet {
  haproxy: HaProxy;
  instances: RunningServer[];
}

/** How to restart an instance. */
export interface RestartOptions {
  /**
   * True to end its pauses by a second signal once the proxy sends it nothing more. Its answers then go on on other
   * instances.
   */
  isHurried?: boolean;
  /** Replace those it had. */
  settings?: Record<string, string>;
  /** The folder of another version. */
  root?: string;
}

/** Stops an instance and starts it again on its port. */
export async function restart(
  { haproxy, instances }: Fleet,
  index: number,
  { isHurried = false, settings = {}, root }: RestartOptions = {},
): Promise<void> {
  const instance = instances[index];
  if (!instance) throw new Error(`There is no instance ${index}.`);
  const stopped = instance.stop();
  if (isHurried) {
    await until(
      () => haproxy.isUp(index),
      (isUp) => !isUp,
    );
    await pause(SAME_SIGNAL_MS);
    process.kill(instance.pid, 'SIGTERM');
  }
  const code = await stopped;
  if (code !== 0) throw new Error(`instance ${index} ended with ${code}: ${instance.log()}`);
  instances[index] = await startServer({ ...instance.settings, ...settings }, 'serve', root);
  await until(() => haproxy.isUp(index), Boolean);
}

/** Restarts all instances in turn. */
export async function restartAll(fleet: Fleet, isHurried = false): Promise<void> {
  for (const index of fleet.instances.keys()) await restart(fleet, index, { isHurried });
}

/** Describes what clients have seen in a time in milliseconds. */
export function describe({ calls, failed, answers, resumed, longestGap }: Tally, ms: number): string {
  const perSecond = Math.round((1000 * calls) / ms);
  return `${calls} calls (${perSecond}/s), ${failed} failed, ${answers.length} answers, ${resumed} streams resumed, longest pause in an answer ${Math.round(longestGap)} ms`;
}

/** Runs `work` under load. @returns what the clients have seen, and the duration in milliseconds. */
export async function underLoad(
  url: string,
  people: readonly Account[],
  work: () => Promise<void>,
): Promise<{ tally: Tally; ms: number }> {
  const began = performance.now();
  const load = startLoad(url, people);
  try {
    await work();
  } finally {
    await load.stop();
  }
  return { tally: load.tally, ms: performance.now() - began };
}

/** Compares the database with what clients have seen. @throws {Error} if a chat or an answer is lost. */
export async function audit({ db }: Database, tallies: readonly Tally[]): Promise<string> {
  const kept = new Set((await db.select({ id: chats.id }).from(chats)).map(({ id }) => id));
  const lost = tallies.flatMap((tally) => tally.chats).filter((id) => !kept.has(id));
  if (lost.length > 0) throw new Error(`${lost.length} chats are lost`);
  const rows = await db
    .select({ chatId: runs.chatId, status: messages.status, seams: runs.seams, takeovers: runs.takeovers })
    .from(runs)
    .innerJoin(messages, eq(messages.id, runs.messageId));
  const complete = new Set(rows.filter(({ status }) => status === 'complete').map(({ chatId }) => chatId));
  const missing = tallies.flatMap(({ answers }) => answers).filter((chatId) => !complete.has(chatId));
  if (missing.length > 0 || complete.size < rows.length)
    throw new Error(`${missing.length} answers are lost, ${rows.length - complete.size} are not complete`);
  const takeovers = rows.filter((run) => run.takeovers > 0).length;
  if (takeovers > 0) throw new Error(`${takeovers} answers were not handed over, but taken over`);
  const moved = rows.filter(({ seams }) => seams.length > 0).length;
  return `${kept.size} chats and ${rows.length} answers are complete, ${moved} went on on another instance`;
}
