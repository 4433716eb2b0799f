import { beforeEach, describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { z } from 'zod';
import { createHandler, type Handle } from '#server/handler';
import { toResponse } from '#server/reply';
import { open, router } from '#server/trpc';
import { startInstance } from '#test/caller';
import { read } from '#test/client';

const LIMIT_SECONDS = 0.2;

/** Resolves with the reason when the call it is about has its work aborted. */
let aborted: PromiseWithResolvers<unknown>;
let handle: Handle;

const meta = (path: `/${string}`) => ({
  openapi: { method: 'GET' as const, path, tags: ['test'], summary: 'For a test' },
});

/** Procedures that work until they are told to end. */
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
  handle = createHandler(deps, slowRouter, { title: 'Test', version: '0' });
});

const call = async (path: string) => {
  const request = new Request(`http://localhost:3000${path}`);
  return toResponse(await handle(request, { peer: null, maxDuration: LIMIT_SECONDS }));
};

describe('a call that outlives maxDuration', () => {
  test('is answered 504 over REST, and its work is aborted', async () => {
    const { status, body } = await read(await call('/api/v1/slow'));
    expect({ status, body }).toMatchObject({ status: 504, body: { code: 'TIMEOUT', retryable: true } });
    expect(await aborted.promise).toMatchObject({ kind: 'TIMEOUT' });
  });

  test('is answered 504 over RPC, and its work is aborted', async () => {
    const { status, body } = await read(await call('/api/trpc/slow?input=%7B%22json%22%3A%7B%7D%7D'));
    expect({ status, body }).toMatchObject({
      status: 504,
      body: { error: { json: { data: { code: 'TIMEOUT' } } } },
    });
    expect(await aborted.promise).toMatchObject({ kind: 'TIMEOUT' });
  });

  test.each(['/api/v1/endless', '/api/trpc/endless?input=%7B%22json%22%3A%7B%7D%7D'])(
    'and streams by then is ended: %s',
    async (path) => {
      const response = await call(path);
      expect(response.status).toBe(200);
      expect(await response.text()).toContain('data: ');
      expect(await aborted.promise).toMatchObject({ kind: 'TIMEOUT' });
    },
  );
});

test('a call that is done in time is not touched', async () => {
  expect(await read(await call('/api/v1/quick'))).toMatchObject({ status: 200, body: 'done' });
});
