import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { procedure, router, serveRest, type TestServer } from './testkit.ts';

const Search = z.strictObject({
  n: z.number().optional(),
  flag: z.boolean().default(true),
  tag: z.array(z.string()).optional(),
  since: z.date().optional(),
  big: z.bigint().optional(),
  level: z.enum({ Low: 1, High: 2 }).optional(),
});
const Change = z.strictObject({ id: z.number(), title: z.string().optional(), at: z.date().optional() });

const app = router({
  search: procedure
    .meta({ openapi: { method: 'GET', path: '/search' } })
    .input(Search)
    .output(z.unknown())
    .query(({ input }) => input),
  change: procedure
    .meta({ openapi: { method: 'PATCH', path: '/things/{id}' } })
    .input(Change)
    .output(z.unknown())
    .mutation(({ input }) => input),
  ping: procedure
    .meta({ openapi: { method: 'POST', path: '/ping' } })
    .output(z.string())
    .mutation(() => 'pong'),
  either: procedure
    .meta({ openapi: { method: 'POST', path: '/either/{n}' } })
    .input(
      z.discriminatedUnion('kind', [
        z.strictObject({ kind: z.literal('a'), n: z.number() }),
        z.strictObject({ kind: z.literal('b'), n: z.string() }),
      ]),
    )
    .output(z.unknown())
    .mutation(({ input }) => input),
  maybe: procedure
    .meta({ openapi: { method: 'GET', path: '/maybe' } })
    .input(z.strictObject({ a: z.string() }).optional())
    .output(z.string())
    .query(({ input }) => input?.a ?? 'nothing'),
});

let server: TestServer;
beforeAll(async () => {
  server = await serveRest(app);
});
afterAll(() => server.close());

const json = async (response: Response): Promise<unknown> => response.json();
const patch = (body: string, contentType = 'application/json') =>
  server.call('/things/7', { method: 'PATCH', body, headers: { 'content-type': contentType } });

describe('query', () => {
  test('gets the types of the schema', async () => {
    const response = await server.call(
      '/search?n=12&flag=false&tag=a&since=2026-02-03&big=9007199254740993&level=2',
    );
    await expect(json(response)).resolves.toEqual({
      n: 12,
      flag: false,
      tag: ['a'],
      since: '2026-02-03T00:00:00.000Z',
      big: '9007199254740993',
      level: 2,
    });
  });

  test('a repeated name is a list, and defaults apply', async () => {
    await expect(json(await server.call('/search?tag=a&tag=b+c&tag=%26'))).resolves.toEqual({
      flag: true,
      tag: ['a', 'b c', '&'],
    });
  });

  test.each([
    ['n=', '/n'],
    ['n=1&n=2', '/n'],
    ['n=x', '/n'],
    ['flag=1', '/flag'],
    ['since=yesterday', '/since'],
    ['big=1.5', '/big'],
    ['level=High', '/level'],
  ])('refuses %s and points at the field', async (query, pointer) => {
    const response = await server.call(`/search?${query}`);
    expect(response.status).toBe(400);
    await expect(json(response)).resolves.toMatchObject({ code: 'INVALID_INPUT', issues: [{ pointer }] });
  });

  test.each([
    'unknown=1',
    '__proto__=1',
    'constructor=1',
    'toString=1',
    '__proto__[x]=1',
    '=',
    '%00=1',
    '%zz=%',
  ])('refuses the unknown name in %s', async (query) => {
    const response = await server.call(`/search?${query}`);
    expect(response.status).toBe(400);
    await expect(json(response)).resolves.toMatchObject({ code: 'INVALID_INPUT' });
  });

  test('an optional input may be left out as a whole', async () => {
    await expect(json(await server.call('/maybe'))).resolves.toBe('nothing');
    await expect(json(await server.call('/maybe?a=x'))).resolves.toBe('x');
  });
});

describe('body', () => {
  test('joins the path, and only dates are read from strings', async () => {
    const body = JSON.stringify({ title: 't', at: '2026-02-03T00:00:00Z' });
    await expect(json(await patch(body))).resolves.toEqual({
      id: 7,
      title: 't',
      at: '2026-02-03T00:00:00.000Z',
    });
  });

  test('may be empty where nothing is required', async () => {
    await expect(json(await server.call('/things/7', { method: 'PATCH' }))).resolves.toEqual({ id: 7 });
    await expect(json(await server.call('/ping', { method: 'POST' }))).resolves.toBe('pong');
  });

  test('takes any JSON media type, with parameters', async () => {
    expect((await patch('{}', 'Application/JSON; charset=utf-8')).status).toBe(200);
    expect((await patch('{}', 'application/merge-patch+json')).status).toBe(200);
  });

  test('may repeat the path’s value, but not differ from it', async () => {
    expect((await patch('{"id":7}')).status).toBe(200);
    const response = await patch('{"id":8}');
    expect(response.status).toBe(400);
    await expect(json(response)).resolves.toMatchObject({
      issues: [{ pointer: '/id', message: 'differs from the path' }],
    });
  });

  test('chooses between options with a parameter of the path', async () => {
    await expect(json(await server.call('/either/1', { json: { kind: 'a' } }))).resolves.toEqual({
      kind: 'a',
      n: 1,
    });
  });

  test.each([
    ['{"title":5}', 'INVALID_INPUT'],
    ['{"nope":1}', 'INVALID_INPUT'],
    ['{"__proto__":{"title":"x"}}', 'BAD_REQUEST'],
    ['{"constructor":1}', 'INVALID_INPUT'],
    ['{"id":{"toString":1,"valueOf":1,"toJSON":1}}', 'INVALID_INPUT'],
    ['[]', 'INVALID_INPUT'],
    ['null', 'INVALID_INPUT'],
    ['"x"', 'INVALID_INPUT'],
    ['{"title"', 'MALFORMED_JSON'],
    [`${'['.repeat(100_000)}${']'.repeat(100_000)}`, 'BAD_REQUEST'],
  ])('%.30s is refused', async (body, code) => {
    const response = await patch(body);
    expect(response.status).toBe(400);
    await expect(json(response)).resolves.toMatchObject({ code });
  });

  test('bytes that are no UTF-8 are refused', async () => {
    const headers = { 'content-type': 'application/json' };
    const body = new Uint8Array([0x22, 0xff, 0x22]);
    const response = await server.call('/things/7', { method: 'PATCH', body, headers });
    await expect(json(response)).resolves.toMatchObject({ code: 'MALFORMED_JSON' });
  });

  test.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', ''])(
    'the content type "%s" is 415, with what is accepted',
    async (type) => {
      const response = await patch('{}', type);
      expect(response.status).toBe(415);
      expect(response.headers.get('accept')).toBe('application/json');
      await expect(json(response)).resolves.toMatchObject({ code: 'UNSUPPORTED_MEDIA_TYPE' });
    },
  );

  test('more than a megabyte is 413', async () => {
    const response = await patch(JSON.stringify({ title: 'x'.repeat(1024 * 1024) }));
    expect(response.status).toBe(413);
  });

  test('a query beside a body, and any input where none is taken, are refused', async () => {
    expect((await server.call('/things/7?title=x', { method: 'PATCH' })).status).toBe(400);
    const response = await server.call('/ping', { json: { a: 1 } });
    await expect(json(response)).resolves.toMatchObject({
      code: 'INVALID_INPUT',
      issues: [{ pointer: '/a' }],
    });
  });
});

test('the schemas are as strict as before: RPC callers still cannot send "12" for a number', async () => {
  await server.call('/search?n=12');
  const caller = app.createCaller({
    request: {
      id: 'x',
      headers: new Headers(),
      ip: null,
      userAgent: null,
      signal: new AbortController().signal,
    },
    responseHeaders: new Headers(),
  });
  const input: unknown = { n: '12' };
  // @ts-expect-error -- the point is to send what the types forbid
  await expect(caller.search(input)).rejects.toMatchObject({ code: 'BAD_REQUEST' });
});
