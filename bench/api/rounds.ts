import { percentile } from '../lib/statistics.ts';
import type { Workload } from './calls.ts';
import type { Measured } from './load.ts';
import { type Duration, measure, putLoadOn } from './measure.ts';
import { type Served, type System, type SystemName, SYSTEMS } from './systems.ts';

/** The result of each load of a round. */
export type Round = Map<Workload, Map<SystemName, Measured>>;

/** The baseline: the least that an HTTP server in Node.js costs. */
export const BASELINE = 'raw' satisfies SystemName;
/** The part by which the CPU time of the baseline may differ from its median. */
export const TOLERANCE = 0.1;
/** With fewer rounds, the median says nothing about a single one. */
const MIN_ROUNDS = 3;

interface Plan {
  rounds: number;
  names: readonly SystemName[];
  workloads: readonly Workload[];
  duration: Duration;
  /** Repeats a round if the baseline shows that the machine was faster or slower than in the others. */
  repeats: boolean;
}

/**
 * Measures all systems in each round, each in a new process: the baseline first, the others in an order that every
 * second round reverses. Gives up the repetition of rounds after twice their number.
 */
export async function runRounds({ rounds, names, workloads, duration, repeats }: Plan): Promise<Round[]> {
  const others = names.filter((name) => name !== BASELINE);
  let steady: Round[] = [];
  for (let run = 1; run <= (repeats ? 2 * rounds : rounds); run++) {
    const round: Round = new Map(workloads.map((workload) => [workload, new Map<SystemName, Measured>()]));
    const order = run % 2 === 0 ? others.toReversed() : others;
    const first = names.filter((name) => name === BASELINE);
    for (const name of [...first, ...order]) {
      console.error(`round ${run}, ${Math.min(steady.length + 1, rounds)} of ${rounds}: ${name}`);
      await runSystem(name, workloads, duration, round);
      if (name === BASELINE && repeats && !isSteady(round, [...steady, round])) break;
    }
    steady.push(round);
    if (repeats) steady = steady.filter((each) => isSteady(each, steady));
    if (steady.length === rounds) break;
  }
  return steady;
}

function baselineCpu(round: Round): number {
  return round.get('get')?.get(BASELINE)?.cpuUs ?? NaN;
}

/** True if the CPU time of the baseline in a round is close to its median in all rounds. */
function isSteady(round: Round, all: readonly Round[]): boolean {
  if (all.length < MIN_ROUNDS) return true;
  const median = percentile(all.map(baselineCpu), 0.5);
  return Math.abs(baselineCpu(round) / median - 1) <= TOLERANCE;
}

/** Measures the first second of a process, and then the other workloads one after another in a new process. */
async function runSystem(
  name: SystemName,
  workloads: readonly Workload[],
  duration: Duration,
  round: Round,
): Promise<void> {
  const system: System = SYSTEMS[name];
  const own = workloads.filter((workload) => !system.workloads || system.workloads.includes(workload));
  if (own.includes('first')) {
    const measured = await serve(system, (served) =>
      putLoadOn(system, served, 'first', { warmUpSeconds: 0, seconds: 1 }),
    );
    round.get('first')?.set(name, measured);
  }
  const others = own.filter((workload) => workload !== 'first');
  if (others.length === 0) return;
  await serve(system, async (served) => {
    for (const workload of others) {
      round.get(workload)?.set(name, await measure(system, served, workload, duration));
    }
  });
}

async function serve<T>(system: System, use: (served: Served) => Promise<T>): Promise<T> {
  const served = await system.start();
  try {
    return await use(served);
  } finally {
    await served.stop();
  }
}
