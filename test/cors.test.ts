import { afterAll, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { EnvError, parseEnv } from '#server/env';
import { type Account, caller, idOf, signUp, withKey } from './client.ts';
import { expectProblem } from './problem.ts';
import { serveInstance } from './served.ts';

const FRIEND = 'https://friend.example';
const STRANGER = 'https://stranger.example';

const open = await serveInstance({ settings: { CORS_ORIGINS: `${FRIEND}, http://localhost:5173` } });
afterAll(open.close);
const closed = await serveInstance();
afterAll(closed.close);
const everybody = await serveInstance({ settings: { CORS_ORIGINS: '*' } });
afterAll(everybody.close);

await signUp(open.url);
const ada = await signUp(open.url);
const keyOf = async (account: Account) => {
  const created = await account.rest('POST /protected/api-keys', { json: { name: 'Page', scope: 'write' } });
  return z.looseObject({ key: z.string() }).parse(created.body).key;
};
const key = await keyOf(ada);
const from = (origin: string) => ({ origin, 'sec-fetch-site': 'cross-site' });

/** Sends the preflight request of a browser. */
const preflight = (url: string, origin: string, path = '/api/v1/chats') =>
  caller(url).fetch(path, {
    method: 'OPTIONS',
    headers: {
      ...from(origin),
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization,content-type,idempotency-key,if-match',
    },
  });
const corsOf = ({ headers }: { headers: Headers }) =>
  [...headers].filter(([name]) => name.startsWith('access-control-'));

describe('a page of an origin in CORS_ORIGINS', () => {
  test('may send all methods and headers of the API', async () => {
    for (const path of ['/api/v1/chats', '/api/trpc/chat.create', '/api/chat']) {
      const { status, headers } = await preflight(open.url, FRIEND, path);
      expect(status).toBe(204);
      expect(headers.get('access-control-allow-origin')).toBe(FRIEND);
      expect(headers.get('vary')).toBe('Origin');
      expect(headers.get('access-control-allow-methods')).toBe('GET, HEAD, POST, PUT, PATCH, DELETE');
      expect(headers.get('access-control-allow-headers')?.toLowerCase().split(', ')).toEqual(
        expect.arrayContaining(['authorization', 'content-type', 'idempotency-key', 'if-match']),
      );
      expect(headers.get('access-control-max-age')).toBe('7200');
      expect(headers.get('access-control-allow-credentials')).toBeNull();
    }
  });

  test('may send requests with an API key, and read responses, their headers and errors', async () => {
    const page = withKey(open.url, key);
    const created = await page.rest('POST /chats', { json: {}, headers: from(FRIEND) });
    expect(created.status).toBe(201);
    const shown = await page.rest(`GET /chats/${idOf(created)}`, { headers: from(FRIEND) });
    const rejected = await page.rest('GET /chats/nothing', { headers: from(FRIEND) });
    expectProblem(rejected, 'NOT_FOUND');
    for (const { headers } of [created, shown, rejected]) {
      expect(headers.get('access-control-allow-origin')).toBe(FRIEND);
      expect(headers.get('vary')).toContain('Origin');
      expect(headers.get('access-control-expose-headers')?.split(', ')).toEqual(
        expect.arrayContaining(['ETag', 'Link', 'Location', 'RateLimit', 'Retry-After', 'X-Request-Id']),
      );
      expect(headers.get('access-control-allow-credentials')).toBeNull();
    }
  });

  test('cannot use the session of a user', async () => {
    expectProblem(await ada.rest('POST /chats', { json: {}, headers: from(FRIEND) }), 'CROSS_ORIGIN');
    const { status, headers } = await preflight(open.url, FRIEND, '/api/auth/sign-in/email');
    expect(status).not.toBe(204);
    expect(corsOf({ headers })).toEqual([]);
  });
});

test('a page of another origin is not allowed, and responses vary by Origin', async () => {
  const preflighted = await preflight(open.url, STRANGER);
  const shown = await withKey(open.url, key).rest('GET /chats', { headers: from(STRANGER) });
  const same = await withKey(open.url, key).rest('GET /chats');
  for (const response of [preflighted, shown, same]) {
    expect(corsOf(response)).toEqual([]);
    expect(response.headers.get('vary')).toContain('Origin');
  }
});

test('without CORS_ORIGINS, no page of another origin is allowed', async () => {
  const shown = await withKey(closed.url, key).rest('GET /chats', { headers: from(FRIEND) });
  for (const response of [await preflight(closed.url, FRIEND), shown]) {
    expect(corsOf(response)).toEqual([]);
    expect(response.headers.get('vary') ?? '').not.toContain('Origin');
  }
  expect(shown.status).toBe(200);
});

test('CORS_ORIGINS=* allows every page, but only with an API key', async () => {
  expect((await preflight(everybody.url, STRANGER)).headers.get('access-control-allow-origin')).toBe('*');
  const call = { json: {}, headers: from(STRANGER) };
  const created = await withKey(everybody.url, key).rest('POST /chats', call);
  expect(created.status).toBe(201);
  expect(created.headers.get('access-control-allow-origin')).toBe('*');
  expectProblem(await caller(everybody.url, ada.headers).rest('POST /chats', call), 'CROSS_ORIGIN');
});

test.each([
  'friend.example',
  'https://friend.example/',
  'https://friend.example/path',
  'null',
  'https://a,',
  'ftp://a',
])('CORS_ORIGINS=%s is rejected at the start', (value) => {
  expect(() => parseEnv({ CORS_ORIGINS: value })).toThrow(EnvError);
  expect(() => parseEnv({ CORS_ORIGINS: value })).toThrow(/CORS_ORIGINS: each must be an origin/);
});
