import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import os from 'node:os';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { listen } from '#test/listen';
import { createGuardedFetch } from './guarded-fetch.ts';
import { LOOPBACK, rejection, startHttps } from './testkit.ts';

/** Public addresses, on which nothing listens. */
const PUBLIC = { address: '192.175.48.254', family: 4 };
const PUBLIC_6 = { address: '2620:4f:8000::fffe', family: 6 };

const https = await startHttps();
beforeEach(() => {
  https.connections = 0;
  https.requests = 0;
});
afterEach(() => {
  https.closeConnections();
  jest.restoreAllMocks();
});
afterAll(https.close);

describe('a response', () => {
  test('is returned with its status, headers and body', async () => {
    https.handle = (_request, response) =>
      response.writeHead(418, 'Teapot', { 'X-A': ['1', '2'] }).end('{"a":"ü"}');
    const { guarded } = https.guard();
    const fetchOfStandard: typeof fetch = guarded;
    const response = await fetchOfStandard(new URL(https.url));
    expect(response).toMatchObject({ status: 418, statusText: 'Teapot', redirected: false });
    expect(response.headers.get('x-a')).toBe('1, 2');
    expect(await response.json()).toEqual({ a: 'ü' });
  });

  test('is to a request with the name of the host in SNI and Host, after one lookup', async () => {
    https.handle = ({ headers }, response, socket) =>
      response.end(`${String(headers.host)} ${String(socket.servername)}`);
    const { guarded, names } = https.guard();
    expect(await (await guarded(https.url)).text()).toBe(`pinned.test:${https.port} pinned.test`);
    expect(names).toEqual(['pinned.test']);
  });

  test('is to a request with the method, headers, path and body of the caller', async () => {
    https.handle = (request, response) => {
      const { method, url, headers } = request;
      request
        .setEncoding('utf8')
        .once('data', (body) => response.end(JSON.stringify({ method, url, headers, body })));
    };
    const { guarded } = https.guard();
    const request = new Request(`${https.url}?q=1`, {
      method: 'POST',
      body: 'hello',
      headers: { authorization: 'Bearer a', cookie: 'a=b', host: 'other.test', 'accept-encoding': 'gzip' },
    });
    expect(await (await guarded(request, { method: 'PUT' })).json()).toEqual({
      method: 'PUT',
      url: '/document?q=1',
      body: 'hello',
      headers: {
        authorization: 'Bearer a',
        'accept-encoding': 'identity',
        connection: 'close',
        'content-length': '5',
        'content-type': 'text/plain;charset=UTF-8',
        host: `pinned.test:${https.port}`,
      },
    });
  });

  test.each([204, 205, 304])('has no body with status %d', async (status) => {
    https.handle = (_request, response) =>
      response.writeHead(status, { etag: '"a"', 'content-encoding': 'gzip' }).end();
    const response = await https.guard().guarded(https.url);
    expect(response).toMatchObject({ status, body: null });
    expect(response.headers.get('etag')).toBe('"a"');
  });

  test('has no body and the headers of a large one after HEAD', async () => {
    https.handle = (_request, response) => response.writeHead(200, { 'content-length': 1e9 }).end();
    const response = await https.guard().guarded(https.url, { method: 'HEAD' });
    expect(response.body).toBeNull();
    expect(response.headers.get('content-length')).toBe('1000000000');
  });

  test('has no cookies', async () => {
    https.handle = (_request, response) => response.writeHead(200, { 'set-cookie': ['a=b', 'c=d'] }).end();
    expect((await https.guard().guarded(https.url)).headers.getSetCookie()).toEqual([]);
  });
});

describe('an address', () => {
  const lookups = [
    [[PUBLIC, { address: '10.0.0.1', family: 4 }]],
    [[PUBLIC, PUBLIC_6, { address: '::1', family: 6 }]],
    [[{ address: '::ffff:127.0.0.1', family: 6 }]],
    [[{ address: 'fe80::1%lo', family: 6 }]],
    // The family is not trusted.
    [[{ address: '127.0.0.1', family: 6 }]],
  ];
  test.each(lookups)('is rejected if any one of the host is not public: %j', async (addresses) => {
    const { guarded } = https.guard({ lookup: async () => addresses });
    await expect(guarded(`https://localhost:${https.port}`)).rejects.toMatchObject(rejection('not-public'));
    expect(https.connections).toBe(0);
  });

  test('that is found by the DNS of this machine is rejected too', async () => {
    const guarded = createGuardedFetch();
    for (const name of ['localhost', 'LOCALHOST', 'localhost.']) {
      await expect(guarded(`https://${name}:${https.port}`)).rejects.toThrow(/no public address/);
    }
    expect(https.connections).toBe(0);
  });

  test('is that of the check, also if DNS has another one afterwards', async () => {
    const answers = [[PUBLIC], [LOOPBACK]];
    const lookup = jest.fn(async () => answers.shift() ?? [LOOPBACK]);
    const { guarded } = https.guard({ lookup, timeoutMs: 500 });
    // Outside the test's lookup, localhost is this machine. What the public address does depends on the network.
    await expect(guarded(`https://localhost:${https.port}`)).rejects.toMatchObject({
      name: 'GuardedFetchError',
    });
    expect(lookup).toHaveBeenCalledTimes(1);
    expect(https.connections).toBe(0);
  });

  test('of this machine is rejected even if it is public', async () => {
    const entry = { address: PUBLIC.address, netmask: '255.255.255.0', family: 'IPv4' as const };
    const entry6 = { address: PUBLIC_6.address, netmask: 'ffff::', family: 'IPv6' as const, scopeid: 0 };
    const rest = { mac: '', internal: false, cidr: null };
    jest.spyOn(os, 'networkInterfaces').mockReturnValue({
      eth0: [
        { ...entry, ...rest },
        { ...entry6, ...rest },
      ],
    });
    for (const own of [PUBLIC, PUBLIC_6]) {
      const { guarded } = https.guard({ lookup: async () => [own] });
      await expect(guarded('https://pinned.test')).rejects.toMatchObject(rejection('own-address'));
    }
    await expect(https.guard().guarded(`https://${PUBLIC.address}`)).rejects.toMatchObject(
      rejection('own-address'),
    );
  });

  test('that does not exist has the same message as one that is not public', async () => {
    const failing = https.guard({ lookup: () => Promise.reject(new Error('ENOTFOUND')) });
    const empty = https.guard({ lookup: async () => [] });
    const internal = https.guard({ lookup: async () => [{ address: '10.1.2.3', family: 4 }] });
    const messages = [failing, empty, internal].map(async ({ guarded }) =>
      guarded('https://db.internal').catch((error: unknown) => String(error)),
    );
    expect(new Set(await Promise.all(messages))).toEqual(
      new Set(['GuardedFetchError: Cannot fetch from db.internal: the host has no public address.']),
    );
  });

  test('that refuses connections is not in the message', async () => {
    const { guarded } = https.guard({ allowHosts: ['pinned.test:1'] });
    const failed = guarded('https://pinned.test:1');
    await expect(failed).rejects.toMatchObject({
      ...rejection('connection'),
      message: 'Cannot fetch from pinned.test:1: the connection failed.',
    });
  });
});

describe('a certificate', () => {
  test('of another name is rejected', async () => {
    const { guarded } = https.guard({ allowHosts: [`other.test:${https.port}`, `127.0.0.1:${https.port}`] });
    await expect(guarded(`https://other.test:${https.port}`)).rejects.toMatchObject(rejection('certificate'));
    await expect(guarded(`https://127.0.0.1:${https.port}`)).rejects.toMatchObject(rejection('certificate'));
    expect(https.requests).toBe(0);
  });

  test('that nobody has signed is rejected, also if the environment turns verification off', async () => {
    const host = `localhost:${https.port}`;
    const program = `
      import { createGuardedFetch } from ${JSON.stringify(import.meta.resolve('./guarded-fetch.ts'))};
      await createGuardedFetch({ allowHosts: ['${host}'] })('https://${host}').catch(({ reason }) => console.log(reason));`;
    const args = ['--no-warnings', '--input-type=module', '--eval', program];
    const env = { ...process.env, NODE_TLS_REJECT_UNAUTHORIZED: '0' };
    const { stdout } = await promisify(execFile)(process.execPath, args, { env });
    expect(stdout).toBe('certificate\n');
    expect(https.requests).toBe(0);
  });
});

describe('a URL', () => {
  test.each([
    ['http://pinned.test/', 'not-https'],
    ['ftp://pinned.test/', 'invalid-url'],
    ['file:///etc/passwd', 'invalid-url'],
    ['data:,a', 'invalid-url'],
    ['/path', 'invalid-url'],
    ['https://', 'invalid-url'],
    ['https://user@pinned.test/', 'invalid-url'],
    ['https://:secret@pinned.test/', 'invalid-url'],
    ['https://pinned.test/#a', 'invalid-url'],
    ['https://pinned.test/#', 'invalid-url'],
    [`https://${'a.'.repeat(200)}test/`, 'invalid-url'],
    ['https://[fe80::1%25lo]/', 'invalid-url'],
    ['https://①②⑦.0.0.1/', 'not-public'],
    ['https://127.1/', 'not-public'],
    ['https://[::ffff:7f00:1]/', 'not-public'],
    ['https://%31%32%37.0.0.1/', 'not-public'],
  ])('%s is rejected: %s', async (url, reason) => {
    const { guarded, names } = https.guard();
    const failed = guarded(url);
    await expect(failed).rejects.toMatchObject(rejection(reason));
    await expect(failed).rejects.not.toThrow(/secret/);
    expect(names).toEqual([]);
  });

  test('of http is fetched if its host and port are allowed', async () => {
    const plain = createServer((_request, response) => response.end('plain'));
    const plainPort = await listen(plain);
    const { guarded } = https.guard({ allowHosts: [`127.0.0.1:${plainPort}`] });
    expect(await (await guarded(`http://127.0.0.1:${plainPort}/`)).text()).toBe('plain');
    await expect(guarded(`http://127.0.0.1:${https.port}/`)).rejects.toMatchObject(rejection('not-https'));
    await expect(guarded(`https://127.0.0.1:${https.port}/`)).rejects.toMatchObject(rejection('not-public'));
    plain.close();
  });

  test.each(['localhost', 'localhost:', 'https://localhost:1', 'localhost:99999', 'a@b:1', ''])(
    'is not what allowHosts takes: %j',
    (entry) => {
      expect(() => createGuardedFetch({ allowHosts: [entry] })).toThrow(/is not a host and port/);
    },
  );
});

describe('a redirect', () => {
  const targets = ['http://169.254.169.254/latest/meta-data/', `https://localhost:${https.port}/`, '/other'];
  const cases = [301, 302, 303, 307, 308].flatMap((status) =>
    targets.map((target) => [status, target] as const),
  );
  test.each(cases)('with status %d to %s is an error', async (status, location) => {
    https.handle = (_request, response) => response.writeHead(status, { location }).end();
    for (const redirect of ['follow', 'manual', 'error'] as const) {
      const closed = https.nextClosed();
      await expect(https.guard().guarded(https.url, { redirect })).rejects.toMatchObject(
        rejection('redirect'),
      );
      await closed;
    }
    expect(https.requests).toBe(3);
  });
});
