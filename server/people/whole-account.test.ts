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

/** The tables of the schema, by their name in the database. */
const TABLES = new Map(
  Object.values(schema).flatMap((value) => {
    if (!is(value, PgTable)) return [];
    const { name, columns, foreignKeys } = getTableConfig(value);
    return [[name, { columns, foreignKeys }] as const];
  }),
);

/** True if rows of a table belong to a user: it is `users`, has a `user_id`, or refers to such a table. */
function leadsToUser(name: string, seen = new Set<string>()): boolean {
  const table = TABLES.get(name);
  if (!table || seen.has(name)) return false;
  if (name === 'users' || table.columns.some((column) => column.name === 'userId')) return true;
  const next = new Set(seen).add(name);
  return table.foreignKeys.some((key) =>
    leadsToUser(getTableConfig(key.reference().foreignTable).name, next),
  );
}

/** The tables that are not exported, with the reason. */
const NOT_EXPORTED: Record<string, string> = {
  runs: 'record which process wrote an answer; the message is exported, and usage has the tokens',
  search_pieces: 'the text of messages, folded for search; the messages are exported',
  run_events: 'an answer while it is written; the message is exported',
  file_contents: 'exported in base64 (test/http/files.test.ts)',
  import_chats: 'parts of files that the account sent; the imported chats are exported',
  idempotency_keys: 'responses of the API to the account itself, for 24 hours',
  adoptions: 'which guest the account was; their chats are exported',
  oauth_client_resources: 'the same for all clients',
  oauth_access_tokens: 'secrets of connected clients, for an hour',
  oauth_refresh_tokens: 'secrets of connected clients',
};

/** The tables whose rows a guest does not keep on sign-up, with the reason. */
const NOT_ADOPTED: Record<string, string> = {
  users: 'the name of a guest',
  sessions: 'the session of the guest ends',
  accounts: 'a guest has no other way to sign in',
  api_keys: 'a guest has none',
  provider_keys: 'a guest has none',
  audit_events: 'concern the account of the guest, which is deleted',
  messages: 'belong to their chat',
  chat_files: 'belong to their chat',
  file_contents: 'belong to their file',
  search_pieces: 'belong to their message',
  shares: 'a guest cannot share',
  import_chats: 'belong to their import',
  run_events: 'belong to their run',
  runs: 'only running answers belong to a user',
  idempotency_keys: 'belong to the credential that was used',
  adoptions: 'a guest has adopted no other guest',
  oauth_clients: 'a guest cannot connect clients',
  oauth_client_resources: 'belong to their client',
  oauth_consents: 'a guest cannot connect clients',
  oauth_refresh_tokens: 'a guest cannot connect clients',
  oauth_access_tokens: 'a guest cannot connect clients',
};

/** Statements that insert a marker into tables whose rows refer to one another or contain more than text. */
const FILL: Record<string, (user: string, marker: string) => ReturnType<typeof sql>> = {
  users: (user, marker) => sql`update users set name = ${marker} where id = ${user}`,
  provider_keys: (user, marker) => sql`insert into provider_keys (user_id, provider, ciphertext, last4)
    values (${user}, 'openai', '', ${marker})`,
  projects: (user, marker) =>
    sql`insert into projects (id, user_id, name) values (${user}, ${user}, ${marker})`,
  chats: (user, marker) => sql`insert into chats (id, user_id, title) values (${user}, ${user}, ${marker})`,
  messages: (user, marker) => sql`insert into messages (id, chat_id, user_id, role, status, parts)
    values (${user}, ${user}, ${user}, 'user', 'complete', json_build_array(${marker}::text))`,
  search_pieces: (
    user,
    marker,
  ) => sql`insert into search_pieces (chat_id, message_id, piece, user_id, start, size, text)
    values (${user}, ${user}, 0, ${user}, 0, 1, ${marker})`,
  shares: (user, marker) => sql`insert into shares (chat_id, user_id, token, title, message_ids, last_length)
    values (${user}, ${user}, ${user}, ${marker}, '{}', 0)`,
  files: (
    user,
    marker,
  ) => sql`insert into files (id, user_id, filename, media_type, size, tokens, text_tokens, sent_at)
    values (${user}, ${user}, ${marker}, 'text/plain', 1, 1, 1, now())`,
  file_contents: (user, marker) => sql`insert into file_contents (file_id, kind, piece, bytes)
    values (${user}, 'original', 0, decode(${marker}, 'hex'))`,
  chat_files: (user) => sql`insert into chat_files (chat_id, file_id) values (${user}, ${user})`,
  imports: (user, marker) =>
    sql`insert into imports (id, user_id, failed) values (${user}, ${user}, ${marker})`,
  import_chats: (user, marker) => sql`insert into import_chats (import_id, position, title, size, reason)
    values (${user}, 0, ${marker}, 0, 'wrong')`,
  runs: (user, marker) => sql`insert into runs
    (id, chat_id, user_id, message_id, client_request_id, request_hash, status, model, owner_id, lease_expires_at)
    values (${user}, ${user}, ${user}, ${user}, 'x', '', 'complete', ${marker}, 'x', now())`,
  run_events: (user, marker) =>
    sql`insert into run_events (run_id, seq, chunks) values (${user}, 1, ${marker})`,
  // The export names the client of a consent.
  oauth_clients: (user, marker) => sql`insert into oauth_clients (id, client_id, user_id, name, redirect_uris)
    values (${user}, ${user}, ${user}, ${`${marker} ${markerOf('oauth_consents')}`}, '{}')`,
  oauth_client_resources: (user, marker) => sql`with resource as (
      insert into oauth_resources (id, identifier, name) values (${user}, ${user}, '') returning identifier
    ) insert into oauth_client_resources (id, client_id, resource_id, metadata)
    select ${user}, ${user}, identifier, to_jsonb(${marker}::text) from resource`,
  oauth_consents: (
    user,
    marker,
  ) => sql`insert into oauth_consents (id, client_id, user_id, reference_id, scopes)
    values (${user}, ${user}, ${user}, ${marker}, '{read}')`,
  oauth_refresh_tokens: (user, marker) => sql`insert into oauth_refresh_tokens
    (id, token, client_id, user_id, scopes, expires_at) values (${user}, ${marker + user}, ${user}, ${user}, '{read}', now())`,
  oauth_access_tokens: (user, marker) => sql`insert into oauth_access_tokens
    (id, token, client_id, user_id, scopes, expires_at) values (${user}, ${marker + user}, ${user}, ${user}, '{read}', now())`,
  usage_days: (user, marker) =>
    sql`insert into usage_days (user_id, day, output_tokens) values (${user}, '2024-02-29', ${marker})`,
  usage_models: (user, marker) =>
    sql`insert into usage_models (user_id, day, model, output_tokens) values (${user}, '2024-02-29', ${marker}, 1)`,
};

/** Returns the statement that inserts a row of `user` with the marker in every text column. */
function fill(name: string, user: string, marker: string) {
  const known = FILL[name];
  if (known) return known(user, marker);
  const { columns = [] } = TABLES.get(name) ?? {};
  const inserted = columns.filter(({ hasDefault, defaultFn, notNull, dataType }) => {
    return defaultFn ?? (!hasDefault && (notNull || dataType === 'string'));
  });
  const values = inserted.map(({ name: column, defaultFn, dataType, enumValues }) => {
    if (defaultFn) return sql`${defaultFn()}`;
    if (column === 'userId') return sql`${user}`;
    if (dataType === 'string') return sql`${enumValues?.[0] ?? marker}`;
    if (dataType === 'date') return sql`now() + interval '1 day'`;
    throw new Error(`FILL needs an entry for ${name}: there is no default value for its column ${column}.`);
  });
  const names = inserted.map(({ name: column }) => sql.identifier(toSnakeCase(column)));
  return sql`insert into ${sql.identifier(name)} (${sql.join(names, sql`, `)}) values (${sql.join(values, sql`, `)})`;
}

/** The tables whose rows belong to a user. `removed_accounts` is not one, because it only lists deleted accounts. */
const OWNED = [...TABLES.keys()].filter((name) => name !== 'removed_accounts' && leadsToUser(name));

/** The markers of tables without text: a number, bytes, or nothing if all columns are ids. */
const NUMBERS = new Map([
  ['chat_files', ''],
  ['file_contents', '6d61726b'],
  ['imports', '535353'],
  ['usage_days', '424242'],
]);
const markerOf = (table: string) => NUMBERS.get(table) ?? `marker-of-${table}`;

/** Inserts a marker into each table, for a user. */
async function fillAll(user: string): Promise<void> {
  const known = Object.keys(FILL);
  // FILL comes first, because other rows refer to its rows.
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

/** Returns the tables that have a row with their marker and the given id. */
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

test('every table of a user is exported, or listed in NOT_EXPORTED, and is deleted with the account', async () => {
  const ada = await signUp(deps);
  await fillAll(ada.id);
  expect(await marked()).toEqual(OWNED);

  let exported = '';
  for await (const chunk of await ada.api.protected.exportData()) exported += chunk;
  const missing = OWNED.filter((table) => !exported.includes(markerOf(table)));
  expect(missing.filter((table) => NOT_EXPORTED[table] === undefined)).toEqual([]);
  for (const secret of ['"token"', '"hash"', '"password"', '"ciphertext"'])
    expect(exported).not.toContain(secret);

  await ada.api.protected.deleteAccount({ password: ada.password });
  await removeDeleted(database);
  expect(await marked()).toEqual([]);
});

test('a guest who signs up keeps the rows of every table, except those in NOT_ADOPTED', async () => {
  const guest = await signInAsGuest(deps);
  await fillAll(guest.id);
  const eve = await signUp(deps, 'Eve', guest.headers);
  const kept = await marked(eve.id);
  expect(OWNED.filter((table) => !kept.includes(table) && NOT_ADOPTED[table] === undefined)).toEqual([]);
});
