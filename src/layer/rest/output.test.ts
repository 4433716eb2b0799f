import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { CoreError } from '../errors/api-error.ts';
import { procedure, router, serveRest, type TestServer } from '../testing/testkit.ts';

const Rich = z.object({
  at: z.date(),
  big: z.bigint(),
  set: z.set(z.string()),
  map: z.map(z.string(), z.number()),
  none: z.undefined(),
  nothing: z.null(),
});
const Page = z.object({ items: z.array(z.string()), nextCursor: z.string().nullable() });

const app = router({
  rich: procedure
    .meta({ openapi: { method: 'GET', path: '/rich' } })
    .output(Rich)
    .query(() => ({
      at: new Date('2026-02-03'),
      big: 2n ** 64n,
      set: new Set(['a']),
      map: new Map([['b', 1]]),
      none: undefined,
      nothing: null,
      secret: 'not in the output schema',
    })),
  create: procedure
    .meta({ openapi: { method: 'POST', path: '/things' }, rest: { status: 201, location: '/things/{id}' } })
    .input(z.strictObject({ id: z.string() }))
    .output(z.object({ id: z.string() }))
    .mutation(({ input }) => input),
  start: procedure
    .meta({ openapi: { method: 'POST', path: '/runs' }, rest: { status: 202 } })
    .output(z.object({ runId: z.string() }))
    .mutation(() => ({ runId: '1' })),
  remove: procedure
    .meta({ openapi: { method: 'DELETE', path: '/things/{id}' } })
    .input(z.strictObject({ id: z.string() }))
    .output(z.void())
    .mutation(({ ctx }) => {
      ctx.responseHeaders.append('set-cookie', 'a=1');
      ctx.responseHeaders.append('set-cookie', 'b=2');
    }),
  list: procedure
    .meta({ openapi: { method: 'GET', path: '/things' } })
    .input(z.strictObject({ q: z.string().optional(), cursor: z.string().optional() }))
    .output(Page)
    .query(({ input }) => ({ items: [], nextCursor: input.cursor ? null : 'a/b>&c' })),
  fail: procedure
    .meta({ openapi: { method: 'GET', path: '/fail' } })
    .output(z.void())
    .query(() => {
      throw new Error('the password is hunter2');
    }),
  busy: procedure
    .meta({ openapi: { method: 'GET', path: '/busy' } })
    .output(z.void())
    .query(() => {
      throw new CoreError('TOO_MANY_REQUESTS', { detail: 'Slow down.', retryAfter: 3 });
    }),
  wrong: procedure
    .meta({ openapi: { method: 'GET', path: '/wrong' } })
    .output(z.object({ secret: z.uuid() }))
    .query(() => ({ secret: 'hunter2' })),
});

let server: TestServer;
beforeAll(async () => {
  server = await serveRest(app);
});
afterAll(() => server.close());

test('values that JSON lacks are written as strings, lists and objects', async () => {
  const response = await server.call('/rich', { headers: { 'x-request-id': 'mine' } });
  expect(response.headers.get('content-type')).toBe('application/json');
  expect(response.headers.get('cache-control')).toBe('private, no-cache');
  expect(response.headers.get('x-request-id')).toBe('mine');
  await expect(response.json()).resolves.toEqual({
    at: '2026-02-03T00:00:00.000Z',
    big: '18446744073709551616',
    set: ['a'],
    map: { b: 1 },
    nothing: null,
  });
});

test('201 has the path of the created resource in Location', async () => {
  const response = await server.call('/things', { json: { id: 'a/b c' } });
  expect(response.status).toBe(201);
  expect(response.headers.get('location')).toBe('/api/v1/things/a%2Fb%20c');
  await expect(response.json()).resolves.toEqual({ id: 'a/b c' });
});

test('202 has the output as its body', async () => {
  const response = await server.call('/runs', { method: 'POST' });
  expect(response.status).toBe(202);
  await expect(response.json()).resolves.toEqual({ runId: '1' });
});

test('204 has no body, but the cookies that the call has set', async () => {
  const response = await server.call('/things/1', { method: 'DELETE' });
  expect(response.status).toBe(204);
  expect(response.headers.get('content-type')).toBeNull();
  expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
  await expect(response.text()).resolves.toBe('');
});

test('a page links to the next one, with the other parameters unchanged', async () => {
  const first = await server.call('/things?q=x%20y');
  const link = first.headers.get('link');
  expect(link).toBe('</api/v1/things?q=x+y&cursor=a%2Fb%3E%26c>; rel="next"');
  const next = await fetch(new URL(/<(.*)>/.exec(link ?? '')?.[1] ?? '', server.origin));
  expect(next.status).toBe(200);
  expect(next.headers.get('link')).toBeNull();
});

describe('errors', () => {
  test.each(['/fail', '/wrong'])('with an unexpected cause return 500 without it: %s', async (path) => {
    const response = await server.call(path);
    expect(response.status).toBe(500);
    const text = await response.text();
    expect(JSON.parse(text)).toMatchObject({
      code: 'INTERNAL_SERVER_ERROR',
      type: 'about:blank',
      requestId: 'test',
    });
    expect(text).not.toContain('hunter2');
  });

  test('of the catalog keep their status, detail and headers', async () => {
    const response = await server.call('/busy');
    expect(response.status).toBe(429);
    expect(response.headers.get('retry-after')).toBe('3');
    await expect(response.json()).resolves.toMatchObject({ code: 'TOO_MANY_REQUESTS', detail: 'Slow down.' });
  });

  test('do not have their headers in the problem document', async () => {
    const response = await server.call('/rich', { method: 'POST' });
    expect(response.headers.get('allow')).toBe('GET, HEAD, OPTIONS');
    expect(Object.keys(z.record(z.string(), z.unknown()).parse(await response.json()))).not.toContain(
      'headers',
    );
  });
});

describe('Accept', () => {
  const status = async (accept: string, path = '/rich') =>
    (await server.call(path, { headers: { accept } })).status;

  test.each(['*/*', 'application/json', 'application/problem+json', 'text/html, */*;q=0.1'])(
    'with %s returns 200',
    async (accept) => {
      await expect(status(accept)).resolves.toBe(200);
    },
  );

  test.each(['text/html', 'application/json;q=0', 'text/event-stream'])(
    'with %s returns 406',
    async (accept) => {
      await expect(status(accept)).resolves.toBe(406);
    },
  );

  test('is ignored if the response has no body', async () => {
    const response = await server.call('/things/1', { method: 'DELETE', headers: { accept: 'text/html' } });
    expect(response.status).toBe(204);
  });
});
