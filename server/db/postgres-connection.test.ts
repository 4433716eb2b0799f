import { connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { sql } from 'drizzle-orm';
import { silent } from '#test/logs';
import { startTcpProxy } from '#test/tcp-proxy';
import { openPostgres } from './postgres.ts';
import { openConnection } from './postgres-connection.ts';
import { createSocketFactory } from './postgres-socket.ts';

/** How long a statement on a lost connection may take to fail, in milliseconds. */
const PROMPT_MS = 500;

/** How long a server may be silent, in milliseconds. */
const IDLE_MS = 100;
/** The pause after which postgres.js would connect again, in milliseconds. */
const BACKOFF_MS = 20;

const worker = await openWorkerDatabase();

(worker.kind === 'postgres' ? describe : describe.skip)('a connection to Postgres that is lost', () => {
  /** Opens a connection. @returns its client, its sockets, and how often it was reported as closed. */
  async function open() {
    if (worker.kind !== 'postgres') throw new Error('This test needs Postgres.');
    const { hostname, port } = new URL(worker.url);
    const sockets: Socket[] = [];
    let closed = 0;
    const client = openConnection(worker.url, {
      fetch_types: false,
      connect_timeout: 3,
      backoff: () => BACKOFF_MS / 1000,
      onclose: () => closed++,
      socket() {
        const socket = connect(Number(port || 5432), hostname);
        sockets.push(socket);
        return socket;
      },
    });
    await client`select 1`;
    const [socket] = sockets;
    if (!socket) throw new Error('There is no socket.');
    return { client, socket, sockets, closed: () => closed };
  }

  test.each(['error', 'close'] as const)(
    'fails what is sent before, during and after its event %s, and is not opened again',
    async (event) => {
      const { client, socket, sockets, closed } = await open();
      const send = () =>
        client.unsafe('select $1::text', ['x']).then(
          () => 'done',
          (error: unknown) => (error instanceof Error && 'code' in error ? error.code : error),
        );
      const sent: Promise<unknown>[] = [client`select pg_sleep(10)`.catch(() => 'CONNECTION_CLOSED')];
      await new Promise<void>((resolve) => {
        socket.prependListener(event, () => {
          for (let count = 0; count < 3; count++) sent.push(send());
          setImmediate(() => {
            sent.push(send());
            resolve();
          });
        });
        socket.destroy(new Error('reset'));
      });
      const began = performance.now();
      const codes = await Promise.all([...sent, send()]);
      expect(performance.now() - began).toBeLessThan(PROMPT_MS);
      for (const code of codes) expect(code).toMatch(/^CONNECTION_(CLOSED|DESTROYED|ENDED)$/);
      await pause(5 * BACKOFF_MS);
      expect(closed()).toBe(1);
      expect(sockets).toHaveLength(1);
    },
  );

  test('is noticed if the server does not respond, even after the connection was idle for longer', async () => {
    if (worker.kind !== 'postgres') throw new Error('This test needs Postgres.');
    const { hostname, port } = new URL(worker.url);
    const proxy = await startTcpProxy({ host: hostname, port: Number(port || 5432) });
    const socket = createSocketFactory(IDLE_MS, { host: '127.0.0.1', port: proxy.port });
    const client = openConnection(worker.url, { fetch_types: false, connect_timeout: 3, socket });
    await client`select 1`;
    await pause(3 * IDLE_MS);
    await client`select 1`;
    await pause(3 * IDLE_MS);
    await proxy.inject('silent');
    const began = performance.now();
    await expect(client`select 1`).rejects.toThrow('The database does not respond.');
    expect(performance.now() - began).toBeLessThan(IDLE_MS + PROMPT_MS);
    await proxy.close();
  });

  test('is not replaced after its database was closed', async () => {
    if (worker.kind !== 'postgres') throw new Error('This test needs Postgres.');
    const database = openPostgres(worker.url, 2, silent);
    await database.listen('closed', () => undefined);
    await database.execute(sql`select 1`);
    await database.close();
    await pause(100);
    for (const late of [database.execute(sql`select 1`), database.notify?.('closed', '')])
      await expect(late).rejects.toMatchObject(
        expect.objectContaining({ message: expect.stringMatching(/closed|Failed query/) }),
      );
  });
});
