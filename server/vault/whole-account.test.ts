import { beforeAll, expect, test } from '@jest/globals';
import { is, sql } from 'drizzle-orm';
import { getTableConfig, PgTable } from 'drizzle-orm/pg-core';
import type { Database } from '#server/db/client';
import * as schema from '#server/db/schema';
import type { Deps } from '#server/deps';
import { removeDeleted } from '#server/removal';
import { type Person, signUp, startInstance } from '#test/caller';
import { testDatabase } from '#test/database';

/** The tables of the schema, by their names in the database. */
const TABLES = new Map(
  Object.values(schema).flatMap((value) => {
    if (!is(value, PgTable)) return [];
    const config = getTableConfig(value);
    return [[config.name, config] as const];
  }),
);

/** True if rows of a table are a user's: it is the table of users, names one in `user_id`, or refers to such a table. */
function leadsToUser(name: string, seen = new Set<string>()): boolean {
  const table = TABLES.get(name);
  if (!table || seen.has(name)) return false;
  if (name === 'users' || table.columns.some((column) => column.name === 'userId')) return true;
  const next = new Set(seen).add(name);
  return table.foreignKeys.some((key) =>
    leadsToUser(getTableConfig(key.reference().foreignTable).name, next),
  );
}

/** What is not in the export, and why. */
const LEFT_OUT: Record<string, string> = {
  runs: 'the log of how an answer was written, by which process; the message is exported, tokens are in usage',
  search_pieces: 'the text of messages, folded for search; the messages are exported',
  run_events: 'an answer while it is written; the message is exported',
  idempotency_keys: 'responses of the API to the account itself, for 24 hours',
  removed_accounts: 'the id of an account that is gone already',
  adoptions: 'which guest the account was; their chats are exported',
};

/** The statements that put a marker into each table. */
const FILL: Record<string, (user: string, marker: string) => ReturnType<typeof sql>> = {
  users: (user, marker) => sql`update users set name = ${marker} where id = ${user}`,
  sessions: (user, marker) => sql`insert into sessions (id, user_id, token, expires_at, user_agent)
    values ('s-1', ${user}, 'token', now() + interval '1 day', ${marker})`,
  accounts: (user, marker) => sql`insert into accounts (id, user_id, provider_id, account_id)
    values ('a-1', ${user}, 'elsewhere', ${marker})`,
  api_keys: (user, marker) => sql`insert into api_keys (id, user_id, name, start, hash, scope)
    values ('k-1', ${user}, ${marker}, 'sb_', 'hash', 'read')`,
  provider_keys: (user, marker) => sql`insert into provider_keys (user_id, provider, ciphertext, last4)
    values (${user}, 'openai', '', ${marker})`,
  audit_events: (user, marker) => sql`insert into audit_events (id, user_id, actor_id, via, action)
    values ('e-1', ${user}, 'x', 'session', ${marker})`,
  chats: (user, marker) => sql`insert into chats (id, user_id, title) values ('c-1', ${user}, ${marker})`,
  messages: (user, marker) => sql`insert into messages (id, chat_id, user_id, role, status, parts)
    values ('m-1', 'c-1', ${user}, 'user', 'complete', json_build_array(${marker}::text))`,
  search_pieces: (
    user,
    marker,
  ) => sql`insert into search_pieces (chat_id, message_id, piece, user_id, start, size, text)
    values ('c-1', 'm-1', 0, ${user}, 0, 1, ${marker})`,
  runs: (user, marker) => sql`insert into runs
    (id, chat_id, user_id, message_id, client_request_id, request_hash, status, model, owner_id, lease_expires_at)
    values ('r-1', 'c-1', ${user}, 'm-1', 'x', '', 'complete', ${marker}, 'x', now())`,
  run_events: (_, marker) => sql`insert into run_events (run_id, seq, chunks) values ('r-1', 1, ${marker})`,
  // A number stands for the marker, where there is no text.
  usage_days: (user) =>
    sql`insert into usage_days (user_id, day, output_tokens) values (${user}, '2024-02-29', 424242)`,
  idempotency_keys: (
    user,
    marker,
  ) => sql`insert into idempotency_keys (user_id, key, fingerprint, attempt_id, lease_expires_at)
    values (${user}, ${marker}, '', '', now())`,
  adoptions: (user, marker) => sql`insert into adoptions (guest_id, user_id) values (${marker}, ${user})`,
};

const markerOf = (table: string) => (table === 'usage_days' ? '424242' : `marker-of-${table}`);

let deps: Deps;
let database: Database;
let ada: Person;

beforeAll(async () => {
  database = await testDatabase();
  deps = await startInstance({ database: () => Promise.resolve(database) });
  await signUp(deps);
  ada = await signUp(deps);
  for (const [table, fill] of Object.entries(FILL)) await database.execute(fill(ada.id, markerOf(table)));
});

/** The tables that have their marker somewhere. */
async function marked(): Promise<string[]> {
  const found: string[] = [];
  for (const table of Object.keys(FILL)) {
    const [row] = await database.execute(
      sql`select from ${sql.identifier(table)} row where row::text like ${`%${markerOf(table)}%`} limit 1`,
    );
    if (row) found.push(table);
  }
  return found;
}

test('every table that leads to a user is filled here', async () => {
  const leading = [...TABLES.keys()].filter((name) => leadsToUser(name) && name !== 'removed_accounts');
  expect(Object.keys(FILL).sort()).toEqual(leading.sort());
  expect(await marked()).toEqual(Object.keys(FILL));
});

test('what a user has is in the export, or left out for a reason', async () => {
  let whole = '';
  for await (const piece of await ada.api.protected.exportData({})) whole += piece;
  const missing = Object.keys(FILL).filter((table) => !whole.includes(markerOf(table)));
  expect(missing.filter((table) => LEFT_OUT[table] === undefined)).toEqual([]);
  for (const secret of ['"token"', '"hash"', '"password"', '"ciphertext"'])
    expect(whole).not.toContain(secret);
});

test('nothing is left of a deleted account', async () => {
  await ada.api.protected.deleteAccount({ password: ada.password });
  await removeDeleted(database);
  expect(await marked()).toEqual([]);
});
