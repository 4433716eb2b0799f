import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { isLoopbackHost } from '#layer/index';
import { cookieOf, postAuth, signUp } from './client.ts';
import { exchange } from './raw-http.ts';
import { type ServedInstance, serveInstance } from './served.ts';

const APP = 'https://app.example.com';

const bare = await serveInstance();
const named = await serveInstance({ settings: { APP_URL: APP } });
const plain = await serveInstance({ settings: { APP_URL: 'http://box.lan:3000' } });
const proxied = await serveInstance({ settings: { APP_URL: APP, TRUST_PROXY: 'true' } });
const shared = await serveInstance({ settings: { CORS_ORIGINS: 'https://friend.example' } });
afterAll(() => Promise.all([bare, named, plain, proxied, shared].map((instance) => instance.close())));

const Failure = z.object({ code: z.string(), detail: z.string() });

/** The outcome of a request: its status, and the code and detail of an error. */
type Outcome = { status: number } & Partial<z.output<typeof Failure>>;

/** Sends a request with any headers. fetch does not allow some of them, such as Host. */
function send(
  { url }: ServedInstance,
  [method, path]: readonly [string, string],
  headers: Record<string, string | string[]>,
): Promise<Outcome> {
  const sent = method === 'POST' ? JSON.stringify({ name: 'x', email: 'x', password: 'x' }) : '';
  return new Promise((resolve, reject) => {
    const type = { 'content-type': 'application/json', 'content-length': String(sent.length) };
    request(`${url}${path}`, { method, headers: { ...(sent && type), ...headers } }, (response) => {
      text(response).then((body) => {
        const failure = Failure.safeParse(body.startsWith('{') ? JSON.parse(body) : {});
        resolve({ status: response.statusCode ?? 0, ...failure.data });
      }, reject);
    })
      .on('error', reject)
      .end(sent);
  });
}

const GET = ['GET', '/api/openapi.json'] as const;
/** Rejected because of its input if the guards accept it. */
const SIGN_UP = ['POST', '/api/auth/sign-up/email'] as const;
const CHAT = ['POST', '/api/v1/chats'] as const;

describe('the host of a request', () => {
  test.each(['evil.example', 'evil.example:3000', '127.0.0.1.evil.example', 'localhost.evil.example', 'a'])(
    'is rejected if it could be the result of DNS rebinding: %s',
    async (host) => {
      for (const call of [GET, SIGN_UP, CHAT, ['GET', '/api/v1/users/me'] as const]) {
        expect(await send(bare, call, { host })).toMatchObject({ status: 403, code: 'UNKNOWN_HOST' });
        expect(await send(named, call, { host })).toMatchObject({ status: 403, code: 'UNKNOWN_HOST' });
      }
    },
  );

  test.each([
    ['localhost'],
    ['LOCALHOST:8080'],
    ['localhost.'],
    ['app.localhost:3000'],
    ['127.0.0.1'],
    ['127.8.9.1:80'],
    ['[::1]:3000'],
    ['192.168.1.20:3000'],
    ['203.0.113.7'],
    ['[2001:DB8::1]'],
  ])('is accepted if it is not resolved by DNS: %s', async (host) => {
    for (const instance of [bare, named, proxied]) {
      expect(await send(instance, GET, { host })).toEqual({ status: 200 });
    }
  });

  test('is accepted if it is that of APP_URL, with any port and in any case', async () => {
    for (const host of ['app.example.com', 'app.example.com:8080', 'App.Example.COM', 'app.example.com.']) {
      expect(await send(named, GET, { host })).toEqual({ status: 200 });
      expect(await send(bare, GET, { host })).toMatchObject({ code: 'UNKNOWN_HOST' });
    }
  });

  test('is checked for requests with a cookie', async () => {
    const { headers } = await signUp(bare.url);
    const call = ['GET', '/api/v1/users/me'] as const;
    expect(await send(bare, call, headers)).toMatchObject({ status: 200 });
    expect(await send(bare, call, { ...headers, host: 'evil.example' })).toMatchObject({
      code: 'UNKNOWN_HOST',
    });
  });

  test('is not checked for API keys, preflight requests and health checks', async () => {
    const host = 'evil.example';
    const authorization = 'Bearer sb_unknown';
    expect(await send(bare, GET, { host, authorization })).toEqual({ status: 200 });
    expect(await send(bare, CHAT, { host, authorization })).toMatchObject({ code: 'UNAUTHORIZED' });
    expect(await send(bare, ['GET', '/api/health'], { host })).toEqual({ status: 200 });
    expect(await send(bare, ['GET', '/api/ready'], { host })).toEqual({ status: 200 });
    const preflight = { host, origin: 'https://friend.example', 'access-control-request-method': 'POST' };
    expect(await send(shared, ['OPTIONS', '/api/v1/chats'], preflight)).toEqual({ status: 204 });
  });

  test('is checked for authentication endpoints even with an Authorization header, which they ignore', async () => {
    const authorization = 'Bearer x';
    expect(await send(bare, SIGN_UP, { host: 'evil.example', authorization })).toMatchObject({
      code: 'UNKNOWN_HOST',
    });
    expect(await send(bare, SIGN_UP, { origin: 'https://evil.example', authorization })).toMatchObject({
      code: 'CROSS_ORIGIN',
    });
  });

  test('may be missing, because browsers always send it', async () => {
    const { port } = new URL(bare.url);
    const response = await exchange(Number(port), 'GET /api/openapi.json HTTP/1.0\r\n\r\n');
    expect(response).toMatch(/^HTTP\/1.1 200 /);
  });

  test('is in the error, with the setting that makes it known', async () => {
    const detailFor = async (host: string, headers = {}) =>
      (await send(bare, SIGN_UP, { host, ...headers })).detail;
    expect(await detailFor('app.example.com')).toBe(
      'This server does not know the host app.example.com. If it is yours, set APP_URL=https://app.example.com and restart.',
    );
    // A port means that there is no proxy with TLS, and so does the origin of a page.
    expect(await detailFor('box.lan:3000')).toContain('set APP_URL=http://box.lan:3000 and');
    expect(await detailFor('box.lan:3000', { origin: 'https://box.lan:3000' })).toContain(
      'set APP_URL=https://box.lan:3000 and',
    );
    expect(await detailFor('box.lan', { origin: 'http://box.lan' })).toContain(
      'set APP_URL=http://box.lan and',
    );
    expect(await detailFor(`${'x'.repeat(9000)}.example`)).toBe('The host of the request is not valid.');
    expect(await detailFor('user@evil.example')).toBe('The host of the request is not valid.');
    expect(await detailFor('a/../<b>')).toBe('The host of the request is not valid.');
  });
});

describe('X-Forwarded-Host', () => {
  test('takes precedence over Host only behind a trusted proxy', async () => {
    const host = 'switchboard:3000';
    const forwarded = { host, 'x-forwarded-host': 'app.example.com' };
    expect(await send(proxied, GET, forwarded)).toEqual({ status: 200 });
    expect(await send(named, GET, forwarded)).toMatchObject({ code: 'UNKNOWN_HOST' });
    expect(await send(proxied, GET, { host })).toMatchObject({ code: 'UNKNOWN_HOST' });
    const evil = { host: 'app.example.com', 'x-forwarded-host': 'evil.example' };
    expect(await send(proxied, GET, evil)).toMatchObject({
      code: 'UNKNOWN_HOST',
      detail: expect.stringContaining('evil.example'),
    });
    expect(await send(named, GET, evil)).toEqual({ status: 200 });
  });

  test('is read from its last entry, which the nearest proxy has added', async () => {
    const both = ['app.example.com', 'evil.example'];
    for (const value of [both.join(', '), both]) {
      expect(await send(proxied, GET, { 'x-forwarded-host': value })).toMatchObject({
        code: 'UNKNOWN_HOST',
      });
    }
    expect(await send(proxied, GET, { 'x-forwarded-host': both.toReversed().join(',') })).toEqual({
      status: 200,
    });
    expect(await send(proxied, GET, { 'x-forwarded-host': '' })).toMatchObject({ code: 'UNKNOWN_HOST' });
  });
});

describe('the origin of a request that changes something', () => {
  const outcome = async (instance: ServedInstance, headers: Record<string, string>) =>
    (await send(instance, CHAT, headers)).code;

  test.each([
    ['another scheme than APP_URL', 'http://app.example.com', 'CROSS_ORIGIN'],
    ['another port than APP_URL', 'https://app.example.com:8443', 'CROSS_ORIGIN'],
    ['that of APP_URL', APP, 'UNAUTHORIZED'],
    ['that of APP_URL in capitals', 'HTTPS://APP.EXAMPLE.COM:443', 'UNAUTHORIZED'],
    ['another origin', 'https://evil.example', 'CROSS_ORIGIN'],
    ['an opaque origin', 'null', 'CROSS_ORIGIN'],
    ['an invalid origin', 'data:', 'CROSS_ORIGIN'],
  ])('is compared with APP_URL: %s', async (_name, origin, code) => {
    for (const instance of [named, proxied]) {
      expect(await outcome(instance, { host: 'app.example.com', origin })).toBe(code);
      expect(await outcome(instance, { host: '127.0.0.1:3000', origin })).toBe(code);
    }
  });

  test('must be that of the request for a loopback name or an IP address, with its scheme', async () => {
    for (const host of ['localhost:8080', '127.0.0.1', '192.168.1.20:3000', '[::1]:3000']) {
      for (const instance of [bare, named, plain]) {
        expect(await outcome(instance, { host, origin: `http://${host}` })).toBe('UNAUTHORIZED');
        expect(await outcome(instance, { host, origin: `https://${host}` })).toBe('CROSS_ORIGIN');
        expect(await outcome(instance, { host, origin: `http://${host}.evil.example` })).toBe('CROSS_ORIGIN');
      }
    }
    expect(await outcome(bare, { host: 'localhost:80', origin: 'http://localhost' })).toBe('UNAUTHORIZED');
    expect(await outcome(bare, { host: 'localhost:3000', origin: 'http://localhost:5173' })).toBe(
      'CROSS_ORIGIN',
    );
    expect(await outcome(plain, { host: 'box.lan:3000', origin: 'http://box.lan:3000' })).toBe(
      'UNAUTHORIZED',
    );
    expect(await outcome(plain, { host: 'box.lan:3000', origin: 'https://box.lan:3000' })).toBe(
      'CROSS_ORIGIN',
    );
  });

  test('must have the scheme that a trusted proxy reports', async () => {
    const host = 'localhost:3000';
    const call = (scheme: string, proto: Record<string, string>) =>
      outcome(proxied, { host, origin: `${scheme}://${host}`, ...proto });
    expect(await call('https', { 'x-forwarded-proto': 'https' })).toBe('UNAUTHORIZED');
    expect(await call('http', { 'x-forwarded-proto': 'https' })).toBe('CROSS_ORIGIN');
    expect(await call('https', { 'x-forwarded-proto': 'https, http' })).toBe('CROSS_ORIGIN');
    expect(await call('https', {})).toBe('UNAUTHORIZED');
    expect(await outcome(bare, { host, origin: `https://${host}`, 'x-forwarded-proto': 'https' })).toBe(
      'CROSS_ORIGIN',
    );
  });

  test('may be one of CORS_ORIGINS without a cookie, except for authentication endpoints', async () => {
    const origin = 'https://friend.example';
    expect(await outcome(shared, { origin })).toBe('UNAUTHORIZED');
    expect(await outcome(shared, { origin, host: 'proxy.example' })).toBe('UNAUTHORIZED');
    expect(await outcome(bare, { origin })).toBe('CROSS_ORIGIN');
    expect(await send(shared, SIGN_UP, { origin })).toMatchObject({ code: 'CROSS_ORIGIN' });
    const { email, password } = await signUp(shared.url);
    const cookie = cookieOf(await postAuth(shared.url, '/sign-in/email', { email, password }));
    expect(await outcome(shared, { origin, cookie })).toBe('CROSS_ORIGIN');
  });

  test('is in the error, with the setting that makes it known', async () => {
    const detailFor = async (origin: string) => (await send(bare, CHAT, { origin })).detail;
    const end = 'Pages of other origins need an API key (see CORS_ORIGINS).';
    expect(await detailFor(APP)).toBe(
      `Requests from ${APP} are not accepted. If it is this server, set APP_URL=${APP} and restart. ${end}`,
    );
    expect(await detailFor('null')).toBe(`Requests from null are not accepted. ${end}`);
  });
});

test.each([
  ['localhost', true],
  ['LocalHost:3000', true],
  ['app.localhost', true],
  ['127.0.0.1:3000', true],
  ['127.1.2.3', true],
  ['[::1]:3000', true],
  ['[0:0::1]', true],
  ['192.168.1.20', false],
  ['0.0.0.0', false],
  ['127.evil.example', false],
  ['localhost.evil.example', false],
  ['', false],
])('%j is a loopback host: %s', (host, expected) => {
  expect(isLoopbackHost(host)).toBe(expected);
});
