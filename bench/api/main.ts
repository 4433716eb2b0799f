import { parseArgs } from 'node:util';
import { z } from 'zod';
import { buildNext } from '../lib/next.ts';
import { installPeers } from '../lib/peers.ts';
import { pinThisProcess } from '../lib/process.ts';
import { WORKLOADS } from './calls.ts';
import { profile, PROFILED_SYSTEMS, PROFILED_WORKLOADS } from './profile.ts';
import { report, write } from './report.ts';
import { runRounds } from './rounds.ts';
import { type System, type SystemName, SYSTEMS } from './systems.ts';

/** The warm-up of a run of all systems and workloads, until the figures are steady, and that of other runs. */
const WARM_UP_SECONDS = { whole: 5, part: 1 };
const count = (max: number) => z.coerce.number().int().min(1).max(max);
const listOf = <T extends string>(names: readonly T[]) =>
  z
    .string()
    .transform((text) => text.split(','))
    .pipe(z.array(z.enum(names)))
    .default([...names]);

const NAMES = Object.keys(SYSTEMS) as SystemName[];

const Options = z.object({
  rounds: count(100).default(5),
  seconds: count(30).default(3),
  'warm-up': count(60).optional(),
  only: listOf(NAMES),
  workload: listOf(WORKLOADS),
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
  const { values } = parseArgs({
    args,
    options: {
      rounds: { type: 'string' },
      seconds: { type: 'string' },
      'warm-up': { type: 'string' },
      only: { type: 'string' },
      workload: { type: 'string' },
      profile: { type: 'boolean' },
    },
  });
  const { rounds, seconds, only, workload, ...options } = Options.parse(values);
  const isWhole = values.only === undefined && values.workload === undefined;
  const warmUpSeconds = options['warm-up'] ?? (isWhole ? WARM_UP_SECONDS.whole : WARM_UP_SECONDS.part);
  const duration = { warmUpSeconds, seconds };
  await installPeers();
  if (options.profile) {
    const systems = values.only === undefined ? PROFILED_SYSTEMS : only;
    const workloads = values.workload === undefined ? PROFILED_WORKLOADS : workload;
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
