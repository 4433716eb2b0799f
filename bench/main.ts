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
};

const [name, ...args] = process.argv.slice(2);
const suites = name === undefined ? Object.values(SUITES) : [SUITES[name]];
for (const suite of suites) {
  if (suite) await (await suite()).main(args);
  else {
    console.error(`Usage: npm run bench [-- ${Object.keys(SUITES).join(' | ')} [options]]`);
    process.exitCode = 1;
  }
}

export {};
