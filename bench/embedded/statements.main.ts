/**
 * Measures statements of the embedded database in this thread (`same`) or in a separate one (`own`):
 * `node bench/embedded/statements.main.ts own|same FOLDER`. It prints one line of JSON.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { PGlite } from '@electric-sql/pglite';
import { sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/pglite';
import { openPglite } from '#server/db/pglite';
import { asMaintenance } from '#server/db/work';
import { createLogger } from '#server/log/index';
import { percentile } from '../lib/statistics.ts';

const [way, folder] = process.argv.slice(2);
if ((way !== 'own' && way !== 'same') || folder === undefined) throw new Error('Usage: … own|same FOLDER');

type Execute = (query: ReturnType<typeof sql>) => Promise<Record<string, unknown>[]>;

async function open(path: string): Promise<{ execute: Execute; close: () => Promise<void> }> {
  if (way === 'own') {
    const { execute, close } = await openPglite(path, createLogger({ LOG_LEVEL: 'silent' }));
    return { execute, close };
  }
  const client = await PGlite.create(path);
  const db = drizzle({ client });
  return { execute: async (query) => (await db.execute(query)).rows, close: () => client.close() };
}

const { execute, close } = await open(folder);
await execute(sql`create table numbers (id integer primary key, word text not null)`);
await execute(sql`insert into numbers select i, 'word ' || i from generate_series(1, 10000) as i`);

/** Returns the median time of `count` calls in a row, in milliseconds, after as many calls to warm up. */
async function median(count: number, call: (number: number) => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < 2 * count; i++) {
    const started = performance.now();
    await call(i);
    if (i >= count) times.push(performance.now() - started);
  }
  return percentile(times, 0.5);
}

const select = await median(2000, (i) =>
  execute(sql`select word from numbers where id = ${1 + (i % 10000)}`),
);
const insert = await median(2000, (i) => execute(sql`insert into numbers values (${20000 + i}, 'new')`));
const many = await median(20, () => execute(sql`select * from numbers where id <= 10000`));

const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();
// It measures from one turn of the event loop to the next, so it needs a first turn.
await pause(50);
const began = performance.now();
await asMaintenance(() => execute(sql`select count(*) from generate_series(1, 20000000)`));
const statement = performance.now() - began;
// A blocked event loop is recorded at its next turn.
await pause(50);
delay.disable();
console.log(JSON.stringify({ select, insert, many, statement, late: delay.max / 1e6 }));
await close();
