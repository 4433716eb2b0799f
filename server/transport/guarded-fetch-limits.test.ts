import type { ServerResponse } from 'node:http';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { listen } from '#test/listen';
import { LOOPBACK, rejection, startHttps } from './testkit.ts';

const https = await startHttps();
afterEach(https.closeConnections);
afterAll(https.close);

describe('the time limit', () => {
  const timeoutMs = 300;

  test('ends a slow lookup', async () => {
    const { guarded } = https.guard({ timeoutMs, lookup: () => new Promise(() => undefined) });
    await expect(guarded(https.url)).rejects.toMatchObject(rejection('timeout'));
  });

  test('ends a handshake that gets no response', async () => {
    const silent = createServer();
    const silentPort = await listen(silent);
    const { guarded } = https.guard({ timeoutMs, allowHosts: [`pinned.test:${silentPort}`] });
    silent.on('connection', (socket) => setTimeout(() => socket.destroy(), 2 * timeoutMs));
    await expect(guarded(`https://pinned.test:${silentPort}`)).rejects.toMatchObject(rejection('timeout'));
    silent.close();
  });

  test('ends headers that arrive slowly', async () => {
    https.handle = async (_request, _response, socket) => {
      socket.write('HTTP/1.1 200 OK\r\n');
      for (let line = 0; !socket.destroyed; line += 1) {
        socket.write(`x-${line}: a\r\n`);
        await sleep(20);
      }
    };
    const closed = https.nextClosed();
    await expect(https.guard({ timeoutMs }).guarded(https.url)).rejects.toMatchObject(rejection('timeout'));
    await closed;
  });

  test('ends a body that arrives slowly', async () => {
    https.handle = async (_request, response, socket) => {
      while (!socket.destroyed) {
        response.write('a');
        await sleep(20);
      }
    };
    const closed = https.nextClosed();
    const response = await https.guard({ timeoutMs }).guarded(https.url);
    await expect(response.text()).rejects.toMatchObject(rejection('timeout'));
    await closed;
  });

  test('ends a connection whose body nobody reads', async () => {
    https.handle = (_request, response) => response.write('a');
    const closed = https.nextClosed();
    await https.guard({ timeoutMs }).guarded(https.url);
    await closed;
  });
});

describe('the limit of a body', () => {
  const maxBodyBytes = 100_000;
  const { guarded } = https.guard({ maxBodyBytes });

  test('lets a body of that size pass', async () => {
    https.handle = (_request, response) => response.end(Buffer.alloc(maxBodyBytes));
    expect((await (await guarded(https.url)).bytes()).length).toBe(maxBodyBytes);
  });

  test('ends an endless body when it exceeds the limit', async () => {
    https.handle = async (_request, response) => {
      while (response.write(Buffer.alloc(10_000)) || !response.destroyed) await sleep(1);
    };
    const closed = https.nextClosed();
    const response = await guarded(https.url);
    let bytes = 0;
    const read = async () => {
      for await (const chunk of response.body ?? []) bytes += chunk.length;
    };
    await expect(read()).rejects.toMatchObject(rejection('body-too-large'));
    expect(bytes).toBeLessThanOrEqual(maxBodyBytes);
    await closed;
  });

  test('rejects a body that says it is larger', async () => {
    https.handle = (_request, response) =>
      response.writeHead(200, { 'content-length': maxBodyBytes + 1 }).write('a');
    const closed = https.nextClosed();
    await expect(guarded(https.url)).rejects.toMatchObject(rejection('body-too-large'));
    await closed;
  });

  test.each(['gzip', 'br', 'x-unknown', 'identity, gzip'])(
    'rejects a body encoded as %s',
    async (encoding) => {
      const bomb = gzipSync(Buffer.alloc(50 * maxBodyBytes));
      https.handle = (_request, response) =>
        response.writeHead(200, { 'content-encoding': encoding }).end(bomb);
      const closed = https.nextClosed();
      await expect(guarded(https.url)).rejects.toMatchObject(rejection('encoding'));
      await closed;
    },
  );

  test('may be larger than what is read ahead, of which a slow reader gets all', async () => {
    https.handle = (_request, response) => response.end(Buffer.alloc(1_000_000));
    const response = await https.guard({ maxBodyBytes: 1_000_000 }).guarded(https.url);
    await sleep(50);
    expect((await response.bytes()).length).toBe(1_000_000);
  });

  test('does not let a server send more than is read ahead, unless someone reads', async () => {
    let written = 0;
    https.handle = (_request, response) => {
      const write = () => {
        do written += 100_000;
        while (response.write(Buffer.alloc(100_000)));
      };
      response.on('drain', write);
      write();
    };
    await https.guard({ maxBodyBytes: 1e9, timeoutMs: 1000 }).guarded(https.url);
    await sleep(500);
    // Sockets have buffers of some megabytes.
    expect(written).toBeLessThan(15_000_000);
  });

  test('is 64 kB by default', async () => {
    https.handle = (_request, response) => response.end(Buffer.alloc(64 * 1024 + 1));
    await expect(https.guard().guarded(https.url)).rejects.toMatchObject(rejection('body-too-large'));
  });
});

describe('headers', () => {
  test('of more than 16 kB are an error', async () => {
    https.handle = (_request, response) => response.writeHead(200, { 'x-a': 'a'.repeat(20_000) }).end();
    await expect(https.guard().guarded(https.url)).rejects.toMatchObject(rejection('headers-too-large'));
  });

  test('without an end are an error', async () => {
    https.handle = async (_request, _response, socket) => {
      socket.write('HTTP/1.1 200 OK\r\n');
      while (!socket.destroyed) {
        socket.write('x-a: a\r\n'.repeat(100));
        await sleep(1);
      }
    };
    await expect(https.guard().guarded(https.url)).rejects.toMatchObject(rejection('headers-too-large'));
  });

  test('have the limit of the option', async () => {
    https.handle = (_request, response) => response.writeHead(200, { 'x-a': 'a'.repeat(20_000) }).end();
    expect((await https.guard({ maxHeaderBytes: 30_000 }).guarded(https.url)).status).toBe(200);
  });
});

describe('a response', () => {
  test.each([
    [
      'has a status that fetch does not allow',
      'HTTP/1.1 999 Odd\r\ncontent-length: 0\r\n\r\n',
      'invalid-response',
    ],
    ['is no HTTP', 'SSH-2.0-OpenSSH_9.9\r\n', 'invalid-response'],
    ['announces itself without end', 'HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(1000), 'invalid-response'],
    [
      'switches to another protocol',
      'HTTP/1.1 101 A\r\nconnection: upgrade\r\nupgrade: a\r\n\r\n',
      'connection',
    ],
    ['is cut off in its headers', 'HTTP/1.1 200 OK\r\n', 'connection'],
  ])('that %s is an error', async (_case, text, reason) => {
    https.handle = (_request, _response, socket) => {
      socket.write(text);
      socket.end();
    };
    await expect(https.guard().guarded(https.url)).rejects.toMatchObject(rejection(reason));
  });

  test.each([
    ['a declared length', 'content-length: 10\r\n\r\nabc'],
    ['chunks', 'transfer-encoding: chunked\r\n\r\n3\r\nabc\r\n'],
  ])('with %s that is cut off has a body that fails', async (_case, text) => {
    https.handle = (_request, _response, socket) => {
      socket.end(`HTTP/1.1 200 OK\r\n${text}`);
    };
    const response = await https.guard().guarded(https.url);
    await expect(response.text()).rejects.toMatchObject(rejection('connection'));
  });

  test('may come after some informational ones', async () => {
    https.handle = (_request, response) => {
      response.writeEarlyHints({ link: '</a>; rel=preload' });
      response.writeProcessing();
      response.end('a');
    };
    expect(await (await https.guard().guarded(https.url)).text()).toBe('a');
  });
});

describe('a caller that aborts', () => {
  const reason = new Error('no longer needed');

  test('before the call gets its reason, and nothing is looked up', async () => {
    const { guarded, names } = https.guard();
    await expect(guarded(https.url, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const request = new Request(https.url, { signal: AbortSignal.abort(reason) });
    await expect(guarded(request)).rejects.toBe(reason);
    expect(names).toEqual([]);
  });

  test('during the lookup gets its reason', async () => {
    const controller = new AbortController();
    const { guarded } = https.guard({ lookup: () => new Promise(() => undefined) });
    const failed = expect(guarded(https.url, { signal: controller.signal })).rejects.toBe(reason);
    controller.abort(reason);
    await failed;
  });

  test('while it waits for the headers gets its reason, and the connection is closed', async () => {
    const controller = new AbortController();
    https.handle = () => controller.abort(reason);
    const closed = https.nextClosed();
    const request = new Request(https.url, { signal: controller.signal });
    await expect(https.guard().guarded(request)).rejects.toBe(reason);
    await closed;
  });

  test('during the body gets its reason, and the connection is closed', async () => {
    const controller = new AbortController();
    https.handle = (_request, response) => response.write('a');
    const closed = https.nextClosed();
    const response = await https.guard().guarded(https.url, { signal: controller.signal });
    const text = expect(response.text()).rejects.toBe(reason);
    controller.abort(reason);
    await text;
    await closed;
  });

  test('may cancel a body just when the rest of it is read', async () => {
    https.handle = (_request, response) => response.end(Buffer.alloc(200_000));
    const response = await https.guard({ maxBodyBytes: 200_000 }).guarded(https.url);
    await sleep(50);
    const reader = response.body?.getReader();
    await reader?.read();
    const rest = reader?.read();
    await reader?.cancel();
    expect(await rest).toMatchObject({ done: true });
    // Events of Node.js come afterwards, and an error in them would end the process.
    await sleep(50);
  });

  test('by cancelling the body closes the connection', async () => {
    https.handle = (_request, response) => response.write('a');
    const closed = https.nextClosed();
    const response = await https.guard().guarded(https.url);
    await response.body?.cancel();
    await closed;
  });
});

describe('the limit of requests at once', () => {
  test('rejects one more, until another one has ended', async () => {
    const { guarded } = https.guard({ maxConcurrent: 2 });
    const ends = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()];
    const waiting = [...ends];
    https.handle = async (_request, response) => {
      await waiting.shift()?.promise;
      response.end(Buffer.alloc(40_000));
    };
    const first = guarded(https.url);
    const second = guarded(https.url);
    await expect(guarded(https.url)).rejects.toMatchObject({
      ...rejection('too-many'),
      message: `Cannot fetch from pinned.test:${https.port}: too many requests are running; retry later.`,
    });
    for (const end of ends) end.resolve(undefined);
    // Their bodies are short, so nobody has to read them.
    await Promise.all([first, second]);
    await sleep(50);
    expect((await guarded(https.url)).status).toBe(200);
  });

  test('is 10 by default, and counts a lookup until it ends, also after the timeout', async () => {
    const lookup = Promise.withResolvers<(typeof LOOPBACK)[]>();
    const { guarded } = https.guard({ timeoutMs: 1000, lookup: () => lookup.promise });
    await Promise.allSettled(Array.from({ length: 10 }, () => guarded(https.url)));
    await expect(guarded(https.url)).rejects.toMatchObject(rejection('too-many'));
    lookup.resolve([LOOPBACK]);
    await sleep(10);
    https.handle = (_request, response) => response.end('a');
    expect((await guarded(https.url)).status).toBe(200);
  });

  test('is free again after requests of every outcome', async () => {
    const { guarded } = https.guard({ maxConcurrent: 1, timeoutMs: 1000, maxBodyBytes: 10 });
    const outcomes: ((response: ServerResponse) => unknown)[] = [
      (response) => response.end('a'),
      (response) => response.writeHead(302, { location: '/' }).end(),
      (response) => response.end('a'.repeat(11)),
      (response) => response.writeHead(304).end(),
      (response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end('a'),
      (response) => response.write('a'),
      (response) => response.destroy(),
      () => undefined,
    ];
    for (const outcome of outcomes) {
      https.handle = (_request, response) => outcome(response);
      await guarded(https.url)
        .then((response) => response.text())
        .catch(() => undefined);
      await sleep(20);
      await expect(guarded('https://127.0.0.1')).rejects.toThrow(/no public address/);
      await expect(guarded('https://pinned.test/#a')).rejects.toThrow(/fragment/);
    }
    https.handle = (_request, response) => response.end('a');
    expect(await (await guarded(https.url)).text()).toBe('a');
  });
});
