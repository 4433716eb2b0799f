/**
 * npm run test:examples: installs the packed layer in each example as its users do, type-checks, builds and calls it.
 * With names of examples after `--`, only those, and with `--short` those that need no build. It needs the registry of
 * npm.
 */
import { rmSync } from 'node:fs';
import { checkT3 } from './create-t3-app.ts';
import { checkHono } from './hono.ts';
import { createWorkshop, type Workshop } from './kit.ts';
import { checkMcp } from './mcp.ts';
import { checkMigration } from './trpc-to-openapi.ts';
import { checkTurbo } from './turbo.ts';

const CHECKS: Record<string, (workshop: Workshop) => Promise<string>> = {
  hono: checkHono,
  mcp: checkMcp,
  'trpc-to-openapi': checkMigration,
  turbo: checkTurbo,
  'create-t3-app': checkT3,
};

/** The examples of `--short`. */
const SHORT = ['hono', 'mcp', 'trpc-to-openapi'];

const args = process.argv.slice(2);
const wanted = args.includes('--short') ? SHORT : args;
for (const name of wanted) {
  if (!Object.hasOwn(CHECKS, name)) throw new Error(`There is no example ${name}.`);
}
const workshop = await createWorkshop();
try {
  for (const [name, check] of Object.entries(CHECKS)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    console.log(`passed  ${name}: ${await check(workshop)}`);
  }
} finally {
  rmSync(workshop.root, { recursive: true, force: true });
}
