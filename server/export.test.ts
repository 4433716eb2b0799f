import { beforeAll, expect, test } from '@jest/globals';
import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { type Person, signUp, startInstance } from '#test/caller';
import { longestShare } from '#test/cpu-time';
import { testDatabase } from '#test/database';
import { statementCounter } from '#test/statements';
import type { Database } from './db/database.ts';
import { MAX_PAGE_BYTES } from './limits.ts';

const Exported = z.object({ chats: z.array(z.unknown()), messages: z.array(z.object({ id: z.string() })) });

let database: Database;
let count: ReturnType<typeof statementCounter>;
let newPerson: () => Promise<Person>;

beforeAll(async () => {
  database = await testDatabase();
  const deps = await startInstance({ database: () => Promise.resolve(database) });
  newPerson = () => signUp(deps);
  count = statementCounter(database);
});

/** Adds a chat with `messages` messages of `length` characters each. */
async function fill({ api, id }: Person, messages: number, length: number): Promise<void> {
  const chat = await api.chat.create({ title: 'Long' });
  await database.execute(sql`
    insert into messages (id, chat_id, user_id, role, status, parts)
    select ${chat.id} || '-' || to_char(i, 'FM000000'), ${chat.id}, ${id}, 'user', 'complete',
      json_build_array(json_build_object('type', 'text', 'text', repeat('x', ${length}::int)))
    from generate_series(1, ${messages}::int) as i`);
}

async function exportOf({ api }: Person): Promise<string[]> {
  const chunks: string[] = [];
  for await (const chunk of await api.protected.exportData()) chunks.push(chunk);
  return chunks;
}

test('an export is complete for messages of any size', async () => {
  const ada = await newPerson();
  await fill(ada, 500, 10);
  await fill(ada, 3, 700_000);
  await fill(ada, 200, 30_000);
  const { messages, chats } = Exported.parse(JSON.parse((await exportOf(ada)).join('')));
  expect(chats).toHaveLength(3);
  expect(messages).toHaveLength(703);
  expect(messages.map(({ id }) => id)).toEqual(messages.map(({ id }) => id).toSorted());
});

test('an export reads large messages in batches of MAX_PAGE_BYTES', async () => {
  const ada = await newPerson();
  await fill(ada, 20, 400_000);
  const statements = await count(() => exportOf(ada));
  expect(statements.length).toBeGreaterThan(7 + (20 * 400_000) / (MAX_PAGE_BYTES + 400_000));
});

test('a long export does not block the event loop', async () => {
  const ada = await newPerson();
  await fill(ada, 10_000, 200);
  // Run it once first, because compiling new code can take longer than a turn.
  await exportOf(ada);
  // Without turns, the share would be 1.
  expect(await longestShare(exportOf(ada))).toBeLessThan(0.5);
});
