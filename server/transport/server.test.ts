import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, describe, expect, jest, test } from '@jest/globals';
import { nodeRequest } from '#layer/hosts/node';
import { Call, readBody } from '#layer/index';
import { parseEnv } from '#server/env';
import fc from '#test/fast-check';
import { listen } from '#test/listen';
import { bytes, exchange, open, provoke, request, RESPONSE, statusOf } from '#test/raw-http';
import { watchBodies } from './bodies.ts';
import { createGuardedServer, type PathListener } from './server.ts';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});
const complaints = jest.spyOn(console, 'error').mockImplementation(() => undefined);
afterAll(() => {
  complaints.mockRestore();
});

/** Reads the body and names the path, the host and the length of the body. */
const echo: PathListener = async (req, res, path) => {
  let length = 0;
  try {
    for await (const chunk of req) length += (chunk as Buffer).length;
  } catch {
    return;
  }
  res.end(`${req.method} ${path} ${req.headers.host} ${length}\n`);
};

async function start(settings: Record<string, string> = {}, listener = echo): Promise<number> {
  const server = createGuardedServer(parseEnv({ NODE_ENV: 'test', ...settings }), false, listener);
  closers.push(() => {
    server.close();
    server.closeAllConnections();
  });
  return listen(server);
}

describe('a request', () => {
  test.each([
    ['GET /x/../%61pi/v1 HTTP/1.1', 'GET /api/v1 a 0'],
    ['GET http://b:81/./api/v1 HTTP/1.1', 'GET /api/v1 b:81 0'],
    ['GET /api/v1 HTTP/1.0', 'GET /api/v1 a 0'],
  ])('reaches its path in one spelling: %s', async (line, answer) => {
    const response = await exchange(await start(), request(line, 'Host: a'));
    expect(response).toContain(answer);
  });

  test.each([
    ['a malformed escape', request('GET /chat/%zz HTTP/1.1', 'Host: a'), 400],
    ['a host that is none', request('GET / HTTP/1.1', 'Host: a:99999'), 400],
    ['a host with a path', request('GET / HTTP/1.1', 'Host: a/api/v1/x?'), 400],
    ['two hosts', request('GET / HTTP/1.1', 'Host: a', 'Host: a'), 400],
    ['no host', request('GET / HTTP/1.1'), 400],
    ['an authority', request('GET a:80 HTTP/1.1', 'Host: a'), 400],
    ['a tunnel', request('CONNECT a:80 HTTP/1.1', 'Host: a'), 501],
    ['a backslash', request('GET /\\api HTTP/1.1', 'Host: a'), 400],
    ['a NUL', request('GET /\0 HTTP/1.1', 'Host: a'), 400],
    ['an empty segment', request('GET //api HTTP/1.1', 'Host: a'), 404],
    ['a long path', request(`GET /${'x'.repeat(5000)} HTTP/1.1`, 'Host: a'), 414],
    ['a long head', request(`GET /${'x'.repeat(20_000)} HTTP/1.1`, 'Host: a'), 431],
    ['the server as a whole', request('OPTIONS * HTTP/1.1', 'Host: a'), 204],
    ['the server as a whole, with GET', request('GET * HTTP/1.1', 'Host: a'), 400],
    ['another protocol', request('GET / HTTP/1.1', 'Host: a', 'Upgrade: h2c'), 200],
  ])('with %s gets one clear response', async (_, sent, status) => {
    expect(statusOf(await exchange(await start(), sent))).toBe(status);
    expect(complaints).not.toHaveBeenCalled();
  });

  test('that is rejected is explained in the form that its client reads', async () => {
    const port = await start();
    const forBrowser = await exchange(port, request('GET /%zz HTTP/1.1', 'Host: a', 'Accept: text/html'));
    expect(forBrowser).toContain('Content-Type: text/html');
    const forProgram = await exchange(port, request('GET /%zz HTTP/1.1', 'Host: a'));
    expect(forProgram).toMatch(/application\/problem\+json[^]*"code":"BAD_REQUEST"/);
  });
});

describe('what a request may take', () => {
  const SLOW = { HEADERS_TIMEOUT_SECONDS: '1', REQUEST_TIMEOUT_SECONDS: '2' };

  test.each([
    ['a connection that says nothing', ''],
    ['a head that does not end', 'GET / HTTP/1.1\r\nHost: a\r\n'],
    ['a body that does not end', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nx'],
  ])('%s gets a 408', async (_, sent) => {
    const started = performance.now();
    const response = await exchange(await start(SLOW), sent);
    // Node closes a connection on which nothing has come without a word.
    expect(response).toMatch(
      sent === '' ? /^(HTTP\/1\.1 408 [^]*|)$/ : /^HTTP\/1\.1 408 [^]*Connection: close/,
    );
    expect(performance.now() - started).toBeLessThan(4500);
  });

  /** Sends a body in small pieces until the connection ends. */
  async function trickle(port: number, head: string, piece: string, ms: number): Promise<string> {
    const socket = open(port, head);
    const timer = setInterval(() => {
      if (socket.writable) socket.write(piece);
    }, ms);
    try {
      return await text(socket).catch(() => 'cut');
    } finally {
      clearInterval(timer);
    }
  }

  async function startPaced(listener: PathListener): Promise<number> {
    const watch = watchBodies(1000, 600);
    return start({ MIN_BYTES_PER_SECOND: '0' }, (req, res, path) => {
      watch(req, res);
      return listener(req, res, path);
    });
  }

  test.each([
    ['of a known length', 'Content-Length: 100000', 'x'],
    ['in chunks', 'Transfer-Encoding: chunked', '1\r\nx\r\n'],
  ])('a body %s that comes too slowly gets a 408', async (_, framing, piece) => {
    const head = `POST / HTTP/1.1\r\nHost: a\r\n${framing}\r\n\r\n`;
    const started = performance.now();
    expect(await trickle(await startPaced(echo), head, piece, 50)).toMatch(/^HTTP\/1\.1 408 /);
    expect(performance.now() - started).toBeLessThan(4000);
  });

  test('a body that goes on slowly after its response is cut', async () => {
    const port = await startPaced((_, res) => {
      res.end('done\n');
      return Promise.resolve();
    });
    const response = await trickle(
      port,
      'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n',
      'x',
      50,
    );
    expect(response).toMatch(/^HTTP\/1\.1 200 [^]*done\n/);
  });

  test('a body that comes at a fair pace is taken, and so is one that the server is slow to read', async () => {
    const port = await startPaced(async (req, res, path) => {
      await pause(1500);
      await echo(req, res, path);
    });
    const head = 'POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 3000\r\n\r\n';
    expect(await trickle(port, head, 'x'.repeat(100), 50)).toContain('POST / a 3000');
  });

  test('a handler that waits for a body hears that its client is gone', async () => {
    const { promise, resolve } = Promise.withResolvers<unknown>();
    const port = await startPaced((req, res) => {
      const call = new Call(nodeRequest(req, res, { maxDuration: 60 }), {
        id: '',
        createContext: () => ({}),
      });
      return readBody(call).then(resolve, resolve);
    });
    await trickle(port, 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n', 'x', 50);
    expect(await promise).toMatchObject({ kind: 'CLIENT_CLOSED_REQUEST' });
  });
});

describe('connections', () => {
  const get = request('GET / HTTP/1.1', 'Host: a');

  test.each([
    ['of an instance', { MAX_CONNECTIONS: '3' }],
    ['of an address', { MAX_CONNECTIONS_PER_ADDRESS: '3' }],
  ])(
    '%s are limited: one more gets a 503 with Retry-After, and one that ends makes room',
    async (_, settings) => {
      const port = await start(settings);
      const held = [open(port), open(port), open(port)];
      await Promise.all(held.map((socket) => once(socket, 'connect')));
      for (let i = 0; i < 3; i++) {
        const response = await exchange(port, get);
        expect(statusOf(response)).toBe(503);
        expect(response).toMatch(/Retry-After: \d+\r\n/);
      }
      held[0]?.destroy();
      await pause(100);
      expect(statusOf(await exchange(port, get))).toBe(200);
      for (const socket of held) socket.destroy();
    },
  );

  test('from a proxy are not limited by address, which is the same for all', async () => {
    const port = await start({ MAX_CONNECTIONS_PER_ADDRESS: '1', TRUST_PROXY: 'true' });
    const held = open(port);
    await once(held, 'connect');
    expect(statusOf(await exchange(port, get))).toBe(200);
    held.destroy();
  });

  test('that were rejected are closed, also by a client that does not close them', async () => {
    const port = await start({ MAX_CONNECTIONS: '1' });
    const held = open(port);
    await once(held, 'connect');
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true }).resume();
    await once(socket, 'close', { signal: AbortSignal.timeout(5000) }).catch(() => socket.destroy());
    expect(socket.readableEnded || socket.errored !== null).toBe(true);
    held.destroy();
  });
});

describe('any bytes', () => {
  test('get a response or a closed connection, and the server goes on without complaining', async () => {
    const port = await start();
    await fc.assert(
      fc.asyncProperty(bytes, async (sent) => {
        expect(await provoke(port, sent)).toMatch(RESPONSE);
      }),
      { numRuns: 200 },
    );
    expect(statusOf(await exchange(port, request('GET / HTTP/1.1', 'Host: a')))).toBe(200);
    expect(complaints).not.toHaveBeenCalled();
  });
});
