import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { inspect } from 'node:util';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { sql } from 'drizzle-orm';
import { toAppError } from '#server/errors';
import { until } from '#test/answers';
import { freePort, listen } from '#test/listen';
import { silent } from '#test/logs';
import { openPostgres } from './postgres.ts';
import { parsePostgresUrl } from './postgres-url.ts';

const READ_ONLY = Buffer.from('options\0-c default_transaction_read_only=on\0');

/** Starts a proxy to a Postgres server. New sessions are read-only, as on a standby, until it is promoted. */
async function startHost(target: URL) {
  let isReadOnly = true;
  const close = new AbortController();
  const server = createServer((inner) => {
    const outer = connect(Number(target.port || 5432), target.hostname);
    inner.once('data', (startup) => {
      if (!isReadOnly) return void outer.write(startup);
      // The startup message begins with its length and ends with a zero.
      const parts = [startup.subarray(0, -1), READ_ONLY, startup.subarray(-1)];
      const message = Buffer.concat(parts);
      message.writeInt32BE(message.length);
      outer.write(message);
    });
    inner.once('data', () => inner.pipe(outer));
    outer.pipe(inner);
    for (const socket of [inner, outer]) {
      socket.on('error', () => undefined);
      socket.on('close', () => {
        inner.destroy();
        outer.destroy();
      });
    }
    close.signal.addEventListener('abort', () => inner.resetAndDestroy());
  });
  const port = await listen(server);
  return {
    address: `127.0.0.1:${port}`,
    promote: () => {
      isReadOnly = false;
    },
    demote: () => {
      isReadOnly = true;
    },
    async stop() {
      const closed = once(server, 'close');
      server.close();
      close.abort();
      await closed;
    },
  };
}

const worker = await openWorkerDatabase();

(worker.kind === 'postgres' ? describe : describe.skip)('a database on several hosts', () => {
  let real: URL;
  const urlOf = (hosts: string[], parameters = '') => {
    const login = real.username && `${real.username}${real.password && `:${real.password}`}@`;
    return `postgres://${login}${hosts.join(',')}${real.pathname}${parameters}`;
  };
  let down: string;

  beforeAll(async () => {
    if (worker.kind !== 'postgres') throw new Error('This test needs Postgres.');
    real = new URL(worker.url);
    down = `127.0.0.1:${await freePort()}`;
  });

  test.each(['', '?target_session_attrs=read-write', '?target_session_attrs=primary'])(
    'is used on the host that accepts writes (%j)',
    async (parameters) => {
      const standby = await startHost(real);
      const primary = `${real.hostname}:${real.port || 5432}`;
      const database = openPostgres(urlOf([down, standby.address, primary], parameters), 3, silent);
      await database.migrate();
      const payloads: string[] = [];
      await database.listen('hosts', (payload) => payloads.push(payload));
      await database.execute(sql`insert into installation (fact, value) values (${`on${parameters}`}, '')`);
      await database.execute(sql`select pg_notify('hosts', 'news')`);
      await until(() => payloads.includes('news'));
      await database.close();
      await standby.stop();
    },
  );

  test('is used on another host after a failover', async () => {
    const first = await startHost(real);
    first.promote();
    const second = await startHost(real);
    const database = openPostgres(urlOf([first.address, second.address]), 3, silent);
    const write = (value: string) =>
      database.execute(sql`insert into installation (fact, value) values (${value}, '')`).then(
        () => 'done',
        (error: unknown) => ({ kind: toAppError(error).kind, text: inspect(error) }),
      );
    const payloads: string[] = [];
    await database.listen('failover', (payload) => payloads.push(payload));
    expect(await write('before')).toBe('done');
    await first.stop();
    let failed: Awaited<ReturnType<typeof write>> = 'done';
    await until(async () => {
      failed = await write('no primary');
      return inspect(failed).includes('No host accepts writes');
    });
    expect(failed).toMatchObject({ kind: 'SERVICE_UNAVAILABLE' });
    second.promote();
    const promotedAt = Date.now();
    await until(async () => (await write(`after ${Date.now()}`)) === 'done');
    expect(Date.now() - promotedAt).toBeLessThan(2000);
    // The empty payload says that notifications may have been lost.
    await until(() => payloads.includes(''));
    await database.execute(sql`select pg_notify('failover', 'news')`);
    await until(() => payloads.includes('news'));
    await database.close();
    await second.stop();
  });

  test('leaves a host that has become read-only, with all connections', async () => {
    const first = await startHost(real);
    first.promote();
    const second = await startHost(real);
    const database = openPostgres(urlOf([first.address, second.address]), 3, silent);
    const kindOf = (work: Promise<unknown>) =>
      work.then(
        () => 'done',
        (error: unknown) => toAppError(error).kind,
      );
    const write = (value: string) =>
      kindOf(database.execute(sql`insert into installation (fact, value) values (${value}, '')`));
    const onEachConnection = (text: string) =>
      Promise.all([1, 2, 3].map(() => database.execute(sql`select ${sql.raw(text)}, pg_sleep(0.1)`)));
    await onEachConnection(`set_config('default_transaction_read_only', 'on', false)`);
    first.demote();
    second.promote();
    expect(await write('demoted')).toBe('SERVICE_UNAVAILABLE');
    expect(await Promise.all(['next', 'and', 'others'].map(write))).toEqual(['done', 'done', 'done']);
    await onEachConnection(`set_config('default_transaction_read_only', 'on', false)`);
    const inTransaction = database.db.transaction((tx) =>
      tx.execute(sql`insert into installation (fact, value) values ('demoted', '')`),
    );
    expect(await kindOf(inTransaction)).toBe('SERVICE_UNAVAILABLE');
    expect(await write('last')).toBe('done');
    await database.close();
    await first.stop();
    await second.stop();
  });

  test('is named with all its hosts, and without its password, if none accepts writes', async () => {
    const standby = await startHost(real);
    const login = `${real.username || 'postgres'}:secret-password`;
    const hosts = [down, standby.address].join(',');
    const database = openPostgres(`postgres://${login}@${hosts}/postgres`, 2, silent);
    const error: unknown = await database.migrate().catch((reason: unknown) => reason);
    const message = error instanceof Error ? error.message : '';
    expect(message).toContain(
      `The database at ${hosts}/postgres as ${real.username || 'postgres'} cannot be used`,
    );
    expect(message).toContain(`${down}: connect ECONNREFUSED`);
    expect(message).toContain(`${standby.address}: does not accept writes`);
    expect(message).toContain('Check DATABASE_URL, for example');
    expect(message).not.toContain('secret-password');
    await database.close();
    await standby.stop();
  });
});

describe('the URL of a Postgres database', () => {
  test.each([
    ['postgres://ada:pw@db/app', 'db:5432/app as ada', false],
    ['postgresql://db:6432/app?sslmode=require', 'db:6432/app as the default user', false],
    ['postgres://a@[::1]:6000/app', '[::1]:6000/app as a', false],
    ['postgres://a:p@db-1,db-2:5433/app', 'db-1:5432,db-2:5433/app as a', true],
    ['postgres://a@db/app?target_session_attrs=read-write', 'db:5432/app as a', true],
    ['postgres:///app', 'localhost:5432/app as the default user', false],
  ])('%s is read', (url, name, mustAcceptWrites) => {
    expect(parsePostgresUrl(url, 'DATABASE_URL')).toMatchObject({ name, mustAcceptWrites });
  });

  test.each([
    ['postgres://a:secret@db:port/app', /DATABASE_URL has an invalid host, db:port\./],
    ['postgres://a:secret@db-1,db-2:99999x/app', /DATABASE_URL has an invalid host/],
    ['postgres://a:secret@db:99999/app', /DATABASE_URL is not a valid URL/],
    [
      'postgres://a:secret@db/app?target_session_attrs=standby',
      /must lead to a host that accepts writes: read-write or primary/,
    ],
  ])('%s is rejected', (url, message) => {
    expect(() => parsePostgresUrl(url, 'DATABASE_URL')).toThrow(message);
    expect(() => parsePostgresUrl(url, 'DATABASE_URL')).not.toThrow(/secret/);
  });
});
