import { z } from 'zod';
import { namesOf, readOptions, wholeNumber } from '../lib/options.ts';
import { measurePages } from './pages.ts';
import { compareViewers } from './viewers.ts';

const Options = z.object({
  parts: namesOf(['pages', 'viewers']),
  routers: wholeNumber(1, 1000).default(50),
  procedures: wholeNumber(1, 1000).default(20),
  passes: wholeNumber(1).default(5),
  rounds: wholeNumber(1).default(5),
});

/**
 * Measures the pages of the reference, and compares them with other viewers in a browser. It writes docs/benchmarks.md.
 * @param args `--parts pages,viewers --routers 50 --procedures 20 --passes 5 --rounds 5`
 */
export async function main(args: string[]): Promise<void> {
  const { options } = readOptions(Options, args);
  if (options.parts.includes('pages')) await measurePages(options);
  if (options.parts.includes('viewers')) await compareViewers(options);
}
