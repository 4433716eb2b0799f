import { parseArgs } from 'node:util';
import { z } from 'zod';
import { buildNext } from '../lib/next.ts';
import { installPeers } from '../lib/peers.ts';
import { pinThisProcess } from '../lib/process.ts';
import { WORKLOADS, type Workload } from './calls.ts';
import { type Measured } from './load.ts';
import { type Duration, measure } from './measure.ts';
import { profile } from './profile.ts';
import { type Results, report, write } from './report.ts';
import { type System, type SystemName, SYSTEMS } from './systems.ts';

const WARM_UP_SECONDS = 1;
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
  only: listOf(NAMES),
  workload: listOf(WORKLOADS),
  profile: z.boolean().default(false),
});

/**
 * Compares the cost of a call in our API with its cost in other frameworks. Each round starts each system in a new
 * process. Every second round reverses the order. A run of all systems and workloads writes docs/benchmarks.md.
 * @param args `--rounds 5 --seconds 3 --only rpc,rest --workload get,create,list`, or `--profile` to show which
 * functions use the time in our API.
 */
export async function main(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      rounds: { type: 'string' },
      seconds: { type: 'string' },
      only: { type: 'string' },
      workload: { type: 'string' },
      profile: { type: 'boolean' },
    },
  });
  const options = Options.parse(values);
  const { rounds, seconds, only, workload } = options;
  const duration = { warmUpSeconds: WARM_UP_SECONDS, seconds };
  await installPeers();
  if (options.profile) {
    pinThisProcess();
    await profile(workload, duration, values.only === undefined && values.workload === undefined);
    return;
  }
  const apps = only.map((name): System => SYSTEMS[name]).flatMap(({ app }) => app ?? []);
  for (const app of new Set(apps)) {
    console.error(`Building ${app} …`);
    await buildNext(app);
  }
  pinThisProcess();
  const results: Results = new Map(workload.map((name) => [name, new Map<SystemName, Measured[]>()]));
  for (let round = 1; round <= rounds; round++) {
    for (const name of round % 2 === 0 ? only.toReversed() : only) {
      console.error(`round ${round} of ${rounds}: ${name}`);
      await runRound(name, workload, duration, results);
    }
  }
  const text = report(results, rounds, seconds);
  console.log(text);
  if (values.only === undefined && values.workload === undefined) await write(text, results);
}

/** Measures all workloads on a new process. */
async function runRound(
  name: SystemName,
  workloads: readonly Workload[],
  duration: Duration,
  results: Results,
): Promise<void> {
  const system: System = SYSTEMS[name];
  const served = await system.start();
  try {
    for (const workload of workloads) {
      const measured = await measure(system, served, workload, duration);
      const bySystem = results.get(workload);
      bySystem?.set(name, [...(bySystem.get(name) ?? []), measured]);
    }
  } finally {
    await served.stop();
  }
}
