/** npm run test:attack: runs the attacks that docs/security.md lists on the built server, and measures their cost. */
import { inspect, parseArgs } from 'node:util';
import { type Backend, migratedPglite, postgresOn } from '#test/crash/databases';
import { ALONE_AND_TEN, type Attack } from './attack.ts';
import { attacksOf } from './attacks/index.ts';
import { startHostileProvider } from './provider.ts';
import { describe, HEAD, type Result, summarize } from './report.ts';
import { seed } from './seed.ts';
import { startTarget } from './target.ts';
import { runRound } from './trial.ts';

const SERVER = process.env['TEST_DATABASE_URL'] ?? 'postgres://postgres@127.0.0.1:5432/test';
/** The number of messages of a long chat, and the number of long chats that attacks may delete. */
const SIZES = { short: { messages: 2_000, disposable: 3 }, long: { messages: 25_000, disposable: 6 } };
/** Entries whose requests are rejected before they reach a database. The short form runs them only on PGlite. */
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

// If a signal ends the process, it does not call the listeners that stop its servers.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

function isWanted({ entry, name, isLong }: Attack, backend: Backend): boolean {
  const isSkipped = isLong === true || (backend.name === 'Postgres' && IS_INPUT.test(entry));
  return !(values.short && isSkipped) && new RegExp(values.only, 'i').test(`${entry} ${name}`);
}

/** Returns the attacks to run. The short form does not wait for work after an attack, so that overlaps the next. */
const attacksFor = (backend: Backend) =>
  attacksOf(Number(values.seed))
    .filter((attack) => isWanted(attack, backend))
    .map((attack) => (values.short ? { ...attack, watchMs: 0 } : attack));

async function attackOn(backend: Backend): Promise<Result[]> {
  const size = values.short ? SIZES.short : SIZES.long;
  const provider = await startHostileProvider();
  const seeded = await seed(backend, size.messages, size.disposable);
  const start = () => startTarget(backend, seeded, provider.settings, values.root);
  let target = await start();
  const results: Result[] = [];
  const describeIdle = () =>
    `${backend.name}: idle at ${Math.round(target.idleMs)} ms and ${Math.round(target.idleBytes / 1024 / 1024)} MB`;
  console.log(`\n${describeIdle()}\n${HEAD}`);
  try {
    for (const attack of attacksFor(backend)) {
      for (const round of attack.rounds ?? ALONE_AND_TEN) {
        try {
          const measured = await runRound(attack, round, target, seeded);
          const result = { attack, round, measured };
          results.push(result);
          console.log(describe(result));
          if (!measured.isConclusive) continue;
          if (!measured.isDown) break;
        } catch (error) {
          console.log(`${attack.entry} ${attack.name} ended early: ${inspect(error)}`);
          process.exitCode = 1;
        }
        await target.stop();
        target = await start();
        console.log(describeIdle());
        break;
      }
    }
  } finally {
    await target.stop();
    await provider.close();
    await backend.drop();
  }
  return results;
}

const backends = { PGlite: migratedPglite, Postgres: () => postgresOn(SERVER) };
for (const [name, create] of Object.entries(backends)) {
  if (!values.on.split(',').includes(name)) continue;
  const started = Date.now();
  const results = await attackOn(await create());
  const failed = results.filter(({ measured }) => measured.faults.length > 0);
  console.log(`\n${name}, the worst of each entry:\n${summarize(results)}`);
  console.log(
    `${results.length - failed.length} passed, ${failed.length} failed, ${Math.round((Date.now() - started) / 1000)} s`,
  );
  if (failed.length > 0) process.exitCode = 1;
}
