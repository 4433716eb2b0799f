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
/** What a test's own answer does; `compressBody` is around it. */
let answer: RequestListener = () => undefined;

const server = createServer((req, res) => {
  compressBody(req, res);
  answer(req, res);
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

/** An answer of these pieces, each written when the one before went out. */
function inPieces(pieces: string[], headers: Record<string, string> = {}): RequestListener {
  return (_, res) => {
    for (const [name, value] of Object.entries({ 'content-type': 'text/html', ...headers })) {
      res.setHeader(name, value);
    }
    void (async () => {
      for (const piece of pieces) {
        res.flushHeaders();
        if (!res.write(piece)) await once(res, 'drain');
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
  test.each(CODINGS)('goes in %s to those who accept it', async (encoding, decompress) => {
    for (const pieces of [[LARGE], [SMALL, LARGE, SMALL], [LARGE, LARGE]]) {
      answer = inPieces(pieces, { etag: '"1"', vary: 'rsc' });
      const { headers, body } = await read(encoding);
      expect(headers).toMatchObject({
        'content-encoding': encoding,
        vary: 'rsc, Accept-Encoding',
        etag: 'W/"1"',
      });
      expect(headers['content-length']).toBeUndefined();
      expect(body.length).toBeLessThan(LARGE.length / 5);
      expect(decompress(body).toString()).toBe(pieces.join(''));
    }
  });

  test('goes in gzip, which is quicker to make, to those who take either', async () => {
    answer = inPieces([LARGE]);
    expect((await read('gzip, deflate, br, zstd')).headers['content-encoding']).toBe('gzip');
  });

  test('goes as it is to others, who are told that it depends', async () => {
    answer = inPieces([SMALL, LARGE], { etag: '"1"' });
    const { headers, body } = await read('identity');
    expect(headers).toMatchObject({ vary: 'Accept-Encoding', etag: '"1"' });
    expect(headers['content-encoding']).toBeUndefined();
    expect(body.toString()).toBe(SMALL + LARGE);
  });

  test('comes whole when nobody reads it for a while and no buffer on the way holds it', async () => {
    const pieces = Array.from({ length: 200 }, () => randomBytes(48 * 1024).toString('base64'));
    answer = inPieces(pieces);
    const response = await call('br');
    await pause(300);
    expect(brotliDecompressSync(await buffer(response)).toString() === pieces.join('')).toBe(true);
  });
});

test('a short text that is written at once goes as it is, with its length', async () => {
  for (const pieces of [[SMALL], []]) {
    answer = inPieces(pieces);
    const { headers, body } = await read('br, gzip');
    expect(headers['content-encoding']).toBeUndefined();
    expect(headers['content-length']).toBe(String(pieces.join('').length));
    expect(headers.vary).toBe('Accept-Encoding');
    expect(body.toString()).toBe(pieces.join(''));
  }
});

test.each([
  ['br', createBrotliDecompress],
  ['gzip', createGunzip],
])(
  'a stream stays one in %s: each piece comes before the next is written',
  async (encoding, createDecoder) => {
    const { promise: wasRead, resolve: goOn } = Promise.withResolvers<undefined>();
    answer = (_, res) => {
      res.setHeader('content-type', 'text/x-component');
      res.write('first');
      void wasRead.then(() => res.end('last'));
    };
    const response = await call(encoding);
    expect(response.headers['content-encoding']).toBe(encoding);
    const texts: string[] = [];
    for await (const piece of response.pipe(createDecoder())) {
      texts.push(String(piece));
      goOn(undefined);
    }
    expect(texts).toEqual(['first', 'last']);
  },
);

test('HEAD has the head of GET, without a body', async () => {
  answer = (_, res) => {
    res.setHeader('content-type', 'text/html').setHeader('content-length', LARGE.length).end();
  };
  const { headers, body } = await read('br', 'HEAD');
  expect(headers).toMatchObject({ 'content-encoding': 'br', vary: 'Accept-Encoding' });
  expect(headers['content-length']).toBeUndefined();
  expect(body.length).toBe(0);
});

test('304 repeats the tag and what the answer depends on', async () => {
  answer = (_, res) => {
    res.statusCode = 304;
    res.setHeader('etag', '"1"').end();
  };
  const { status, headers } = await read('br');
  expect([status, headers.etag, headers.vary]).toEqual([304, 'W/"1"', 'Accept-Encoding']);
  expect(headers['content-encoding']).toBeUndefined();
});

test.each([
  ['what is compressed already', { 'content-encoding': 'zstd' }],
  ['a part of a range', { 'content-range': 'bytes 0-9/100' }],
  ['what must not be changed on the way', { 'cache-control': 'public, no-transform' }],
  ['a picture', { 'content-type': 'image/png' }],
])('%s goes as it is', async (_, headers) => {
  answer = inPieces([LARGE], headers);
  const { headers: got, body } = await read('br');
  expect(got['content-encoding']).toBe('content-encoding' in headers ? 'zstd' : undefined);
  expect(body.toString()).toBe(LARGE);
});

test('what is written for a reader who has left is refused', async () => {
  const { promise, resolve } = Promise.withResolvers<unknown>();
  answer = (_, res) => {
    res.setHeader('content-type', 'text/plain').once('close', () => {
      setImmediate(() => res.write(LARGE, resolve));
    });
    res.write(LARGE);
  };
  (await call('br')).destroy();
  expect(await promise).toMatchObject({ code: 'ERR_STREAM_DESTROYED' });
});
