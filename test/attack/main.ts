/** npm run test:attack: attacks the built server with what docs/security.md lists, and measures what that costs it. */
import { inspect, parseArgs } from 'node:util';
import { type Ground, migratedPglite, postgresOn } from '#test/crash/databases';
import { ALONE_AND_TEN, type Attack } from './attack.ts';
import { attacksOf } from './attacks/index.ts';
import { startHostileProvider } from './provider.ts';
import { describe, HEAD, type Result, summarize } from './report.ts';
import { seed } from './seed.ts';
import { startTarget } from './target.ts';
import { runRound } from './trial.ts';

const SERVER = process.env['TEST_DATABASE_URL'] ?? 'postgres://postgres@127.0.0.1:5432/test';
/** Messages of a long chat, and how many such chats may be used up. */
const SIZES = { short: { messages: 2_000, disposable: 3 }, long: { messages: 25_000, disposable: 6 } };
/** Entries whose requests are rejected before they reach a database: the short form makes them on one of the two. */
const IS_INPUT = /^A[12347]$/;

const { values } = parseArgs({
  options: {
    short: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    on: { type: 'string', default: 'PGlite,Postgres' },
    root: { type: 'string' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
  },
});

// A process that a signal ends does not call the listeners that end its servers.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

function isWanted({ entry, name, isLong }: Attack, ground: Ground): boolean {
  const isLeftOut = isLong === true || (ground.name === 'Postgres' && IS_INPUT.test(entry));
  return !(values.short && isLeftOut) && new RegExp(values.only, 'i').test(`${entry} ${name}`);
}

/** What the server still does after an attack falls into the next ones in the short form, which does not wait for it. */
const attacksFor = (ground: Ground) =>
  attacksOf(Number(values.seed))
    .filter((attack) => isWanted(attack, ground))
    .map((attack) => (values.short ? { ...attack, watchMs: 0 } : attack));

async function attackOn(ground: Ground): Promise<Result[]> {
  const size = values.short ? SIZES.short : SIZES.long;
  const provider = await startHostileProvider();
  const seeded = await seed(ground, size.messages, size.disposable);
  const start = () => startTarget(ground, seeded, provider.settings, values.root);
  let target = await start();
  const results: Result[] = [];
  const calm = () =>
    `${ground.name}: calm at ${Math.round(target.calmMs)} ms and ${Math.round(target.calmBytes / 1024 / 1024)} MB`;
  console.log(`\n${calm()}\n${HEAD}`);
  try {
    for (const attack of attacksFor(ground)) {
      for (const round of attack.rounds ?? ALONE_AND_TEN) {
        try {
          const measured = await runRound(attack, round, target, seeded);
          const result = { attack, round, measured };
          results.push(result);
          console.log(describe(result));
          if (!measured.isClear) continue;
          if (!measured.isDown) break;
        } catch (error) {
          console.log(`${attack.entry} ${attack.name} ended early: ${inspect(error)}`);
          process.exitCode = 1;
        }
        await target.stop();
        target = await start();
        console.log(calm());
        break;
      }
    }
  } finally {
    await target.stop();
    await provider.close();
    await ground.drop();
  }
  return results;
}

const grounds = { PGlite: migratedPglite, Postgres: () => postgresOn(SERVER) };
for (const [name, make] of Object.entries(grounds)) {
  if (!values.on.split(',').includes(name)) continue;
  const started = Date.now();
  const results = await attackOn(await make());
  const failed = results.filter(({ measured }) => measured.faults.length > 0);
  console.log(`\n${name}, the worst of each entry:\n${summarize(results)}`);
  console.log(
    `${results.length - failed.length} passed, ${failed.length} failed, ${Math.round((Date.now() - started) / 1000)} s`,
  );
  if (failed.length > 0) process.exitCode = 1;
}
