import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { HeaderList } from '../call/header-list.ts';
import { procedure, router, serveRest, type TestServer } from '../testing/testkit.ts';

const Search = z.strictObject({
  n: z.number().optional(),
  flag: z.boolean().default(true),
  tag: z.array(z.string()).optional(),
  since: z.date().optional(),
  big: z.bigint().optional(),
  level: z.enum({ Low: 1, High: 2 }).optional(),
});
const Filtered = z.strictObject({
  filter: z
    .strictObject({
      n: z.number().optional(),
      open: z.boolean().optional(),
      tags: z.array(z.string()).optional(),
      at: z.strictObject({ from: z.date() }).optional(),
    })
    .optional(),
  'sort[by]': z.number().optional(),
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
  filtered: procedure
    .meta({ openapi: { method: 'GET', path: '/filtered' } })
    .input(Filtered)
    .output(z.unknown())
    .query(({ input }) => input),
  chosen: procedure
    .meta({ openapi: { method: 'GET', path: '/chosen' } })
    .input(
      z.discriminatedUnion('v', [
        z.strictObject({ v: z.literal(1), n: z.string() }),
        z.strictObject({ v: z.literal(2), n: z.number() }),
      ]),
    )
    .output(z.unknown())
    .query(({ input }) => input),
  conditional: procedure
    .meta({
      openapi: { method: 'GET', path: '/conditional/{id}' },
      rest: { headers: { 'if-modified-since': 'since', 'x-tags': 'tags', 'x-depth': 'depth' } },
    })
    .input(
      z.strictObject({
        id: z.string(),
        since: z.date().optional(),
        tags: z.array(z.string()).optional(),
        depth: z.number().default(1),
      }),
    )
    .output(z.unknown())
    .query(({ input }) => input),
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
  test('is converted to the types of the schema', async () => {
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

  test('has a list for a repeated name, and the defaults of the schema', async () => {
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
  ])('is rejected with a pointer to the field: %s', async (query, pointer) => {
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
  ])('is rejected for an unknown name: %s', async (query) => {
    const response = await server.call(`/search?${query}`);
    expect(response.status).toBe(400);
    await expect(json(response)).resolves.toMatchObject({ code: 'INVALID_INPUT' });
  });

  test.each([
    [
      'filter[n]=1&filter[tags]=a&filter[at][from]=2026-02-03',
      { n: 1, tags: ['a'], at: { from: '2026-02-03T00:00:00.000Z' } },
    ],
    ['filter[tags]=a&filter[tags]=b', { tags: ['a', 'b'] }],
    ['filter[tags][]=a', { tags: ['a'] }],
    ['filter[tags][1]=b&filter[tags][0]=a', { tags: ['a', 'b'] }],
    ['filter%5Bn%5D=1', { n: 1 }],
    ['filter[open]=false', { open: false }],
  ])('has an object for names with brackets: %s', async (query, filter) => {
    await expect(json(await server.call(`/filtered?${query}`))).resolves.toEqual({ filter });
  });

  test('has a field whose name contains brackets, if the input has it', async () => {
    await expect(json(await server.call('/filtered?sort[by]=1'))).resolves.toEqual({ 'sort[by]': 1 });
  });

  test.each([
    ['filter[n]=x', '/filter/n'],
    ['filter[n]=', '/filter/n'],
    ['filter[at][from]=soon', '/filter/at/from'],
    ['filter=1', '/filter'],
    ['filter=1&filter[n]=1', '/filter'],
    ['filter[tags][0][x]=a', '/filter/tags/0'],
    ['filter[tags][]=a&filter[tags][][x]=b', '/filter/tags//x'],
    ['filter[__proto__]=1', '/filter/__proto__'],
    ['filter[at][__proto__][x]=1', '/filter/at/__proto__/x'],
    ['__proto__[x]=1', '/__proto__/x'],
    [`filter${'[a]'.repeat(100)}=1`, `/filter${'/a'.repeat(64)}`],
  ])('is rejected with a pointer to the place: %.40s', async (query, pointer) => {
    const response = await server.call(`/filtered?${query}`);
    expect(response.status).toBe(400);
    await expect(json(response)).resolves.toMatchObject({ code: 'INVALID_INPUT', issues: [{ pointer }] });
  });

  test('is matched to an option by its discriminator', async () => {
    await expect(json(await server.call('/chosen?v=1&n=5'))).resolves.toEqual({ v: 1, n: '5' });
    await expect(json(await server.call('/chosen?v=2&n=5'))).resolves.toEqual({ v: 2, n: 5 });
    const response = await server.call('/chosen?v=2&n=x');
    await expect(json(response)).resolves.toMatchObject({ issues: [{ pointer: '/n' }] });
  });

  test('may be empty if the whole input is optional', async () => {
    await expect(json(await server.call('/maybe'))).resolves.toBe('nothing');
    await expect(json(await server.call('/maybe?a=x'))).resolves.toBe('x');
  });
});

describe('headers', () => {
  const call = (headers: Record<string, string>, query = '') =>
    server.call(`/conditional/7${query}`, { headers });

  test('carry input if they are declared', async () => {
    const headers = {
      'If-Modified-Since': 'Sun, 06 Nov 1994 08:49:37 GMT',
      'X-Tags': 'a, b',
      'X-Depth': '3',
      'X-Other': '1',
    };
    await expect(json(await call(headers))).resolves.toEqual({
      id: '7',
      since: '1994-11-06T08:49:37.000Z',
      tags: ['a', 'b'],
      depth: 3,
    });
  });

  test('take precedence over the query, and may be omitted', async () => {
    await expect(json(await call({ 'x-depth': '3' }, '?depth=2'))).resolves.toEqual({ id: '7', depth: 3 });
    await expect(json(await call({}, '?depth=2'))).resolves.toEqual({ id: '7', depth: 2 });
    await expect(json(await call({ 'x-depth': '' }))).resolves.toEqual({ id: '7', depth: 1 });
  });

  test('are rejected like any other input', async () => {
    const response = await call({ 'x-depth': 'deep', 'if-modified-since': 'yesterday' });
    expect(response.status).toBe(400);
    await expect(json(response)).resolves.toMatchObject({
      issues: [{ pointer: '/since' }, { pointer: '/depth' }],
    });
  });
});

describe('body', () => {
  test('is merged with the path, and has only dates read from strings', async () => {
    const body = JSON.stringify({ title: 't', at: '2026-02-03T00:00:00Z' });
    await expect(json(await patch(body))).resolves.toEqual({
      id: 7,
      title: 't',
      at: '2026-02-03T00:00:00.000Z',
    });
  });

  test('may be empty if no field is required', async () => {
    await expect(json(await server.call('/things/7', { method: 'PATCH' }))).resolves.toEqual({ id: 7 });
    await expect(json(await server.call('/ping', { method: 'POST' }))).resolves.toBe('pong');
  });

  test('may have any JSON media type, with parameters', async () => {
    expect((await patch('{}', 'Application/JSON; charset=utf-8')).status).toBe(200);
    expect((await patch('{}', 'application/merge-patch+json')).status).toBe(200);
  });

  test('may repeat a value of the path, but not differ from it', async () => {
    expect((await patch('{"id":7}')).status).toBe(200);
    const response = await patch('{"id":8}');
    expect(response.status).toBe(400);
    await expect(json(response)).resolves.toMatchObject({
      issues: [{ pointer: '/id', message: 'differs from the path' }],
    });
  });

  test('is matched to an option with a parameter of the path', async () => {
    const either = async (kind: string) => json(await server.call('/either/1', { json: { kind } }));
    await expect(either('a')).resolves.toEqual({ kind: 'a', n: 1 });
    await expect(either('b')).resolves.toEqual({ kind: 'b', n: '1' });
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
  ])('is rejected: %.30s', async (body, code) => {
    const response = await patch(body);
    expect(response.status).toBe(400);
    await expect(json(response)).resolves.toMatchObject({ code });
  });

  test('is rejected if it is not valid UTF-8', async () => {
    const headers = { 'content-type': 'application/json' };
    const body = new Uint8Array([0x22, 0xff, 0x22]);
    const response = await server.call('/things/7', { method: 'PATCH', body, headers });
    await expect(json(response)).resolves.toMatchObject({ code: 'MALFORMED_JSON' });
  });

  test.each(['text/plain', 'application/xml', 'json', ''])(
    'returns 415 with the accepted types for the content type "%s"',
    async (type) => {
      const response = await patch('{}', type);
      expect(response.status).toBe(415);
      expect(response.headers.get('accept')).toBe(
        'application/json, application/x-www-form-urlencoded, multipart/form-data',
      );
      await expect(json(response)).resolves.toMatchObject({ code: 'UNSUPPORTED_MEDIA_TYPE' });
    },
  );

  test('returns 413 for more than a megabyte', async () => {
    const response = await patch(JSON.stringify({ title: 'x'.repeat(1024 * 1024) }));
    expect(response.status).toBe(413);
  });

  test('is rejected together with a query, and if the procedure has no input', async () => {
    expect((await server.call('/things/7?title=x', { method: 'PATCH' })).status).toBe(400);
    const response = await server.call('/ping', { json: { a: 1 } });
    await expect(json(response)).resolves.toMatchObject({
      code: 'INVALID_INPUT',
      issues: [{ pointer: '/a' }],
    });
  });
});

test('REST does not change the schemas: RPC callers still cannot send "12" for a number', async () => {
  await server.call('/search?n=12');
  const caller = app.createCaller({ responseHeaders: new HeaderList() });
  const input: unknown = { n: '12' };
  // @ts-expect-error -- sends what the types forbid
  await expect(caller.search(input)).rejects.toMatchObject({ code: 'BAD_REQUEST' });
});
