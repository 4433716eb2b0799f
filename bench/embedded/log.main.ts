/**
 * Writes and prunes logs of answers in the embedded database of a folder: `node bench/embedded/log.main.ts FOLDER ROWS`.
 * It prints one line of JSON when the background jobs have finished, then continues to write until it is killed.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import { pino } from 'pino';
import { z } from 'zod';
import { pruneLogs } from '#server/chat/prune-logs';
import { openPglite } from '#server/db/pglite';
import { megabytes } from './folder.ts';

/** Rows of one INSERT, as many as the server writes for many answers at once. */
const BATCH = 200;
/** Rows of one answer. */
const ROWS_OF_RUN = 2000;
/** The background jobs have finished if they have done nothing for so many milliseconds. */
const QUIET_MS = 3000;

const [folder, rows] = z.tuple([z.string(), z.coerce.number().int()]).parse(process.argv.slice(2));

const Maintenance = z.object({ statement: z.string(), ms: z.number() });
let longest = { statement: '', ms: 0 };
let lastAt = performance.now();
const log = pino(
  { level: 'debug' },
  {
    write(line: string) {
      const maintenance = Maintenance.safeParse(JSON.parse(line));
      if (!maintenance.success) return;
      lastAt = performance.now();
      if (maintenance.data.ms > longest.ms) longest = maintenance.data;
    },
  },
);

const database = await openPglite(folder, log);
await database.migrate();
const { execute } = database;
await execute(
  sql`insert into users (id, name, email) values ('u', 'U', 'u@example.com') on conflict do nothing`,
);
await execute(sql`insert into chats (id, user_id) values ('c', 'u') on conflict do nothing`);

/** Writes the log of a run that ended long ago, with many events. */
async function writeRun(number: number): Promise<void> {
  const id = `run-${process.pid}-${number}`;
  await execute(
    sql`insert into messages (id, chat_id, user_id, role, status, parts) values (${id}, 'c', 'u', 'assistant', 'complete', '[]')`,
  );
  await execute(sql`insert into runs (id, chat_id, user_id, message_id, client_request_id, request_hash, status, model, owner_id,
      lease_expires_at, finished_at)
    values (${id}, 'c', 'u', ${id}, ${id}, '', 'complete', 'guide', 'bench', now(), now() - interval '1 hour')`);
  for (let seq = 0; seq < ROWS_OF_RUN; seq += BATCH) {
    await execute(sql`insert into run_events (run_id, seq, chunks)
      select ${id}, i, '[{"type":"text-delta","id":"0","delta":"' || md5(i::text) || '"}]'
      from generate_series(${seq + 1}::int, ${seq + BATCH}::int) as i`);
  }
}

let peak = 0;
let number = 0;
while (number * ROWS_OF_RUN < rows) {
  await writeRun(++number);
  if (number % 10 === 0) {
    await pruneLogs(database);
    peak = Math.max(peak, megabytes(folder));
  }
}
await pruneLogs(database);
while (performance.now() - lastAt < QUIET_MS) await pause(100);
console.log(JSON.stringify({ rows: number * ROWS_OF_RUN, peak, end: megabytes(folder), longest }));
for (;;) {
  await writeRun(++number);
  if (number % 10 === 0) await pruneLogs(database);
}
