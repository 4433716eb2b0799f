import { setTimeout as pause } from 'node:timers/promises';
import { cpuSeconds, residentBytes } from '../lib/proc.ts';
import { openReaders, putLoad } from './load.ts';
import type { Provider } from './provider.ts';
import type { System } from './system.ts';

/** A load: how the model speaks, and how many answers are written at once. */
export interface Load {
  pace: 'back-to-back' | 'paced';
  concurrent: number;
}

/** What one load on one system came to. */
export interface Measured {
  deltasPerSecond: number;
  firstDeltaMs: number;
  firstDeltaP99Ms: number;
  /** Processor time of the server for each delta, in microseconds. */
  cpuPerDeltaUs: number;
  /** How much of a core the load and the model provider took, 0 to 1. */
  loadCore: number;
  transactionsPerSecond?: number;
  logCommitsPerSecond?: number;
}

/** Answers of each load, for a few seconds of it: paced ones take two seconds each. */
const ANSWERS: Record<Load['pace'], (concurrent: number) => number> = {
  'back-to-back': (concurrent) => (concurrent === 1 ? 50 : Math.max(300, concurrent)),
  paced: (concurrent) => (concurrent === 1 ? 3 : Math.max(100, concurrent)),
};
const WARM_UP = { answers: 100, concurrent: 10 };
/** Postgres processes tell their counters at most once a second, and only when they have something to do. */
const COUNTED_AFTER_MS = 1_100;
const READERS = 500;
const SETTLE_MS = 1_500;
const BYTES_PER_KB = 1024;

/** Lets the server compile what is called often. */
export async function warmUp(system: System): Promise<void> {
  await putLoad(system.port, await system.questions('back-to-back', WARM_UP.answers), WARM_UP.concurrent);
}

/** Puts a load on a system and measures what comes of it. */
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

/** What the load has used so far: this process, without the servers it started, and the provider. */
function loadSeconds(provider: Provider): number {
  const { user, system } = process.cpuUsage();
  return cpuSeconds(provider.pid) + (user + system) / 1e6;
}

async function settledCounters(system: System) {
  if (!system.counters) return undefined;
  await pause(COUNTED_AFTER_MS);
  await system.questions('idle', 20);
  return system.counters();
}

/** What open streams cost in memory, in KB each. */
export interface Memory {
  /** An answer being written and its one reader. */
  perAnswerKb: number;
  /** One more reader of an answer; where a second reader can be. */
  perReaderKb?: number;
}

/** Opens many streams that are silent after their first delta, and looks at what the process has grown by. */
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
  const asked = await openReaders(system.port, [question]);
  const perReaderKb = await kbPerStream(requests);
  await asked.finish();
  return { perReaderKb, perAnswerKb: await perAnswerKb() };
}
