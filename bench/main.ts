import { OptionError } from './lib/options.ts';

/** npm run bench [-- <suite> [options]]: runs one or all suites, and writes docs/benchmarks.md. */
const SUITES: Record<string, () => Promise<{ main: (args: string[]) => Promise<void> }>> = {
  api: () => import('./api/main.ts'),
  streams: () => import('./streams/main.ts'),
  start: () => import('./start/main.ts'),
  rest: () => import('./rest/main.ts'),
  layer: () => import('./layer/main.ts'),
  types: () => import('./types/main.ts'),
  encode: () => import('./encode/main.ts'),
  decode: () => import('./decode/main.ts'),
  db: () => import('./db/main.ts'),
  embedded: () => import('./embedded/main.ts'),
  search: () => import('./search/main.ts'),
  scaling: () => import('./scaling/main.ts'),
  scale: () => import('./scale/main.ts'),
  reference: () => import('./reference/main.ts'),
  pages: () => import('./pages/main.ts'),
  migrate: () => import('./migrate/main.ts'),
};

const [name, ...args] = process.argv.slice(2);
const suites = name === undefined ? Object.values(SUITES) : [SUITES[name]];
try {
  for (const suite of suites) {
    if (!suite) {
      throw new OptionError(`Usage: npm run bench [-- ${Object.keys(SUITES).join(' | ')} [options]]`);
    }
    await (await suite()).main(args);
  }
} catch (error) {
  if (!(error instanceof OptionError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
