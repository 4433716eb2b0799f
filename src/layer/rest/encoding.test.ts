import { get as rawGet, type IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { chooseEncoding } from '../http/content-coding.ts';
import { procedure, router, serveRest } from '../testing/testkit.ts';

const Text = z.object({ text: z.string() });
const long = 'Fest gemauert in der Erden — '.repeat(200);
let text = long;

const server = await serveRest(
  router({
    get: procedure
      .meta({ openapi: { method: 'GET', path: '/text' } })
      .output(Text)
      .query(() => ({ text })),
    put: procedure
      .meta({ openapi: { method: 'PUT', path: '/text' } })
      .input(Text)
      .output(Text)
      .mutation(({ input }) => {
        ({ text } = input);
        return input;
      }),
    short: procedure
      .meta({ openapi: { method: 'GET', path: '/short' } })
      .output(Text)
      .query(() => ({ text: 'short' })),
    chunks: procedure
      .meta({ openapi: { method: 'GET', path: '/chunks' }, rest: { stream: 'application/json' } })
      .output(z.custom<AsyncIterable<string>>())
      .query(async function* () {
        yield await Promise.resolve(JSON.stringify(long));
      }),
  }),
);
afterAll(server.close);

/** Sends a GET request, and returns the response with its body still compressed. */
async function raw(path: string, headers: Record<string, string>, method = 'GET') {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    rawGet(`${server.origin}/api/v1${path}`, { headers, method, agent: false }, resolve).on('error', reject);
  });
  return { status: response.statusCode, headers: response.headers, body: await buffer(response) };
}

describe('a long response', () => {
  test.each([
    ['br', brotliDecompressSync],
    ['gzip', gunzipSync],
  ])('is sent in %s to clients that accept it', async (encoding, decompress) => {
    const { status, headers, body } = await raw('/text', { 'accept-encoding': encoding });
    expect(status).toBe(200);
    expect(headers['content-encoding']).toBe(encoding);
    expect(headers.vary).toContain('Accept-Encoding');
    expect(headers['content-type']).toBe('application/json');
    expect(body.byteLength).toBeLessThan(long.length / 10);
    expect(JSON.parse(decompress(body).toString())).toEqual({ text: long });
    const head = await raw('/text', { 'accept-encoding': encoding }, 'HEAD');
    expect(head.headers['content-encoding']).toBe(encoding);
    expect(head.headers.etag).toBe(headers.etag);
    expect(head.body.byteLength).toBe(0);
  });

  test('is sent uncompressed to other clients, with Vary', async () => {
    const { headers, body } = await raw('/text', {});
    expect(headers['content-encoding']).toBeUndefined();
    expect(headers.vary).toContain('Accept-Encoding');
    expect(JSON.parse(body.toString())).toEqual({ text: long });
  });

  test('has an entity tag for each encoding, and all of them identify the same state', async () => {
    const forms = await Promise.all(
      ['br', 'gzip', ''].map((form) => raw('/text', { 'accept-encoding': form })),
    );
    const tags = forms.map(({ headers }) => headers.etag ?? '');
    expect(new Set(tags).size).toBe(3);
    for (const tag of tags) {
      expect(tag).toMatch(/^"[\w-]{43}(-br|-gzip)?"$/);
      const again = await raw('/text', { 'accept-encoding': 'br', 'if-none-match': tag });
      expect(again.status).toBe(304);
      expect(again.headers.etag).toBe(tags[0]);
      expect(again.headers['content-encoding']).toBeUndefined();
      expect(again.headers.vary).toContain('Accept-Encoding');
      const json = { text: long };
      const headers = { 'if-match': tag, 'content-type': 'application/json' };
      expect((await server.call('/text', { method: 'PUT', json, headers })).status).toBe(200);
    }
    const headers = { 'if-match': '"other-br"', 'content-type': 'application/json' };
    expect((await server.call('/text', { method: 'PUT', json: { text: '' }, headers })).status).toBe(412);
  });
});

test('short and streamed responses are not compressed', async () => {
  for (const path of ['/short', '/chunks']) {
    const { headers } = await raw(path, { 'accept-encoding': 'br, gzip' });
    expect(headers['content-encoding']).toBeUndefined();
    expect(headers.vary).toBeUndefined();
  }
});

test.each([
  [null, null],
  ['', null],
  ['identity', null],
  ['gzip', 'gzip'],
  ['GZIP, deflate', 'gzip'],
  ['gzip, deflate, br, zstd', 'br'],
  ['br;q=0.5, gzip', 'gzip'],
  ['br;q=0, gzip;q=0', null],
  ['*', 'br'],
  ['*;q=0.5, br;q=0', 'gzip'],
  ['identity, gzip;q=0.5', null],
  ['gzip;q=2, nonsense;;, br ; q=0.1', 'br'],
])('chooseEncoding returns for "%s" %s', (header, encoding) => {
  expect(chooseEncoding(header)).toBe(encoding);
});

test('chooseEncoding uses the preferred coding only for equal weights', () => {
  expect(chooseEncoding('gzip, br', 'gzip')).toBe('gzip');
  expect(chooseEncoding('gzip;q=0.5, br', 'gzip')).toBe('br');
});
