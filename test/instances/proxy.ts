import { setTimeout as pause } from 'node:timers/promises';
import { eq } from 'drizzle-orm';
import type { Database } from '#server/db/database';
import { chats, messages, runs } from '#server/db/schema/index';
import { type Account, signUp, until } from '#test/client';
import { postgresOn } from '#test/crash/databases';
import { freePort } from '#test/listen';
import { startProviderServer } from '#test/provider-server';
import { type RunningServer, startServer } from '#test/server';
import { type HaProxy, haproxyVersion, startHaproxy } from './haproxy.ts';
import { startLoad, type Tally, WORD_MS, WORDS } from './load.ts';
import type { Part } from './part.ts';

const INSTANCES = 3;
const ASKERS = 4;
const ROUNDS = 3;
/** The time of steady load, in milliseconds. */
const STEADY_MS = 600_000;
/** The time in which a second signal is the same one, and requests that the proxy has sent are answered, in milliseconds. */
const SAME_SIGNAL_MS = 1_200;

/** Instances behind a proxy. */
interface Fleet {
  haproxy: HaProxy;
  instances: RunningServer[];
}

/**
 * Stops an instance and starts it again on its port.
 * @param options `isHurried` ends its pauses by a second signal once the proxy sends it nothing more. Its answers then go
 * on on other instances. `settings` replace those it had.
 */
async function restart(
  { haproxy, instances }: Fleet,
  index: number,
  { isHurried = false, settings = {} }: { isHurried?: boolean; settings?: Record<string, string> } = {},
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
  instances[index] = await startServer({ ...instance.settings, ...settings });
  await until(() => haproxy.isUp(index), Boolean);
}

/** Restarts all instances in turn. */
async function restartAll(fleet: Fleet, isHurried = false): Promise<void> {
  for (const index of fleet.instances.keys()) await restart(fleet, index, { isHurried });
}

function describe({ calls, failed, answers, resumed, longestGap }: Tally, ms: number): string {
  const perSecond = Math.round((1000 * calls) / ms);
  return `${calls} calls (${perSecond}/s), ${failed} failed, ${answers.length} answers, ${resumed} streams resumed, longest pause in an answer ${Math.round(longestGap)} ms`;
}

/** Runs `work` under load. @returns what the clients have seen, and the duration in milliseconds. */
async function underLoad(
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
async function audit({ db }: Database, tallies: readonly Tally[]): Promise<string> {
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

/**
 * Restarts instances in turn behind HAProxy, which sends no request twice, while clients call. No call may fail. In the
 * long form, also checks that a `DRAIN_MS` that is too short is noticed.
 */
export const proxy: Part = async ({ server, isShort, report }) => {
  const version = haproxyVersion();
  if (version === undefined) throw new Error('HAProxy is not installed: apt-get install haproxy');
  const backend = await postgresOn(server);
  const provider = await startProviderServer();
  const settings = {
    ...backend.settings,
    AI_MODEL: `openai-compatible/count-${WORDS}x${WORD_MS}`,
    AI_BASE_URL: provider.url,
    TRUST_PROXY: 'true',
  };
  const ports: number[] = [];
  while (ports.length < INSTANCES) ports.push(await freePort());
  const instances: RunningServer[] = [];
  let haproxy: HaProxy | undefined;
  const tallies: Tally[] = [];
  try {
    // The first one migrates the database, and its secrets are those of all.
    for (const port of ports) instances.push(await startServer({ ...settings, PORT: String(port) }));
    haproxy = await startHaproxy(ports);
    const { url } = haproxy;
    const fleet = { haproxy, instances };
    const people: Account[] = [];
    while (people.length < ASKERS) people.push(await signUp(url));

    const measure = async (what: string, work: () => Promise<void>): Promise<void> => {
      const { tally, ms } = await underLoad(url, people, work);
      tallies.push(tally);
      report(`${what}: ${describe(tally, ms)}`);
      if (tally.failed > 0) throw new Error(`${what}: calls failed:\n${tally.failures.join('\n')}`);
    };

    if (isShort) await measure('each instance restarted at once', () => restartAll(fleet, true));
    else {
      report(`HAProxy ${version}, retries 0, no option redispatch, http-reuse always`);
      for (let round = 1; round <= ROUNDS; round++)
        await measure(`restarted in turn, round ${round}`, () => restartAll(fleet));
      await measure('restarted in turn, at once', () => restartAll(fleet, true));
      await measure('steady load', () => pause(STEADY_MS));
    }
    const database = await backend.open();
    try {
      report(await audit(database, tallies));
    } finally {
      await database.close();
    }
    if (isShort) return;

    // Without a pause, the proxy sends requests to an instance that is gone. A test that does not notice has no value.
    await restart(fleet, 0, { settings: { DRAIN_MS: '0' } });
    const { tally, ms } = await underLoad(url, people, () => restart(fleet, 0));
    report(`one instance restarted with DRAIN_MS=0: ${describe(tally, ms)}`);
    if (tally.failed === 0) throw new Error('no call has failed with DRAIN_MS=0');
  } finally {
    await haproxy?.stop();
    for (const instance of instances) await instance.kill9();
    await provider.close();
    await backend.drop();
  }
};
