/** npm run bench -- <suite> [options]: measures, and writes docs/benchmarks.md. */
const SUITES: Record<string, () => Promise<{ main: (args: string[]) => Promise<void> }>> = {
  streams: () => import('./streams/main.ts'),
  rest: () => import('./rest/main.ts'),
  encode: () => import('./encode/main.ts'),
};

const [name = '', ...args] = process.argv.slice(2);
const suite = SUITES[name];
if (suite) await (await suite()).main(args);
else {
  console.error(`Usage: npm run bench -- ${Object.keys(SUITES).join(' | ')} [options]`);
  process.exitCode = 1;
}

export {};
