import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { table, writeSection } from '../lib/document.ts';
import { describeMachine } from '../lib/machine.ts';
import type { Workload } from './calls.ts';
import { Profile, timesOf } from './frames.ts';
import { type Duration, measure } from './measure.ts';
import { BASELINE } from './rounds.ts';
import { type System, type SystemName, SYSTEMS } from './systems.ts';

const SAMPLE_US = 200;
/** A group with a smaller share of all time has no row. */
const MIN_SHARE = 0.005;
/** Matches the profile of the main thread. */
const MAIN_THREAD = /\.0\.\d+\.cpuprofile$/;

/** The profiled systems and workloads, if the command names none. */
export const PROFILED_SYSTEMS = [
  'rpc',
  'rpc-jsonl',
  'rest',
  'rpc-default',
  'rest-default',
  'rpc-next',
  'rest-next',
] as const satisfies readonly SystemName[];
export const PROFILED_WORKLOADS = ['get', 'create'] as const satisfies readonly Workload[];

/** The time of each group of functions, in microseconds per request. */
type Times = Map<string, number>;

/**
 * Prints in which functions the main thread of each system spends its time, beside that of raw node:http.
 * @param isWhole also writes docs/benchmarks-profiles.md.
 */
export async function profile(
  names: readonly SystemName[],
  workloads: readonly Workload[],
  duration: Duration,
  isWhole: boolean,
): Promise<void> {
  const sections: string[] = [];
  for (const workload of workloads) {
    const raw = await profileLoad(BASELINE, workload, duration);
    for (const name of names) {
      const { title, workloads: own }: System = SYSTEMS[name];
      if (own && !own.includes(workload)) continue;
      const times = await profileLoad(name, workload, duration);
      sections.push(`### ${title}, ${workload}\n\n${timesTable(times, raw)}`);
    }
  }
  const text = `\`npm run bench -- api --profile\`: the self time of functions in the main thread during the loads of *RPC and REST*,
in microseconds per request, beside that of raw node:http. Native functions, functions without a name and those inside Node.js count
for the nearest caller that has a row: a function of this project, a package, or one of the functions of Node.js that serve a request.
It is measured with \`node --cpu-prof\`, which slows the server down.

${describeMachine()}

${sections.join('\n\n')}`;
  console.log(text);
  if (isWhole) await writeSection('Where the time goes', text, 'docs/benchmarks-profiles.md');
}

/** Profiles one load on a new process. */
async function profileLoad(name: SystemName, workload: Workload, duration: Duration): Promise<Times> {
  console.error(`profiling ${name}: ${workload}`);
  const system: System = SYSTEMS[name];
  const folder = await mkdtemp(join(tmpdir(), 'switchboard-profile-'));
  try {
    const options = ['--cpu-prof', `--cpu-prof-dir=${folder}`, `--cpu-prof-interval=${SAMPLE_US}`];
    const served = await system.start(options);
    const measured = await measure(system, served, workload, duration).finally(served.stop);
    const file = (await readdir(folder)).find((each) => MAIN_THREAD.test(each));
    if (file === undefined) throw new Error(`${system.title} wrote no profile.`);
    const text = await readFile(join(folder, file), 'utf8');
    const times = timesOf(Profile.parse(JSON.parse(text)), measured);
    return new Map([...times].map(([group, us]) => [group, us / measured.requests]));
  } finally {
    await rm(folder, { recursive: true });
  }
}

function timesTable(times: Times, raw: Times): string {
  const us = (value: number | undefined) => (value === undefined ? '–' : value.toFixed(1));
  const sum = (values: Iterable<number>) => [...values].reduce((total, value) => total + value, 0);
  const columns = [times, raw].map((each) => ({ times: each, total: sum(each.values()) }));
  const groups = [...new Set(columns.flatMap((column) => [...column.times.keys()]))]
    .filter((group) => columns.some((column) => (column.times.get(group) ?? 0) >= MIN_SHARE * column.total))
    .toSorted((a, b) => (times.get(b) ?? 0) - (times.get(a) ?? 0));
  const others = columns.map(
    (column) => column.total - sum(groups.map((group) => column.times.get(group) ?? 0)),
  );
  return table(
    ['function or package', 'us/req', 'raw'],
    [
      ...groups.map((group) => [`\`${group}\``, us(times.get(group)), us(raw.get(group))]),
      ['others', ...others.map(us)],
      ['**all**', ...columns.map(({ total }) => us(total))],
    ],
  );
}
