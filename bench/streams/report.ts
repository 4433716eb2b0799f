import { table } from '../lib/document.ts';
import { describeMachine } from '../lib/machine.ts';
import { spread } from '../lib/statistics.ts';
import type { Load, Measured, Memory } from './measure.ts';
import type { SystemName } from './systems.ts';
import { DELTAS } from './words.ts';

/** What all rounds came to, one entry for each round. */
export interface Results {
  loads: Load[];
  measured: Map<Load, Map<SystemName, Measured[]>>;
  memory: Map<SystemName, Memory[]>;
}

const NAMES: Record<SystemName, string> = {
  baseline: 'AI SDK route, nothing kept',
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

/** A load under which the core of the load is busier than this is limited by the load, not by the server. */
const BUSY = 0.9;

/** What was measured, in Markdown. */
export function report({ loads, measured, memory }: Results, rounds: number): string {
  const sections = loads.map((load) => {
    const answers = load.concurrent === 1 ? '1 answer' : `${load.concurrent} answers`;
    const bySystem = measured.get(load) ?? new Map<SystemName, Measured[]>();
    return `### ${load.pace === 'paced' ? 'Paced' : 'Back to back'}, ${answers} at once\n\n${loadTable(bySystem)}`;
  });
  return [intro(rounds), ...sections, ...(memory.size > 0 ? [memorySection(memory)] : [])].join('\n\n');
}

function intro(rounds: number): string {
  return `\`npm run bench -- streams\`: the AI SDK's documented chat route (\`streamText\` in a bare Next app under \`next start\`, which
keeps nothing) against \`POST /api/chat\` here, where every delta is committed before it is shown and an answer can be
resumed and stopped. Both ask the same local model provider over HTTP for answers of ${DELTAS} deltas, and every answer is
checked to the word. *Back to back*: the model speaks as fast as it is read. *Paced*: a delta every 10 ms. Each
question is asked in a chat of its own that has a title, by a signed-in person with a session cookie.

${describeMachine()} Median of ${rounds} rounds, each system in a fresh process in each round, taking turns. Postgres
runs on the same machine and on either core. *CPU* is the server process, user and system, without the database.
*Load core* is the share of a core that the load and the model provider took; above ${BUSY} the load, not the server,
is the limit.`;
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

Resident memory that the server process grew by, for each of 500 streams that are open and silent.

${table(['system', 'KB per answer with its reader', 'KB per further reader'], rows)}`;
}
