import { createServer } from 'node:http';
import { describe, expect, jest, test } from '@jest/globals';
import { listen } from '#test/listen';
import {
  initTRPC,
  type TRPCCombinedDataTransformer,
  type TRPCDataTransformer,
  TRPCError,
} from '@trpc/server';
import { type FetchCreateContextFnOptions, fetchRequestHandler } from '@trpc/server/adapters/fetch';
import superjson, { SuperJSON } from 'superjson';
import { z } from 'zod';
import { createApi } from './api.ts';
import { toRouteHandlers } from './hosts/next.ts';
import { createNodeListener } from './hosts/node.ts';

/** Creates a context as applications do: from the headers, asynchronously. */
async function createContext({ headers }: { headers: Headers }) {
  await Promise.resolve();
  return { user: headers.get('x-user') };
}
type Context = Awaited<ReturnType<typeof createContext>>;

const customized = new SuperJSON();
customized.registerCustom<URL, string>(
  {
    isApplicable: (value): value is URL => value instanceof URL,
    serialize: String,
    deserialize: (text) => new URL(text),
  },
  'URL of the application',
);

/** A transformer of an application: it puts values into an envelope. */
const enveloped: TRPCCombinedDataTransformer = {
  input: {
    serialize: (value: unknown) => ({ v: value }),
    deserialize: (sent: { v?: unknown } | undefined) => sent?.v,
  },
  output: { serialize: (value: unknown) => ({ v: value }), deserialize: ({ v }: { v: unknown }) => v },
};

const both = (transformer: TRPCDataTransformer): TRPCCombinedDataTransformer => ({
  input: transformer,
  output: transformer,
});
const TRANSFORMERS: Record<string, TRPCCombinedDataTransformer | undefined> = {
  none: undefined,
  superjson: both(superjson),
  'superjson with a custom type': both(customized),
  'of the application': enveloped,
};

/** Creates a router without anything of this layer. */
function routerOf(transformer: TRPCCombinedDataTransformer | undefined) {
  const t = initTRPC.context<Context>().create({ isDev: false, ...(transformer && { transformer }) });
  return t.router({
    hello: t.procedure
      .input(z.object({ text: z.string(), tags: z.array(z.string()).optional() }))
      .query(({ input, ctx }) => ({ said: input.text, by: ctx.user, missing: undefined })),
    nothing: t.procedure.query(() => undefined),
    now: t.procedure.output(z.object({ at: z.date() })).query(() => ({ at: new Date(0) })),
    set: t.procedure.input(z.object({ n: z.number() })).mutation(({ input }) => input.n * 2),
    fail: t.procedure.query(() => {
      throw new TRPCError({ code: 'CONFLICT', message: 'It is taken.' });
    }),
    post: t.router({ byId: t.procedure.input(z.string()).query(({ input }) => input) }),
  });
}

/** Returns requests as a client of a router sends them. */
function requestsFor(
  transformer: TRPCCombinedDataTransformer | undefined,
): [path: string, init?: RequestInit][] {
  const write = (value: unknown): unknown => (transformer ? transformer.input.serialize(value) : value);
  const query = (path: string, input: unknown) =>
    `/api/trpc/${path}?input=${encodeURIComponent(JSON.stringify(write(input)))}`;
  const batch = encodeURIComponent(JSON.stringify({ 0: write({ text: 'a' }), 1: write('7') }));
  const json = (body: unknown): RequestInit => ({
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-user': 'ada' },
    body: JSON.stringify(body),
  });
  return [
    [query('hello', { text: 'a', tags: ['b'] }), { headers: { 'x-user': 'ada' } }],
    [query('hello', { text: 1 })],
    ['/api/trpc/nothing'],
    ['/api/trpc/now'],
    ['/api/trpc/fail'],
    ['/api/trpc/nowhere'],
    [query('post.byId', 'x')],
    [`/api/trpc/hello,post.byId?batch=1&input=${batch}`],
    ['/api/trpc/set', json(write({ n: 4 }))],
    ['/api/trpc/set', json(write({ n: 'four' }))],
    ['/api/trpc/set?batch=1', json({ 0: write({ n: 4 }) })],
  ];
}

const seen = async (response: Response) => ({
  status: response.status,
  type: response.headers.get('content-type'),
  text: await response.text(),
});

describe('createApi with any tRPC router', () => {
  test.each(Object.entries(TRANSFORMERS))(
    'returns the responses of tRPC’s adapter: transformer %s',
    async (_, transformer) => {
      const router = routerOf(transformer);
      const api = createApi({ router, createContext, warn: () => undefined });
      for (const [path, init] of requestsFor(transformer)) {
        const req = new Request(new URL(path, 'http://localhost'), init);
        const expected = await fetchRequestHandler({
          endpoint: '/api/trpc',
          req,
          router,
          createContext: ({ req: { headers } }) => createContext({ headers }),
        });
        expect({ path, ...(await seen(await api.request(path, init))) }).toEqual({
          path,
          ...(await seen(expected)),
        });
      }
    },
  );

  test('reads inputs without superjson, which applies any annotation that a caller sends', async () => {
    const deserialize = jest.spyOn(superjson, 'deserialize');
    const api = createApi({ router: routerOf(TRANSFORMERS['superjson']), createContext });
    const input = encodeURIComponent(JSON.stringify(superjson.serialize({ text: 'a' })));
    expect((await api.request(`/api/trpc/hello?input=${input}`)).status).toBe(200);
    expect(deserialize).not.toHaveBeenCalled();
    deserialize.mockRestore();
  });

  test('gives each call of a streamed batch its own input', async () => {
    const api = createApi({ router: routerOf(undefined), createContext });
    const input = encodeURIComponent(JSON.stringify({ 0: 'a', 1: { text: 'b' }, 2: 'c' }));
    const response = await api.request(`/api/trpc/post.byId,hello,post.byId?batch=1&input=${input}`, {
      headers: { 'trpc-accept': 'application/jsonl' },
    });
    const text = await response.text();
    for (const output of ['[["a"]]', '"said":"b"', '[["c"]]']) expect(text).toContain(output);
  });

  test.each(['/api/trpc/nowhere', '/api/v1/nowhere', '/api/openapi.json', '/nowhere'])(
    'responds to HEAD without a body, also through the Fetch API: %s',
    async (path) => {
      const api = createApi({ router: routerOf(undefined), createContext: () => ({}) });
      const url = `http://localhost${path}`;
      const { HEAD } = toRouteHandlers(api);
      const responses = [
        await api.fetch(new Request(url, { method: 'HEAD' })),
        await HEAD(new Request(url, { method: 'HEAD' }), { params: Promise.resolve({}) }),
      ];
      for (const response of responses) {
        expect(response.body).toBeNull();
        expect(response.headers.has('x-request-id')).toBe(true);
      }
    },
  );

  test('accepts the path separator of a router', async () => {
    // Versions of tRPC before 11.25 have none.
    const options = { isDev: false, pathSeparator: '~' };
    const t = initTRPC.create(options);
    const one = t.procedure.query(() => 1);
    const router = t.router({ post: t.router({ one }) });
    const api = createApi({ router, createContext });
    for (const path of ['post~one', 'post.one', 'post~one,post.one?batch=1', 'post~two']) {
      const response = await api.request(`/api/trpc/${path}`);
      expect({ path, status: response.status }).toEqual({ path, status: path === 'post~two' ? 404 : 200 });
    }
  });

  test('calls createContext as tRPC’s fetch adapter does', async () => {
    const t = initTRPC.context<{ agent: string | null }>().create();
    const contextOf = ({ req, resHeaders }: Pick<FetchCreateContextFnOptions, 'req' | 'resHeaders'>) => {
      resHeaders.append('set-cookie', 'a=1');
      resHeaders.append('set-cookie', 'b=2');
      resHeaders.set('x-seen', 'yes');
      return { agent: req.headers.get('user-agent') };
    };
    const router = t.router({ agent: t.procedure.query(({ ctx }) => ctx.agent) });
    const api = createApi({ router, createContext: contextOf });
    const response = await api.request('/api/trpc/agent', { headers: { 'user-agent': 'test' } });
    await expect(response.json()).resolves.toEqual({ result: { data: 'test' } });
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    expect(response.headers.get('x-seen')).toBe('yes');
  });

  test('serves other paths', async () => {
    const router = routerOf(undefined);
    const api = createApi({ router, createContext, rpc: { path: '/rpc' }, rest: false });
    expect((await api.request('/rpc/nothing')).status).toBe(200);
    expect((await api.request('/api/trpc/nothing')).status).toBe(404);
    expect([api.match('/rpc/nothing'), api.match('/api/v1/x'), api.match('/')]).toEqual([true, false, false]);
  });

  test('accepts cookies from pages of the origins of CORS with credentials, and from no other page', async () => {
    const friend = 'https://friend.example';
    const api = createApi({
      router: routerOf(undefined),
      createContext,
      cors: { origins: [friend], credentials: true },
    });
    const send = (origin: string) =>
      api.request('/api/trpc/set', {
        method: 'POST',
        headers: { 'content-type': 'application/json', cookie: 'a=1', host: 'api.example', origin },
        body: '{"n":2}',
      });
    const shared = await send(friend);
    expect(shared.status).toBe(200);
    expect(shared.headers.get('access-control-allow-origin')).toBe(friend);
    expect(shared.headers.get('access-control-allow-credentials')).toBe('true');
    expect((await send('https://stranger.example')).status).toBe(403);
  });

  test('finds the IP address of the client behind trusted proxies', async () => {
    const t = initTRPC.context<{ address: string | null }>().create();
    const router = t.router({ address: t.procedure.query(({ ctx }) => ctx.address) });
    const api = createApi({ router, createContext: ({ address }) => ({ address }), trustProxy: 2 });
    const headers = { 'x-forwarded-for': '6.6.6.6, 1.1.1.1, 2.2.2.2' };
    const response = await api.request('/api/trpc/address', { headers });
    await expect(response.json()).resolves.toEqual({ result: { data: '1.1.1.1' } });
  });
});

describe('toRouteHandlers', () => {
  const context = { params: Promise.resolve({}) };

  test('serves routes of Next.js, even with a trailing slash', async () => {
    const { GET } = toRouteHandlers(createApi({ router: routerOf(undefined), createContext }));
    for (const path of ['/api/trpc/now', '/api/trpc/now/']) {
      const response = await GET(new Request(`http://localhost${path}`), context);
      await expect(response.json()).resolves.toEqual({
        result: { data: { at: '1970-01-01T00:00:00.000Z' } },
      });
    }
    expect((await GET(new Request('http://localhost/elsewhere'), context)).status).toBe(404);
  });
});

describe('createNodeListener', () => {
  /** Serves a listener. @param prepare changes each request first, as a framework does. */
  async function serve(
    prepare: (req: object) => void | Promise<void>,
    send: (origin: string) => Promise<void>,
  ): Promise<void> {
    const listener = createNodeListener(createApi({ router: routerOf(undefined), createContext }));
    const server = createServer((req, res) => {
      void Promise.resolve(prepare(req)).then(() =>
        listener(req, res, () => {
          res.writeHead(418).end('next');
        }),
      );
    });
    const port = await listen(server);
    try {
      await send(`http://127.0.0.1:${port}`);
    } finally {
      server.close();
    }
  }

  test('calls next for other paths', async () => {
    await serve(
      () => undefined,
      async (origin) => {
        expect((await fetch(`${origin}/elsewhere`)).status).toBe(418);
        expect((await fetch(`${origin}/api/trpc/now`)).status).toBe(200);
      },
    );
  });

  test('uses the original path and the parsed body of a framework', async () => {
    await serve(
      async (req) => {
        const { url } = req as { url: string };
        Object.assign(req, { originalUrl: url, url: url.slice('/api'.length) });
        const chunks: Buffer[] = [];
        for await (const chunk of req as AsyncIterable<Buffer>) chunks.push(chunk);
        if (chunks.length > 0) Object.assign(req, { body: JSON.parse(Buffer.concat(chunks).toString()) });
      },
      async (origin) => {
        const headers = { 'content-type': 'application/json' };
        const response = await fetch(`${origin}/api/trpc/set`, { method: 'POST', headers, body: '{"n":21}' });
        await expect(response.json()).resolves.toEqual({ result: { data: 42 } });
      },
    );
  });
});
