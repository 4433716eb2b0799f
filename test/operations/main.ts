/** npm run test:operations: serves a bundle and an image as operators do, and prints figures. */
import { inspect, parseArgs } from 'node:util';
import { backup } from './backup.ts';
import { bundle } from './bundle.ts';
import { container } from './container.ts';
import { metrics } from './metrics.ts';
import { olderMajor } from './older-major.ts';
import type { Part } from './part.ts';
import { proxies } from './proxies.ts';

const SERVER = process.env['TEST_DATABASE_URL'] ?? 'postgres://postgres@127.0.0.1:5432/test';

const PARTS: Record<string, Part> = {
  backup,
  bundle,
  container,
  metrics,
  'older-major': olderMajor,
  proxies,
};
/** Parts that need minutes, and programs that they install. They run without `--short`, or if they are named. */
const LONG = new Set(['backup', 'container', 'older-major', 'proxies']);
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { short: { type: 'boolean', default: false } },
});

const unknown = positionals.filter((name) => !(name in PARTS));
if (unknown.length > 0) {
  throw new Error(
    `There is no part ${unknown.join(', ')}. Usage: npm run test:operations -- [--short] [${Object.keys(PARTS).join('|')}]`,
  );
}

// Servers of tests do not keep the process alive that waits for them.
const awake = setInterval(() => undefined, 60_000);
for (const [name, run] of Object.entries(PARTS)) {
  const isWanted = positionals.length > 0 ? positionals.includes(name) : !values.short || !LONG.has(name);
  if (!isWanted) continue;
  const began = Date.now();
  const seconds = () => `${Math.round((Date.now() - began) / 1000)} s`;
  try {
    await run({ server: SERVER, isShort: values.short, report: (line) => console.log(`${name}: ${line}`) });
    console.log(`passed  ${name} (${seconds()})`);
  } catch (error) {
    console.log(`FAILED  ${name} (${seconds()}): ${inspect(error)}`);
    process.exitCode = 1;
  }
}
clearInterval(awake);
