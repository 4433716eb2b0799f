import { z } from 'zod';
import { table, writeSection } from '../lib/document.ts';
import { describeMachine } from '../lib/machine.ts';
import { readOptions, wholeNumber } from '../lib/options.ts';
import { pinThisProcess, startProgram } from '../lib/process.ts';
import { spread } from '../lib/statistics.ts';
import { INPUTS } from './inputs.ts';

const WAYS = ['superjson', 'compiled'] as const;
type Way = (typeof WAYS)[number];

const Options = z.object({ rounds: wholeNumber(1, 100).default(7) });

/**
 * Compares the cost of reading an RPC input by the reader compiled from its schema and by superjson. Each round starts
 * each of them in a new process, in alternating order. It writes docs/benchmarks.md.
 * @param args `--rounds 7`
 */
export async function main(args: string[]): Promise<void> {
  const { rounds } = readOptions(Options, args).options;
  pinThisProcess();
  const cases = Object.entries(INPUTS).map(([name, { title }]) => ({
    name,
    title,
    costs: { superjson: [] as number[], compiled: [] as number[] },
  }));
  for (let round = 1; round <= rounds; round++) {
    console.error(`round ${round} of ${rounds}`);
    const ways = round % 2 === 0 ? WAYS.toReversed() : WAYS;
    for (const { name, costs } of round % 2 === 0 ? cases.toReversed() : cases) {
      for (const way of ways) costs[way].push(await costOf(way, name));
    }
  }
  const rows = cases.map(({ title, costs }) => {
    const [theirs, ours] = [spread(costs.superjson), spread(costs.compiled)];
    const cells = [theirs.median, ours.min, ours.median, ours.max].map((cost) => cost.toFixed(2));
    return [title, ...cells, (ours.median / theirs.median).toFixed(2)];
  });
  const head = ['input', 'superjson us', 'compiled min us', 'median us', 'max us', 'x superjson'];
  const text = `${introduction(rounds)}\n\n${table(head, rows)}`;
  console.log(text);
  await writeSection('Reader', text);
}

/** Returns the cost of reading an input, in microseconds. */
async function costOf(way: Way, name: string): Promise<number> {
  const program = await startProgram(['bench/decode/reads.main.ts', way, name], {
    core: 'server',
    ready: /us per input: ([\d.]+)/,
  });
  await program.stop();
  return Number(program.match[1]);
}

function introduction(rounds: number): string {
  return `\`npm run bench -- decode\`: the time to build the input of a procedure from the parsed JSON that tRPC's clients send, by
\`superjson.deserialize\` and by the reader that is compiled from the input schema. The reader checks each annotation against the JSON
and the schema; superjson applies them unchecked. The figures do not include parsing the text and validation by zod. A row is \`{ id,
title, model: string or null, pinned: boolean, count: int, createdAt: Date, archivedAt: Date or missing }\`.

${describeMachine('the measured process pinned to one core')} ${rounds} rounds, each reader in a new process in each round, in alternating order.`;
}
