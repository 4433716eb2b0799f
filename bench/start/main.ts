import { z } from 'zod';
import { writeSection } from '../lib/document.ts';
import { readOptions, wholeNumber } from '../lib/options.ts';
import { installPeers } from '../lib/peers.ts';
import { pinThisProcess } from '../lib/process.ts';
import { measurePages, type Round, type Workload } from './pages.ts';
import { report, type Results } from './report.ts';
import { measureStarts } from './startup.ts';
import { type SystemName, SYSTEMS } from './systems.ts';

const Options = z.object({
  rounds: wholeNumber(1, 100).default(5),
  seconds: wholeNumber(1, 30).default(3),
});

const NAMES = Object.keys(SYSTEMS) as SystemName[];

/**
 * Measures the time of a start, and compares pages through `serve.ts` with `next start`. It writes docs/benchmarks.md.
 * @param args `--rounds 5 --seconds 3`
 */
export async function main(args: string[]): Promise<void> {
  const { rounds, seconds } = readOptions(Options, args).options;
  await installPeers();
  pinThisProcess();
  const starts = await measureStarts(rounds);
  const pages = new Map(NAMES.map((name) => [name, new Map<Workload, Round[]>()]));
  const resident: Results['resident'] = new Map(NAMES.map((name) => [name, []]));
  for (let round = 1; round <= rounds; round++) {
    for (const name of round % 2 === 0 ? NAMES.toReversed() : NAMES) {
      console.error(`round ${round} of ${rounds}: ${name}`);
      const measured = await measurePages(name, seconds);
      resident.get(name)?.push(measured.resident);
      const all = pages.get(name);
      for (const [workload, result] of measured.rounds) {
        all?.set(workload, [...(all.get(workload) ?? []), result]);
      }
    }
  }
  const text = report({ starts, pages, resident }, rounds, seconds);
  console.log(text);
  await writeSection('Start and pages', text);
}
