import postgres from 'postgres';
import { z } from 'zod';
import { cpuSeconds } from '../lib/proc.ts';

/** The counters of a database since its creation. */
export interface Counters {
  /** Committed transactions, including those that only read. */
  transactions: number;
  /** Transactions that wrote to the log of runs. */
  logCommits: number;
}

/** A new database of a benchmark. */
export type BenchDatabase = Awaited<ReturnType<typeof createDatabase>>;

const DEFAULT_URL = 'postgres://postgres@127.0.0.1:5432/test';

const Row = z.tuple([z.object({ transactions: z.coerce.number(), logcommits: z.coerce.number() })]);

const Count = z.tuple([z.object({ count: z.number() })]);

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
    /**
     * Returns the CPU time of the processes of the Postgres server, in seconds, by process id. The server must be on
     * this machine, and serve nothing else.
     */
    async cpu(): Promise<Map<number, number>> {
      const processes = await client<
        { pid: number }[]
      >`select pid from pg_stat_activity where pid <> pg_backend_pid()`;
      return new Map(processes.map(({ pid }) => [pid, cpuSeconds(pid)]));
    },
    /** Returns the number of connections to this database, without this benchmark's. */
    async connections(): Promise<number> {
      const rows = await client`select count(*)::int as count from pg_stat_activity
        where datname = ${name} and pid <> pg_backend_pid()`;
      return Count.parse(rows)[0].count;
    },
    async drop() {
      await client.end();
      await admin`drop database ${admin(name)} with (force)`;
      await admin.end();
    },
  };
}
