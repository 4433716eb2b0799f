import postgres from 'postgres';
import { z } from 'zod';

/** The counters of a database since its creation. */
export interface Counters {
  /** Committed transactions, including those that only read. */
  transactions: number;
  /** Transactions that wrote to the log of runs. */
  logCommits: number;
}

const DEFAULT_URL = 'postgres://postgres@127.0.0.1:5432/test';

const Row = z.tuple([z.object({ transactions: z.coerce.number(), logcommits: z.coerce.number() })]);

/** Creates a database on the server of BENCH_DATABASE_URL. */
export async function createDatabase() {
  const base = process.env['BENCH_DATABASE_URL'] ?? DEFAULT_URL;
  const name = `bench_${process.pid}_${Date.now()}`;
  const url = new URL(base);
  url.pathname = `/${name}`;
  const options = { max: 1, onnotice: () => undefined };
  const admin = postgres(base, options);
  await admin`create database ${admin(name)}`;
  const client = postgres(url.href, options);
  return {
    url: url.href,
    async counters(): Promise<Counters> {
      const rows = await client`
        select xact_commit as transactions, (select count(distinct xmin::text) from run_events) as logCommits
        from pg_stat_database where datname = ${name}`;
      const [{ transactions, logcommits }] = Row.parse(rows);
      return { transactions, logCommits: logcommits };
    },
    async drop() {
      await client.end();
      await admin`drop database ${admin(name)} with (force)`;
      await admin.end();
    },
  };
}
