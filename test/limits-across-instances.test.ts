import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { sql } from 'drizzle-orm';
import { newId } from '#server/db/columns';
import type { Database } from '#server/db/database';
import { openPostgres } from '#server/db/postgres';
import { type SharedCounters, shareCounters } from '#server/stores/shared-counters';
import { until } from './answers.ts';
import { type Account, caller, read, signUp } from './client.ts';
import { testDatabase } from './database.ts';
import { recordLog, silent } from './logs.ts';
import { serveInstance } from './served.ts';
import { startTcpProxy, type TcpProxy } from './tcp-proxy.ts';

/** The interval of the exchange between instances, and some time for its statements, in milliseconds. */
const EXCHANGED_MS = 1_500;
/** Short, so that a silent database is noticed soon. */
const LIMITS = { read: 1000, write: 1000, maintenance: 1000, wait: 2000 };

const worker = await openWorkerDatabase();

/** Calls `work` again and again, until it fails. @returns how often it succeeded, at most `most` times. */
function timesUntil(most: number, work: () => boolean): number {
  let times = 0;
  while (times < most && work()) times++;
  return times;
}

(worker.kind === 'postgres' ? describe : describe.skip)('over three instances', () => {
  const settings = { RATE_LIMIT: '60', SIGN_IN_RATE_LIMIT: '10', AUTH_RATE_LIMIT: '1000' };
  let instances: Awaited<ReturnType<typeof serveInstance>>[];

  beforeAll(async () => {
    instances = [];
    for (let count = 0; count < 3; count++) instances.push(await serveInstance({ settings }));
  });
  afterAll(async () => {
    for (const instance of instances) await instance.close();
  });

  const everywhere = <T>(times: number, work: (url: string) => Promise<T>): Promise<T[]> =>
    Promise.all(Array.from({ length: times }, (_, index) => work(instances[index % 3]?.url ?? '')));

  test('a limit of 60 calls lets through exactly 60', async () => {
    const ada: Account = await signUp(instances[0]?.url ?? '');
    const statuses = await everywhere(
      90,
      async (url) => (await caller(url, ada.headers).rest('GET /users/me')).status,
    );
    expect(statuses.filter((status) => status === 200)).toHaveLength(60);
    expect(statuses.filter((status) => status === 429)).toHaveLength(30);
  });

  test('30 guesses at a password let through exactly 10, at the same time and one after another', async () => {
    const guess = async (url: string, email: string) =>
      (
        await read(
          await fetch(`${url}/api/auth/sign-in/email`, {
            method: 'POST',
            headers: { 'content-type': 'application/json', origin: url },
            body: JSON.stringify({ email, password: 'not the password' }),
          }),
        )
      ).status;
    const together = await everywhere(30, (url) => guess(url, 'nobody@example.com'));
    expect(together.filter((status) => status === 401)).toHaveLength(10);
    expect(together.filter((status) => status === 429)).toHaveLength(20);
    const turns: number[] = [];
    for (let turn = 0; turn < 12; turn++)
      turns.push(await guess(instances[turn % 3]?.url ?? '', 'else@example.com'));
    expect(turns).toEqual([...Array<number>(10).fill(401), 429, 429]);
  });
});

(worker.kind === 'postgres' ? describe : describe.skip)('counters of several instances', () => {
  const limit = 600;
  let databases: Database[];
  let proxy: TcpProxy;
  let cut: Database;
  const { log, lines } = recordLog();
  const shared: SharedCounters[] = [];

  beforeAll(async () => {
    databases = [await testDatabase(), await testDatabase(), await testDatabase()];
    if (worker.kind !== 'postgres') throw new Error('This test needs Postgres.');
    const url = new URL(worker.url);
    proxy = await startTcpProxy({ host: url.hostname, port: Number(url.port || 5432) });
    url.host = `127.0.0.1:${proxy.port}`;
    cut = openPostgres(url.href, 2, silent, { limits: LIMITS });
  });
  afterAll(async () => {
    await proxy.inject('none');
    for (const counters of shared) await counters.close();
    await cut.close();
    await proxy.close();
  });

  function share(database: Database, of = silent): SharedCounters {
    const counters = shareCounters({ database, instanceId: newId(), log: of });
    shared.push(counters);
    return counters;
  }
  const start = () => databases.map((database) => share(database));

  test('let through no more than the limit, what is counted in one interval, and what is too little to report', async () => {
    const counters = start().map((each) => each.rate({ name: newId(), limit, seconds: 60 }));
    const named = newId();
    const rates = start().map((each) => each.rate({ name: named, limit, seconds: 60 }));
    // More than a tenth of the limit is reported. Between two reports, each instance lets through what it knows to be left.
    let admitted = 0;
    const each = (calls: number) => {
      for (const rate of rates) admitted += timesUntil(calls, () => rate.take('ada').fits);
    };
    each(100);
    expect(admitted).toBe(300);
    await until(() => rates.every((rate) => rate.take('ada', 0).left === limit - 300));
    each(limit);
    expect(admitted).toBe(300 + 3 * (limit - 300));
    await pause(EXCHANGED_MS);
    each(limit);
    expect(admitted).toBe(300 + 3 * (limit - 300));
    // Of an instance that stays below a tenth, the others know nothing.
    expect(counters.map((rate) => timesUntil(limit, () => rate.take('ada').fits))).toEqual([
      limit,
      limit,
      limit,
    ]);
    for (const rate of rates) expect(rate.take('grace').fits).toBe(true);
  });

  test('are the same window, and what is left is what the others have left', async () => {
    const name = newId();
    const [one, two] = start().map((each) => each.rate({ name, limit, seconds: 3 }));
    one?.take('ada', 400);
    two?.take('ada', 100);
    await until(() => two?.take('ada', 0).left === 100 && one?.take('ada', 0).left === 100);
    expect(two?.take('ada', 101).fits).toBe(false);
    expect(one?.take('ada', 100).fits).toBe(true);
    // The window ends on both at about the same time, although they began at different times.
    await until(() => one?.take('ada', 0).left === limit);
    await until(() => two?.take('ada', 0).left === limit);
    expect(two?.take('ada', limit).fits).toBe(true);
  });

  test('of a closed instance stay until the window ends, and no longer', async () => {
    const name = newId();
    const [one, two] = start();
    const [first, second] = [one, two].map((each) => each?.rate({ name, limit, seconds: 4 }));
    first?.take('ada', 400);
    await one?.close();
    second?.take('ada', 100);
    await until(() => second?.take('ada', 0).left === 100);
    await until(() => second?.take('ada', limit).fits === true);
  });

  test('hold on each instance while the database is unreachable, with one warning, and over all of them afterwards', async () => {
    const name = newId();
    const [here] = start();
    const there = share(cut, log);
    const [near, far] = [here, there].map((each) => each?.rate({ name, limit, seconds: 60 }));
    const attempts = there.exact({ name: `${name} exact`, limit: 3, seconds: 60 });
    near?.take('grace', 550);
    far?.take('grace', 100);
    await until(() => far?.take('grace', 0).left === 0);
    const elsewhere = here?.exact({ name: `${name} exact`, limit: 3, seconds: 60 });
    for (let count = 0; count < 3; count++) await elsewhere?.take('grace');
    expect((await attempts.take('grace')).fits).toBe(false);
    await proxy.inject('down');
    // A rejection that was learnt stays, and this instance continues to count by itself.
    for (let count = 0; count < 3; count++) expect((await attempts.take('ada')).fits).toBe(true);
    expect((await attempts.take('ada')).fits).toBe(false);
    expect(timesUntil(1000, () => far?.take('ada').fits === true)).toBe(limit);
    await pause(EXCHANGED_MS);
    expect(far?.take('grace').fits).toBe(false);
    expect((await attempts.take('grace')).fits).toBe(false);
    expect(lines.map(({ msg }) => msg)).toEqual([
      'counting across instances failed, so limits apply to each instance',
    ]);
    await proxy.inject('none');
    near?.take('ada', 100);
    await until(() => near?.take('ada').fits === false);
    expect(lines.at(-1)?.msg).toBe('limits hold across all instances again');
    expect(lines).toHaveLength(2);
  });

  test('are written again after a crash of Postgres has emptied the table', async () => {
    const name = newId();
    const [one, two] = start();
    const rates = [one, two].map((each) => each?.rate({ name, limit, seconds: 60 }));
    for (const rate of rates) rate?.take('ada', 250);
    await until(() => rates.every((rate) => rate?.take('ada', 0).left === 100));
    await databases[0]?.execute(sql`truncate rate_counts`);
    await pause(EXCHANGED_MS);
    for (const rate of rates) expect(rate?.take('ada', 0).left).toBe(100);
    const exact = [one, two].map((each) => each?.exact({ name, limit: 2, seconds: 60 }));
    expect((await exact[0]?.take('ada'))?.fits).toBe(true);
    await databases[0]?.execute(sql`truncate rate_counts`);
    expect((await exact[1]?.take('ada'))?.fits).toBe(true);
    expect((await exact[1]?.take('ada'))?.left).toBe(0);
    expect((await exact[1]?.take('ada'))?.fits).toBe(false);
  });

  test('give back what was taken on another instance', async () => {
    const [one, two] = start().map((each) => each.exact({ name: 'given back', limit: 1, seconds: 60 }));
    expect((await one?.take('ada'))?.fits).toBe(true);
    expect((await two?.take('ada'))?.fits).toBe(false);
    await one?.giveBack('ada');
    await until(async () => (await two?.take('ada'))?.fits === true);
    expect((await one?.take('ada'))?.fits).toBe(false);
  });

  test('ask again after a call that fitted was the last one, because others may be given back', async () => {
    const name = newId();
    const [one, two] = start().map((each) => each.exact({ name, limit: 3, seconds: 60 }));
    for (let count = 0; count < 2; count++) expect((await one?.take('ada'))?.fits).toBe(true);
    expect(await two?.take('ada')).toMatchObject({ fits: true, left: 0 });
    for (let count = 0; count < 2; count++) await one?.giveBack('ada');
    await until(async () => (await two?.take('ada'))?.fits === true);
  });

  test('never report more time than a window has', async () => {
    const [one] = start().map((each) => each.exact({ name: newId(), limit: 3, seconds: 60 }));
    const standings = await Promise.all(Array.from({ length: 50 }, async (_, key) => one?.take(String(key))));
    expect(new Set(standings.map((standing) => standing?.seconds))).toEqual(new Set([60]));
  });

  test('write their last counts when they are closed', async () => {
    const name = newId();
    const [one, two] = start();
    const first = one?.rate({ name, limit, seconds: 60 });
    first?.take('ada', 100);
    // The first exchange has begun, and the next one would be later.
    await pause(100);
    first?.take('ada', 400);
    await one?.close();
    const second = two?.rate({ name, limit, seconds: 60 });
    second?.take('ada', 70);
    await until(() => second?.take('ada', 0).left === 30);
  });

  test('send nothing for callers below a tenth of their limit', async () => {
    const name = newId();
    const [rate] = start().map((each) => each.rate({ name, limit, seconds: 60 }));
    rate?.take('ada', limit / 10);
    await pause(EXCHANGED_MS);
    const rows = () => databases[0]?.execute(sql`select used::int from rate_counts where name = ${name}`);
    expect(await rows()).toEqual([]);
    rate?.take('ada');
    await until(async () => (await rows())?.length === 1);
    expect(await rows()).toEqual([{ used: limit / 10 + 1 }]);
  });
});
