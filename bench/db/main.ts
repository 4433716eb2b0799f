import { z } from 'zod';
import { table, writeSection } from '../lib/document.ts';
import { describeMachine } from '../lib/machine.ts';
import { readOptions, wholeNumber } from '../lib/options.ts';
import { pinThisProcess } from '../lib/process.ts';
import { callsOf } from './calls.ts';
import { fill, middle } from './data.ts';
import { identityCalls } from './identity.ts';
import { createInstance, type Instance } from './instance.ts';
import { compare } from './measure.ts';

const Rows = wholeNumber(100)
  .refine((rows) => rows % 100 === 0)
  .describe('a multiple of 100');
const Options = z.object({
  rounds: wholeNumber(1, 100).default(7),
  few: Rows.default(1000),
  many: Rows.default(1_000_000),
});

/**
 * Compares the cost of lists with few and with very many rows in the database, and of calls with a cached identity and
 * without one. It writes docs/benchmarks.md.
 * @param args `--rounds 7 --few 1000 --many 1000000`
 */
export async function main(args: string[]): Promise<void> {
  const { rounds, ...sizes } = readOptions(Options, args).options;
  pinThisProcess();
  const few = await createInstance();
  const many = await createInstance().catch(async (error: unknown) => {
    await few.close();
    throw error;
  });
  try {
    const lists = await compareSizes(few, many, sizes, rounds);
    const text = `${introduction(rounds)}\n\n${lists}\n\n${await compareIdentities(few, rounds)}`;
    console.log(text);
    await writeSection('Database', text);
  } finally {
    await Promise.all([few.close(), many.close()]);
  }
}

const introduction = (
  rounds: number,
) => `\`npm run bench -- db\`: the time of reads from Postgres. The benchmark calls the product's own functions in its own process, one after the
other. Postgres runs on the same machine and on either core.

${describeMachine('this process pinned to one core')} ${rounds} rounds of each in alternating order. A figure is the median over the rounds of
each round's median or 99th percentile. A round has only one call of a slow function.`;

/** Returns a table of the cost of lists at both sizes. */
async function compareSizes(
  few: Instance,
  many: Instance,
  sizes: { few: number; many: number },
  rounds: number,
): Promise<string> {
  await fill(few.url, sizes.few);
  console.error(`creating ${sizes.many} rows`);
  await fill(many.url, sizes.many);
  const callsOfMany = callsOf(many.deps, await middle(many.url, sizes.many));
  const rows: string[][] = [];
  for (const [name, ofFew] of Object.entries(callsOf(few.deps, await middle(few.url, sizes.few)))) {
    const ofMany = callsOfMany[name];
    if (!ofMany) continue;
    console.error(name);
    const [small, large] = await compare([ofFew, ofMany], rounds);
    if (!small || !large) continue;
    const costs = [small.median, large.median, small.p99, large.p99].map((us) => us.toFixed(0));
    rows.push([name, ...costs, (large.median / small.median).toFixed(2)]);
  }
  const [k, m] = [sizes.few, sizes.many].map((size) => size.toLocaleString('en'));
  const head = [
    'call',
    `${k}: median us`,
    `${m}: median us`,
    `${k}: p99 us`,
    `${m}: p99 us`,
    'ratio of medians',
  ];
  return `### Lists at ${k} and at ${m} rows

One account has that many chats, and that many messages in one of them. Other accounts have as many chats in total, with a
question in each. The _small account_ has 61 chats, one of them with 60 messages. Pages have 20 items. A search is
one page: it ends when it has examined enough, with any number of hits (see _Search_).

${table(head, rows)}`;
}

/** Returns a table of the cost of authentication. */
async function compareIdentities({ deps }: Instance, rounds: number): Promise<string> {
  const { calls, statementsOf } = await identityCalls(deps);
  const named = Object.entries(calls);
  const costs = await compare(Object.values(calls), rounds);
  const rows: string[][] = [];
  for (const [index, [name, call]] of named.entries()) {
    const cost = costs[index];
    if (!cost) continue;
    rows.push([name, cost.median.toFixed(0), cost.p99.toFixed(0), String(await statementsOf(call))]);
  }
  return `### Authentication

A signed-in RPC call that does nothing else, from \`Request\` to the text of its \`Response\`. _Cached_: the server has
authenticated the caller within the last four seconds. _Not cached_: the cache is emptied before each call.

${table(['caller', 'median us', 'p99 us', 'statements'], rows)}`;
}
