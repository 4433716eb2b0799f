import { table } from '../lib/document.ts';
import { describeMachine } from '../lib/machine.ts';
import { spread } from '../lib/statistics.ts';
import { type Round, type Workload, WORKLOADS } from './pages.ts';
import type { Start } from './startup.ts';
import type { SystemName } from './systems.ts';

/** The results of all rounds. */
export interface Results {
  starts: Map<string, Start[]>;
  pages: Map<SystemName, Map<Workload, Round[]>>;
  /** Bytes. */
  resident: Map<SystemName, number[]>;
}

const MB = 1024 ** 2;
const whole = (value: number) => Math.round(value).toLocaleString('en');
const megabytes = (values: number[]) => whole(spread(values).median / MB);

/** Returns the report in Markdown. */
export function report({ starts, pages, resident }: Results, rounds: number, seconds: number): string {
  const memory = [...resident].map(([name, values]) => `${name} ${megabytes(values)} MB`).join(', ');
  return `\`npm run bench -- start\`: the time of a start, and the speed of pages and their files through \`serve.ts\` and, from the
same build, under \`next start\`.

${describeMachine()} Median of ${rounds} rounds.

### From the start of the process to "ready"

With a finished build and an existing database, on both cores. _MB_ is resident memory, in the last row including npm's.

${table(['start', 'ms', 'min … max', 'MB when ready', 'MB after the first pages'], startRows(starts))}

### Pages

Each system in a new process in each round, in alternating order, on an embedded database; ${seconds} s each, 50
connections unless the row says otherwise, with a browser's Accept-Encoding. _Bytes_ is the size of the body as transferred.
Resident memory at the end: ${memory}.

${table(['request', 'next start req/s', 'serve.ts req/s', 'min … max', 'x next start', 'p99 ms', 'next start bytes', 'bytes'], pageRows(pages))}`;
}

function startRows(starts: Map<string, Start[]>): string[][] {
  return [...starts].map(([name, all]) => {
    const { min, median, max } = spread(all.map(({ readyMs }) => readyMs));
    const memory = [all.map((start) => start.resident), all.map((start) => start.residentUsed)].map(
      megabytes,
    );
    return [name, whole(median), `${whole(min)} … ${whole(max)}`, ...memory];
  });
}

function pageRows(pages: Results['pages']): string[][] {
  return WORKLOADS.map((workload) => {
    const of = (name: SystemName) => pages.get(name)?.get(workload) ?? [];
    const [next, ours] = [of('next start'), of('serve.ts')];
    const speed = spread(ours.map(({ requestsPerSecond }) => requestsPerSecond));
    const base = spread(next.map(({ requestsPerSecond }) => requestsPerSecond)).median;
    return [
      workload.title,
      whole(base),
      whole(speed.median),
      `${whole(speed.min)} … ${whole(speed.max)}`,
      (speed.median / base).toFixed(2),
      spread(ours.map(({ p99Ms }) => p99Ms)).median.toFixed(1),
      whole(next[0]?.bytes ?? NaN),
      whole(ours[0]?.bytes ?? NaN),
    ];
  });
}
