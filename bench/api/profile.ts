import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { table, writeSection } from '../lib/document.ts';
import { describeMachine } from '../lib/machine.ts';
import { ROOT } from '../lib/process.ts';
import type { Workload } from './calls.ts';
import type { Measured } from './load.ts';
import { type Duration, measure } from './measure.ts';
import { LEAN, startSwitchboard, type System, SYSTEMS } from './systems.ts';

/** The numbers of rows in the two tables. */
const PLACES = 12;
const FUNCTIONS = 20;
const SAMPLE_US = 200;
const SURFACES = ['rpc', 'rest'] as const;

/** A V8 profile, with times in microseconds; https://chromedevtools.github.io/devtools-protocol/tot/Profiler/#type-Profile. */
const Profile = z.object({
  startTime: z.number(),
  nodes: z.array(
    z.object({ id: z.number(), callFrame: z.object({ functionName: z.string(), url: z.string() }) }),
  ),
  samples: z.array(z.number()),
  timeDeltas: z.array(z.number()),
});
type Profile = z.output<typeof Profile>;

/** A function and its self time, in microseconds. */
interface Self {
  name: string;
  /** A package, a file of this project, or a module of Node.js. */
  place: string;
  us: number;
}

/**
 * Prints which functions use the server's time during RPC and REST loads.
 * @param isWhole also writes docs/benchmarks-profiles.md.
 */
export async function profile(
  workloads: readonly Workload[],
  duration: Duration,
  isWhole: boolean,
): Promise<void> {
  const sections: string[] = [];
  for (const name of SURFACES) {
    const system: System = SYSTEMS[name];
    for (const workload of workloads) {
      console.error(`profiling ${name}: ${workload}`);
      sections.push(await profileCall(system, workload, duration));
    }
  }
  const text = `\`npm run bench -- api --profile\`: the self time of functions during the loads of *RPC and REST*, measured with
\`node --cpu-prof\`, which slows the server down.

${describeMachine()}

${sections.join('\n\n')}`;
  console.log(text);
  if (isWhole) await writeSection('Where the time goes', text, 'docs/benchmarks-profiles.md');
}

/** Profiles one call in a separate process, so each profile covers one call only. */
async function profileCall(system: System, workload: Workload, duration: Duration): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'switchboard-profile-'));
  try {
    const options = ['--cpu-prof', `--cpu-prof-dir=${folder}`, `--cpu-prof-interval=${SAMPLE_US}`];
    const served = await startSwitchboard(LEAN, options);
    let measured: Measured;
    try {
      measured = await measure(system, served, workload, duration);
    } finally {
      await served.stop();
    }
    const [file] = await readdir(folder);
    if (file === undefined) throw new Error('The server wrote no profile.');
    const text = await readFile(join(folder, file), 'utf8');
    const times = selfTimes(Profile.parse(JSON.parse(text)), measured);
    return describe(`${system.title}, ${workload}`, times, measured);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Returns the self times of the functions that ran between two points in time, longest first. */
function selfTimes({ startTime, nodes, samples, timeDeltas }: Profile, { fromUs, toUs }: Measured): Self[] {
  const selves = new Map<string, Self>();
  const byNode = new Map(
    nodes.map(({ id, callFrame: { functionName, url } }) => {
      const place = placeOf(url, functionName);
      const key = `${functionName} ${url}`;
      const self = selves.get(key) ?? { name: functionName || '(anonymous)', place, us: 0 };
      selves.set(key, self);
      return [id, self];
    }),
  );
  // A profile uses the clock of process.hrtime.
  let at = startTime;
  samples.forEach((id, index) => {
    at += timeDeltas[index] ?? 0;
    const self = byNode.get(id);
    // A sample counts for the time until the next one.
    if (self && at >= fromUs && at <= toUs) self.us += timeDeltas[index + 1] ?? 0;
  });
  return [...selves.values()].toSorted((a, b) => b.us - a.us);
}

/** Returns the package, file or Node.js module of a function. */
function placeOf(url: string, functionName: string): string {
  if (url === '') return functionName.startsWith('(') ? functionName : '(native)';
  if (url.startsWith('node:')) return url.startsWith('node:internal/deps') ? url : 'Node.js';
  if (!url.startsWith('file:')) return url;
  const path = relative(ROOT, fileURLToPath(url));
  const module = /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1];
  return module ?? path;
}

function describe(title: string, times: readonly Self[], { requestsPerSecond }: Measured): string {
  const busy = times.filter(({ name }) => name !== '(idle)');
  const total = busy.reduce((sum, { us }) => sum + us, 0);
  const share = (us: number) => `${((us / total) * 100).toFixed(1)} %`;
  const places = new Map<string, number>();
  for (const { place, us } of busy) places.set(place, (places.get(place) ?? 0) + us);
  const byPlace = [...places].toSorted(([, a], [, b]) => b - a).slice(0, PLACES);
  const functions = busy.filter(({ name }) => !name.startsWith('(')).slice(0, FUNCTIONS);
  return `### ${title}

${Math.round(requestsPerSecond).toLocaleString('en')} requests per second under the profiler.

${table(
  ['where', 'self time'],
  byPlace.map(([place, us]) => [place, share(us)]),
)}

${table(
  ['function', 'self time', 'where'],
  functions.map(({ name, place, us }) => [`\`${name}\``, share(us), place]),
)}`;
}
