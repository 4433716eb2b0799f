/** npm run test:crash: kills servers while they write answers, and checks that no reader lost anything. */
import { inspect, parseArgs } from 'node:util';
import { type Backend, pglite, postgresOn } from './databases.ts';
import { createRandom, type Random } from './random.ts';
import { type Outcome, stressRun } from './stress-run.ts';

const USAGE = 'npm run test:crash -- [--kills 6] [--seed N] [--pglite-only]';
const SERVER = process.env['TEST_DATABASE_URL'] ?? 'postgres://postgres@127.0.0.1:5432/test';
/** The maximum number of violations shown. */
const SHOWN = 20;

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '6' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 32) },
    'pglite-only': { type: 'boolean', default: false },
  },
});

function wholeNumber(name: 'kills' | 'seed'): number {
  const number = Number(values[name]);
  if (Number.isSafeInteger(number) && number >= 0) return number;
  throw new Error(`--${name} must be a whole number. Usage: ${USAGE}`);
}

/** Describes times by their median, the time that 95 % stay within, and the longest. */
function spread(times: number[]): string {
  const sorted = times.toSorted((one, other) => one - other);
  const within = (share: number) => sorted[Math.ceil(share * sorted.length) - 1] ?? 0;
  return `${within(0.5)} / ${within(0.95)} / ${within(1)} ms (median / 95 % / longest of ${times.length})`;
}

function describe({ figures, violations }: Outcome): string {
  const { endings, longestGap, gaps, ...numbers } = figures;
  const ends = Object.entries(endings).map(([status, count]) => `${count} ${status}`);
  const line = Object.entries(numbers).map(([name, value]) => `${name} ${value}`);
  const wrong = violations.slice(0, SHOWN).map((violation) => `\n  VIOLATION ${violation}`);
  const more = violations.length > SHOWN ? `\n  and ${violations.length - SHOWN} more violations` : '';
  const gap = `from a kill to the next text with another instance ${spread(gaps.witnessed)}, otherwise ${spread(gaps.others)}`;
  return `${line.join(', ')}, longest gap ${longestGap} ms; ${gap}; runs ended ${ends.join(', ')}${wrong.join('')}${more}`;
}

const kills = wholeNumber('kills');
const seed = wholeNumber('seed');
console.log(`Killing servers ${kills} times on each database. To repeat the same choices: --seed ${seed}`);
const random = createRandom(seed);
const backends = values['pglite-only'] ? [pglite()] : [pglite(), await postgresOn(SERVER)];

/** @returns true if there was no violation. */
async function test(backend: Backend, own: Random): Promise<boolean> {
  const started = Date.now();
  try {
    const outcome = await stressRun(backend, kills, own);
    const seconds = Math.round((Date.now() - started) / 1000);
    console.log(`${backend.name}, ${backend.instances} at a time, ${seconds} s: ${describe(outcome)}`);
    return outcome.violations.length === 0;
  } catch (error) {
    console.log(`${backend.name}: the test failed: ${inspect(error)}`);
    return false;
  } finally {
    await backend.drop();
  }
}

const passed = await Promise.all(backends.map((backend) => test(backend, random.fork())));
if (passed.includes(false)) process.exitCode = 1;
