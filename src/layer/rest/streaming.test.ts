import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { tracked } from '@trpc/server';
import { z } from 'zod';
import { CoreError } from '../errors/api-error.ts';
import { procedure, router, serveRest, type TestServer } from '../testing/testkit.ts';

/** Counts of the sources below. */
const seen = { produced: 0, cleanedUp: 0 };

const Resume = z.strictObject({ id: z.string(), lastEventId: z.string().optional() });

const app = router({
  ticks: procedure
    .meta({ openapi: { enabled: false, method: 'GET', path: '/ticks/{id}' }, rest: { sse: true } })
    .input(Resume)
    .subscription(async function* ({ input }) {
      if (input.id === 'unknown') throw new CoreError('NOT_FOUND', { detail: 'No such clock.' });
      if (input.id === 'stopping') throw new DOMException('Not here.', 'AbortError');
      const start = Number(input.lastEventId ?? 0) + 1;
      for (let i = start; i <= 3; i++) yield tracked(String(i), { at: new Date(i), text: 'a\nb' });
      if (input.id === 'moved') throw new DOMException('Elsewhere.', 'AbortError');
      if (input.id === 'broken') throw new Error('the password is hunter2');
      yield 'bye';
    }),
  endless: procedure
    .meta({ openapi: { enabled: false, method: 'GET', path: '/endless' }, rest: { sse: true } })
    .subscription(async function* () {
      try {
        for (;;) yield ++seen.produced;
      } finally {
        seen.cleanedUp++;
      }
    }),
  silent: procedure
    .meta({ openapi: { enabled: false, method: 'GET', path: '/silent' }, rest: { sse: true } })
    .subscription(async function* ({ signal }) {
      try {
        await new Promise((resolve) => signal?.addEventListener('abort', resolve, { once: true }));
        yield 'never sent';
      } finally {
        seen.cleanedUp++;
      }
    }),
  export: procedure
    .meta({ openapi: { method: 'GET', path: '/export' }, rest: { stream: 'application/json' } })
    .input(z.strictObject({ fail: z.enum(['first', 'later']).optional() }))
    .output(z.custom<AsyncIterable<string>>())
    .query(async function* ({ input }) {
      if (input.fail === 'first') throw new CoreError('FORBIDDEN');
      yield '{"items":[1';
      await sleep(5);
      if (input.fail === 'later') throw new Error('the disk is gone');
      yield ',2]}';
    }),
});

let server: TestServer;
beforeAll(async () => {
  server = await serveRest(app);
});
afterAll(() => server.close());

/** Waits for something that happens after a connection has ended. */
async function until(condition: () => boolean): Promise<void> {
  for (let i = 0; i < 200 && !condition(); i++) await sleep(10);
  expect(condition()).toBe(true);
}

describe('newline-delimited JSON', () => {
  const accept = 'application/x-ndjson';

  test('has the same events, for clients that prefer it', async () => {
    for (const preferred of [accept, `text/event-stream;q=0.9, ${accept}`]) {
      const response = await server.call('/ticks/1', {
        headers: { 'last-event-id': '1', accept: preferred },
      });
      expect(response.status).toBe(200);
      expect(Object.fromEntries(response.headers)).toMatchObject({
        'content-type': 'application/x-ndjson',
        'cache-control': 'no-cache, no-transform',
        'x-accel-buffering': 'no',
        'x-request-id': 'test',
        vary: 'Accept',
      });
      const text = await response.text();
      expect(text.endsWith('\n')).toBe(true);
      expect(
        text
          .trimEnd()
          .split('\n')
          .map((line): unknown => JSON.parse(line)),
      ).toEqual([
        { event: 'open' },
        { id: '2', data: { at: '1970-01-01T00:00:00.002Z', text: 'a\nb' } },
        { id: '3', data: { at: '1970-01-01T00:00:00.003Z', text: 'a\nb' } },
        { data: 'bye' },
        { event: 'done', data: {} },
      ]);
    }
  });

  test('is not sent to clients that accept server-sent events equally', async () => {
    for (const equal of ['*/*', `${accept}, text/event-stream`, `${accept};q=0.5, text/*`]) {
      const response = await server.call('/ticks/1', { headers: { accept: equal } });
      expect(response.headers.get('content-type')).toBe('text/event-stream');
      await response.body?.cancel();
    }
  });

  test('reports an error as events do', async () => {
    expect((await server.call('/ticks/unknown', { headers: { accept } })).status).toBe(404);
    const text = await (await server.call('/ticks/broken', { headers: { accept } })).text();
    const last: unknown = JSON.parse(text.trimEnd().split('\n').at(-1) ?? '');
    expect(last).toMatchObject({ event: 'error', data: { status: 500, code: 'INTERNAL_SERVER_ERROR' } });
    expect(text).not.toContain('hunter2');
  });

  test('ends the source when the client disconnects', async () => {
    const before = seen.cleanedUp;
    const response = await server.call('/endless', { headers: { accept } });
    await response.body?.cancel();
    await until(() => seen.cleanedUp === before + 1);
  });
});

describe('event streams', () => {
  test('send each value as an event and end with done', async () => {
    const response = await server.call('/ticks/1', {
      headers: { 'last-event-id': '1', accept: 'text/event-stream' },
    });
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'text/event-stream',
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
      'x-request-id': 'test',
    });
    await expect(response.text()).resolves.toBe(
      ': open\n\n' +
        'id: 2\ndata: {"at":"1970-01-01T00:00:00.002Z","text":"a\\nb"}\n\n' +
        'id: 3\ndata: {"at":"1970-01-01T00:00:00.003Z","text":"a\\nb"}\n\n' +
        'data: "bye"\n\n' +
        'event: done\ndata: {}\n\n',
    );
  });

  test('resume by the header or, without it, by the query', async () => {
    const query = await (await server.call('/ticks/1?lastEventId=2')).text();
    expect(query).not.toContain('id: 2');
    const both = await (
      await server.call('/ticks/1?lastEventId=0', { headers: { 'last-event-id': '2' } })
    ).text();
    expect(both).not.toContain('id: 2');
  });

  test('send the status of an error before the first event', async () => {
    const unknown = await server.call('/ticks/unknown');
    expect(unknown.status).toBe(404);
    await expect(unknown.json()).resolves.toMatchObject({ code: 'NOT_FOUND', detail: 'No such clock.' });
    expect((await server.call('/ticks/1?nope=1')).status).toBe(400);
    expect((await server.call('/ticks/1', { headers: { accept: 'application/json' } })).status).toBe(406);
  });

  test('send a later error as an event without its cause, and report it', async () => {
    const text = await (await server.call('/ticks/broken')).text();
    const [, problem = ''] = /event: error\ndata: (.*)\n\n$/.exec(text) ?? [];
    expect(JSON.parse(problem)).toMatchObject({
      type: 'about:blank',
      status: 500,
      code: 'INTERNAL_SERVER_ERROR',
    });
    expect(text).not.toContain('hunter2');
    expect(server.streamErrors.map((error) => error.kind)).toContain('INTERNAL_SERVER_ERROR');
  });

  test('end without a last event after an AbortError, so that clients resume, and report nothing', async () => {
    const reported = server.streamErrors.length;
    for (const accept of ['text/event-stream', 'application/x-ndjson']) {
      const last = async (id: string) => {
        const response = await server.call(`/ticks/${id}`, { headers: { accept } });
        return (await response.text()).trimEnd().split('\n').at(-1);
      };
      expect(await last('stopping')).toMatch(/open/);
      expect(await last('moved')).toMatch(/1970-01-01T00:00:00.003Z/);
    }
    expect(server.streamErrors).toHaveLength(reported);
  });

  test('end the source when the client disconnects, without reading far ahead', async () => {
    const before = seen.cleanedUp;
    const reading = new AbortController();
    const response = await server.call('/endless', { signal: reading.signal });
    await response.body?.getReader().read();
    await sleep(50);
    reading.abort();
    await until(() => seen.cleanedUp === before + 1);
    const produced = seen.produced;
    await sleep(30);
    expect(seen.produced).toBe(produced);
  });

  test('open before the first event of a silent source, and abort its signal on disconnection', async () => {
    const before = seen.cleanedUp;
    const reading = new AbortController();
    const response = await server.call('/silent', { signal: reading.signal });
    expect(response.status).toBe(200);
    reading.abort();
    await until(() => seen.cleanedUp === before + 1);
  });

  test('end the source of a HEAD request at once', async () => {
    const before = seen.cleanedUp;
    const response = await server.call('/endless', { method: 'HEAD' });
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    expect(seen.cleanedUp).toBe(before + 1);
  });

  test('abort the signal of a silent source after a HEAD request', async () => {
    const before = seen.cleanedUp;
    await server.call('/silent', { method: 'HEAD' });
    await until(() => seen.cleanedUp === before + 1);
  });
});

describe('streamed documents', () => {
  test('arrive as one document of their type', async () => {
    const response = await server.call('/export');
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(response.headers.get('cache-control')).toBe('private, no-store');
    await expect(response.json()).resolves.toEqual({ items: [1, 2] });
  });

  test('send the status of an error before the first chunk', async () => {
    expect((await server.call('/export?fail=first')).status).toBe(403);
  });

  test('break the connection at a later error, and report it', async () => {
    const response = await server.call('/export?fail=later');
    await expect(response.text()).rejects.toThrow();
    expect(server.streamErrors.map((error) => error.options.cause)).toContainEqual(
      new Error('the disk is gone'),
    );
  });
});
