import { parseArgs } from 'node:util';
import { z } from 'zod';
import { writeSection } from '../lib/document.ts';
import { pinThisProcess } from '../lib/process.ts';
import { buildBaseline } from './baseline.ts';
import { type Load, type Measured, measure, measureMemory, warmUp } from './measure.ts';
import { type Results, report } from './report.ts';
import { type Provider, startProvider } from './provider.ts';
import { SYSTEMS, type SystemName } from './systems.ts';

const items = (text: string) => text.split(',');
const count = z
  .string()
  .regex(/^[1-9]\d{0,3}$/, 'must be a number from 1 to 9999')
  .transform(Number);
const PACES = ['back-to-back', 'paced'] as const;
const SYSTEM_NAMES = ['baseline', 'postgres', 'pglite'] as const;

const Options = z.object({
  rounds: count.default(3),
  systems: z
    .string()
    .transform(items)
    .pipe(z.array(z.enum(SYSTEM_NAMES)))
    .default([...SYSTEM_NAMES]),
  loads: z
    .string()
    .transform(items)
    .pipe(z.array(z.enum(PACES)))
    .default([...PACES]),
  concurrent: z.string().transform(items).pipe(z.array(count)).default([1, 50, 500]),
  memory: z.stringbool().default(true),
});

/**
 * Compares our chat stream, which is stored and can be resumed, with the AI SDK's own chat route, which stores nothing.
 * Each round starts each system in a new process. A run of all systems and loads writes docs/benchmarks.md.
 * @param args `--rounds 3 --systems baseline,postgres,pglite --loads back-to-back,paced --concurrent 1,50,500 --memory true`
 */
export async function main(args: string[]): Promise<void> {
  const names = Object.fromEntries(
    Object.keys(Options.shape).map((name) => [name, { type: 'string' as const }]),
  );
  const { values } = parseArgs({ args, options: names });
  const { rounds, systems, loads, concurrent, memory } = Options.parse(values);
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
  const isWhole = Object.keys(values).every((name) => name === 'rounds');
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
