import { z } from 'zod';
import { table, writeSection } from '../lib/document.ts';
import { describeMachine } from '../lib/machine.ts';
import { readOptions, wholeNumber } from '../lib/options.ts';
import { pinThisProcess, startProgram } from '../lib/process.ts';
import { spread } from '../lib/statistics.ts';

const WAYS = {
  superjson: '`superjson` and `JSON.stringify`',
  wire: 'compiled, superjson’s text',
  stringify: '`JSON.stringify`',
  toJson: '`JSON.stringify` with a replacer',
  json: 'compiled, plain JSON',
} as const;
type Way = keyof typeof WAYS;

const ALL: readonly Way[] = ['superjson', 'wire', 'stringify', 'toJson', 'json'];
const COUNTS = [1, 100] as const;
const Options = z.object({ rounds: wholeNumber(1, 100).default(7) });

/**
 * Compares the cost of writing a response of one row and of a hundred rows, by our encoders and by the libraries that
 * they replace. Each round starts each of them in a new process, in alternating order. It writes docs/benchmarks.md.
 * @param args `--rounds 7`
 */
export async function main(args: string[]): Promise<void> {
  const { rounds } = readOptions(Options, args).options;
  pinThisProcess();
  const cases = COUNTS.flatMap((count) => ALL.map((way) => ({ count, way, costs: [] as number[] })));
  for (let round = 1; round <= rounds; round++) {
    console.error(`round ${round} of ${rounds}`);
    for (const each of round % 2 === 0 ? cases.toReversed() : cases) {
      each.costs.push(await costOfText(each.way, each.count));
    }
  }
  const tables = COUNTS.map((count) => {
    const rows = cases.filter((each) => each.count === count);
    return `### ${count} ${count === 1 ? 'row' : 'rows'}\n\n${report(rows)}`;
  });
  const text = `${introduction(rounds)}\n\n${tables.join('\n\n')}`;
  console.log(text);
  await writeSection('Encoders', text);
}

/** Returns the cost of writing a text, in microseconds. */
async function costOfText(way: Way, count: number): Promise<number> {
  const program = await startProgram(['bench/encode/rows.main.ts', way, String(count)], {
    core: 'server',
    ready: /us per text: ([\d.]+)/,
  });
  await program.stop();
  return Number(program.match[1]);
}

function report(cases: { way: Way; costs: number[] }[]): string {
  const base = spread(cases.find(({ way }) => way === 'stringify')?.costs ?? []).median;
  const rows = cases.map(({ way, costs }) => {
    const { min, median, max } = spread(costs);
    const cells = [min, median, max].map((cost) => cost.toFixed(2));
    return [WAYS[way], ...cells, (median / base).toFixed(2)];
  });
  return table(['written by', 'min us', 'median us', 'max us', 'x JSON.stringify'], rows);
}

function introduction(rounds: number): string {
  return `\`npm run bench -- encode\`: the time to write a response, including its bytes in UTF-8. A row is \`{ id, title, model: string or null, pinned:
boolean, count: int, createdAt: Date, updatedAt: Date, archivedAt: Date or null }\`. RPC sends superjson's text, REST plain
JSON. The replacer writes bigints, sets and maps. \`JSON.stringify\` alone is the baseline; it annotates nothing and throws for a bigint.

${describeMachine('the measured process pinned to one core')} ${rounds} rounds, each encoder in a new process in each round, in alternating order.`;
}
