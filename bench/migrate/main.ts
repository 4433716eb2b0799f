import { setTimeout as pause } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { parseMigration, readMigrations } from '#server/db/migrations';
import { openPostgres } from '#server/db/postgres';
import { asMigration } from '#server/db/work';
import { createLogger } from '#server/log/index';
import { table, writeSection } from '../lib/document.ts';
import { describeMachine } from '../lib/machine.ts';
import { readOptions, wholeNumber } from '../lib/options.ts';
import { percentile } from '../lib/statistics.ts';
import { createDatabase } from '../streams/postgres.ts';
import { fill, writeDuring, WRITERS } from './writes.ts';

const Options = z.object({ messages: wholeNumber(1000).default(1_000_000) });

/** How long to write without a migration, in milliseconds. */
const BASELINE_MS = 10_000;

const INDEX = 'index_of_benchmark';
const ON = `"${INDEX}" ON "messages" USING btree ("user_id", "created_at", "id")`;

/** The same index by both kinds of files. */
const FILES = {
  'outside of a transaction, concurrently': `-- outside transaction\nCREATE INDEX CONCURRENTLY ${ON};`,
  'in a transaction': `CREATE INDEX ${ON};`,
};

/**
 * Measures how long inserts of messages wait while a migration builds an index over all messages. It writes
 * docs/benchmarks.md.
 * @param args `--messages 1000000`
 */
export async function main(args: string[]): Promise<void> {
  const { messages } = readOptions(Options, args).options;
  const bench = await createDatabase();
  const database = openPostgres(bench.url, 2, createLogger({ LOG_LEVEL: 'silent' }));
  try {
    await database.migrate();
    console.error(`creating ${messages} messages`);
    await fill(bench.url, messages);
    const rows: string[][] = [];
    async function measure(name: string, work: () => Promise<unknown>): Promise<void> {
      console.error(name);
      const began = performance.now();
      let seconds = 0;
      const times = await writeDuring(bench.url, async () => {
        await work();
        seconds = (performance.now() - began) / 1000;
      });
      const ms = [0.5, 0.999, 1].map((p) => percentile(times, p).toFixed(1));
      rows.push([name, seconds.toFixed(1), String(times.length), ...ms]);
    }
    await measure('no migration', () => pause(BASELINE_MS));
    for (const [when, [name, text]] of Object.entries(FILES).entries()) {
      await measure(name, () =>
        database.migrate([...readMigrations(), parseMigration('9999_bench', when, text)]),
      );
      await asMigration(() => database.execute(sql.raw(`drop index ${INDEX}`)));
      await asMigration(() =>
        database.execute(sql.raw('delete from drizzle.__drizzle_migrations where created_at < 10')),
      );
    }
    const text = describe(messages, rows);
    console.log(text);
    await writeSection('Migrations', text);
  } finally {
    await database.close();
    await bench.drop();
  }
}

const describe = (messages: number, rows: string[][]): string =>
  `\`npm run bench -- migrate\`: how long inserts of messages take while a migration builds an index over ${messages.toLocaleString('en')}
messages. ${WRITERS} connections insert one message after the other, as fast as they can. The figures include the
connection of this process to Postgres, which runs on the same machine.

${describeMachine('no process pinned to a core')}

${table(['migration', 'time, s', 'inserts', 'median ms', '99.9 % ms', 'longest ms'], rows)}`;
