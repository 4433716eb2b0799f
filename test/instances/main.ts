/** npm run test:instances: loses instances, databases and networks, runs instances behind poolers and a proxy, writes the logs of a day, upgrades, and prints figures. */
import { inspect, parseArgs } from 'node:util';
import type { Part } from './part.ts';
import { pooler } from './pooler.ts';
import { lost } from './lost.ts';
import { log } from './log.ts';
import { failover } from './failover.ts';
import { network } from './network.ts';
import { restart } from './restart.ts';
import { proxy } from './proxy.ts';
import { upgrade } from './upgrade.ts';

const SERVER = process.env['TEST_DATABASE_URL'] ?? 'postgres://postgres@127.0.0.1:5432/test';

const PARTS: Record<string, Part> = { lost, restart, failover, network, pooler, proxy, log, upgrade };
/** Those that the short form leaves out, unless they are named. */
const LONG = ['restart', 'failover', 'network', 'upgrade'];

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
  const isWanted =
    positionals.length > 0 ? positionals.includes(name) : !values.short || !LONG.includes(name);
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
