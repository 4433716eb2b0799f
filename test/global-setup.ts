import { dropDatabases, createTemplate } from './postgres-databases.ts';
import { createSnapshot } from './snapshot.ts';

/** With TEST_SEED=random, chooses the seed of generated inputs for all workers and prints how to repeat the run. */
function chooseSeed(): void {
  if (process.env['TEST_SEED'] !== 'random') return;
  const seed = String(Date.now() % 2 ** 31);
  process.env['TEST_SEED'] = seed;
  console.log(`The seed of generated inputs is ${seed}. To repeat this run: TEST_SEED=${seed} npm test`);
}

/**
 * Jest's globalSetup: creates the migrated database of which each worker gets a copy. Workers are child processes and
 * inherit its location from the environment.
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
