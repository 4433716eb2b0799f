import { table } from '../lib/document.ts';
import { describeMachine } from '../lib/machine.ts';
import { spread } from '../lib/statistics.ts';
import type { Load, Measured, Memory } from './measure.ts';
import type { SystemName } from './systems.ts';
import { DELTAS } from './words.ts';

/** The results of all rounds, one entry per round. */
export interface Results {
  loads: Load[];
  measured: Map<Load, Map<SystemName, Measured[]>>;
  memory: Map<SystemName, Memory[]>;
}

const NAMES: Record<SystemName, string> = {
  baseline: 'AI SDK route, nothing stored',
  postgres: 'Switchboard on Postgres',
  pglite: 'Switchboard on PGlite',
};

const HEAD = [
  'system',
  'deltas/s',
  'min … max',
  'x route',
  'first delta ms',
  'p99 ms',
  'CPU us/delta',
  'x route',
  'transactions/s',
  'log commits/s',
  'load core',
];

/** Above this share of its core, the load generator limits the figures, not the server. */
const BUSY = 0.9;

/** Returns the report in Markdown. */
export function report({ loads, measured, memory }: Results, rounds: number): string {
  const sections = loads.map((load) => {
    const answers = load.concurrent === 1 ? '1 answer' : `${load.concurrent} answers`;
    const bySystem = measured.get(load) ?? new Map<SystemName, Measured[]>();
    return `### ${load.pace === 'paced' ? 'Paced' : 'Back to back'}, ${answers} at once\n\n${loadTable(bySystem)}`;
  });
  return [intro(rounds), ...sections, ...(memory.size > 0 ? [memorySection(memory)] : [])].join('\n\n');
}

function intro(rounds: number): string {
  return `\`npm run bench -- streams\` compares two chat routes. One is the AI SDK's documented route: \`streamText\` in a bare Next app
under \`next start\`, which stores nothing. The other is Switchboard's \`POST /api/chat\`. It commits every delta before it
shows it, and an answer can be resumed and stopped. Both request answers of ${DELTAS} deltas from the same local model
provider over HTTP, and the benchmark checks every answer to the word. *Back to back*: the model writes as fast as the
server reads. *Paced*: a delta every 10 ms. A signed-in user asks each question in a separate chat that has a title, with
a session cookie.

${describeMachine()} Median of ${rounds} rounds, each system in a new process in each round, in turn. Postgres runs on the
same machine and on either core. *CPU* is the server process, user and system, without the database. *Load core* is the
share of a core that the load generator and the model provider used. Above ${BUSY} they limit the figures, not the server.`;
}

const whole = (value: number) => Math.round(value).toLocaleString('en');
const fixed = (value: number, digits: number) => (Number.isNaN(value) ? '–' : value.toFixed(digits));

function loadTable(bySystem: Map<SystemName, Measured[]>): string {
  const median = (name: SystemName, field: keyof Measured) =>
    spread((bySystem.get(name) ?? []).flatMap((measured) => measured[field] ?? [])).median;
  const rows = [...bySystem].map(([name, measured]) => {
    const speed = spread(measured.map(({ deltasPerSecond }) => deltasPerSecond));
    const ratio = (field: keyof Measured) => fixed(median(name, field) / median('baseline', field), 2);
    const perSecond = (field: keyof Measured) => {
      const value = median(name, field);
      return Number.isNaN(value) ? '–' : whole(value);
    };
    return [
      NAMES[name],
      whole(speed.median),
      `${whole(speed.min)} … ${whole(speed.max)}`,
      ratio('deltasPerSecond'),
      fixed(median(name, 'firstDeltaMs'), 1),
      fixed(median(name, 'firstDeltaP99Ms'), 1),
      fixed(median(name, 'cpuPerDeltaUs'), 0),
      ratio('cpuPerDeltaUs'),
      perSecond('transactionsPerSecond'),
      perSecond('logCommitsPerSecond'),
      fixed(median(name, 'loadCore'), 2),
    ];
  });
  return table(HEAD, rows);
}

function memorySection(memory: Map<SystemName, Memory[]>): string {
  const cell = (values: number[]) => fixed(spread(values).median, 0);
  const rows = [...memory].map(([name, rounds]) => [
    NAMES[name],
    cell(rounds.map(({ perAnswerKb }) => perAnswerKb)),
    cell(rounds.flatMap(({ perReaderKb }) => perReaderKb ?? [])),
  ]);
  return `### Memory

The growth of the server's resident memory per stream, with 500 open and idle streams.

${table(['system', 'KB per answer with its reader', 'KB per further reader'], rows)}`;
}
