import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { openPostgres, type PostgresOptions } from '#server/db/postgres';
import { silent } from '#test/logs';
import { runProgram } from '#test/run-program';
import { percentile } from '../../bench/lib/statistics.ts';
import type { Part } from './part.ts';
import { pgBouncerVersion, startPgBouncer } from './pgbouncer.ts';

const ROOT = join(import.meta.dirname, '../..');

const SHORT = ['server/db/postgres-pooler', 'server/chat/run-(feed|log)', 'server/stores/transaction'];
const FILES = [
  ...SHORT,
  'server/stores/',
  'server/chat/',
  'server/people/',
  'server/removal',
  'server/search/',
  'test/statements',
  'test/use-chat-(stream|stop)',
  'test/http/(ai-chat|rest-chats|rest-protocol|rpc)',
];

const STATEMENTS = 1_000;
const WARM_UP = 200;

const JestResult = z.object({ numPassedTests: z.int(), numFailedTests: z.int() });

/** Runs tests of the product whose instances go through a pooler. @returns the number of tests. */
async function runTests(files: string[], env: Record<string, string>): Promise<number> {
  const jest = ['--experimental-vm-modules', 'node_modules/jest/bin/jest.js'];
  const projects = ['--selectProjects', 'unit', 'http'];
  const output = await runProgram(ROOT, [process.execPath, ...jest, '--json', ...files, ...projects], {
    NODE_ENV: 'test',
    ...env,
  });
  const result = JestResult.parse(JSON.parse(output));
  if (result.numPassedTests === 0) throw new Error('No tests were run.');
  return result.numPassedTests;
}

/** Returns the median time of a small statement with parameters, in microseconds. */
async function medianOf(url: string, options: PostgresOptions): Promise<number> {
  const database = openPostgres(url, 2, silent, options);
  const times: number[] = [];
  for (let count = 0; count < STATEMENTS + WARM_UP; count++) {
    const began = performance.now();
    await database.execute(sql`select relname from pg_class where oid = ${1259} and relname <> ${'x'}`);
    times.push(performance.now() - began);
  }
  await database.close();
  return Math.round(percentile(times.slice(WARM_UP), 0.5) * 1000);
}

/**
 * Runs the tests of runs, streams, idempotency keys and transactions through PgBouncer in transaction mode, without
 * prepared statements, and with them if PgBouncer supports them.
 */
export const pooler: Part = async ({ server, isShort, report }) => {
  const version = pgBouncerVersion();
  if (!version) throw new Error('PgBouncer is not installed: apt-get install pgbouncer');
  const pgBouncer = await startPgBouncer(server);
  try {
    for (const prepared of version.supportsPrepared ? [false, true] : [false]) {
      const passed = await runTests(isShort ? SHORT : FILES, {
        TEST_DATABASE_URL: server,
        TEST_POOLER: pgBouncer.address,
        TEST_POOLER_PREPARED: String(prepared),
      });
      report(
        `PgBouncer ${version.text}, prepared statements ${prepared ? 'on' : 'off'}: ${passed} tests passed`,
      );
    }
    if (!version.supportsPrepared)
      report('prepared statements are not tested: they need PgBouncer 1.21 or later');
    const url = new URL(server);
    url.host = pgBouncer.address;
    report(`median time of a statement, directly and prepared: ${await medianOf(server, {})} µs`);
    report(`through PgBouncer: ${await medianOf(url.href, { directUrl: server })} µs`);
    if (version.supportsPrepared) {
      const prepared = await medianOf(url.href, { directUrl: server, prepared: true });
      report(`through PgBouncer, prepared: ${prepared} µs`);
    }
  } finally {
    await pgBouncer.stop();
  }
};
