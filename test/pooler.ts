/** The settings of an instance on a Postgres database. */
interface DatabaseSettings extends Record<string, string> {
  DATABASE_URL: string;
}

/**
 * Returns the settings of an instance on a Postgres database. With TEST_POOLER (a host and a port), the instance goes
 * through that transaction pooler, and with TEST_POOLER_PREPARED=true, it prepares statements.
 */
export function databaseSettings(url: string): DatabaseSettings {
  const { TEST_POOLER, TEST_POOLER_PREPARED = 'false' } = process.env;
  if (!TEST_POOLER) return { DATABASE_URL: url };
  const pooler = new URL(url);
  pooler.host = TEST_POOLER;
  return {
    DATABASE_URL: pooler.href,
    DATABASE_DIRECT_URL: url,
    DATABASE_PREPARED: TEST_POOLER_PREPARED,
  };
}
