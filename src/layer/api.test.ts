import { createServer } from 'node:http';
import { describe, expect, test } from '@jest/globals';
import { listen } from '#test/listen';
import { initTRPC, lazy } from '@trpc/server';
import { z } from 'zod';
import { createApi } from './api.ts';
import { toRouteHandlers } from './hosts/next.ts';
import { createNodeListener } from './hosts/node.ts';
import type { Meta } from './meta.ts';
import type { IdempotencyStore, KeyedRequest } from './rest/idempotency.ts';
import { createMemoryStore } from './testing/memory-store.ts';

interface Context {
  user: string | null;
}
const t = initTRPC.context<Context>().meta<Meta>().create({ isDev: false });
const createContext = ({ headers }: { headers: Headers }): Context => ({ user: headers.get('x-user') });

const Thing = z.object({ id: z.string() });
const things = t.router({
  get: t.procedure
    .meta({ openapi: { method: 'GET', path: '/things/{id}' } })
    .input(Thing)
    .output(Thing)
    .query(({ input }) => input),
  create: t.procedure
    .meta({ openapi: { method: 'POST', path: '/things' }, rest: { status: 201, location: '/things/{id}' } })
    .output(Thing)
    .mutation(() => ({ id: 'a b' })),
  list: t.procedure
    .meta({ openapi: { method: 'GET', path: '/things' } })
    .input(z.object({ cursor: z.string().optional() }))
    .output(z.object({ items: z.array(Thing), nextCursor: z.string().nullable() }))
    .query(() => ({ items: [], nextCursor: 'c' })),
});

const json = (body: unknown, headers: Record<string, string> = {}): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(body),
});

test('createContext may take the members of its argument apart', async () => {
  const api = createApi({
    router: t.router({ me: t.procedure.query(({ ctx }) => ctx.user) }),
    createContext: ({ header }): Context => ({ user: header('x-user') }),
  });
  const response = await api.request('/api/trpc/me', { headers: { 'x-user': 'ada' } });
  await expect(response.json()).resolves.toEqual({ result: { data: 'ada' } });
});

describe('a router with lazy routers', () => {
  const createRouter = () =>
    t.router({
      ping: t.procedure.query(() => 'pong'),
      things: lazy(() => Promise.resolve(t.router({ inner: lazy(() => Promise.resolve(things)) }))),
    });

  test('is loaded at the first call over REST, and for the document', async () => {
    const api = createApi({ router: createRouter(), createContext });
    const response = await api.request('/api/v1/things/7');
    await expect(response.json()).resolves.toEqual({ id: '7' });
    const other = createApi({ router: createRouter(), createContext });
    const document = await (await other.request('/api/openapi.json')).json();
    expect(document).toHaveProperty(['paths', '/things/{id}', 'get', 'operationId'], 'things.inner.get');
  });

  test('has its procedures and its document', async () => {
    const api = createApi({ router: createRouter(), createContext, rest: { path: '/v2' } });
    const procedures = await api.procedures();
    expect(procedures.map(({ name, type, rest }) => [name, type, rest?.method, rest?.path])).toEqual([
      ['ping', 'query', undefined, undefined],
      ['things.inner.get', 'query', 'GET', '/v2/things/{id}'],
      ['things.inner.create', 'mutation', 'POST', '/v2/things'],
      ['things.inner.list', 'query', 'GET', '/v2/things'],
    ]);
    expect(procedures[1]).toMatchObject({ inputs: [Thing], output: Thing });
    expect(Object.keys((await api.document()).paths ?? {})).toEqual(['/things/{id}', '/things']);
    await expect(createApi({ router: things, createContext, rest: false }).document()).rejects.toThrow(
      /openapi.*rest/,
    );
  });

  test('is checked by `ready`, and its failures are reported', async () => {
    const bad = t.router({
      shout: t.procedure
        .meta({ openapi: { method: 'GET', path: '/shout' } })
        .input(z.string())
        .query(({ input }) => input),
    });
    const failures: unknown[] = [];
    const api = createApi({
      router: t.router({ deep: lazy(() => Promise.resolve(bad)) }),
      createContext,
      onError: ({ error }) => failures.push(String(error.cause)),
    });
    await expect(api.ready()).rejects.toThrow(/deep\.shout: the input must be an object/);
    expect((await api.request('/api/v1/shout')).status).toBe(500);
    expect(failures).toEqual([expect.stringContaining('deep.shout')]);
    const broken = createApi({
      router: t.router({ deep: lazy(() => Promise.reject(new Error('no such file'))) }),
      createContext,
    });
    await expect(broken.ready()).rejects.toThrow('no such file');
    await expect(createApi({ router: createRouter(), createContext }).ready()).resolves.toBeUndefined();
  });
});

describe('rest.unnamed', () => {
  const router = t.router({
    health: t.procedure.query(() => 'ok'),
    post: t.router({
      getLatest: t.procedure.input(z.object({ n: z.number().default(1) })).query(({ input }) => [input.n]),
      create: t.procedure
        .input(z.object({ name: z.string().min(1) }))
        .mutation(({ input }) => ({ made: input.name })),
      byId: t.procedure.input(z.number()).query(({ input }) => input),
      hidden: t.procedure
        .meta({ openapi: { enabled: false, method: 'GET', path: '/hidden' } })
        .query(() => null),
      onAdd: t.procedure.subscription(async function* () {
        await Promise.resolve();
        yield 1;
      }),
    }),
    things,
  });

  test('serves procedures without a meta by their names, and warns of those that it cannot serve', async () => {
    const warnings: string[] = [];
    const api = createApi({
      router,
      createContext,
      rest: { unnamed: true },
      warn: (text) => warnings.push(text),
    });
    expect(await (await api.request('/api/v1/health')).json()).toBe('ok');
    expect(await (await api.request('/api/v1/post/getLatest?n=3')).json()).toEqual([3]);
    expect(await (await api.request('/api/v1/post/create', json({ name: 'x' }))).json()).toEqual({
      made: 'x',
    });
    expect((await api.request('/api/v1/post/create', json({ name: '' }))).status).toBe(400);
    expect(await (await api.request('/api/v1/things/7')).json()).toEqual({ id: '7' });
    expect(await (await api.request('/api/v1/post/onAdd')).text()).toContain('data: 1');
    expect((await api.request('/api/v1/post/hidden')).status).toBe(404);
    expect((await api.request('/api/v1/things/get')).status).toBe(200);
    expect(warnings).toEqual([expect.stringContaining('post.byId')]);
    const document = await api.document();
    expect(document.paths?.['/post/create']?.post).toMatchObject({
      operationId: 'post.create',
      tags: ['post'],
      'x-path-from-name': true,
    });
    expect(document.paths?.['/things/{id}']?.get).not.toHaveProperty('x-path-from-name');
  });

  test('is off by default', async () => {
    const api = createApi({ router, createContext });
    expect((await api.request('/api/v1/health')).status).toBe(404);
  });
});

/** Keeps responses in memory, and the requests with a key. */
function memoryStore(): IdempotencyStore & { requests: KeyedRequest[] } {
  const store = createMemoryStore();
  const requests: KeyedRequest[] = [];
  return {
    requests,
    claim(request) {
      requests.push(request);
      return store.claim(request);
    },
  };
}

describe('idempotency keys', () => {
  let made = 0;
  const router = t.router({
    add: t.procedure
      .meta({ openapi: { method: 'POST', path: '/add' } })
      .input(z.object({ n: z.number() }))
      .output(z.object({ made: z.number() }))
      .mutation(() => ({ made: ++made })),
  });
  const store = memoryStore();
  const api = createApi({
    router,
    createContext,
    idempotency: { store, scope: ({ user }) => user, variant: ({ user }) => `role of ${user}` },
  });
  const add = (n: number, user?: string) =>
    api.request('/api/v1/add', json({ n }, { 'idempotency-key': 'k1', ...(user && { 'x-user': user }) }));

  test('belong to the scope of the caller, and to one request', async () => {
    expect(await (await add(1, 'ada')).json()).toEqual({ made: 1 });
    const replay = await add(1, 'ada');
    expect([replay.headers.get('idempotency-replayed'), await replay.json()]).toEqual(['true', { made: 1 }]);
    expect((await add(2, 'ada')).status).toBe(409);
    expect(await (await add(1, 'bob')).json()).toEqual({ made: 2 });
    expect(store.requests.map(({ scope }) => scope)).toEqual(['ada', 'ada', 'ada', 'bob']);
    expect(store.requests[0]?.fingerprint).toMatch(/^role of ada\../);
  });

  test('have no effect for callers without a scope', async () => {
    const [first, second] = [await add(1), await add(1)];
    expect(await first.json()).not.toEqual(await second.json());
  });

  test('are in the document only if there is a store', async () => {
    const parametersOf = (document: Awaited<ReturnType<typeof api.document>>) =>
      (document.paths?.['/add']?.post?.parameters ?? []).map((parameter) => Reflect.get(parameter, 'name'));
    expect(parametersOf(await api.document())).toEqual(['Idempotency-Key']);
    expect(parametersOf(await createApi({ router, createContext }).document())).toEqual([]);
  });
});

describe('publicPath', () => {
  const api = createApi({ router: things, createContext, publicPath: '/base' });
  const { GET, POST } = toRouteHandlers(api);
  const context = { params: Promise.resolve({}) };

  test.each(['', '/base'])(
    'precedes all URLs in responses to requests with the prefix "%s"',
    async (prefix) => {
      const origin = `http://localhost${prefix}`;
      const created = await POST(new Request(`${origin}/api/v1/things`, { method: 'POST' }), context);
      expect([created.status, created.headers.get('location')]).toEqual([201, '/base/api/v1/things/a%20b']);
      const page = await GET(new Request(`${origin}/api/v1/things`), context);
      expect(page.headers.get('link')).toBe('</base/api/v1/things?cursor=c>; rel="next"');
      const lines = { headers: { 'trpc-accept': 'application/jsonl' } };
      const stream = await GET(new Request(`${origin}/api/trpc/list?batch=1&input={"0":{}}`, lines), context);
      expect(await stream.text()).toContain('"nextCursor":"c"');
      expect(api.match(`${prefix}/api/v1/things`)).toBe(true);
      expect((await api.document()).servers).toEqual([{ url: '/base/api/v1' }]);
    },
  );

  test('works on Node', async () => {
    const server = createServer((req, res) => void createNodeListener(api)(req, res));
    const port = await listen(server);
    try {
      const response = await fetch(`http://127.0.0.1:${port}/base/api/v1/things`, { method: 'POST' });
      expect(response.headers.get('location')).toBe('/base/api/v1/things/a%20b');
    } finally {
      server.close();
    }
  });
});

test('maxBodyBytes limits bodies on every surface', async () => {
  const router = t.router({
    size: t.procedure
      .meta({ openapi: { method: 'POST', path: '/size' } })
      .input(z.object({ text: z.string() }))
      .mutation(({ input }) => input.text.length),
  });
  const small = createApi({ router, createContext, maxBodyBytes: 100 });
  const large = createApi({ router, createContext, maxBodyBytes: 3_000_000 });
  for (const path of ['/api/trpc/size', '/api/v1/size']) {
    expect((await small.request(path, json({ text: 'x'.repeat(50) }))).status).toBe(200);
    expect((await small.request(path, json({ text: 'x'.repeat(101) }))).status).toBe(413);
    expect((await large.request(path, json({ text: 'x'.repeat(2_000_000) }))).status).toBe(200);
  }
});

test.each(['', '/api'])('REST can be at "%s", with RPC and the document below it', async (path) => {
  const api = createApi({ router: things, createContext, rest: { path } });
  expect(await (await api.request(`${path}/things/7`)).json()).toEqual({ id: '7' });
  expect((await api.request('/api/openapi.json')).status).toBe(200);
  const input = encodeURIComponent(JSON.stringify({ id: '8' }));
  expect((await api.request(`/api/trpc/get?input=${input}`)).status).toBe(200);
});
