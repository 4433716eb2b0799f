import { expect, test } from '@jest/globals';
import { sql } from 'drizzle-orm';
import { testDatabase } from '#test/database';
import { silent } from '#test/logs';
import { createRunFeed } from './run-feed.ts';
import { createRunLog } from './run-log.ts';

const OWNER = 'instance';
/** Large enough that `append` waits for the commit. */
const LARGE = 'x'.repeat(100_000);

test.each([0, 1, 2, 3, 4, 5, 6, 7, 8])(
  'a chunk that comes %i microtasks after everything was committed is committed, too',
  async (microtasks) => {
    const database = await testDatabase();
    const feed = await createRunFeed(database, OWNER);
    const log = createRunLog(database, feed, OWNER, silent, 1000);
    const id = `run-${microtasks}`;
    await database.execute(
      sql`insert into users (id, name, email) values (${id}, 'U', ${`${id}@example.com`})`,
    );
    await database.execute(sql`insert into chats (id, user_id) values (${id}, ${id})`);
    await database.execute(sql`insert into messages (id, chat_id, user_id, role, status, parts)
      values (${id}, ${id}, ${id}, 'assistant', 'streaming', '[]')`);
    await database.execute(sql`insert into runs
      (id, chat_id, user_id, message_id, client_request_id, request_hash, model, owner_id, lease_expires_at)
      values (${id}, ${id}, ${id}, ${id}, 'x', '', 'guide', ${OWNER}, now() + interval '1 minute')`);
    log.open(id, 0, () => undefined);
    await log.append(id, { type: 'text-delta', id: '0', delta: LARGE });
    for (let i = 0; i < microtasks; i++) await Promise.resolve();
    await log.append(id, { type: 'text-delta', id: '0', delta: 'end' });
    expect(await log.close(id)).toBe(2);
    await feed.close();
  },
  5_000,
);
