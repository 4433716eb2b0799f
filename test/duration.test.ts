import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { createNodeListener } from '#layer/hosts/node';
import { type Api, hostRequest, iterable, toResponse } from '#layer/index';
import { type Platform, serveRouter } from '#routers/api';
import type { RequestInfo } from '#server/people/actor';
import { open, router } from '#server/procedures';
import { startInstance } from '#test/caller';
import { read } from '#test/client';
import { listen } from '#test/listen';

const LIMIT_SECONDS = 0.2;

/** Resolves with the request of a call. */
let seen: PromiseWithResolvers<RequestInfo>;
/** Resolves with the reason when the work of a call is aborted. */
let aborted: PromiseWithResolvers<unknown>;
let api: Api<Platform>;

const meta = (path: `/${string}`) => ({
  openapi: { method: 'GET' as const, path, tags: ['test'], summary: 'For a test' },
});

/** Procedures, some of which run until they are aborted. */
const slowRouter = router({
  quick: open
    .meta(meta('/quick'))
    .input(z.strictObject({}))
    .output(z.string())
    .query(() => 'done'),
  slow: open
    .meta(meta('/slow'))
    .input(z.strictObject({}))
    .output(z.string())
    .query(async ({ ctx, signal }) => {
      await Promise.all([once(ctx.request.signal, 'abort'), signal && once(signal, 'abort')]);
      aborted.resolve(ctx.request.signal.reason);
      return 'too late';
    }),
  brief: open
    .meta({ ...meta('/brief'), rest: { sse: true } })
    .input(z.strictObject({}))
    .output(z.custom<AsyncIterable<number, void, void>>())
    .subscription(async function* ({ ctx }) {
      seen.resolve(ctx.request);
      await Promise.resolve();
      yield 1;
    }),
  pieces: open
    .meta({ ...meta('/pieces'), rest: { stream: 'application/json' } })
    .input(z.strictObject({ endless: z.stringbool().optional() }))
    .output(iterable(z.string()))
    .query(async function* ({ ctx, input }) {
      seen.resolve(ctx.request);
      do {
        await Promise.resolve();
        yield '1'.repeat(input.endless ? 100_000 : 1);
      } while (input.endless && !ctx.request.signal.aborted);
    }),
  large: open
    .meta(meta('/large'))
    .input(z.strictObject({}))
    .output(z.string())
    .query(() => 'x'.repeat(30_000_000)),
  endless: open
    .meta({ ...meta('/endless'), rest: { sse: true } })
    .input(z.strictObject({}))
    .output(z.custom<AsyncIterable<number, void, void>>())
    .subscription(async function* ({ ctx }) {
      yield 1;
      await once(ctx.request.signal, 'abort');
      aborted.resolve(ctx.request.signal.reason);
    }),
});

const deps = await startInstance();

beforeEach(() => {
  aborted = Promise.withResolvers();
  seen = Promise.withResolvers();
  api = serveRouter(deps, slowRouter, { title: 'Test', version: '0' });
});

const call = async (path: string) => {
  const request = new Request(`http://localhost:3000${path}`);
  const platform = { isLocal: () => false };
  return toResponse(await api.respond(hostRequest(request, { platform, maxDuration: LIMIT_SECONDS })));
};

/** Returns the next connection that a server accepts. */
const seenSocket = (server: Server) =>
  new Promise<[Socket]>((resolve) => server.once('connection', (socket) => resolve([socket])));

describe('a call that outlives maxDuration', () => {
  test('returns 504 over REST and aborts its work', async () => {
    const { status, body } = await read(await call('/api/v1/slow'));
    expect({ status, body }).toMatchObject({ status: 504, body: { code: 'TIMEOUT', retryable: true } });
    expect(await aborted.promise).toMatchObject({ kind: 'TIMEOUT' });
  });

  test('returns 504 over RPC and aborts its work', async () => {
    const { status, body } = await read(await call('/api/trpc/slow?input=%7B%22json%22%3A%7B%7D%7D'));
    expect({ status, body }).toMatchObject({
      status: 504,
      body: { error: { json: { data: { code: 'TIMEOUT' } } } },
    });
    expect(await aborted.promise).toMatchObject({ kind: 'TIMEOUT' });
  });

  test.each(['/api/v1/endless', '/api/trpc/endless?input=%7B%22json%22%3A%7B%7D%7D'])(
    'ends its stream: %s',
    async (path) => {
      const response = await call(path);
      expect(response.status).toBe(200);
      expect(await response.text()).toContain('data: ');
      expect(await aborted.promise).toMatchObject({ kind: 'TIMEOUT' });
    },
  );
});

describe('a call that ends before maxDuration', () => {
  test('returns its result', async () => {
    expect(await read(await call('/api/v1/quick'))).toMatchObject({ status: 200, body: 'done' });
  });

  test.each(['/api/v1/brief', '/api/trpc/brief?input=%7B%22json%22%3A%7B%7D%7D', '/api/v1/pieces'])(
    'is not aborted later: %s',
    async (path) => {
      expect(await (await call(path)).text()).toContain('1');
      const { signal } = await seen.promise;
      await pause(1000 * LIMIT_SECONDS + 100);
      expect(signal.aborted).toBe(false);
    },
  );
});

describe('a response that its client does not read', () => {
  test.each(['/api/v1/large', '/api/v1/pieces?endless=true'])(
    'is disconnected after maxDuration: %s',
    async (path) => {
      const listener = createNodeListener(api, { maxDuration: LIMIT_SECONDS });
      const server = createServer((req, res) => void listener(req, res));
      const port = await listen(server);
      try {
        const connected = seenSocket(server);
        const socket = connect(port, '127.0.0.1');
        socket.pause();
        socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost:3000\r\n\r\n`);
        const [accepted] = await connected;
        await new Promise((resolve) => accepted.once('close', resolve));
        socket.destroy();
      } finally {
        server.close();
      }
    },
    20_000,
  );
});
