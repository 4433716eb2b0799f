/** npm run test:instances: loses instances, runs them behind poolers, and prints figures. */
import { inspect, parseArgs } from 'node:util';
import type { Part } from './part.ts';
import { pooler } from './pooler.ts';
import { lost } from './lost.ts';

const SERVER = process.env['TEST_DATABASE_URL'] ?? 'postgres://postgres@127.0.0.1:5432/test';

const PARTS: Record<string, Part> = { lost, pooler };

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { short: { type: 'boolean', default: false } },
});

const unknown = positionals.filter((name) => !(name in PARTS));
if (unknown.length > 0) {
  throw new Error(
    `There is no part ${unknown.join(', ')}. Usage: npm run test:instances -- [--short] [${Object.keys(PARTS).join('|')}]`,
  );
}

// Servers of tests do not keep the process alive that waits for them.
const awake = setInterval(() => undefined, 60_000);
for (const [name, run] of Object.entries(PARTS)) {
  if (positionals.length > 0 && !positionals.includes(name)) continue;
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
