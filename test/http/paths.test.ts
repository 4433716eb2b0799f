import { afterAll, describe, expect, test } from '@jest/globals';
import fc from '#test/fast-check';
import { signUp } from '#test/client';
import { bytes, exchange, provoke, request, RESPONSE, statusOf } from '#test/raw-http';
import { startServer } from '#test/server';

const LIMIT = 1000;
const server = await startServer({ RATE_LIMIT: String(LIMIT) });
afterAll(() => server.stop());
const port = Number(new URL(server.url).port);
const ada = await signUp(server.url);

/** Returns the remaining budget of this IP address, from the header of a call that uses one unit of it. */
async function left(): Promise<number> {
  const response = await fetch(`${server.url}/api/v1/protected`);
  return Number(/r=(\d+)/.exec(response.headers.get('ratelimit') ?? '')?.[1]);
}

/** Sends a request for a target. @returns the response, and how much of the budget of this IP address it used. */
async function send(target: string, ...headers: string[]) {
  const before = await left();
  const response = await exchange(
    port,
    request(`GET ${target} HTTP/1.1`, ...(headers.length ? headers : ['Host: localhost'])),
  );
  return { response, status: statusOf(response), cost: before - (await left()) - 1 };
}

/** Returns a response without the headers and ids that differ in each response. */
const comparable = (response: string) =>
  response.replace(/^(date|x-request-id|ratelimit): .*\r\n/gim, '').replace(/"requestId":"[^"]*"/, '');

describe('every spelling of a path', () => {
  const path = '/api/v1/protected';
  test.each([
    '/./api/v1/protected',
    '/x/../api/v1/protected',
    '/../api/v1/protected',
    '/%61pi/v1/protected',
    '/%61%70%69/%76%31/prot%65cted',
    '/%2e/api/v1/protected',
    '/x/%2E%2e/api/v1/protected',
    '/api/./v1/x/../protected',
    'http://localhost/api/v1/protected',
    'HTTP://LOCALHOST:80/x/../%61pi/v1/protected',
  ])('uses the same budget and has the same response: %s', async (target) => {
    const plain = await send(path);
    expect(plain).toMatchObject({ status: 401, cost: 1 });
    const other = await send(target);
    expect(other).toMatchObject({ status: 401, cost: 1 });
    expect(comparable(other.response)).toBe(comparable(plain.response));
  });

  test.each([
    ['//api/v1/protected', 404],
    ['/api//v1/protected', 404],
    ['/api%2fv1/protected', 404],
    ['/api%5cv1/protected', 404],
    ['/%2561pi/v1/protected', 404],
    ['/API/v1/protected', 404],
    ['/\\api/v1/protected', 400],
    ['/x\\..\\api/v1/protected', 400],
    ['/api/v1/protected%00', 400],
    ['/chat/%zz', 400],
    ['/chat/%ff', 400],
    [`/chat/${'x'.repeat(5000)}`, 414],
  ])('or is rejected: %s', async (target, status) => {
    const { response, ...rest } = await send(target);
    expect(rest.status).toBe(status);
    expect(response).not.toContain('"code":"UNAUTHORIZED"');
  });

  test('reaches the procedure for an authenticated caller', async () => {
    const { cookie = '' } = ada.headers;
    const head = request(
      'GET /x/../%61pi/v1/protected HTTP/1.1',
      `Host: ${new URL(server.url).host}`,
      `Cookie: ${cookie}`,
    );
    expect(statusOf(await exchange(port, head))).toBe(200);
  });
});

describe('other ways through Next.js into the API', () => {
  test.each([
    '/_next/image?url=/api/v1/protected&w=64&q=75',
    '/_next/image?url=%2Fapi%2Fv1%2Fprotected&w=64&q=75',
    '/_next/data/development/api/v1/protected.json',
    '/_next/static/../../api%2Fv1/protected',
    '/_next/hmr',
  ])('are closed and do not use the budget: %s', async (target) => {
    expect(await send(target)).toMatchObject({ status: 404, cost: 0 });
  });

  test.each([
    ['x-matched-path: /api/v1/protected'],
    ['x-invoke-path: /api/v1/protected'],
    ['x-middleware-rewrite: /api/v1/protected'],
    ['x-nextjs-data: 1'],
    ['x-now-route-matches: 1=api'],
    ['x-forwarded-host: evil.example'],
    ['x-forwarded-proto: https'],
    ['next-action: 0123456789'],
    ['rsc: 1'],
    ['upgrade: websocket'],
  ])('are not opened by the header %s', async (header) => {
    const { status, response } = await send('/sign-in', 'Host: localhost', header);
    expect([200, 307]).toContain(status);
    // Pages have texts for the codes of errors. Responses of the API have them as values.
    expect(response).not.toMatch(/:\s*"UNAUTHORIZED|evil\.example/);
  });

  test('reject POST with any headers', async () => {
    for (const headers of [{ 'next-action': 'x' }, { 'content-type': 'multipart/form-data; boundary=x' }]) {
      const response = await fetch(`${server.url}/sign-in`, {
        method: 'POST',
        headers,
        body: 'x'.repeat(100_000),
      });
      expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
    }
  });
});

describe('pages', () => {
  test('use the budget of their caller like calls; files of the build do not', async () => {
    expect((await send('/sign-in')).cost).toBe(1);
    const [, file = ''] = /"(\/_next\/static\/[^"]+\.js)/.exec((await send('/sign-in')).response) ?? [];
    expect(await send(file)).toMatchObject({ status: 200, cost: 0 });
  });

  test('are a 429 with Retry-After when the budget is spent, and files and health are not', async () => {
    const poor = await startServer({ RATE_LIMIT: '6' });
    try {
      let response = await fetch(`${poor.url}/`);
      for (let i = 0; i < 10 && response.status === 200; i++) response = await fetch(`${poor.url}/`);
      expect(response.status).toBe(429);
      expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(response.headers.get('content-type')).toContain('text/html');
      expect(await response.text()).toContain('Too many requests');
      expect((await fetch(`${poor.url}/api/health`)).status).toBe(200);
      expect(poor.log()).not.toMatch(/\n\s+at /);
    } finally {
      await poor.stop();
    }
  });
});

test('any bytes leave the server unchanged', async () => {
  await fc.assert(
    fc.asyncProperty(bytes, async (sent) => {
      expect(await provoke(port, sent)).toMatch(RESPONSE);
    }),
    { numRuns: 200 },
  );
  const started = performance.now();
  expect((await fetch(`${server.url}/api/health`)).status).toBe(200);
  expect(performance.now() - started).toBeLessThan(3000);
  expect(server.log()).not.toMatch(/\n\s+at /);
});
