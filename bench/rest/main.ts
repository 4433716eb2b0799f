import { z } from 'zod';
import { table, writeSection } from '../lib/document.ts';
import { describeMachine } from '../lib/machine.ts';
import { readOptions, wholeNumber } from '../lib/options.ts';
import { pinThisProcess, startProgram } from '../lib/process.ts';
import { spread } from '../lib/statistics.ts';

const COUNTS = [10, 1000] as const;
const Options = z.object({ rounds: wholeNumber(1, 100).default(7) });

/**
 * Compares the cost of a REST call with 10 and with 1,000 procedures in the router. Each round starts each size in a
 * new process, in alternating order. It writes docs/benchmarks.md.
 * @param args `--rounds 7`
 */
export async function main(args: string[]): Promise<void> {
  const { rounds } = readOptions(Options, args).options;
  pinThisProcess();
  const measured = new Map<number, number[]>(COUNTS.map((count) => [count, []]));
  for (let round = 1; round <= rounds; round++) {
    for (const count of round % 2 === 0 ? COUNTS.toReversed() : COUNTS) {
      console.error(`round ${round} of ${rounds}: ${count} procedures`);
      measured.get(count)?.push(await costOfCall(count));
    }
  }
  const text = report(measured, rounds);
  console.log(text);
  await writeSection('REST', text);
}

/** Returns the cost of a call, in microseconds. */
async function costOfCall(procedures: number): Promise<number> {
  const program = await startProgram(['bench/rest/surface.main.ts', String(procedures)], {
    core: 'server',
    ready: /us per call: ([\d.]+)/,
  });
  await program.stop();
  return Number(program.match[1]);
}

function report(measured: Map<number, number[]>, rounds: number): string {
  const base = spread(measured.get(COUNTS[0]) ?? []).median;
  const rows = [...measured].map(([count, costs]) => {
    const { min, median, max } = spread(costs);
    const cells = [min, median, max].map((cost) => cost.toFixed(1));
    return [count.toLocaleString('en'), ...cells, (median / base).toFixed(3)];
  });
  return `\`npm run bench -- rest\`: the time of a REST call, from \`Request\` to the text of its \`Response\`, with few
and with many procedures in the router. The benchmark calls ten of them in turn, spread over the whole router. Each is a GET
with a parameter in the path, and a number and a list in the query, which the output repeats. No network and no database.

${describeMachine('the measured process pinned to one core')} ${rounds} rounds, each number of procedures in a new process in each round, in alternating order.

${table(['procedures', 'min us', 'median us', 'max us', 'x 10 procedures'], rows)}`;
}
