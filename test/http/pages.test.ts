import { readdirSync, statSync } from 'node:fs';
import { get as rawGet, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from '@jest/globals';
import { signUp } from '#test/client';
import { startServer } from '#test/server';
import { PRODUCT } from '#contract/product';

const CHUNKS = '/_next/static/chunks';
const files = readdirSync(join(import.meta.dirname, '../../.next/static/chunks'))
  .map((name) => ({
    name,
    size: statSync(join(import.meta.dirname, '../../.next/static/chunks', name)).size,
  }))
  .toSorted((a, b) => b.size - a.size);
const largest = (suffix: string) => files.find(({ name }) => name.endsWith(suffix))?.name ?? '';
const script = `${CHUNKS}/${largest('.js')}`;
const sheet = `${CHUNKS}/${largest('.css')}`;
const tiny = `${CHUNKS}/${files.findLast(({ name }) => name.endsWith('.js'))?.name ?? ''}`;

const server = await startServer();
afterAll(() => server.stop());

/** Returns a response whose body is not decompressed. */
async function raw(path: string, headers: Record<string, string> = {}, method = 'GET') {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    rawGet(`${server.url}${path}`, { headers, method, agent: false }, resolve).on('error', reject);
  });
  return { status: response.statusCode, headers: response.headers, body: await buffer(response) };
}

const CODINGS = [
  ['br', brotliDecompressSync],
  ['gzip', gunzipSync],
] as const;

describe.each([
  ['a script of the build', script, 'application/javascript; charset=UTF-8'],
  ['a style sheet of the build', sheet, 'text/css; charset=UTF-8'],
])('%s', (_, path, type) => {
  test.each(CODINGS)('is the same file in %s, with the same headers', async (encoding, decompress) => {
    const plain = await raw(path);
    const coded = await raw(path, { 'accept-encoding': encoding });
    expect(decompress(coded.body).equals(plain.body)).toBe(true);
    expect(coded.body.length).toBeLessThan(plain.body.length / 2);
    expect(coded.headers['content-encoding']).toBe(encoding);
    expect(coded.headers['content-length']).toBe(String(coded.body.length));
    expect(coded.headers.etag).not.toBe(plain.headers.etag);
    expect(plain.headers['content-encoding']).toBeUndefined();
    for (const { headers } of [plain, coded]) {
      expect(headers).toMatchObject({
        vary: 'Accept-Encoding',
        'content-type': type,
        'cache-control': 'public, max-age=31536000, immutable',
        'x-content-type-options': 'nosniff',
      });
    }
  });

  test('is not sent again to clients that have it', async () => {
    for (const encoding of ['br', 'gzip', 'identity']) {
      const { headers } = await raw(path, { 'accept-encoding': encoding });
      const again = await raw(path, { 'accept-encoding': encoding, 'if-none-match': headers.etag ?? '' });
      expect(again).toMatchObject({ status: 304, headers: { etag: headers.etag, vary: 'Accept-Encoding' } });
      expect(again.body.length).toBe(0);
    }
  });

  test('has the same headers for a HEAD request', async () => {
    for (const encoding of ['br', 'identity']) {
      const sent = { 'accept-encoding': encoding };
      const [{ headers }, head] = [await raw(path, sent), await raw(path, sent, 'HEAD')];
      expect(head.body.length).toBe(0);
      for (const name of ['content-length', 'content-encoding', 'content-type', 'etag', 'vary']) {
        expect([name, head.headers[name]]).toEqual([name, headers[name]]);
      }
    }
  });

  test('supports range requests, without compression', async () => {
    const { body } = await raw(path);
    const part = await raw(path, { 'accept-encoding': 'br', range: 'bytes=100-199' });
    expect(part).toMatchObject({
      status: 206,
      headers: { 'content-range': `bytes 100-199/${body.length}` },
    });
    expect(part.headers['content-encoding']).toBeUndefined();
    expect(part.body.equals(body.subarray(100, 200))).toBe(true);
  });
});

test('a tiny script of the build is not compressed', async () => {
  const { headers, body } = await raw(tiny, { 'accept-encoding': 'br' });
  expect(headers['content-encoding']).toBeUndefined();
  expect(headers['content-length']).toBe(String(body.length));
});

test.each(['/', '/sign-in', '/no-such-page'])('%s is the same page in each coding', async (path) => {
  const plain = await raw(path);
  expect(plain.headers.vary).toContain('Accept-Encoding');
  for (const [encoding, decompress] of CODINGS) {
    const { status, headers, body } = await raw(path, { 'accept-encoding': encoding });
    expect(status).toBe(plain.status);
    expect(headers['content-encoding']).toBe(encoding);
    expect(headers.vary).toContain('Accept-Encoding');
    expect(headers.etag?.startsWith('"') ?? false).toBe(false);
    expect(decompress(body).length).toBe(plain.body.length);
    expect(decompress(body).toString()).toContain(`${PRODUCT.name}</title>`);
  }
});

test('the small icon is not compressed and has a Content-Length', async () => {
  const { headers, body } = await raw('/icon.svg', { 'accept-encoding': 'br, gzip' });
  expect(headers['content-encoding']).toBeUndefined();
  expect(headers['content-length']).toBe(String(body.length));
});

test('a page for a signed-in user is compressed too', async () => {
  const ada = await signUp(server.url);
  const { headers, body } = await raw('/chat', { ...ada.headers, 'accept-encoding': 'br' });
  expect(headers).toMatchObject({
    'content-encoding': 'br',
    'cache-control': expect.stringContaining('no-store'),
  });
  expect(brotliDecompressSync(body).toString()).toContain(ada.name);
});
