import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eq, sql } from 'drizzle-orm';
import type { Deps } from '#server/compose';
import { finished, textOfMessage, untilShown } from '#test/answers';
import { callAs, type Person, signUp, startInstance } from '#test/caller';
import { type ScriptedProvider, startScriptedProvider } from '#test/scripted-provider';
import { newInstanceId } from './presence.ts';
import { runs } from './schema/index.ts';

const worker = await openWorkerDatabase();

/** The time after which an instance trusts that a missing lock means a dead instance, in milliseconds. */
const SETTLED_MS = 5_000;

(worker.kind === 'postgres' ? describe : describe.skip)('instances on Postgres', () => {
  let provider: ScriptedProvider;
  let deps: Deps;
  let other: Deps;
  let ada: Person;

  beforeAll(async () => {
    provider = await startScriptedProvider();
    const settings = { AI_MODEL: 'openai-compatible/scripted', AI_BASE_URL: provider.url };
    // Long intervals, so that no lease expires and nothing but the locks shows who is alive.
    deps = await startInstance({ settings, renewMs: 600_000 });
    other = await startInstance({ settings, renewMs: 600_000 });
    ada = await signUp(deps);
    await pause(SETTLED_MS);
  });

  afterAll(async () => {
    await deps.close();
    await other.close();
    await provider.close();
  });

  async function answering(text: string) {
    const api = callAs(deps, ada.headers);
    const { id: chatId } = await api.chat.create({});
    const parts = [{ type: 'text' as const, text: 'Go!' }];
    const run = await api.chat.send({ chatId, clientRequestId: chatId, parts });
    const exchange = await provider.next();
    await exchange.say(text);
    await untilShown(api, chatId, text);
    return { ...run, exchange };
  }

  const giveTo = (ownerId: string, runId: string) =>
    deps.db
      .update(runs)
      .set({ ownerId, leaseExpiresAt: sql`now() + interval '1 hour'` })
      .where(eq(runs.id, runId));
  const rowOf = async (runId: string) => (await deps.db.select().from(runs).where(eq(runs.id, runId)))[0];

  test('continue the runs of one without a lock within two seconds, long before its lease expires', async () => {
    const { chatId, runId, exchange } = await answering('so far');
    const started = performance.now();
    await giveTo(newInstanceId(), runId);
    const next = await provider.next();
    expect(performance.now() - started).toBeLessThan(2_000);
    await next.say(' and on');
    next.finish();
    await finished(other, runId);
    exchange.cut();
    const { items } = await ada.api.chat.messages({ chatId });
    expect(textOfMessage(items.at(-1))).toBe('so far and on');
  });

  test('leave runs of a version without locks to their lease', async () => {
    const { runId, exchange } = await answering('older');
    const ownerId = newInstanceId().slice(2);
    await giveTo(ownerId, runId);
    await pause(2_000);
    expect(await rowOf(runId)).toMatchObject({ ownerId, takeovers: 0, status: 'active' });
    await giveTo(deps.instanceId, runId);
    exchange.finish();
    await finished(deps, runId);
  });

  test('take over nothing if all of them lose their locks, like at a restart of Postgres', async () => {
    const { runId, exchange } = await answering('safe');
    const ended = await deps.database.execute(sql`select pg_terminate_backend(pid) from pg_locks
      where locktype = 'advisory' and objsubid = 1 and database = (select oid from pg_database where datname = current_database())`);
    // Instances of earlier test files may have locks, too.
    expect(ended.length).toBeGreaterThanOrEqual(2);
    await pause(3_000);
    exchange.finish();
    await finished(deps, runId);
    expect(await rowOf(runId)).toMatchObject({ ownerId: deps.instanceId, takeovers: 0, status: 'complete' });
  });
});
