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

/** A path that no URL class has touched. */
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
  test('a static segment wins over a parameter, whatever the order', async () => {
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
  ])('decodes %s once', async (raw, id) => {
    await expect((await server.call(`/users/${raw}`)).json()).resolves.toEqual({ id });
  });

  test.each(['%', '%zz', '%ff', '%ED%A0%80'])(
    'refuses the encoding %s and names the parameter',
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
  ])('answers 404 for "%s"', async (path) => {
    const response = await server.call(path);
    expect(response.status).toBe(404);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    await expect(response.json()).resolves.toMatchObject({ code: 'NOT_FOUND', requestId: 'test' });
  });

  test('survives paths that are no URLs', async () => {
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
  test('a known path with another method is 405 and says which it takes', async () => {
    const response = await server.call('/users/1', { method: 'PUT' });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('GET, DELETE, HEAD, OPTIONS');
    await expect(response.json()).resolves.toMatchObject({ code: 'METHOD_NOT_ALLOWED' });
  });

  test('a static path does not fall back to the parameter’s methods', async () => {
    const response = await server.call('/users/me', { method: 'DELETE' });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('GET, HEAD, OPTIONS');
  });

  test('OPTIONS lists the methods', async () => {
    const response = await server.call('/users/1', { method: 'OPTIONS' });
    expect(response.status).toBe(204);
    expect(response.headers.get('allow')).toBe('GET, DELETE, HEAD, OPTIONS');
  });

  test('HEAD answers as GET does, without the body', async () => {
    const response = await server.call('/users/1', { method: 'HEAD' });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/json');
    await expect(response.text()).resolves.toBe('');
  });
});

describe('at start', () => {
  const start = (...paths: `/${string}`[]) =>
    createRestSurface(router(Object.fromEntries(paths.map((path, i) => [`p${i}`, echo('GET', path)]))));

  test('two procedures with one address are named', () => {
    expect(() => start('/a/{id}', '/a/{id}')).toThrow(/p0 .*p1 .*same address/);
  });

  test('one place with two parameter names is a conflict too', () => {
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
  ] as const)('the path %s is refused', (path, message) => {
    expect(() => start(path)).toThrow(message);
  });

  const untyped = initTRPC.meta<{ openapi: object }>().create();
  /** A procedure with a meta that TypeScript would refuse. */
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
      /add: application\/xml of `contentTypes` cannot be read; name application\/json, /,
    ],
    [
      { method: 'POST', path: '/a', contentTypes: ['application/json', 'text/plain'] },
      /add: text\/plain of `contentTypes` cannot be read/,
    ],
  ])('the meta %j is refused', (openapi, message) => {
    expect(() => createRestSurface(untyped.router({ add: withMeta(openapi) }))).toThrow(message);
  });

  test('a file cannot come in any other body than a multipart form', () => {
    const input = z.object({ file: z.file() });
    const openapi = { method: 'POST', path: '/a', contentTypes: ['application/json'] };
    expect(() => createRestSurface(untyped.router({ add: withMeta(openapi, input) }))).toThrow(
      /add: application\/json of `contentTypes` cannot be read, because a file is required; name multipart/,
    );
  });

  test('what is disabled is left out, whatever else its meta says', () => {
    const add = withMeta({ enabled: false });
    expect(() => createRestSurface(untyped.router({ add }))).not.toThrow();
  });

  test('a placeholder of the location must be in the output', () => {
    const create = procedure
      .meta({ openapi: { method: 'POST', path: '/a' }, rest: { status: 201, location: '/a/{key}' } })
      .output(Text)
      .mutation(() => ({ id: '1' }));
    expect(() => createRestSurface(router({ create }))).toThrow(/create: \{key\} of `rest.location`/);
  });

  test.each([
    [{ 'x-a': 'key' }, /get: key of `rest.headers` is not a field/],
    [{ 'x-a': 'id' }, /get: id of `rest.headers` is not a field of the input beside the path/],
    [{ 'X-A': 'name' }, /get: "X-A" in `rest.headers`/],
  ])('the headers %j are refused', (headers, message) => {
    const get = procedure
      .meta({ openapi: { method: 'GET', path: '/a/{id}' }, rest: { headers } })
      .input(z.strictObject({ id: z.string(), name: z.string() }))
      .query(() => '');
    expect(() => createRestSurface(router({ get }))).toThrow(message);
  });

  test('a mutation on GET is refused', () => {
    const change = procedure
      .meta({ openapi: { method: 'GET', path: '/a' } })
      .output(z.void())
      .mutation(() => undefined);
    expect(() => createRestSurface(router({ change }))).toThrow(/change: GET must be safe/);
  });

  test('an input that is no object is refused', () => {
    const shout = procedure
      .meta({ openapi: { method: 'POST', path: '/a' } })
      .input(z.string())
      .output(z.string())
      .mutation(({ input }) => input);
    expect(() => createRestSurface(router({ shout }))).toThrow(/shout: the input must be an object/);
  });
});
