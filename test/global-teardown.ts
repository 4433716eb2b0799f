import { dropDatabases } from './postgres-databases.ts';

/** Jest's globalTeardown: drops the databases of this run. */
export default async function globalTeardown(): Promise<void> {
  const server = process.env['TEST_DATABASE_URL'];
  if (server) await dropDatabases(server, process.pid);
}
