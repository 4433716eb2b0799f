import { beforeAll, expect, test } from '@jest/globals';
import { is, sql } from 'drizzle-orm';
import { toSnakeCase } from 'drizzle-orm/casing';
import { getTableConfig, PgTable } from 'drizzle-orm/pg-core';
import type { Deps } from '#server/compose';
import type { Database } from '#server/db/database';
import * as schema from '#server/db/schema/index';
import { removeDeleted } from '#server/removal';
import { signInAsGuest, signUp, startInstance } from '#test/caller';
import { testDatabase } from '#test/database';

/** The tables of the schema, by their names in the database. */
const TABLES = new Map(
  Object.values(schema).flatMap((value) => {
    if (!is(value, PgTable)) return [];
    const { name, columns, foreignKeys } = getTableConfig(value);
    return [[name, { columns, foreignKeys }] as const];
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
  adoptions: 'which guest the account was; their chats are exported',
};

/** What a guest who signs up does not take along, and why. */
const LEFT_BEHIND: Record<string, string> = {
  users: 'the name of a guest',
  sessions: 'the session of the guest ends',
  accounts: 'a guest has no other way to sign in',
  api_keys: 'a guest has none',
  provider_keys: 'a guest has none',
  audit_events: 'what was done to the account of the guest, which is gone',
  messages: 'belong to their chat',
  search_pieces: 'belong to their message',
  run_events: 'belong to their run',
  runs: 'only running answers count for somebody',
  idempotency_keys: 'belong to the credential that was used',
  adoptions: 'a guest has adopted nobody',
};

/** The statements that put a marker into tables whose rows refer to one another or hold more than text. */
const FILL: Record<string, (user: string, marker: string) => ReturnType<typeof sql>> = {
  users: (user, marker) => sql`update users set name = ${marker} where id = ${user}`,
  provider_keys: (user, marker) => sql`insert into provider_keys (user_id, provider, ciphertext, last4)
    values (${user}, 'openai', '', ${marker})`,
  chats: (user, marker) => sql`insert into chats (id, user_id, title) values (${user}, ${user}, ${marker})`,
  messages: (user, marker) => sql`insert into messages (id, chat_id, user_id, role, status, parts)
    values (${user}, ${user}, ${user}, 'user', 'complete', json_build_array(${marker}::text))`,
  search_pieces: (
    user,
    marker,
  ) => sql`insert into search_pieces (chat_id, message_id, piece, user_id, start, size, text)
    values (${user}, ${user}, 0, ${user}, 0, 1, ${marker})`,
  runs: (user, marker) => sql`insert into runs
    (id, chat_id, user_id, message_id, client_request_id, request_hash, status, model, owner_id, lease_expires_at)
    values (${user}, ${user}, ${user}, ${user}, 'x', '', 'complete', ${marker}, 'x', now())`,
  run_events: (user, marker) =>
    sql`insert into run_events (run_id, seq, chunks) values (${user}, 1, ${marker})`,
  // A number stands for the marker, where there is no text.
  usage_days: (user) =>
    sql`insert into usage_days (user_id, day, output_tokens) values (${user}, '2024-02-29', 424242)`,
};

/** The statement that puts a marker into every text of a new row of `user`. */
function fill(name: string, user: string, marker: string) {
  const known = FILL[name];
  if (known) return known(user, marker);
  const { columns = [] } = TABLES.get(name) ?? {};
  const given = columns.filter(({ hasDefault, defaultFn, notNull, dataType }) => {
    return defaultFn ?? (!hasDefault && (notNull || dataType === 'string'));
  });
  const values = given.map(({ name: column, defaultFn, dataType, enumValues }) => {
    if (defaultFn) return sql`${defaultFn()}`;
    if (column === 'userId') return sql`${user}`;
    if (dataType === 'string') return sql`${enumValues?.[0] ?? marker}`;
    if (dataType === 'date') return sql`now() + interval '1 day'`;
    throw new Error(`FILL needs an entry for ${name}: no value is known for its column ${column}.`);
  });
  const names = given.map(({ name: column }) => sql.identifier(toSnakeCase(column)));
  return sql`insert into ${sql.identifier(name)} (${sql.join(names, sql`, `)}) values (${sql.join(values, sql`, `)})`;
}

/** The tables that lead to a user. That of accounts that are gone already says nothing of one that is there. */
const OWNED = [...TABLES.keys()].filter((name) => name !== 'removed_accounts' && leadsToUser(name));

const markerOf = (table: string) => (table === 'usage_days' ? '424242' : `marker-of-${table}`);

/** Puts a marker into each table, for a user. */
async function fillAll(user: string): Promise<void> {
  const known = Object.keys(FILL);
  // Rows that others refer to come first.
  for (const table of [...known, ...OWNED.filter((name) => !known.includes(name))])
    await database.execute(fill(table, user, markerOf(table)));
}

let deps: Deps;
let database: Database;

beforeAll(async () => {
  database = await testDatabase();
  deps = await startInstance({ database: () => Promise.resolve(database) });
  // The first account is the admin.
  await signUp(deps);
});

/** The tables that have their marker somewhere, in a row that has the given id too. */
async function marked(id = ''): Promise<string[]> {
  const found: string[] = [];
  for (const table of OWNED) {
    const [row] = await database.execute(
      sql`select from ${sql.identifier(table)} row
        where row::text like ${`%${markerOf(table)}%`} and row::text like ${`%${id}%`} limit 1`,
    );
    if (row) found.push(table);
  }
  return found;
}

test('what a user has is in the export or left out for a reason, and goes with the account', async () => {
  const ada = await signUp(deps);
  await fillAll(ada.id);
  expect(await marked()).toEqual(OWNED);

  let whole = '';
  for await (const piece of await ada.api.protected.exportData({})) whole += piece;
  const missing = OWNED.filter((table) => !whole.includes(markerOf(table)));
  expect(missing.filter((table) => LEFT_OUT[table] === undefined)).toEqual([]);
  for (const secret of ['"token"', '"hash"', '"password"', '"ciphertext"'])
    expect(whole).not.toContain(secret);

  await ada.api.protected.deleteAccount({ password: ada.password });
  await removeDeleted(database);
  expect(await marked()).toEqual([]);
});

test('a guest who signs up keeps what a guest can have, or leaves it for a reason', async () => {
  const guest = await signInAsGuest(deps);
  await fillAll(guest.id);
  const eve = await signUp(deps, 'Eve', guest.headers);
  const kept = await marked(eve.id);
  expect(OWNED.filter((table) => !kept.includes(table) && LEFT_BEHIND[table] === undefined)).toEqual([]);
});
