import { createDeps, type Deps } from '#server/compose';
import { parseEnv } from '#server/env';
import { createLogger } from '#server/log/index';
import { createDatabase } from '../streams/postgres.ts';

/** The services of the product on a separate database, which `close` drops. */
export interface Instance {
  deps: Deps;
  url: string;
  close: () => Promise<void>;
}

/** Creates an empty, migrated database on the server of BENCH_DATABASE_URL. */
export async function createInstance(): Promise<Instance> {
  const database = await createDatabase();
  const env = parseEnv({
    NODE_ENV: 'production',
    DATABASE_URL: database.url,
    DATABASE_POOL_SIZE: '2',
    AUTH_SECRET: 'a secret for measuring only of 32 characters',
    ENCRYPTION_KEY: Buffer.alloc(32, 1).toString('base64'),
    AUTH_RATE_LIMIT: '100000',
    GUEST_RATE_LIMIT: '100000',
    RATE_LIMIT: '0',
  });
  const deps = await createDeps(env, createLogger({ LOG_LEVEL: 'silent' }), []);
  return {
    deps,
    url: database.url,
    async close() {
      await deps.close();
      await database.drop();
    },
  };
}
