import { z } from 'zod';
import { table, writeSection } from '../lib/document.ts';
import { describeMachine } from '../lib/machine.ts';
import { readOptions, wholeNumber } from '../lib/options.ts';
import { pinThisProcess, startProgram } from '../lib/process.ts';
import { spread } from '../lib/statistics.ts';

const COUNTS = [100, 1000] as const;
const MEASURES = ['`createApi`', 'the OpenAPI document', 'its longest block'] as const;
const Options = z.object({ rounds: wholeNumber(1, 100).default(7) });
const READY = /start, document, block: ([\d.]+) ([\d.]+) ([\d.]+)/;

/**
 * Measures the start of the layer, and its OpenAPI document, with few and with many procedures in the router. Each
 * measurement is a new process. It writes docs/benchmarks.md.
 * @param args `--rounds 7`
 */
export async function main(args: string[]): Promise<void> {
  const { rounds } = readOptions(Options, args).options;
  pinThisProcess();
  const rows: string[][] = [];
  for (const count of COUNTS) {
    const measured: number[][] = MEASURES.map(() => []);
    for (let round = 1; round <= rounds; round++) {
      console.error(`${count} procedures, round ${round} of ${rounds}`);
      const program = await startProgram(['bench/layer/start.main.ts', String(count)], {
        core: 'server',
        ready: READY,
      });
      await program.stop();
      for (const [i, times] of measured.entries()) times.push(Number(program.match[i + 1]));
    }
    for (const [i, times] of measured.entries()) {
      const { min, median, max } = spread(times);
      const cells = [min, median, max].map((ms) => ms.toFixed(1));
      rows.push([count.toLocaleString('en'), MEASURES[i] ?? '', ...cells]);
    }
  }
  const text = `\`npm run bench -- layer\`: the CPU time of \`createApi\`, which checks all procedures, and of the first request for the OpenAPI
document, in the main thread. A _block_ is the time for which the event loop serves nothing else. A quarter of the procedures each
gets, lists, creates and updates an item of ten fields.

${describeMachine('the measured process pinned to one core')} ${rounds} rounds, each in a new process.

${table(['procedures', 'what', 'min ms', 'median ms', 'max ms'], rows)}`;
  console.log(text);
  await writeSection('Start of the layer', text);
}
