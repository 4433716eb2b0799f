import { expect, test } from '@jest/globals';
import { sql } from 'drizzle-orm';
import type { Database } from '#server/db/database';
import { testDatabase } from '#test/database';
import { silent } from '#test/logs';
import { plannedForAny, scannedTables } from '#test/plans';
import { recordStatements } from '#test/statements';
import { createRunFeed } from './run-feed.ts';
import { createRunLog } from './run-log.ts';

const OWNER = 'instance';
/** Large enough that `append` waits for the commit. */
const LARGE = 'x'.repeat(100_000);

/** Inserts an active run, and `others` of another instance. */
async function insertRuns({ execute }: Database, id: string, others = 0): Promise<void> {
  const ids = sql`(select case when i = 0 then ${id} else ${id} || i end as id, i from generate_series(0, ${others}::int) as i) as ids`;
  await execute(sql`insert into users (id, name, email) values (${id}, 'U', ${`${id}@example.com`})`);
  await execute(sql`insert into chats (id, user_id) select id, ${id} from ${ids}`);
  await execute(sql`insert into messages (id, chat_id, user_id, role, status, parts)
    select id, id, ${id}, 'assistant', 'streaming', '[]' from ${ids}`);
  await execute(sql`insert into runs
    (id, chat_id, user_id, message_id, client_request_id, request_hash, model, owner_id, lease_expires_at)
    select id, id, ${id}, id, 'x', '', 'guide',
      case when i = 0 then ${OWNER} else 'other' end, now() + interval '1 minute' from ${ids}`);
}

test.each([0, 1, 2, 3, 4, 5, 6, 7, 8])(
  'a chunk that comes %i microtasks after everything was committed is committed, too',
  async (microtasks) => {
    const database = await testDatabase();
    const feed = await createRunFeed(database, OWNER, silent);
    const log = createRunLog(database, feed, OWNER, silent, 1000);
    const id = `run-${microtasks}`;
    await insertRuns(database, id);
    log.open(id, 0, () => undefined);
    await log.append(id, { type: 'text-delta', id: '0', delta: LARGE });
    for (let i = 0; i < microtasks; i++) await Promise.resolve();
    await log.append(id, { type: 'text-delta', id: '0', delta: 'end' });
    expect(await log.close(id)).toBe(2);
    await feed.close();
  },
  5_000,
);

test.each<[string, () => Promise<void>]>([
  ['fails', () => Promise.reject(new Error('lost'))],
  ['never ends', () => new Promise(() => undefined)],
])('a NOTIFY that %s does not hold up the log, and readers elsewhere miss nothing', async (how, notify) => {
  const database = await testDatabase();
  const feed = await createRunFeed({ ...database, notify }, OWNER, silent);
  const elsewhere = await createRunFeed(await testDatabase(), 'other', silent);
  const log = createRunLog(database, feed, OWNER, silent, 1000);
  await insertRuns(database, how);
  log.open(how, 0, () => undefined);
  const reader = elsewhere.follow(how, 0, new AbortController().signal);
  for (let seq = 1; seq <= 2; seq++) {
    const next = reader.next();
    await log.append(how, { type: 'text-delta', id: '0', delta: LARGE });
    expect(await next).toMatchObject({ value: { seq } });
  }
  expect(await log.close(how)).toBe(2);
  await reader.return(true);
  await elsewhere.close();
  await feed.close();
});

test('a commit carries no NOTIFY, and does not read the runs of others, even if they are so few that the database would', async () => {
  const database = await testDatabase();
  const feed = await createRunFeed(database, OWNER, silent);
  const log = createRunLog(database, feed, OWNER, silent, 1000);
  await insertRuns(database, 'one', 3000);
  await database.execute(
    sql`insert into run_events (run_id, seq, chunks) select id, 1, '[]' from runs where id like 'one_%'`,
  );
  await database.execute(sql`analyze`);
  const statements = recordStatements(database);
  log.open('one', 0, () => undefined);
  await log.append('one', { type: 'text-delta', id: '0', delta: LARGE });
  expect(await log.close('one')).toBe(1);
  expect(statements.filter((statement) => statement.sql.includes('notify'))).toEqual([]);
  const flush = statements.find((statement) => statement.sql.includes('run_events'));
  if (!flush) throw new Error('The log was not written.');
  const plan = await plannedForAny(database, flush);
  expect(JSON.stringify(plan)).toContain('runs_pkey');
  expect(scannedTables(plan)).not.toContain('runs');
  expect(scannedTables(plan)).not.toContain('run_events');
  await feed.close();
});
