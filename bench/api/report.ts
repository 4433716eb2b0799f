import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { table, writeSection } from '../lib/document.ts';
import { describeMachine } from '../lib/machine.ts';
import { ROOT } from '../lib/process.ts';
import { percentile, type Spread, spread } from '../lib/statistics.ts';
import type { Workload } from './calls.ts';
import { type Bar, chart, type Panel } from './chart.ts';
import { BUSY, type Measured, serverCoreOf } from './load.ts';
import type { Duration } from './measure.ts';
import { BASELINE, type Round, TOLERANCE } from './rounds.ts';
import { type System, type SystemName, SYSTEMS } from './systems.ts';

const TITLES: Record<Workload, string> = {
  first: 'First second of a process',
  get: 'Get one item',
  create: 'Create one item',
  list: 'List 100 items',
  mixed: 'Mixed calls of 300 procedures',
};

/** The systems that each row is compared with. */
const PEERS = { fastify: 'x Fastify', hono: 'x Hono' } as const;
const RATIOS = Object.values(PEERS);
const SPEED_HEAD = ['served by', 'req/s', 'min … max', ...RATIOS, 'p99 ms', 'server core', 'load core'];
const CPU_HEAD = ['served by', 'CPU us/req', ...RATIOS, 'above raw us', 'share of raw'];
const FIRST_HEAD = ['served by', 'requests', 'min … max', ...RATIOS, 'share of a later second'];

const CHART = 'benchmarks-api.svg';
const CHARTED = ['get', 'create', 'mixed'] as const;
/** Longer bars are cut, because those of a streamed batch would make all others too short to compare. */
const CHART_LIMIT_US = 100;

const PERCENT = 100;

const whole = (value: number) => (Number.isNaN(value) ? '–' : Math.round(value).toLocaleString('en'));
const fixed = (value: number, digits: number) => (Number.isNaN(value) ? '–' : value.toFixed(digits));
const share = (value: number) => (Number.isNaN(value) ? '–' : `${Math.round(value * PERCENT)} %`);

interface Row {
  name: SystemName;
  title: string;
  speed: Spread;
  p99Ms: number;
  cpuUs: number;
  serverCore: number;
  loadCore: number;
}

/** Returns the medians of all rounds, the system with the least CPU time per request first. */
function rowsOf(rounds: readonly Round[], workload: Workload): Row[] {
  const names = new Set(rounds.flatMap((round) => [...(round.get(workload)?.keys() ?? [])]));
  const rows = [...names].map((name) => {
    const measured = rounds.flatMap((round) => round.get(workload)?.get(name) ?? []);
    const median = (field: keyof Measured) =>
      percentile(
        measured.map((each) => each[field]),
        0.5,
      );
    const system: System = SYSTEMS[name];
    return {
      name,
      title: system.ours ? `**${system.title}**` : system.title,
      speed: spread(measured.map(({ requestsPerSecond }) => requestsPerSecond)),
      p99Ms: median('p99Ms'),
      cpuUs: median('cpuUs'),
      serverCore: percentile(measured.map(serverCoreOf), 0.5),
      loadCore: median('loadCore'),
    };
  });
  return rows.toSorted((a, b) => a.cpuUs - b.cpuUs);
}

/** Returns a figure of a system; `NaN` if the system was not measured. */
const figureOf = (rows: readonly Row[], name: SystemName, figure: (row: Row) => number) =>
  rows.filter((row) => row.name === name).map(figure)[0] ?? NaN;

/** Returns the figure of a row divided by that of each peer. */
function ratios(rows: readonly Row[], row: Row, figure: (row: Row) => number): string[] {
  const peers = Object.keys(PEERS) as (keyof typeof PEERS)[];
  return peers.map((peer) => fixed(figure(row) / figureOf(rows, peer, figure), 2));
}

const speedOf = ({ speed }: Row) => speed.median;
const cpuOf = ({ cpuUs }: Row) => cpuUs;
const range = ({ speed }: Row) => `${whole(speed.min)} … ${whole(speed.max)}`;

/** Returns the report in Markdown. */
export function report(rounds: readonly Round[], workloads: readonly Workload[], duration: Duration): string {
  const sections = workloads.map((workload) => {
    const rows = rowsOf(rounds, workload);
    const tables =
      workload === 'first'
        ? firstTable(rows, rowsOf(rounds, 'get'))
        : `${cpuTable(rows)}\n\n${speedTable(rows)}`;
    return `### ${TITLES[workload]}\n\n${tables}`;
  });
  return [intro(rounds.length, duration), ...sections].join('\n\n');
}

function cpuTable(rows: readonly Row[]): string {
  const raw = figureOf(rows, BASELINE, cpuOf);
  const cells = rows.map((row) => [
    row.title,
    fixed(row.cpuUs, 1),
    ...ratios(rows, row, cpuOf),
    fixed(row.cpuUs - raw, 1),
    share((row.cpuUs - raw) / raw),
  ]);
  return table(CPU_HEAD, cells);
}

function speedTable(rows: readonly Row[]): string {
  const cells = rows.map((row) => [
    row.title,
    whole(row.speed.median),
    range(row),
    ...ratios(rows, row, speedOf),
    fixed(row.p99Ms, 0),
    fixed(row.serverCore, 2),
    `${fixed(row.loadCore, 2)}${row.loadCore > BUSY ? ' (busy)' : ''}`,
  ]);
  return table(SPEED_HEAD, cells);
}

function firstTable(rows: readonly Row[], later: readonly Row[]): string {
  const cells = rows
    .toSorted((a, b) => speedOf(b) - speedOf(a))
    .map((row) => [
      row.title,
      whole(row.speed.median),
      range(row),
      ...ratios(rows, row, speedOf),
      share(row.speed.median / figureOf(later, row.name, speedOf)),
    ]);
  return table(FIRST_HEAD, cells);
}

function intro(rounds: number, { warmUpSeconds, seconds }: Duration): string {
  return `\`npm run bench -- api\`: how fast each system serves a typed, validated, authenticated call. Every system does the
same work, as its documentation recommends: it looks up the caller by \`Authorization: Bearer\`, checks input and output with zod,
and returns rows from memory. Dates are sent as dates (RPC) or as ISO 8601 text (REST). *Get one item*: a query with an id and a
date, which returns seven fields. *Create one item*: a POST with a JSON body. *List 100 items*: a list of the same rows. *Mixed*:
80 % get one item, 15 % list 20 and 5 % create one, in a fixed shuffled order, over a hundred routers of three procedures. *First
second*: the requests to get one item that a new process serves in its first second of load. Before
each other load, the responses are compared with the expected ones, an unknown token must be rejected with 401, and an invalid body
must be rejected (except by raw node:http, which checks none). The peers are in bench/peers and look up tokens in a \`Map\`. Switchboard
looks up its API keys in its database and its cache.

*Batch* is a batch of one call. *Jsonl* is the same with a streamed response, as \`httpBatchStreamLink\` requests it; the other RPC rows
send single calls. *MCP* is a call of a tool by the official SDK, in two revisions of the protocol. *Layer* is the layer without the product, which looks up tokens as the peers do: with a router as
create-t3-app makes it (the context from \`headers\`, a middleware that measures time and one that requires a user), and with a router
without middlewares, whose context rejects unknown callers. Switchboard runs without a request log and without rate limits, because no
peer has them. With *defaults* it has both (the log goes to /dev/null). *Inside Next* is \`next start\`. Otherwise Switchboard runs as
with \`npm start\`.

${describeMachine()} 50 keep-alive connections (autocannon), ${seconds} s after ${warmUpSeconds} s of warm-up; every status is checked.
Median of ${rounds} rounds. A round starts with raw node:http, and the order of the others is reversed in every second round; each
system has a new process in each round. A round is repeated if its CPU time of raw node:http for one item differs from the median by
more than ${share(TOLERANCE)}. *CPU* is the server process, user and system; *above raw* is that minus the CPU time of raw node:http. *Server
core* and *load core* are the shares of their cores that the server and the load generator used. If the load generator is above ${BUSY}
(busy), it limits the requests per second, not the server. If both are below, other programs did, and the load is repeated.`;
}

/** Writes the report and its chart. */
export async function write(text: string, rounds: readonly Round[]): Promise<void> {
  const panels = [
    ...CHARTED.map((workload) => panelOf(rounds, workload, 'Node.js')),
    panelOf(rounds, 'get', 'Next.js'),
  ];
  writeFileSync(join(ROOT, 'docs', CHART), chart(panels));
  await writeSection(
    'RPC and REST',
    text.replace(/^(?=### )/m, `![CPU time per request of each system above raw node:http](${CHART})\n\n`),
  );
}

/** Returns the CPU time of the systems in one host, above that of raw node:http. */
function panelOf(rounds: readonly Round[], workload: Workload, host: 'Node.js' | 'Next.js'): Panel {
  const rows = rowsOf(rounds, workload);
  const raw = figureOf(rows, BASELINE, cpuOf);
  const bars = rows.flatMap(({ name, cpuUs }): Bar[] => {
    const { title, app, ours }: System = SYSTEMS[name];
    if (name === BASELINE || (app !== undefined) !== (host === 'Next.js')) return [];
    return [
      {
        title: title.replaceAll('`', ''),
        value: Math.max(0, cpuUs - raw),
        note: fixed(cpuUs - raw, 1),
        kind: ours ? 'ours' : name === 'next' ? 'baseline' : 'peer',
      },
    ];
  });
  return {
    title: `${TITLES[workload]} on ${host}: CPU us per request above raw node:http (${fixed(raw, 0)} us)`,
    ...(host === 'Node.js' && { limit: CHART_LIMIT_US }),
    bars,
  };
}
