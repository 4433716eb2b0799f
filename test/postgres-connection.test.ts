import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { sql } from 'drizzle-orm';
import { isConnectionError } from '#server/db/errors';
import { openPostgres } from '#server/db/postgres';
import { PRODUCT } from '#contract/product';
import type { Deps } from '#server/compose';
import { finished, streamEvents, textOfChunks, until, untilShown } from './answers.ts';
import { callAs, callAuth, callWithKey, failureOf, type Person, signUp, startInstance } from './caller.ts';
import { recordLog } from './logs.ts';
import { type ScriptedProvider, startScriptedProvider } from './scripted-provider.ts';
import { startTcpProxy, type TcpProxy, type NetworkFault } from './tcp-proxy.ts';

/** How long a call may take to fail if the database is unreachable. */
const PROMPT_MS = 6000;
/** Short, so that calls fail soon if the server is silent. */
const LIMITS = { read: 1000, write: 1000, maintenance: 1000, wait: 10_000 };
/** How long a notification may take. It is less than the interval in which a reader polls. */
const NOTIFIED_MS = 2500;

const onPostgres = (await openWorkerDatabase()).kind === 'postgres';

(onPostgres ? describe : describe.skip)('when the connection to Postgres is lost', () => {
  let proxy: TcpProxy;
  let provider: ScriptedProvider;
  let deps: Deps;
  let ada: Person;
  let key: string;
  const { log, lines } = recordLog();
  const settings = { AI_MODEL: 'openai-compatible/scripted', AI_BASE_URL: '' };

  beforeAll(async () => {
    const worker = await openWorkerDatabase();
    if (worker.kind !== 'postgres') throw new Error('This test needs Postgres.');
    const url = new URL(worker.url);
    proxy = await startTcpProxy({ host: url.hostname, port: Number(url.port || 5432) });
    url.host = `127.0.0.1:${proxy.port}`;
    provider = await startScriptedProvider();
    settings.AI_BASE_URL = provider.url;
    deps = await startInstance({
      settings,
      log,
      database: () => Promise.resolve(openPostgres(url.href, 4, log, { limits: LIMITS })),
    });
    ada = await signUp(deps);
    ({ key } = await ada.api.protected.apiKeys.create({ name: 'test', scope: 'write' }));
  });

  afterAll(async () => {
    await proxy.inject('none');
    await deps.close();
    await proxy.close();
    await provider.close();
  });

  const isServed = () =>
    ada.api.users.me().then(
      () => true,
      () => false,
    );

  /** Opens all connections of the pool. One that was started during the previous fault may take time to fail. */
  const allServed = async () => (await Promise.all(Array.from({ length: 8 }, isServed))).every(Boolean);

  test.each<NetworkFault>(['down', 'hangs up', 'silent'])(
    '%s: every call fails fast, and calls succeed after recovery',
    async (fault) => {
      await until(allServed);
      await proxy.inject(fault);
      const began = Date.now();
      const calls = [
        ...Array.from({ length: 6 }, () => callWithKey(deps, key).users.me()),
        ...Array.from({ length: 6 }, () => ada.api.users.me()),
        ada.api.chat.create({ title: fault }),
        ada.api.users.update({ id: ada.id, name: fault }),
      ];
      const failures = await Promise.all(calls.map(failureOf));
      expect(Date.now() - began).toBeLessThan(PROMPT_MS);
      expect(new Set(failures)).toEqual(new Set(['SERVICE_UNAVAILABLE']));
      // Calls again, now that no connection is open.
      const again = Date.now();
      expect(await failureOf(callWithKey(deps, key).users.me())).toBe('SERVICE_UNAVAILABLE');
      expect(Date.now() - again).toBeLessThan(PROMPT_MS);
      const signingIn = callAuth(deps, '/sign-in/email', { email: ada.email, password: ada.password });
      expect(isConnectionError(await failureOf(signingIn))).toBe(true);
      await proxy.inject('none');
      await until(isServed);
      expect((await callWithKey(deps, key).users.me()).name).toBe('Ada');
      expect((await ada.api.chat.list({ search: fault })).items).toEqual([]);
    },
  );

  test('reopens a connection that the server ends; at most its calls fail', async () => {
    await until(allServed);
    const other = await startInstance();
    await other.database.execute(sql`
      select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and application_name = ${PRODUCT.slug} and pid <> pg_backend_pid()`);
    await until(isServed);
    await other.close();
  });

  /** Returns a function that waits for another line with this message in the log. */
  function logged(msg: string): () => Promise<void> {
    const count = () => lines.filter((line) => line.msg === msg).length;
    const before = count();
    return () => until(() => count() > before);
  }

  /** Asks a question in a new chat. */
  async function ask(api: Person['api']) {
    const { id: chatId } = await api.chat.create({});
    const parts = [{ type: 'text' as const, text: 'Count' }];
    const { runId } = await api.chat.send({ chatId, clientRequestId: chatId, parts });
    return { chatId, runId, exchange: await provider.next() };
  }

  test('continues an answer in progress when the database is back', async () => {
    const { chatId, runId, exchange } = await ask(ada.api);
    await exchange.say('One, ');
    await untilShown(ada.api, chatId, 'One, ');
    const failed = logged('writing the log of runs failed, retrying');
    await proxy.inject('down');
    await exchange.say('two, ');
    await failed();
    await exchange.say('three, ');
    await proxy.inject('none');
    await until(isServed);
    await exchange.say('four.');
    exchange.finish();
    expect(textOfChunks(await finished(deps, runId))).toBe('One, two, three, four.');
    expect((await ada.api.chat.get({ id: chatId })).activeRunId).toBeNull();
  });

  test('receives notifications of other instances again', async () => {
    const other = await startInstance({ settings });
    const { chatId, exchange } = await ask(callAs(other, ada.headers));
    await exchange.say('One, ');
    await untilShown(ada.api, chatId, 'One, ');
    const back = logged('the LISTEN connection was lost and has been restored');
    await proxy.inject('down');
    await proxy.inject('none');
    await back();
    await until(isServed);
    const shown = streamEvents(ada.api, { chatId });
    let seen = '';
    while (!seen.includes('One, ')) seen += (await shown.next()).value?.chunks ?? '';
    const next = shown.next();
    // The reader has read the log and waits.
    await pause(200);
    const began = Date.now();
    await exchange.say('two.');
    expect((await next).value?.chunks).toContain('two.');
    expect(Date.now() - began).toBeLessThan(NOTIFIED_MS);
    exchange.finish();
    await shown.return(undefined);
    await until(async () => (await ada.api.chat.get({ id: chatId })).activeRunId === null);
    await other.close();
  });
});
