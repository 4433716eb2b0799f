import { percentile } from '../lib/statistics.ts';
import type { Workload } from './calls.ts';
import { isDisturbed, type Measured } from './load.ts';
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
/** How often a load that other programs disturbed is measured. */
const MAX_LOADS = 3;
/** Repetitions end when this many times the planned rounds were started. */
const MAX_REPEATS = 3;

interface Plan {
  rounds: number;
  names: readonly SystemName[];
  workloads: readonly Workload[];
  duration: Duration;
  /**
   * Repeats a round if the baseline shows that the machine was faster or slower than in the others, and a load if other
   * programs disturbed it.
   */
  repeats: boolean;
}

/**
 * Measures all systems in each round, each in a new process: the baseline first, the others in an order that every
 * second round reverses.
 * @returns fewer rounds than planned if the machine was not steady in enough of them.
 */
export async function runRounds({ rounds, names, workloads, duration, repeats }: Plan): Promise<Round[]> {
  const baseline = names.filter((name) => name === BASELINE);
  const others = names.filter((name) => name !== BASELINE);
  const started: Round[] = [];
  let complete: Round[] = [];
  while (complete.length < rounds && started.length < (repeats ? MAX_REPEATS * rounds : rounds)) {
    const round: Round = new Map(workloads.map((workload) => [workload, new Map<SystemName, Measured>()]));
    started.push(round);
    const run = async (name: SystemName) => {
      console.error(`round ${started.length}, ${complete.length + 1} of ${rounds}: ${name}`);
      await runSystem(name, workloads, duration, round, repeats ? MAX_LOADS : 1);
    };
    for (const name of baseline) await run(name);
    if (repeats && !isSteady(round, started)) continue;
    for (const name of started.length % 2 === 0 ? others.toReversed() : others) await run(name);
    complete.push(round);
    if (repeats) complete = complete.filter((each) => isSteady(each, started));
  }
  return complete;
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
  maxLoads: number,
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
      let measured = await measure(system, served, workload, duration);
      for (let loads = 1; loads < maxLoads && isDisturbed(measured); loads++) {
        measured = await measure(system, served, workload, duration);
      }
      round.get(workload)?.set(name, measured);
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
