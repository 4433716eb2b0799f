import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { initTRPC } from '@trpc/server';
import { z } from 'zod';
import { procedure, router, serveRest, type TestServer } from '../testing/testkit.ts';
import { createRestSurface } from './index.ts';

const Text = z.strictObject({ id: z.string() });
const echo = (method: 'GET' | 'DELETE', path: `/${string}`) =>
  procedure
    .meta({ openapi: { method, path } })
    .input(Text)
    .output(Text)
    .query(({ input }) => input);

const app = router({
  users: {
    get: echo('GET', '/users/{id}'),
    me: procedure
      .meta({ openapi: { method: 'GET', path: '/users/me' } })
      .output(z.string())
      .query(() => 'me'),
    delete: procedure
      .meta({ openapi: { method: 'DELETE', path: '/users/{id}' } })
      .input(Text)
      .output(z.void())
      .mutation(() => undefined),
    chats: procedure
      .meta({ openapi: { method: 'GET', path: '/users/{id}/chats/{chat-id}' } })
      .input(z.strictObject({ id: z.string(), 'chat-id': z.string() }))
      .output(z.array(z.string()))
      .query(({ input }) => [input.id, input['chat-id']]),
    hidden: procedure
      .meta({ openapi: { enabled: false, method: 'GET', path: '/hidden' } })
      .output(z.string())
      .query(() => ''),
    internal: procedure.query(() => ''),
  },
});

let server: TestServer;
beforeAll(async () => {
  server = await serveRest(app);
});
afterAll(() => server.close());

/** Returns the status of a path that is sent unchanged, without the URL class. */
function rawStatus(path: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(server.origin);
    const sent = request({ hostname, port, path }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    sent.on('error', reject).end();
  });
}

describe('paths', () => {
  test('match a static segment before a parameter, in any order of declaration', async () => {
    await expect((await server.call('/users/me')).json()).resolves.toBe('me');
    await expect((await server.call('/users/you')).json()).resolves.toEqual({ id: 'you' });
    await expect((await server.call('/users/me/chats/7')).json()).resolves.toEqual(['me', '7']);
  });

  test.each([
    ['a%2Fb', 'a/b'],
    ['%C3%A9%20%26', 'é &'],
    ['50%25', '50%'],
    ['a+b', 'a+b'],
    ['__proto__', '__proto__'],
    ['constructor', 'constructor'],
  ])('have their parameter %s decoded once', async (raw, id) => {
    await expect((await server.call(`/users/${raw}`)).json()).resolves.toEqual({ id });
  });

  test.each(['%', '%zz', '%ff', '%ED%A0%80'])(
    'with the invalid encoding %s are rejected, with a pointer to the parameter',
    async (raw) => {
      const response = await server.call(`/users/${raw}`);
      expect(response.status).toBe(400);
      await expect(response.json()).resolves.toMatchObject({
        code: 'BAD_REQUEST',
        issues: [{ pointer: '/id' }],
      });
    },
  );

  test.each([
    '',
    '/',
    '/users',
    '/users/',
    '/users/1/',
    '/users//chats/1',
    '/Users/me',
    '/hidden',
    '/users/1/chats',
  ])('that do not exist return 404: "%s"', async (path) => {
    const response = await server.call(path);
    expect(response.status).toBe(404);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    await expect(response.json()).resolves.toMatchObject({ code: 'NOT_FOUND', requestId: 'test' });
  });

  test('that are not valid URLs do not cause a 500', async () => {
    for (const path of [
      '/api/v1/users/%00',
      '/api/v1//',
      '/api/v1/users/[',
      '/api/v1/%2e%2e/x',
      '/api/v1/a?%',
    ]) {
      expect(await rawStatus(path)).toBeLessThan(500);
    }
  });
});

describe('methods', () => {
  test('that a path does not support return 405 with Allow', async () => {
    const response = await server.call('/users/1', { method: 'PUT' });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('GET, DELETE, HEAD, OPTIONS');
    await expect(response.json()).resolves.toMatchObject({ code: 'METHOD_NOT_ALLOWED' });
  });

  test('of a parameter do not apply to a static path', async () => {
    const response = await server.call('/users/me', { method: 'DELETE' });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('GET, HEAD, OPTIONS');
  });

  test('include OPTIONS, which lists them', async () => {
    const response = await server.call('/users/1', { method: 'OPTIONS' });
    expect(response.status).toBe(204);
    expect(response.headers.get('allow')).toBe('GET, DELETE, HEAD, OPTIONS');
  });

  test('include HEAD, which responds as GET does, without the body', async () => {
    const response = await server.call('/users/1', { method: 'HEAD' });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/json');
    await expect(response.text()).resolves.toBe('');
  });
});

describe('at start', () => {
  const start = (...paths: `/${string}`[]) =>
    createRestSurface(router(Object.fromEntries(paths.map((path, i) => [`p${i}`, echo('GET', path)]))));

  test('two procedures with the same path and method are rejected with their names', () => {
    expect(() => start('/a/{id}', '/a/{id}')).toThrow(/p0 .*p1 .*conflict/);
  });

  test('two parameter names in the same place are rejected', () => {
    const other = echo('DELETE', '/a/{id}');
    const named = procedure
      .meta({ openapi: { method: 'GET', path: '/a/{name}' } })
      .input(z.strictObject({ name: z.string() }))
      .query(() => '');
    expect(() => createRestSurface(router({ other, named }))).toThrow(/other .*named /);
  });

  test.each([
    ['/a/{name}', /p0: \{name\} of the path is not in the input/],
    ['/a/{id}/{id}', /p0: .*twice/],
    ['/a/x{id}', /p0: "x\{id\}"/],
    ['/a/', /p0: ""/],
    ['/a/..', /p0: "\.\."/],
    ['/a/:id', /p0: ":id"/],
  ] as const)('the path %s is rejected', (path, message) => {
    expect(() => start(path)).toThrow(message);
  });

  const untyped = initTRPC.meta<{ openapi: object }>().create();
  /** Creates a procedure with a meta that TypeScript would reject. */
  const withMeta = (openapi: object, input: z.ZodObject = z.object({ name: z.string() })) =>
    untyped.procedure
      .meta({ openapi })
      .input(input)
      .output(z.string())
      .mutation(() => '');

  test.each([
    [{ method: 'POST', path: 'a' }, /add: the path a must begin with a slash/],
    [{ method: 'post', path: '/a' }, /add: the method must be one of/],
    [{ path: '/a' }, /add: `openapi` needs a method and a path/],
    [{ method: 'POST' }, /add: `openapi` needs a method and a path/],
    [
      { method: 'POST', path: '/a', contentTypes: ['application/xml'] },
      /add: application\/xml of `contentTypes` cannot be read; use application\/json, /,
    ],
    [
      { method: 'POST', path: '/a', contentTypes: ['application/json', 'text/plain'] },
      /add: text\/plain of `contentTypes` cannot be read/,
    ],
  ])('the meta %j is rejected', (openapi, message) => {
    expect(() => createRestSurface(untyped.router({ add: withMeta(openapi) }))).toThrow(message);
  });

  test('a required file with another content type than a multipart form is rejected', () => {
    const input = z.object({ file: z.file() });
    const openapi = { method: 'POST', path: '/a', contentTypes: ['application/json'] };
    expect(() => createRestSurface(untyped.router({ add: withMeta(openapi, input) }))).toThrow(
      /add: application\/json of `contentTypes` cannot be read, because a file is required; use multipart/,
    );
  });

  test('a disabled procedure is skipped, without a check of its meta', () => {
    const add = withMeta({ enabled: false });
    expect(() => createRestSurface(untyped.router({ add }))).not.toThrow();
  });

  test('a placeholder of the location that is not in the output is rejected', () => {
    const create = procedure
      .meta({ openapi: { method: 'POST', path: '/a' }, rest: { status: 201, location: '/a/{key}' } })
      .output(Text)
      .mutation(() => ({ id: '1' }));
    expect(() => createRestSurface(router({ create }))).toThrow(/create: \{key\} of `rest.location`/);
  });

  test.each([
    [{ 'x-a': 'key' }, /get: key of `rest.headers` is not a field/],
    [{ 'x-a': 'id' }, /get: id of `rest.headers` is not a field of the input outside the path/],
    [{ 'X-A': 'name' }, /get: "X-A" in `rest.headers`/],
  ])('the headers %j are rejected', (headers, message) => {
    const get = procedure
      .meta({ openapi: { method: 'GET', path: '/a/{id}' }, rest: { headers } })
      .input(z.strictObject({ id: z.string(), name: z.string() }))
      .query(() => '');
    expect(() => createRestSurface(router({ get }))).toThrow(message);
  });

  test('a mutation with GET is rejected', () => {
    const change = procedure
      .meta({ openapi: { method: 'GET', path: '/a' } })
      .output(z.void())
      .mutation(() => undefined);
    expect(() => createRestSurface(router({ change }))).toThrow(/change: GET must be safe/);
  });

  test('an input that is not an object is rejected', () => {
    const shout = procedure
      .meta({ openapi: { method: 'POST', path: '/a' } })
      .input(z.string())
      .output(z.string())
      .mutation(({ input }) => input);
    expect(() => createRestSurface(router({ shout }))).toThrow(/shout: the input must be an object/);
  });
});
