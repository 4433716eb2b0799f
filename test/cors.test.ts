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
  const made = await account.rest('POST /protected/api-keys', { json: { name: 'Page', scope: 'write' } });
  return z.looseObject({ key: z.string() }).parse(made.body).key;
};
const key = await keyOf(ada);
const from = (origin: string) => ({ origin, 'sec-fetch-site': 'cross-site' });

/** What a browser asks before it sends a call of a page. */
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
  test('may send all that an API call needs', async () => {
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

  test('may call with an API key, and read the answer, its headers and its errors', async () => {
    const page = withKey(open.url, key);
    const made = await page.rest('POST /chats', { json: {}, headers: from(FRIEND) });
    expect(made.status).toBe(201);
    const shown = await page.rest(`GET /chats/${idOf(made)}`, { headers: from(FRIEND) });
    const refused = await page.rest('GET /chats/nothing', { headers: from(FRIEND) });
    expectProblem(refused, 'NOT_FOUND');
    for (const { headers } of [made, shown, refused]) {
      expect(headers.get('access-control-allow-origin')).toBe(FRIEND);
      expect(headers.get('vary')).toContain('Origin');
      expect(headers.get('access-control-expose-headers')?.split(', ')).toEqual(
        expect.arrayContaining(['ETag', 'Link', 'Location', 'RateLimit', 'Retry-After', 'X-Request-Id']),
      );
      expect(headers.get('access-control-allow-credentials')).toBeNull();
    }
  });

  test('may not use the session of a user', async () => {
    expectProblem(await ada.rest('POST /chats', { json: {}, headers: from(FRIEND) }), 'CROSS_ORIGIN');
    const { status, headers } = await preflight(open.url, FRIEND, '/api/auth/sign-in/email');
    expect(status).not.toBe(204);
    expect(corsOf({ headers })).toEqual([]);
  });
});

test('a page of another origin is not allowed, and caches are told that it depends on the origin', async () => {
  const asked = await preflight(open.url, STRANGER);
  const shown = await withKey(open.url, key).rest('GET /chats', { headers: from(STRANGER) });
  const same = await withKey(open.url, key).rest('GET /chats');
  for (const answer of [asked, shown, same]) {
    expect(corsOf(answer)).toEqual([]);
    expect(answer.headers.get('vary')).toContain('Origin');
  }
});

test('without the setting no page of another origin is allowed', async () => {
  const shown = await withKey(closed.url, key).rest('GET /chats', { headers: from(FRIEND) });
  for (const answer of [await preflight(closed.url, FRIEND), shown]) {
    expect(corsOf(answer)).toEqual([]);
    expect(answer.headers.get('vary') ?? '').not.toContain('Origin');
  }
  expect(shown.status).toBe(200);
});

test('* allows every page, with an API key only', async () => {
  expect((await preflight(everybody.url, STRANGER)).headers.get('access-control-allow-origin')).toBe('*');
  const call = { json: {}, headers: from(STRANGER) };
  const made = await withKey(everybody.url, key).rest('POST /chats', call);
  expect(made.status).toBe(201);
  expect(made.headers.get('access-control-allow-origin')).toBe('*');
  expectProblem(await caller(everybody.url, ada.headers).rest('POST /chats', call), 'CROSS_ORIGIN');
});

test.each([
  'friend.example',
  'https://friend.example/',
  'https://friend.example/path',
  'null',
  'https://a,',
  'ftp://a',
])('CORS_ORIGINS=%s is refused at the start', (value) => {
  expect(() => parseEnv({ CORS_ORIGINS: value })).toThrow(EnvError);
  expect(() => parseEnv({ CORS_ORIGINS: value })).toThrow(/CORS_ORIGINS: each must be an origin/);
});
