import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, describe, expect, jest, test } from '@jest/globals';
import { listen } from '#test/listen';
import { initTRPC } from '@trpc/server';
import { z } from 'zod';
import { createApi } from '../api.ts';
import type { ContextOptions } from '../context.ts';
import type { Meta } from '../meta.ts';
import { createNodeListener } from './node.ts';

const MAX_DURATION_SECONDS = 1;

const t = initTRPC.context<ContextOptions>().meta<Meta>().create({ isDev: false });
const Name = z.object({ name: z.string() });
let aborted = Promise.withResolvers<unknown>();

const router = t.router({
  quick: t.procedure.input(Name).query(({ input }) => input.name),
  slow: t.procedure.input(Name).query(async ({ input }) => {
    await pause(30);
    return input.name;
  }),
  endless: t.procedure.query(async ({ signal }) => {
    signal?.addEventListener('abort', () => {
      aborted.resolve(signal.reason);
    });
    return new Promise<string>(() => undefined);
  }),
  save: t.procedure
    .meta({ openapi: { method: 'POST', path: '/save' } })
    .input(Name)
    .output(Name)
    .mutation(({ input, ctx }) => {
      ctx.resHeaders.append('set-cookie', `name=${input.name}; Path=/`);
      return input;
    }),
});
/** Resolves when a response was created whose client has disconnected. */
const late = Promise.withResolvers<void>();
const api = createApi({
  router,
  createContext: (options) => options,
  mounts: [
    {
      path: '/late',
      async surface({ signal }) {
        await once(signal, 'abort');
        late.resolve();
        return new Response('late');
      },
    },
  ],
});
const listener = createNodeListener(api, { maxDuration: MAX_DURATION_SECONDS });
const server = createServer((req, res) => void listener(req, res));
const port = await listen(server);
const origin = `http://127.0.0.1:${port}`;
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const inputOf = (name: string) => `input=${encodeURIComponent(JSON.stringify({ name }))}`;

async function open(): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  return socket;
}

describe('createNodeListener', () => {
  test('responds to pipelined requests in their order, whether they wait or not', async () => {
    const socket = await open();
    const names = ['slow', 'quick', 'quick', 'slow', 'quick'];
    const requests = names.map(
      (name, index) => `GET /api/trpc/${name}?${inputOf(`${name}${index}`)} HTTP/1.1\r\nHost: a\r\n`,
    );
    socket.write(`${requests.join('\r\n')}Connection: close\r\n\r\n`);
    const bodies = [...(await text(socket)).matchAll(/"data":"(\w+)"/g)].map(([, data]) => data);
    expect(bodies).toEqual(names.map((name, index) => `${name}${index}`));
  });

  test.each(['/api/trpc/save', '/api/v1/save'])(
    'reads a body that arrives byte by byte: %s',
    async (path) => {
      const body = JSON.stringify({ name: 'ü' });
      const socket = await open();
      socket.setNoDelay(true);
      const head = [
        `POST ${path} HTTP/1.1`,
        'Host: a',
        'Connection: close',
        'Content-Type: application/json',
      ];
      socket.write(`${head.join('\r\n')}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n`);
      for (const byte of Buffer.from(body)) {
        socket.write(Uint8Array.of(byte));
        await pause(1);
      }
      expect(await text(socket)).toMatch(/^HTTP\/1\.1 200 [^]*"name":"ü"/);
    },
  );

  test('aborts the signal of a procedure when its client disconnects', async () => {
    aborted = Promise.withResolvers();
    const socket = await open();
    socket.write('GET /api/trpc/endless HTTP/1.1\r\nHost: a\r\n\r\n');
    await pause(50);
    socket.destroy();
    await expect(aborted.promise).resolves.toMatchObject({ name: 'AbortError' });
  });

  test('keeps no timer for a response whose client has disconnected', async () => {
    const started = jest.spyOn(globalThis, 'setTimeout');
    const socket = await open();
    socket.write('GET /late HTTP/1.1\r\nHost: a\r\n\r\n');
    await pause(20);
    socket.destroy();
    await late.promise;
    await pause(20);
    // The timer of the call has this time, that of the connection a longer one.
    expect(started.mock.calls.map(([, ms]) => ms)).toEqual([MAX_DURATION_SECONDS * 1000]);
    started.mockRestore();
  });

  test('ends a call at its time limit, and aborts its signal', async () => {
    aborted = Promise.withResolvers();
    const started = performance.now();
    const response = await fetch(`${origin}/api/trpc/endless`);
    expect(response.status).toBe(504);
    expect(performance.now() - started).toBeGreaterThan(MAX_DURATION_SECONDS * 1000 - 50);
    await expect(aborted.promise).resolves.toMatchObject({ kind: 'TIMEOUT' });
  });

  test('sends the cookies of all calls of a batch, each as a field of its own', async () => {
    for (const headers of [{}, { 'trpc-accept': 'application/jsonl' }]) {
      const response = await fetch(`${origin}/api/trpc/save,save?batch=1`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ 0: { name: 'a' }, 1: { name: 'b' } }),
      });
      await response.text();
      expect(response.headers.getSetCookie()).toEqual(['name=a; Path=/', 'name=b; Path=/']);
    }
  });

  test('has the length of the body in bytes, and none for HEAD', async () => {
    const url = `${origin}/api/trpc/quick?${inputOf('ü€')}`;
    const response = await fetch(url);
    const body = await response.arrayBuffer();
    expect(response.headers.get('content-length')).toBe(String(body.byteLength));
    expect(JSON.parse(new TextDecoder().decode(body))).toEqual({ result: { data: 'ü€' } });
    const head = await fetch(url, { method: 'HEAD' });
    expect(await head.text()).toBe('');
  });
});
