import { beforeAll, expect, test } from '@jest/globals';
import { sql } from 'drizzle-orm';
import type { Database } from '#server/db/database';
import { testDatabase } from '#test/database';
import { pruneLogs } from './prune-logs.ts';

let database: Database;

beforeAll(async () => {
  database = await testDatabase();
  await database.execute(sql`insert into users (id, name, email) values ('ada', 'Ada', 'ada@example.com')`);
  await database.execute(sql`insert into chats (id, user_id) values ('chat', 'ada')`);
  await database.execute(sql`insert into messages (id, chat_id, user_id, role, status, parts)
    values ('m', 'chat', 'ada', 'assistant', 'complete', '[]')`);
});

/** Inserts runs that ended some minutes ago, each with a log of `events` events. */
async function insertRuns(
  prefix: string,
  runs: number,
  events: number,
  minutes: number,
  lastSeq: number | null = events,
) {
  const ids = sql`(select ${prefix}::text || i as id from generate_series(1, ${runs}::int) as i) ids`;
  await database.execute(sql`insert into runs (id, chat_id, user_id, message_id, client_request_id, request_hash, status,
      model, owner_id, lease_expires_at, finished_at, last_seq)
    select id, 'chat', 'ada', 'm', id, '', 'complete', 'guide', 'gone', now(),
      now() - ${minutes}::int * interval '1 minute', ${lastSeq}::int from ${ids}`);
  await database.execute(sql`insert into run_events (run_id, seq, chunks)
    select id, seq, '[]' from ${ids}, generate_series(1, ${events}::int) as seq`);
}

/** Returns how many logs are left, by the first letters of their runs. */
async function logs(): Promise<Record<string, unknown>[]> {
  return database.execute(sql`select rtrim(run_id, '0123456789') as runs, count(distinct run_id)::int as logs,
    bool_or(pruned) as pruned from run_events join runs on runs.id = run_id group by 1 order by 1`);
}

test('deletes all logs of runs that ended more than ten minutes ago, of any number and length', async () => {
  await insertRuns('recent-', 3, 2, 9);
  await insertRuns('many-', 450, 3, 20);
  await insertRuns('long-', 2, 2500, 30);
  await insertRuns('exact-', 3, 1000, 25);
  await insertRuns('halves-', 4, 500, 15);
  await insertRuns('empty-', 2, 0, 40);
  await insertRuns('old-version-', 2, 1200, 50, null);
  // Two instances at the same time.
  await Promise.all([pruneLogs(database), pruneLogs(database)]);
  expect(await logs()).toEqual([{ runs: 'recent-', logs: 3, pruned: false }]);
  const [left] = await database.execute(sql`select count(*)::int as count from runs where not pruned`);
  expect(left).toEqual({ count: 3 });
});
