import { dropDatabases, makeTemplate } from './postgres-databases.ts';
import { makeSnapshot } from './snapshot.ts';

/** Jest's globalSetup: makes the migrated database that each worker's own database is a copy of. */
export default async function globalSetup(): Promise<void> {
  const server = process.env['TEST_DATABASE_URL'];
  if (!server) return makeSnapshot();
  // Workers are child processes and inherit it.
  process.env['TEST_RUN'] = String(process.pid);
  await dropDatabases(server);
  await makeTemplate(server, process.pid);
}
