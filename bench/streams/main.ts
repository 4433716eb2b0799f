import { z } from 'zod';
import { writeSection } from '../lib/document.ts';
import { namesOf, OptionError, readOptions, wholeNumber, wholeNumbers } from '../lib/options.ts';
import { pinThisProcess } from '../lib/process.ts';
import { buildBaseline } from './baseline.ts';
import { compareInstances } from './instances.ts';
import { type Load, type Measured, measure, measureMemory, warmUp } from './measure.ts';
import { type Results, report } from './report.ts';
import { type Provider, startProvider } from './provider.ts';
import { SYSTEMS, type SystemName } from './systems.ts';

const PACES = ['back-to-back', 'paced'] as const;
const SYSTEM_NAMES = ['baseline', 'postgres', 'pglite'] as const;

/** With ten readers each, as many as one process of the load can connect if it may open 20,000 files. */
const MOST_ANSWERS = 1900;

const Options = z.object({
  rounds: wholeNumber(1, 9999).default(3),
  systems: namesOf(SYSTEM_NAMES),
  loads: namesOf(PACES),
  concurrent: wholeNumbers(1, 9999).optional(),
  instances: wholeNumber(2, 9).optional(),
  readers: wholeNumbers(1, 100).default([1, 10]),
  memory: z.stringbool().describe('true or false').default(true),
});

/**
 * Compares our chat stream, which is stored and can be resumed, with the AI SDK's own chat route, which stores nothing.
 * Each round starts each system in a new process. A run of all systems and loads writes docs/benchmarks.md.
 * @param args `--rounds 3 --systems baseline,postgres,pglite --loads back-to-back,paced --concurrent 1,50,500 --memory true`,
 * or `--instances 3 --rounds 3 --concurrent 50,500,1900 --readers 1,10` for answers that are read on other instances.
 */
export async function main(args: string[]): Promise<void> {
  const { options, given } = readOptions(Options, args);
  const { rounds, concurrent, instances, readers } = options;
  if (instances === undefined) {
    if (given.has('readers')) throw new OptionError('--readers needs --instances.');
    await compareRoutes(
      options,
      [...given].every((name) => name === 'rounds'),
    );
    return;
  }
  const other = ['systems', 'loads', 'memory'].find((name) => given.has(name));
  if (other !== undefined) throw new OptionError(`--${other} cannot be used with --instances.`);
  const isWhole = [...given].every((name) => name === 'rounds' || name === 'instances');
  await compareInstances({
    instances,
    rounds,
    answers: concurrent ?? [50, 500, MOST_ANSWERS],
    readers,
    isWhole,
  });
}

async function compareRoutes(
  { rounds, systems, loads, concurrent = [1, 50, 500], memory }: z.output<typeof Options>,
  isWhole: boolean,
): Promise<void> {
  const all: Load[] = loads.flatMap((pace) => concurrent.map((number) => ({ pace, concurrent: number })));

  await buildBaseline();
  pinThisProcess();
  const results: Results = { loads: all, measured: new Map(), memory: new Map() };
  const provider = await startProvider();
  try {
    for (let round = 1; round <= rounds; round++) {
      for (const name of systems) {
        console.error(`round ${round} of ${rounds}: ${name}`);
        await runRound(name, provider, results, memory);
      }
    }
  } finally {
    await provider.stop();
  }
  const text = report(results, rounds);
  console.log(text);
  if (isWhole) await writeSection('Streams', text);
}

/** Measures all loads on a new process. */
async function runRound(
  name: SystemName,
  provider: Provider,
  { loads, measured, memory }: Results,
  withMemory: boolean,
): Promise<void> {
  const system = await SYSTEMS[name](provider.baseUrl);
  try {
    await warmUp(system);
    if (withMemory) memory.set(name, [...(memory.get(name) ?? []), await measureMemory(system, provider)]);
    for (const load of loads) {
      const byLoad = measured.get(load) ?? new Map<SystemName, Measured[]>();
      measured.set(load, byLoad);
      byLoad.set(name, [...(byLoad.get(name) ?? []), await measure(system, provider, load)]);
    }
  } finally {
    await system.stop();
  }
}
