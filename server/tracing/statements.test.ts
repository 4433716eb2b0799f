import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import { sql } from 'drizzle-orm';
import type { Database } from '#server/db/database';
import { openPglite } from '#server/db/pglite';
import { openPostgres } from '#server/db/postgres';
import { silent } from '#test/logs';
import { tracing } from './spans.ts';
import { nameStatement } from './statements.ts';
import { createTracer, type EndedSpan } from './tracer.ts';

const { TEST_DATABASE_URL } = process.env;

afterEach(() => {
  tracing.tracer = undefined;
});

test.each([
  ['select "id" from "chats" where "id" = $1', 'select', 'chats'],
  ['\n insert into runs (id) values ($1)', 'insert', 'runs'],
  ['update only "users" set "name" = $1', 'update', 'users'],
  ['with x as (select 1 from "shares") delete from "chats"', 'with', 'shares'],
  ['begin', 'begin', undefined],
  ['', 'statement', undefined],
])('nameStatement(%j)', (text, operation, table) => {
  expect(nameStatement(text)).toEqual({ operation, table });
});

/** Runs statements in a span. @returns the other spans. */
async function spansOf(database: Database): Promise<EndedSpan[]> {
  const spans: EndedSpan[] = [];
  const tracer = createTracer(
    () => true,
    (span) => spans.push(span),
  );
  await database.execute(sql`select ${'before'} from pg_class limit 0`);
  tracing.tracer = tracer;
  const root = tracer.startRequest(undefined, false);
  if (root === undefined) throw new Error('The request has no span.');
  await tracer.run(root, async () => {
    await database.execute(sql`select ${'s3cret'} from pg_class limit 0`);
    await database.db.transaction(async (tx) => {
      await tx.execute(sql`select ${'s3cret'} from pg_type limit 0`);
    });
    await database.execute(sql`select * from nothing`).catch(() => undefined);
  });
  root.end();
  // After the end of the request, and without one.
  await tracer.run(root, () => database.execute(sql`select 1 from pg_index limit 0`));
  await database.execute(sql`select 1 from pg_index limit 0`);
  await database.close();
  return spans;
}

async function check(database: Database): Promise<void> {
  const spans = await spansOf(database);
  expect(JSON.stringify(spans)).not.toContain('s3cret');
  const names = spans.map(({ name }) => name);
  expect(names).toEqual(
    expect.arrayContaining(['select pg_class', 'select pg_type', 'begin', 'select nothing']),
  );
  expect(names.filter((name) => name === 'select pg_class' || name === 'select pg_index')).toHaveLength(1);
  expect(spans.find(({ name }) => name === 'select nothing')?.error).toBe('42P01');
}

test('statements of the embedded database have spans', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'switchboard-spans-'));
  await check(await openPglite(folder, silent));
  rmSync(folder, { recursive: true });
}, 60_000);

(TEST_DATABASE_URL === undefined ? test.skip : test)('statements of Postgres have spans', async () => {
  await check(openPostgres(TEST_DATABASE_URL ?? '', 2, silent));
});
