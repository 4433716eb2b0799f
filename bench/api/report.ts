import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { table, writeSection } from '../lib/document.ts';
import { describeMachine } from '../lib/machine.ts';
import { ROOT } from '../lib/process.ts';
import { spread } from '../lib/statistics.ts';
import type { Workload } from './calls.ts';
import { chart } from './chart.ts';
import type { Measured } from './load.ts';
import { type System, type SystemName, SYSTEMS } from './systems.ts';

/** The results of all rounds, one entry per round. */
export type Results = Map<Workload, Map<SystemName, Measured[]>>;

const TITLES: Record<Workload, string> = {
  get: 'Get one item',
  create: 'Create one item',
  list: 'List 100 items',
};

const HEAD = ['served by', 'req/s', 'min … max', 'x bare Next', 'p99 ms', 'CPU us/req', 'load core'];
const CHART = 'benchmarks-api.svg';

/** Above this share of its core, the load generator limits the figures, not the server. */
const BUSY = 0.9;

const whole = (value: number) => Math.round(value).toLocaleString('en');
const fixed = (value: number, digits: number) => (Number.isNaN(value) ? '–' : value.toFixed(digits));

interface Row {
  name: SystemName;
  system: System;
  speed: { min: number; median: number; max: number };
  /** The median divided by the median of the bare Next route; `NaN` if that was not measured. */
  ratio: number;
  median: (field: keyof Measured) => number;
}

/** Returns the rows of a table, fastest system first. */
function rowsOf(bySystem: Map<SystemName, Measured[]>): Row[] {
  const medianOf = (name: SystemName, field: keyof Measured) =>
    spread((bySystem.get(name) ?? []).map((measured) => measured[field])).median;
  const rows = [...bySystem].map(([name, measured]) => ({
    name,
    system: SYSTEMS[name],
    speed: spread(measured.map(({ requestsPerSecond }) => requestsPerSecond)),
    ratio: medianOf(name, 'requestsPerSecond') / medianOf('next', 'requestsPerSecond'),
    median: (field: keyof Measured) => medianOf(name, field),
  }));
  return rows.toSorted((a, b) => b.speed.median - a.speed.median);
}

/** Returns the report in Markdown. */
export function report(results: Results, rounds: number, seconds: number): string {
  const sections = [...results].map(
    ([workload, bySystem]) => `### ${TITLES[workload]}\n\n${speedTable(rowsOf(bySystem))}`,
  );
  return [intro(rounds, seconds), ...sections].join('\n\n');
}

function speedTable(rows: Row[]): string {
  const cells = rows.map(({ system, speed, ratio, median }) => {
    const loadCore = median('loadCore');
    return [
      system.ours ? `**${system.title}**` : system.title,
      whole(speed.median),
      `${whole(speed.min)} … ${whole(speed.max)}`,
      fixed(ratio, 2),
      fixed(median('p99Ms'), 0),
      fixed(median('cpuUs'), 0),
      `${fixed(loadCore, 2)}${loadCore > BUSY ? ' (busy)' : ''}`,
    ];
  });
  return table(HEAD, cells);
}

function intro(rounds: number, seconds: number): string {
  return `\`npm run bench -- api\`: how fast each system serves a typed, validated, authenticated call. Every system does the
same work, as its documentation recommends: it looks up the caller by \`Authorization: Bearer\`, checks input and output with zod,
and returns rows from memory. Dates are sent as dates (RPC) or as ISO 8601 text (REST). *Get one item*: a query with an id and a
date, which returns seven fields. *Create one item*: a POST with a JSON body. *List 100 items*: a list of the same rows. Before
each load, the response is compared with the expected one, an unknown token must be rejected with 401, and an invalid body must be
rejected (except by raw node:http, which checks none). The peers are in bench/peers and look up tokens in a \`Map\`. Switchboard
looks up its API keys in its database and its cache.

${describeMachine()} 50 keep-alive connections (autocannon), ${seconds} s after 1 s of warm-up; every status is checked.
Median of ${rounds} rounds, each system in a new process in each round, every second round in the reverse order. *CPU* is
the server process, user and system. *Load core* is the share of its core that the load generator used. Above ${BUSY}
(busy) it limits the figures, not the server. Switchboard runs without a request log and without rate limits, because no peer has them. With
*defaults* it has both (the log goes to /dev/null). *Inside Next* is \`next start\`. Otherwise Switchboard runs as with
\`npm start\`.`;
}

/** Writes the report and its chart. */
export async function write(text: string, results: Results): Promise<void> {
  const panels = [...results].map(([workload, bySystem]) => ({
    title: `${TITLES[workload]}, requests per second`,
    bars: rowsOf(bySystem).map(({ name, system, speed, ratio }) => ({
      title: system.title.replaceAll('`', ''),
      value: speed.median,
      note: `${whole(speed.median)}  ·  ${fixed(ratio, 1)} x`,
      kind: system.ours ? ('ours' as const) : name === 'next' ? ('baseline' as const) : ('peer' as const),
    })),
  }));
  writeFileSync(join(ROOT, 'docs', CHART), chart(panels));
  await writeSection(
    'RPC and REST',
    text.replace(/^(?=### )/m, `![Requests per second of each system](${CHART})\n\n`),
  );
}
