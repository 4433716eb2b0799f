import { setTimeout as pause } from 'node:timers/promises';
import { cpuSeconds, residentBytes } from '../lib/proc.ts';
import { openReaders, putLoad } from './load.ts';
import type { Provider } from './provider.ts';
import type { System } from './system.ts';

/** A load: the pace of the model, and the number of concurrent answers. */
export interface Load {
  pace: 'back-to-back' | 'paced';
  concurrent: number;
}

/** The result of one load on one system. */
export interface Measured {
  deltasPerSecond: number;
  firstDeltaMs: number;
  firstDeltaP99Ms: number;
  /** The server's CPU time per delta, in microseconds. */
  cpuPerDeltaUs: number;
  /** The share of a core that the load generator and the model provider used, 0 to 1. */
  loadCore: number;
  transactionsPerSecond?: number;
  logCommitsPerSecond?: number;
}

/** The number of answers of a load, which takes a few seconds. A paced answer takes two seconds. */
const ANSWERS: Record<Load['pace'], (concurrent: number) => number> = {
  'back-to-back': (concurrent) => (concurrent === 1 ? 50 : Math.max(300, concurrent)),
  paced: (concurrent) => (concurrent === 1 ? 3 : Math.max(100, concurrent)),
};
const WARM_UP = { answers: 100, concurrent: 10 };
/** Postgres processes report their counters at most once a second, and only when they run a query. */
const COUNTERS_DELAY_MS = 1_100;
const READERS = 500;
const SETTLE_MS = 1_500;
const BYTES_PER_KB = 1024;

/** Gives V8 time to compile the code that runs often. */
export async function warmUp(system: System): Promise<void> {
  await putLoad(system.port, await system.questions('back-to-back', WARM_UP.answers), WARM_UP.concurrent);
}

/** Puts a load on a system, and returns the result. */
export async function measure(
  system: System,
  provider: Provider,
  { pace, concurrent }: Load,
): Promise<Measured> {
  const questions = await system.questions(pace, ANSWERS[pace](concurrent));
  const before = await settledCounters(system);
  const cpu = cpuSeconds(system.pid);
  const loadCpu = loadSeconds(provider);
  const { deltas, seconds, firstDelta } = await putLoad(system.port, questions, concurrent);
  const cpuUsed = cpuSeconds(system.pid) - cpu;
  const loadCpuUsed = loadSeconds(provider) - loadCpu;
  const after = await settledCounters(system);
  return {
    deltasPerSecond: deltas / seconds,
    firstDeltaMs: firstDelta.median,
    firstDeltaP99Ms: firstDelta.p99,
    cpuPerDeltaUs: (cpuUsed / deltas) * 1e6,
    loadCore: loadCpuUsed / seconds,
    ...(before &&
      after && {
        transactionsPerSecond: (after.transactions - before.transactions) / seconds,
        logCommitsPerSecond: (after.logCommits - before.logCommits) / seconds,
      }),
  };
}

/** Returns the CPU time of the load so far: of this process, without the servers it started, and of the provider. */
function loadSeconds(provider: Provider): number {
  const { user, system } = process.cpuUsage();
  return cpuSeconds(provider.pid) + (user + system) / 1e6;
}

async function settledCounters(system: System) {
  if (!system.counters) return undefined;
  await pause(COUNTERS_DELAY_MS);
  await system.questions('idle', 20);
  return system.counters();
}

/** The memory of open streams, in KB each. */
export interface Memory {
  /** For an unfinished answer with one reader. */
  perAnswerKb: number;
  /** For one more reader of an answer, if the system allows a second reader. */
  perReaderKb?: number;
}

/** Opens many streams that are idle after their first delta, and measures how much the process has grown. */
export async function measureMemory(system: System, provider: Provider): Promise<Memory> {
  const kbPerStream = async (requests: string[]) => {
    const before = residentBytes(system.pid);
    const { finish } = await openReaders(system.port, requests);
    await pause(SETTLE_MS);
    const grownBy = residentBytes(system.pid) - before;
    await provider.release();
    await finish();
    return grownBy / BYTES_PER_KB / requests.length;
  };
  const perAnswerKb = async () => kbPerStream(await system.questions('idle', READERS));
  if (!system.followers) return { perAnswerKb: await perAnswerKb() };

  const { question, requests } = await system.followers('idle', READERS);
  const asker = await openReaders(system.port, [question]);
  const perReaderKb = await kbPerStream(requests);
  await asker.finish();
  return { perReaderKb, perAnswerKb: await perAnswerKb() };
}
