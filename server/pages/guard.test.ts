import { createServer, type Server } from 'node:http';
import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import { AppError } from '#server/errors';
import { startInstance } from '#test/caller';
import { listen } from '#test/listen';
import { exchange, request, statusOf } from '#test/raw-http';
import { currentPage, noteFailure } from './current.ts';
import { guardPages } from './guard.ts';
import { replaceFailedPage } from './replace.ts';

type Listener = Parameters<typeof guardPages>[0];

const deps = await startInstance({ settings: { RATE_LIMIT: '3' } });
afterAll(() => deps.close());
const file = '/_next/static/chunks/a[b].js';

/** Plays the part of Next.js. */
let render: Listener;
let reached: string[];
const servers: Server[] = [];
afterAll(() => {
  for (const server of servers) server.close();
});
beforeEach(() => {
  reached = [];
  render = (req, res) => {
    reached.push(req.url ?? '');
    res.setHeader('content-type', 'text/html').end(JSON.stringify(req.headers));
    return Promise.resolve();
  };
});

/** Serves pages to callers that `authenticate` authenticates. */
async function start(authenticate = deps.authenticator.authenticate): Promise<string> {
  const known = { ...deps, authenticator: { ...deps.authenticator, authenticate } };
  const guarded = guardPages(
    (req, res) => {
      const page = currentPage();
      replaceFailedPage(res, () => page?.failure);
      return render(req, res);
    },
    { deps: known, files: new Set([file]) },
  );
  const server = createServer((req, res) => void guarded(req, res));
  const port = await listen(server);
  servers.push(server);
  return `http://127.0.0.1:${port}`;
}

/** Authenticates every caller as this user, so that each test has its own budget. */
const as = (userId: string) => () =>
  Promise.resolve({
    userId,
    role: 'user' as const,
    isGuest: false,
    via: { kind: 'session' as const, sessionId: userId },
    request: { id: userId, ip: null, userAgent: null },
  });

describe('a request for a page', () => {
  test('counts as a call of its caller, and gets a 429 page without Next.js over the limit', async () => {
    const origin = await start(as('counted'));
    for (let i = 0; i < 3; i++) expect((await fetch(`${origin}/chat`)).status).toBe(200);
    const response = await fetch(`${origin}/chat`);
    expect(response.status).toBe(429);
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(response.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    expect(await response.text()).toContain('<h1>Too many requests</h1>');
    expect(reached).toHaveLength(3);
  });

  test('for a shared chat counts by IP address, and does not look at credentials', async () => {
    const origin = await start(({ headers }) => {
      const seen = headers.get('cookie') ?? headers.get('authorization');
      return seen === null ? Promise.resolve(null) : Promise.reject(new Error(`saw ${seen}`));
    });
    const headers = { cookie: 'session=1', authorization: 'Bearer x' };
    expect((await fetch(`${origin}/chat`, { headers })).status).toBe(500);
    for (let i = 0; i < 3; i++) expect((await fetch(`${origin}/share/x?a`, { headers })).status).toBe(200);
    expect((await fetch(`${origin}/share/x`)).status).toBe(429);
  });

  test('gets a 503 page if the database does not respond', async () => {
    const unavailable = new AppError('SERVICE_UNAVAILABLE', {
      detail: 'The database is not responding.',
      retryAfter: 2,
    });
    const response = await fetch(await start(() => Promise.reject(unavailable)));
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '2']);
    expect(await response.text()).toContain('The database is not responding.');
    expect(reached).toEqual([]);
  });

  test.each([
    ['TOO_MANY_REQUESTS', 429],
    ['SERVICE_UNAVAILABLE', 503],
    ['TIMEOUT', 504],
  ] as const)('gets the status of a call that failed with %s during rendering', async (code, status) => {
    const origin = await start(as(code));
    render = async (_, res) => {
      await Promise.resolve();
      noteFailure(new AppError(code, { retryAfter: 7 }));
      res.statusCode = 500;
      res.setHeader('content-type', 'text/x-component').setHeader('content-length', '3');
      res.flushHeaders();
      res.write('abc', () => undefined);
      res.end();
    };
    const response = await fetch(origin);
    expect([response.status, response.headers.get('retry-after')]).toEqual([status, '7']);
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(await response.text()).toMatch(/^<!DOCTYPE html>[^]*<\/html>\n$/);
    expect((await fetch(origin, { method: 'HEAD' })).status).toBe(status);
  });

  test.each([
    ['that was rendered despite the failure', 'TOO_MANY_REQUESTS', 200],
    ['that failed for another reason', 'NOT_FOUND', 500],
  ] as const)('keeps the response of a page %s', async (name, code, status) => {
    render = (_, res) => {
      noteFailure(new AppError(code));
      res.statusCode = status;
      res.end('unchanged');
      return Promise.resolve();
    };
    const response = await fetch(await start(as(name)));
    expect([response.status, await response.text()]).toEqual([status, 'unchanged']);
  });

  test('for an unknown host gets a page that names the setting, without Next.js, and is not counted', async () => {
    const { port } = new URL(await start(as('misplaced')));
    const ask = (host: string) => exchange(Number(port), request('GET /sign-up HTTP/1.1', `Host: ${host}`));
    for (let i = 0; i < 5; i++) {
      const response = await ask('app.example.com');
      expect(response).toMatch(/^HTTP\/1.1 403 [^]*content-type: text\/html/i);
      expect(response).toContain(
        'This server does not know the host app.example.com. If it is yours, set APP_URL=https://app.example.com and restart.',
      );
    }
    expect(reached).toEqual([]);
    expect(statusOf(await ask('localhost'))).toBe(200);
  });

  test('reaches Next.js without the headers that only hosts and proxies may set', async () => {
    const origin = await start(as('spoof'));
    const spoofed = {
      'x-middleware-subrequest': 'middleware',
      'x-invoke-path': '/api/v1/chats',
      'x-matched-path': '/api/v1/chats',
      'x-now-route-matches': '1=/api',
      'x-nextjs-data': '1',
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'https',
      forwarded: 'host=evil.example',
      'next-action': 'x',
    };
    const seen: unknown = await (await fetch(origin, { headers: { ...spoofed, rsc: '1' } })).json();
    expect(seen).toMatchObject({ rsc: '1' });
    for (const name of Object.keys(spoofed)) expect(seen).not.toHaveProperty(name);
  });
});

describe('other requests', () => {
  test('for static files of the build are not counted', async () => {
    const origin = await start(as('static'));
    for (let i = 0; i < 9; i++) expect((await fetch(`${origin}${encodeURI(file)}?v=1`)).status).toBe(200);
  });

  test.each([
    '/_next/image?url=/api/v1/chats&w=64&q=75',
    '/_next/image/x',
    '/_next/data/build/api/v1/chats.json',
    '/_next/static/no-such-file.js',
    '/_next/',
    '/api%2Fv1%2Fchats',
    '/x%5C..%5Capi',
  ])('get a 404 without Next.js, and are not counted: %s', async (path) => {
    const origin = await start(as('doors'));
    for (let i = 0; i < 4; i++) expect((await fetch(`${origin}${path}`)).status).toBe(404);
    expect(reached).toEqual([]);
  });

  test.each(['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])(
    'by %s get a 405 without Next.js',
    async (method) => {
      const origin = await start(as('methods'));
      const response = await fetch(`${origin}/chat`, { method, headers: { 'next-action': 'x' } });
      expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
      expect(reached).toEqual([]);
    },
  );
});
