import { z } from 'zod';
import { buildNext } from '../lib/next.ts';
import { namesOf, readOptions, wholeNumber } from '../lib/options.ts';
import { installPeers } from '../lib/peers.ts';
import { pinThisProcess } from '../lib/process.ts';
import { WORKLOADS } from './calls.ts';
import { profile, PROFILED_SYSTEMS, PROFILED_WORKLOADS } from './profile.ts';
import { report, write } from './report.ts';
import { runRounds } from './rounds.ts';
import { type System, type SystemName, SYSTEMS } from './systems.ts';

/** The warm-up of a run of all systems and workloads, until the figures are steady, and that of other runs. */
const WARM_UP_SECONDS = { whole: 5, part: 1 };

const NAMES = Object.keys(SYSTEMS) as SystemName[];

const Options = z.object({
  rounds: wholeNumber(1, 100).default(5),
  seconds: wholeNumber(1, 30).default(3),
  'warm-up': wholeNumber(1, 60).optional(),
  only: namesOf(NAMES),
  workload: namesOf(WORKLOADS),
  profile: z.boolean().default(false),
});

/**
 * Compares the cost of a call in our API with its cost in other frameworks. Each round starts each system in a new
 * process. A run of all systems and workloads repeats rounds on a machine that was not steady, and writes
 * docs/benchmarks.md.
 * @param args `--rounds 5 --seconds 3 --warm-up 5 --only rpc,rest --workload first,get,create,list,mixed`, or
 * `--profile` to show which functions use the time, by default in our API.
 */
export async function main(args: string[]): Promise<void> {
  const {
    options: { rounds, seconds, only, workload, ...options },
    given,
  } = readOptions(Options, args);
  const isWhole = !given.has('only') && !given.has('workload');
  const warmUpSeconds = options['warm-up'] ?? (isWhole ? WARM_UP_SECONDS.whole : WARM_UP_SECONDS.part);
  const duration = { warmUpSeconds, seconds };
  await installPeers();
  if (options.profile) {
    const systems = given.has('only') ? only : PROFILED_SYSTEMS;
    const workloads = given.has('workload') ? workload : PROFILED_WORKLOADS;
    await buildApps(systems);
    pinThisProcess();
    await profile(systems, workloads, duration, isWhole);
    return;
  }
  await buildApps(only);
  pinThisProcess();
  const measured = await runRounds({ rounds, names: only, workloads: workload, duration, repeats: isWhole });
  const text = report(measured, workload, duration);
  console.log(text);
  if (isWhole) await write(text, measured);
}

/** Builds the Next apps of the systems. */
async function buildApps(names: readonly SystemName[]): Promise<void> {
  const apps = names.map((name): System => SYSTEMS[name]).flatMap(({ app }) => app ?? []);
  for (const app of new Set(apps)) {
    console.error(`Building ${app} …`);
    await buildNext(app);
  }
}
