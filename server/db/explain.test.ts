import { beforeAll, describe, expect, test } from '@jest/globals';
import { sql } from 'drizzle-orm';
import { readContent } from '#server/chat/files/store';
import { pruneLogs } from '#server/chat/prune-logs';
import { createRunClaims } from '#server/chat/run-claims';
import { getFile } from '#server/chat/shares';
import type { Deps } from '#server/compose';
import { deleteUser } from '#server/people/users';
import { removeDeleted, removeExpired } from '#server/removal';
import { importPending } from '#server/chat/imports/work';
import { foldUnfolded } from '#server/search/backfill';
import { type Person, signInAsGuest, signUp, startInstance } from '#test/caller';
import { fileOf, pdf } from '#test/files';
import { executed, mostRows, planned, plannedForAny, scannedTables } from '#test/plans';
import { recordStatements, type Statement } from '#test/statements';
import type { Database } from './database.ts';
import { asMigration } from './work.ts';

const ROWS = 100_000;
/** The messages of one long conversation. The other chats have one each. */
const LONG = 30_000;
/**
 * The maximum of rows that any step of a query may read. A page of a search examines 10,000 chats of the account that
 * has half of them, so it may read twice as many.
 */
const MAX_READ = 25_000;

/** Fills the tables. Half of the rows with an owner belong to `owner`, the rest to others. */
async function fill(database: Database, owner: string): Promise<void> {
  await database.snapshot(async ({ execute }) => {
    // Disables triggers: the rows are consistent, and checking each foreign key would take most of the time.
    await execute(sql`set local session_replication_role = replica`);
    // Building an index at the end takes a fraction of the time of updating it with each row.
    const indexes = await execute(sql`select indexname as name, indexdef as definition from pg_indexes
      where schemaname = 'public' and indexdef not like 'CREATE UNIQUE%'`);
    for (const { name } of indexes) await execute(sql`drop index ${sql.identifier(String(name))}`);
    await insertRows(execute, owner);
    for (const { definition } of indexes) await execute(sql.raw(String(definition)));
  });
}

async function insertRows(execute: Database['execute'], owner: string): Promise<void> {
  const series = sql`generate_series(1, ${ROWS}::int) as i`;
  const user = sql`case when i % 2 = 0 then ${owner} else 'user-' || i end`;
  // Nearly all texts are already folded for search.
  const folded = (word: string) => sql`case when i > 50 then ${word}::text || i end`;
  const ago = sql`now() - i * interval '1 minute'`;
  await execute(sql`insert into users (id, name, name_folded, email, created_at)
    select 'user-' || i, 'Name' || i, ${folded('name')}, 'mail' || i || '@example.com', ${ago} from ${series}`);
  await execute(sql`insert into sessions (id, user_id, token, expires_at)
    select 's-' || i, 'user-' || i, 'token-' || i, now() + interval '1 day' from ${series}`);
  await execute(sql`insert into api_keys (id, user_id, name, start, hash, scope)
    select 'k-' || i, 'user-' || i, 'key', 'sb_', 'hash-' || i, 'read' from ${series}`);
  await execute(sql`insert into audit_events (id, user_id, actor_id, via, action)
    select 'a-' || i, ${user}, 'somebody', 'session', 'test' from ${series}`);
  await execute(
    sql`insert into projects (id, user_id, name) select 'p-' || i, ${user}, 'name' from ${series}`,
  );
  // Chats of two projects of the owner, and of none.
  await execute(sql`insert into chats
      (id, user_id, title, title_folded, project_id, pinned, archived, temporary, active_at)
    select 'chat-' || i, ${user}, 'title' || i, ${folded('title')},
      case i % 6 when 0 then 'p-2' when 4 then 'p-4' end, i % 1000 = 0, i % 10 = 0, i % 500 = 3, ${ago}
    from ${series}`);
  // One long conversation, and a question in every other chat.
  await execute(sql`insert into messages (id, chat_id, user_id, parent_id, role, status, parts)
    select 'm-' || i, case when i <= ${LONG}::int then 'chat-2' else 'chat-' || i end,
      case when i <= ${LONG}::int then ${owner} else ${user} end, case when i between 2 and ${LONG}::int then 'm-' || (i - 1) end,
      'user', 'complete', '[]' from ${series}`);
  await execute(sql`insert into shares (chat_id, user_id, token, title, message_ids, last_length, shared_at)
    select 'chat-' || i, ${user}, lpad(i::text, 32, '0'), '', '{}', 0, ${ago} from ${series}`);
  await execute(sql`insert into files (id, user_id, filename, media_type, size, tokens, text_tokens, sent_at, created_at)
    select 'f-' || i, case when i > 50 then ${user} end, 'a.txt', 'text/plain', 1, 1, 1, case when i > 100 then ${ago} end, ${ago} from ${series}`);
  await execute(
    sql`insert into file_contents (file_id, kind, piece, bytes) select 'f-' || i, 'original', 0, '\\x61' from ${series}`,
  );
  await execute(sql`insert into chat_files (chat_id, file_id) select 'chat-' || i, 'f-' || i from ${series}`);
  await execute(sql`insert into imports (id, user_id, pending, created_at, turn_at)
    select 'i-' || i, ${user}, case when i = 7 then 1 else 0 end, ${ago}, ${ago} from ${series}`);
  // The next chat of an import comes after all that it has.
  await execute(sql`update imports set failed = ${ROWS + 1} where id = 'i-2'`);
  await execute(sql`insert into import_chats (import_id, position, title, content, size, reason)
    select case when i % 2 = 0 then 'i-2' else 'i-7' end, i, '', case when i = 7 then '{"format":"chatgpt","data":null}' end, 0,
      case when i <> 7 then 'wrong' end from ${series}`);
  await execute(sql`insert into search_pieces (chat_id, message_id, piece, user_id, start, size, text)
    select chat_id, id, 0, user_id, 0, length(id), replace(id, 'm-', 'word') from messages`);
  await execute(sql`update chats set leaf_id = ${`m-${LONG}`} where id = 'chat-2'`);
  await execute(sql`insert into runs
    (id, chat_id, user_id, message_id, client_request_id, request_hash, status, model, owner_id, lease_expires_at, finished_at, last_seq, pruned)
    select 'r-' || i, m.chat_id, m.user_id, m.id, 'c-' || i, '', 'complete', 'guide', 'gone', ${ago}, ${ago}, 1, i > 500
    from ${series} join messages m on m.id = 'm-' || i`);
  await execute(sql`insert into run_events (run_id, seq, chunks) select 'r-' || i, 1, '[]' from ${series}`);
  await execute(sql`insert into idempotency_keys (user_id, key, fingerprint, attempt_id, lease_expires_at, created_at)
    select ${owner}, 'key-' || i, '', '', now(), case when i > 500 then now() else ${ago} - interval '1 day' end from ${series}`);
  await execute(
    sql`insert into adoptions (guest_id, user_id) select 'guest-' || i, 'user-' || i from ${series}`,
  );
  await execute(
    sql`insert into removed_accounts (user_id, swept) select 'removed-' || i, true from ${series}`,
  );
  await execute(
    sql`insert into usage_days (user_id, day) select ${user}, current_date - i::int from ${series}`,
  );
  await execute(
    sql`insert into usage_models (user_id, day, model) select ${user}, current_date - i::int, 'm' from ${series}`,
  );
  await execute(sql`insert into provider_keys (user_id, provider, ciphertext, last4)
    select 'user-' || i, 'openai', '', '' from ${series}`);
  await execute(sql`insert into oauth_clients (id, client_id, redirect_uris, updated_at, user_id)
    select 'o-' || i, 'client-' || i, '{}', ${ago}, case when i > 950 then ${user} end from ${series}`);
  await execute(sql`insert into oauth_consents (id, client_id, user_id, scopes)
    select 'o-' || i, 'client-' || i, ${user}, '{read}' from ${series} where i > 50`);
  for (const table of ['oauth_refresh_tokens', 'oauth_access_tokens'])
    await execute(sql`insert into ${sql.identifier(table)} (id, token, client_id, user_id, scopes, expires_at)
      select 'o-' || i, 'token-' || i, 'client-' || i, ${user}, '{read}', now() + (i - 500) * interval '1 minute' from ${series}`);
  await execute(sql`insert into oauth_client_assertions (id, expires_at)
    select 'o-' || i, now() + (i - 500) * interval '1 minute' from ${series}`);
  await execute(sql`insert into verifications (id, identifier, value, expires_at)
    select 'v-' || i, 'v-' || i, '', now() + (i - 500) * interval '1 minute' from ${series}`);
  await execute(sql`insert into rate_counts (name, key, instance_id, used, ends_at)
    select 'calls', 'key-' || i, '', 1, now() + (i - 500) * interval '1 minute' from ${series}`);
  await execute(sql`insert into installation (fact, value) select 'fact-' || i, '' from ${series}`);
  await execute(sql`insert into address_days (day, address)
    select current_date - case when i > 500 then 0 else i::int end, 'ip ' || i from ${series}`);
}

// The embedded database has the planner of Postgres, and takes a minute and a half.
const onPostgres = process.env['TEST_DATABASE_URL'] ? describe : describe.skip;

onPostgres(`with ${ROWS} rows, no query scans a whole table`, () => {
  let deps: Deps;
  let ada: Person;
  let statements: Statement[];

  beforeAll(async () => {
    deps = await startInstance({
      settings: {
        MAX_CHATS: '1000000',
        AI_DAILY_TOKENS_PER_ADDRESS: '1000000',
        AI_ANSWERS_PER_ADDRESS: '1000',
      },
    });
    ada = await signUp(deps);
    await asMigration(() => fill(deps.database, ada.id));
    statements = recordStatements(deps.database);
  }, 120_000);

  /** Returns the statements of `call` that have a plan. */
  async function statementsOf(call: () => Promise<unknown>): Promise<Statement[]> {
    statements.length = 0;
    await call();
    const recorded = [...statements].filter((statement) =>
      /^\s*(select|with|update|delete)/i.test(statement.sql),
    );
    expect(recorded).not.toEqual([]);
    return recorded;
  }

  /** Returns the tables that each statement of `call` would scan completely. */
  async function wholeScans(
    call: () => Promise<unknown>,
    plan: (database: Database, statement: Statement) => Promise<unknown>,
  ): Promise<string[]> {
    const found: string[] = [];
    for (const statement of await statementsOf(call)) {
      const tables = scannedTables(await plan(deps.database, statement));
      found.push(...tables.map((table) => `${table}: ${statement.sql}`));
    }
    return found;
  }

  /** Returns the queries of `call`, with a step that reads more than MAX_READ rows. */
  async function longReads(call: () => Promise<unknown>): Promise<string[]> {
    const found: string[] = [];
    for (const statement of await statementsOf(call)) {
      if (/\b(insert into|update|delete from)\b/i.test(statement.sql)) continue;
      const rows = mostRows(await executed(deps.database, statement));
      if (rows > MAX_READ) found.push(`${rows} rows: ${statement.sql}`);
    }
    return found;
  }

  /** Reads two pages of a list, and two pages of a search. */
  const pages = async (
    list: (input: { cursor?: string; search?: string }) => Promise<{ nextCursor: string | null }>,
    search?: string,
  ) => {
    for (const query of search === undefined ? [{}] : [{}, { search }]) {
      const { nextCursor } = await list(query);
      if (nextCursor !== null) await list({ ...query, cursor: nextCursor });
    }
  };

  const calls: Record<string, () => Promise<unknown>> = {
    'users.list': () => pages((input) => ada.api.users.list(input), 'name77'),
    'chat.list': () => pages((input) => ada.api.chat.list(input), 'title200'),
    'chat.list, archived': () => pages((input) => ada.api.chat.list({ ...input, archived: true })),
    'chat.list, of a project': () => pages((input) => ada.api.chat.list({ ...input, projectId: 'p-2' })),
    'chat.list, of no project': () => pages((input) => ada.api.chat.list({ ...input, withoutProject: true })),
    'chat.list, of an empty project': async () => {
      const { api } = await signInAsGuest(deps);
      const { id } = await api.chat.projects.create({ name: 'Empty' });
      await api.chat.list({ projectId: id });
      await api.chat.projects.delete({ id });
    },
    'chat.move': () => ada.api.chat.move({ chatId: 'chat-2', projectId: 'p-8' }),
    'chat.projects.list': () => pages((input) => ada.api.chat.projects.list(input)),
    'chat.list, search in messages': () => pages((input) => ada.api.chat.list(input), 'word200'),
    'chat.search': () => pages((input) => ada.api.chat.search({ search: 'word200', ...input })),
    'chat.search, many words': () =>
      pages((input) => ada.api.chat.search({ search: 'word200 title nothing', ...input })),
    'folding for search': () => foldUnfolded(deps.database),
    'chat.messages': () => pages((input) => ada.api.chat.messages({ ...input, chatId: 'chat-2' })),
    'chat.selectBranch': () => ada.api.chat.selectBranch({ chatId: 'chat-2', messageId: 'm-1' }),
    'chat.get': () => ada.api.chat.get({ id: 'chat-2' }),
    'chat.stream': async () => {
      for await (const event of await ada.api.chat.stream({ chatId: 'chat-2' })) expect(event).toBeDefined();
    },
    'chat.send, as a guest': async () => {
      const { api } = await signInAsGuest(deps);
      const parts = [{ type: 'text' as const, text: 'Hello' }];
      await api.chat.send({ chatId: 'new', createChat: true, clientRequestId: 'first', parts });
    },
    'chat.send, repeated, with client ids': async () => {
      const { api } = await signInAsGuest(deps);
      const parts = [{ type: 'text' as const, text: 'Hello' }];
      const question = { chatId: 'new', createChat: true, parts, shown: { id: 'mine', before: [] } };
      expect(await api.chat.send(question)).toEqual(await api.chat.send(question));
    },
    'chat.fork, as a guest': async () => {
      const { api } = await signInAsGuest(deps);
      const parts = [{ type: 'text' as const, text: 'Hello' }];
      const { chatId } = await api.chat.send({ chatId: 'new', createChat: true, parts });
      const [question] = (await api.chat.messages({ chatId })).items;
      statements.length = 0;
      await api.chat.fork({ chatId, messageId: question?.id ?? '', clientId: 'copy' });
    },
    'chat.answer': () => ada.api.chat.answer({ runId: 'r-1' }),
    'chat.stop': () => ada.api.chat.stop({ chatId: 'chat-2' }),
    'chat.shares': async () => {
      const { token } = await ada.api.chat.shares.set({ chatId: 'chat-2', includeFiles: true });
      await ada.api.chat.shares.get({ token });
      await expect(getFile(deps, { token, fileId: 'f-2' })).rejects.toThrow();
      await pages((input) => ada.api.chat.shares.list(input));
    },
    'chat.imports.list': () => pages((input) => ada.api.chat.imports.list(input)),
    'chat.imports.add': () => ada.api.chat.imports.add({ importId: 'i-2', content: '[null]' }),
    'chat.imports.failures': () =>
      pages((input) => ada.api.chat.imports.failures({ ...input, importId: 'i-2' })),
    'the periodic work on imports': () => importPending(deps),
    'chat.files, as a guest': async () => {
      const { api } = await signInAsGuest(deps);
      const { id } = await api.chat.files.create({ file: fileOf('a.pdf', pdf('x')) });
      await api.chat.files.get({ fileId: id });
      for await (const piece of readContent(deps, id, 'text')) expect(piece).toBeDefined();
      await api.chat.files.delete({ fileId: id });
    },
    'protected.get': () => ada.api.protected.get(),
    'protected.usage': () => ada.api.protected.usage({}),
    'protected.audit': () => pages((input) => ada.api.protected.audit(input)),
    'protected.sessions.list': () => ada.api.protected.sessions.list({}),
    'protected.apiKeys.list': () => ada.api.protected.apiKeys.list({}),
    'the periodic work on runs': async () => {
      const claims = createRunClaims(deps.database, deps.instanceId);
      await claims.renew([]);
      await claims.claim([], 20);
      await claims.claimFrom(['i-gone'], 20);
      await pruneLogs(deps.database);
    },
    'the removal of expired rows': () => removeExpired(deps.database, deps.env),
    'the removal of deleted chats and accounts': async () => {
      const { id } = await ada.api.chat.create({});
      await ada.api.chat.send({
        chatId: id,
        clientRequestId: 'first',
        parts: [{ type: 'text', text: 'Hello' }],
      });
      await ada.api.chat.delete({ id });
      await deleteUser(deps.db, (await signUp(deps)).id);
      statements.length = 0;
      await removeDeleted(deps.database);
    },
    'chat.delete': async () => {
      const { id } = await ada.api.chat.create({});
      await ada.api.chat.delete({ id });
    },
    'chat.deleteMany': async () => {
      const { id } = await ada.api.chat.create({});
      await ada.api.chat.deleteMany({ ids: [id, 'unknown'] });
    },
    'the deletion of an account': async () => {
      const { id } = await signUp(deps);
      statements.length = 0;
      await deleteUser(deps.db, id);
    },
  };

  describe('without statistics', () => {
    eachCall();
  });

  describe('with statistics', () => {
    beforeAll(() => asMigration(() => deps.database.execute(sql`analyze`)), 60_000);
    eachCall();

    test.each(Object.entries(calls))(`no step of %s reads more than ${MAX_READ} rows`, async (_, call) => {
      expect(await longReads(call)).toEqual([]);
    });
  });

  function eachCall() {
    describe.each(Object.entries(calls))('%s', (_, call) => {
      test('with the plan for its parameters', async () => {
        expect(await wholeScans(call, planned)).toEqual([]);
      });

      test('with the generic plan', async () => {
        expect(await wholeScans(call, plannedForAny)).toEqual([]);
      });
    });
  }
});
