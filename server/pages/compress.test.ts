import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, get, type IncomingMessage, type RequestListener } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { brotliDecompressSync, createBrotliDecompress, createGunzip, gunzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from '@jest/globals';
import { compressBody } from './compress.ts';

const SMALL = 'small '.repeat(50);
const LARGE = 'Fest gemauert in der Erden — '.repeat(200);
/** The handler of a test, which runs after `compressBody`. */
let handler: RequestListener = () => undefined;

const server = createServer((req, res) => {
  compressBody(req, res);
  handler(req, res);
}).listen(0, '127.0.0.1');
await once(server, 'listening');
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

function call(encoding: string, method = 'GET'): Promise<IncomingMessage> {
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const headers = { 'accept-encoding': encoding };
  return new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port, headers, method, agent: false }, resolve).on('error', reject);
  });
}

async function read(encoding: string, method = 'GET') {
  const response = await call(encoding, method);
  return { status: response.statusCode, headers: response.headers, body: await buffer(response) };
}

/** Returns a handler that writes these chunks, each after the one before was sent. */
function inChunks(chunks: string[], headers: Record<string, string> = {}): RequestListener {
  return (_, res) => {
    for (const [name, value] of Object.entries({ 'content-type': 'text/html', ...headers })) {
      res.setHeader(name, value);
    }
    void (async () => {
      for (const chunk of chunks) {
        res.flushHeaders();
        if (!res.write(chunk)) await once(res, 'drain');
        await Promise.resolve();
      }
      res.end();
    })();
  };
}

const CODINGS = [
  ['br', brotliDecompressSync],
  ['gzip', gunzipSync],
] as const;

describe('a long text', () => {
  test.each(CODINGS)('is sent in %s if the client accepts it', async (encoding, decompress) => {
    for (const chunks of [[LARGE], [SMALL, LARGE, SMALL], [LARGE, LARGE]]) {
      handler = inChunks(chunks, { etag: '"1"', vary: 'rsc' });
      const { headers, body } = await read(encoding);
      expect(headers).toMatchObject({
        'content-encoding': encoding,
        vary: 'rsc, Accept-Encoding',
        etag: 'W/"1"',
      });
      expect(headers['content-length']).toBeUndefined();
      expect(body.length).toBeLessThan(LARGE.length / 5);
      expect(decompress(body).toString()).toBe(chunks.join(''));
    }
  });

  test('is sent in gzip, which is faster, if the client accepts both', async () => {
    handler = inChunks([LARGE]);
    expect((await read('gzip, deflate, br, zstd')).headers['content-encoding']).toBe('gzip');
  });

  test('is sent unchanged to other clients, with Vary', async () => {
    handler = inChunks([SMALL, LARGE], { etag: '"1"' });
    const { headers, body } = await read('identity');
    expect(headers).toMatchObject({ vary: 'Accept-Encoding', etag: '"1"' });
    expect(headers['content-encoding']).toBeUndefined();
    expect(body.toString()).toBe(SMALL + LARGE);
  });

  test('arrives complete if the client pauses reading and all buffers are full', async () => {
    const chunks = Array.from({ length: 200 }, () => randomBytes(48 * 1024).toString('base64'));
    handler = inChunks(chunks);
    const response = await call('br');
    await pause(300);
    expect(brotliDecompressSync(await buffer(response)).toString() === chunks.join('')).toBe(true);
  });
});

test('a short text that is written in one call is sent unchanged, with its length', async () => {
  for (const chunks of [[SMALL], []]) {
    handler = inChunks(chunks);
    const { headers, body } = await read('br, gzip');
    expect(headers['content-encoding']).toBeUndefined();
    expect(headers['content-length']).toBe(String(chunks.join('').length));
    expect(headers.vary).toBe('Accept-Encoding');
    expect(body.toString()).toBe(chunks.join(''));
  }
});

test.each([
  ['br', createBrotliDecompress],
  ['gzip', createGunzip],
])(
  'a stream in %s is not delayed: each chunk arrives before the next is written',
  async (encoding, createDecoder) => {
    const { promise: wasRead, resolve: markRead } = Promise.withResolvers<undefined>();
    handler = (_, res) => {
      res.setHeader('content-type', 'text/x-component');
      res.write('first');
      void wasRead.then(() => res.end('last'));
    };
    const response = await call(encoding);
    expect(response.headers['content-encoding']).toBe(encoding);
    const texts: string[] = [];
    for await (const chunk of response.pipe(createDecoder())) {
      texts.push(String(chunk));
      markRead(undefined);
    }
    expect(texts).toEqual(['first', 'last']);
  },
);

test('HEAD returns the headers of GET, without a body', async () => {
  handler = (_, res) => {
    res.setHeader('content-type', 'text/html').setHeader('content-length', LARGE.length).end();
  };
  const { headers, body } = await read('br', 'HEAD');
  expect(headers).toMatchObject({ 'content-encoding': 'br', vary: 'Accept-Encoding' });
  expect(headers['content-length']).toBeUndefined();
  expect(body.length).toBe(0);
});

test('304 repeats the entity tag and Vary', async () => {
  handler = (_, res) => {
    res.statusCode = 304;
    res.setHeader('etag', '"1"').end();
  };
  const { status, headers } = await read('br');
  expect([status, headers.etag, headers.vary]).toEqual([304, 'W/"1"', 'Accept-Encoding']);
  expect(headers['content-encoding']).toBeUndefined();
});

test.each([
  ['a compressed response', { 'content-encoding': 'zstd' }],
  ['part of a range', { 'content-range': 'bytes 0-9/100' }],
  ['a response with no-transform', { 'cache-control': 'public, no-transform' }],
  ['an image', { 'content-type': 'image/png' }],
])('%s is sent unchanged', async (_, headers) => {
  handler = inChunks([LARGE], headers);
  const { headers: received, body } = await read('br');
  expect(received['content-encoding']).toBe('content-encoding' in headers ? 'zstd' : undefined);
  expect(body.toString()).toBe(LARGE);
});

test('a write fails after the client has disconnected', async () => {
  const { promise, resolve } = Promise.withResolvers<unknown>();
  handler = (_, res) => {
    res.setHeader('content-type', 'text/plain').once('close', () => {
      setImmediate(() => res.write(LARGE, resolve));
    });
    res.write(LARGE);
  };
  (await call('br')).destroy();
  expect(await promise).toMatchObject({ code: 'ERR_STREAM_DESTROYED' });
});
