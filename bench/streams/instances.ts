import { writeSection, table } from '../lib/document.ts';
import { describeMachine } from '../lib/machine.ts';
import { pinThisProcess } from '../lib/process.ts';
import { spread } from '../lib/statistics.ts';
import { type FanOut, type FannedOut, measureFanOut, type Place } from './fan-out.ts';
import { startInstances } from './ours.ts';
import { startProvider } from './provider.ts';
import { DELTAS } from './words.ts';

interface Options {
  /** The number of instances. */
  instances: number;
  rounds: number;
  /** The numbers of answers at a time. */
  answers: number[];
  /** The numbers of readers of each answer. */
  readers: number[];
  /** True if docs/benchmarks.md gets the result. */
  isWhole: boolean;
}

const PLACES: Place[] = ['same', 'others'];
const WARM_UP: FanOut = { answers: 60, readers: 2, place: 'others' };

/**
 * Compares answers whose readers are on the instance that writes them with answers whose readers are on other
 * instances. The difference is the cost of NOTIFY and of reading the log again, which is the most that any other way
 * between instances could save.
 */
export async function compareInstances({
  instances,
  rounds,
  answers,
  readers,
  isWhole,
}: Options): Promise<void> {
  pinThisProcess();
  const loads = answers.flatMap((number) =>
    readers.flatMap((each) => PLACES.map((place): FanOut => ({ answers: number, readers: each, place }))),
  );
  const measured = new Map<FanOut, FannedOut[]>(loads.map((load) => [load, []]));
  const provider = await startProvider();
  try {
    for (let round = 1; round <= rounds; round++) {
      const system = await startInstances(provider.baseUrl, instances);
      try {
        await measureFanOut(system, provider, WARM_UP);
        for (const [load, results] of measured) {
          console.error(
            `round ${round} of ${rounds}: ${load.answers} answers, ${load.readers} readers, ${load.place}`,
          );
          results.push(await measureFanOut(system, provider, load));
        }
      } finally {
        await system.stop();
      }
    }
  } finally {
    await provider.stop();
  }
  const text = report(measured, instances, rounds);
  console.log(text);
  if (isWhole) await writeSection('Streams on several instances', text);
}

const HEAD = [
  'answers',
  'readers each',
  'readers are on',
  'deltas read/s',
  'min … max',
  'first delta ms',
  'p99 ms',
  'Postgres us/delta',
  'instances us/delta',
];

const whole = (value: number) => Math.round(value).toLocaleString('en');

function report(measured: Map<FanOut, FannedOut[]>, instances: number, rounds: number): string {
  const rows = [...measured].map(([{ answers, readers, place }, results]) => {
    const median = (field: keyof FannedOut) => spread(results.map((result) => result[field])).median;
    const speed = spread(results.map(({ deltasPerSecond }) => deltasPerSecond));
    return [
      whole(answers),
      whole(readers),
      place === 'same' ? 'the same instance' : 'other instances',
      whole(speed.median),
      `${whole(speed.min)} … ${whole(speed.max)}`,
      median('firstDeltaMs').toFixed(0),
      median('firstDeltaP99Ms').toFixed(0),
      median('databaseUs').toFixed(0),
      median('instancesUs').toFixed(0),
    ];
  });
  return `\`npm run bench -- streams --instances ${instances}\`: answers of ${DELTAS} deltas on ${instances} instances that share a Postgres. Their readers follow
them over REST, either on the instance that writes them or on the others. All answers stop after the first delta. When
all readers have it, the model writes the rest as fast as it is read, and every reader's text is checked to the word. *First delta*:
from the question to the first delta of the first reader, with 20 questions at a time.

${describeMachine('all instances pinned to one core, the load and the model provider to the other')} Postgres runs on the same machine and on either core. CPU times are per delta of the
model, not per reader. Median of ${rounds} rounds, each with new processes and a new database.

${table(HEAD, rows)}`;
}
