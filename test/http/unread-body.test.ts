import { connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, describe, expect, test } from '@jest/globals';
import { signUp, until } from '#test/client';
import { startServer } from '#test/server';

const server = await startServer();
afterAll(server.stop);
const { cookie = '' } = (await signUp(server.url)).headers;
const MB = 1024 * 1024;
const CHUNK = Buffer.alloc(64 * 1024, 'x');

/** Opens a connection and collects the responses on it. */
function open() {
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
  let received = '';
  let failure: unknown;
  socket.setEncoding('utf8').on('data', (text: string) => (received += text));
  socket.on('error', (error) => (failure = error));
  const statuses = () => [...received.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => Number(status));
  return {
    socket,
    statuses,
    failure: () => failure,
    isComplete: () => /\{.*"requestId".*\}(\r\n0\r\n\r\n)?$/s.test(received),
    untilResponses: (count: number) =>
      until(
        () => Promise.resolve(statuses().length),
        (responses) => responses === count,
        3000,
      ),
  };
}

type Framing = 'chunked' | 'of a known length';

function begin(socket: Socket, request: string, framing: Framing, size: number, headers: object): void {
  const length =
    framing === 'chunked' ? { 'transfer-encoding': 'chunked' } : { 'content-length': String(size) };
  const lines = Object.entries({ host: 'localhost', ...headers, ...length }).map(
    ([name, value]) => `${name}: ${value}`,
  );
  socket.write(`${[`${request} HTTP/1.1`, ...lines].join('\r\n')}\r\n\r\n`);
}

/** Sends a chunk of a body. Resolves when the connection accepts more, or is closed. */
async function sendChunk(socket: Socket, framing: Framing): Promise<void> {
  if (framing === 'chunked') socket.write(`${CHUNK.length.toString(16)}\r\n`);
  const acceptsMore = socket.write(CHUNK);
  if (framing === 'chunked') socket.write('\r\n');
  while (!acceptsMore && socket.writableNeedDrain && !socket.destroyed) await pause(1);
}

const json = { 'content-type': 'application/json' };
const text = { 'content-type': 'text/plain' };
const form = { 'content-type': 'multipart/form-data; boundary=x' };
const ada = { cookie };

describe.each<Framing>(['chunked', 'of a known length'])(
  'a body %s that is not read to its end',
  (framing) => {
    test.each<[status: number, request: string, headers: object]>([
      [413, 'POST /api/v1/chats', { ...json, ...ada }],
      [413, 'POST /api/v1/chats', { ...form, ...ada }],
      [413, 'POST /api/trpc/chat.create', { ...json, ...ada }],
      [413, 'POST /api/auth/sign-in/email', json],
      [413, 'POST /api/chat', { ...json, ...ada }],
      [415, 'POST /api/v1/chats', { ...text, ...ada }],
      [415, 'POST /api/trpc/chat.create', { ...text, ...ada }],
      [401, 'POST /api/v1/chats', form],
      [401, 'DELETE /api/v1/chats/x', json],
      [404, 'POST /api/nothing', json],
      [405, 'PUT /api/v1/chats', json],
    ])(
      'gets a %d, and the next request on the connection a response: %s',
      async (status, request, headers) => {
        const { socket, untilResponses, statuses, isComplete, failure } = open();
        const size = status === 413 ? 40 * MB : 2 * MB;
        begin(socket, request, framing, size, headers);
        for (let sent = 0; sent < size; sent += CHUNK.length) await sendChunk(socket, framing);
        if (framing === 'chunked') socket.write('0\r\n\r\n');
        await untilResponses(1);
        expect(statuses()).toEqual([status]);
        expect(isComplete()).toBe(true);
        socket.write('GET /api/health HTTP/1.1\r\nhost: localhost\r\n\r\n');
        await untilResponses(2);
        expect(statuses()).toEqual([status, 200]);
        expect(failure()).toBeUndefined();
        socket.destroy();
      },
    );

    test.each([
      ['read in part', { ...json, ...ada }],
      ['not read', { ...text, ...ada }],
    ])('and never ends gets a response before it is disconnected: %s', async (_, headers) => {
      const { socket, untilResponses, isComplete } = open();
      begin(socket, 'POST /api/trpc/chat.create', framing, 1024 * 1024 * MB, headers);
      while (!isComplete() && !socket.destroyed) await sendChunk(socket, framing);
      await untilResponses(1);
      const limit = AbortSignal.timeout(10_000);
      while (!socket.destroyed && !limit.aborted) await sendChunk(socket, framing);
      expect(socket.destroyed).toBe(true);
      await expect((await fetch(`${server.url}/api/health`)).json()).resolves.toEqual({ status: 'up' });
    });
  },
);
