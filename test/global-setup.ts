import { dropDatabases, createTemplate } from './postgres-databases.ts';
import { createSnapshot } from './snapshot.ts';

/** With TEST_SEED=random, chooses the seed of generated inputs for all workers and says how the run is repeated. */
function chooseSeed(): void {
  if (process.env['TEST_SEED'] !== 'random') return;
  const seed = String(Date.now() % 2 ** 31);
  process.env['TEST_SEED'] = seed;
  console.log(
    `Generated inputs have the seed ${seed}; TEST_SEED=${seed} npm test makes the same ones again.`,
  );
}

/**
 * Jest's globalSetup: makes the migrated database that each worker's own database is a copy of. Workers are child
 * processes and inherit where it is.
 */
export default async function globalSetup(): Promise<void> {
  chooseSeed();
  const server = process.env['TEST_DATABASE_URL'];
  if (!server) {
    process.env['TEST_SNAPSHOT'] = await createSnapshot();
    return;
  }
  process.env['TEST_RUN'] = String(process.pid);
  await dropDatabases(server);
  await createTemplate(server, process.pid);
}
