import { AsyncLocalStorage } from 'node:async_hooks';
import { describe, expect, test } from '@jest/globals';
import { initTRPC, lazy, tracked, TRPCError } from '@trpc/server';
import { type FetchCreateContextFnOptions, fetchRequestHandler } from '@trpc/server/adapters/fetch';
import { z } from 'zod';
import { isBatchOfLines, resolvedLines } from '#test/batch-lines';
import { createApi } from './api.ts';
import type { ContextOptions } from './context.ts';
import type { Meta } from './meta.ts';

interface Context {
  user: string | null;
}

const createContext = ({ req }: { req: Request }): Context => ({ user: req.headers.get('x-user') });

const t = initTRPC
  .context<Context>()
  .meta<Meta>()
  .create({
    isDev: false,
    errorFormatter: ({ shape, error, path, type, input, ctx }) => ({
      ...shape,
      data: { ...shape.data, cause: error.cause?.name, at: [path, type, input, ctx] },
    }),
  });
const admin = t.router({
  count: t.procedure.query(() => 7),
  deep: lazy(() => Promise.resolve({ inner: t.router({ name: t.procedure.query(() => 'deep') }) })),
});

/** An error that several calls throw, such as that of a query which they share. */
const DOWN = new TRPCError({ code: 'SERVICE_UNAVAILABLE' });

/** An instance of a class, in which tRPC finds promises too, if the response cannot be a stream. */
class Holder {
  readonly later = Promise.resolve(1);
}

/** Creates a new router, because loading its lazy routers changes it. */
const createRouter = () =>
  t.router({
    hello: t.procedure.input(z.object({ name: z.string() })).query(({ input }) => `hello ${input.name}`),
    set: t.procedure.input(z.number()).mutation(({ input }) => input),
    fail: t.procedure.query(() => {
      throw new TRPCError({ code: 'CONFLICT', message: 'taken' });
    }),
    down: t.procedure.input(z.string()).query(() => {
      throw DOWN;
    }),
    gone: t.procedure.input(z.string()).query(() => {
      throw DOWN;
    }),
    promises: t.procedure.query(() => ({ later: Promise.resolve(1) })),
    holder: t.procedure.query(() => new Holder()),
    events: t.procedure
      .input(z.object({ lastEventId: z.string() }).optional())
      .subscription(async function* ({ input }) {
        await Promise.resolve();
        yield tracked('1', input?.lastEventId ?? 'first');
      }),
    interrupted: t.procedure.input(z.string()).subscription(async function* ({ input }) {
      yield await Promise.resolve(input);
      throw new Error('the source is gone');
    }),
    admin: lazy(() => Promise.resolve(admin)),
  });

const json = (value: unknown): string => encodeURIComponent(JSON.stringify(value));
const post = (body: unknown, headers: Record<string, string> = {}): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(body),
});
const lines = { headers: { 'trpc-accept': 'application/jsonl' } };

const REQUESTS: [path: string, init?: RequestInit][] = [
  [`hello?input=${json({ name: 'a' })}`],
  [`hello?input=${json({ name: 1 })}`],
  ['hello?input=%7B'],
  ['hello', post({ name: 'a' })],
  ['set', post(1)],
  ['set?input=1'],
  ['fail'],
  ['nowhere'],
  ['promises'],
  ['promises,hello?batch=1'],
  ['promises,hello?batch=1', lines],
  ['holder'],
  ['holder,hello?batch=1'],
  ['holder,hello?batch=1', lines],
  [`hello,fail?batch=1&input=${json({ 0: { name: 'a' } })}`],
  [`hello,fail?batch=1&input=${json({ 0: { name: 'a' } })}`, lines],
  ['hello,fail?batch=1', post({ 0: { name: 'a' } })],
  ['hello,set?batch=1', post({ 0: { name: 'a' }, 1: 1 })],
  ['set,set?batch=1', post({ 0: 4, 1: 'x' })],
  ['admin.count'],
  ['admin.deep.name'],
  ['admin.deep.nothing'],
  ['admin.count,admin.deep.name?batch=1'],
  [`hello?input=${json({ name: 'a' })}&connectionParams=${json({ token: 'x' })}`],
  ['hello?connectionParams=%7B%22a%22:1%7D'],
  [
    `hello,hello,fail,hello,nowhere?batch=1&input=${json({ 0: { name: 1 }, 1: { name: 2 }, 3: { name: 'a' } })}`,
    lines,
  ],
  [`down,gone?batch=1&input=${json({ 0: 'x', 1: 'y' })}`, lines],
  ['set,set?batch=1', post({ 0: 'x', 1: 'y' }, lines.headers)],
  [`events?input=${json({ lastEventId: 1 })}`],
  [`interrupted?input=${json('before')}`],
  [`interrupted?input=${json('before')}&lastEventId=2`],
  ['events'],
  ['events?lastEventId=9'],
  ['events', post(null)],
  ['events', post({ lastEventId: '8' }, { 'last-event-id': '7' })],
];

/** The requests, with names without percent signs, which Jest would replace in the titles of tests. */
const NAMED = REQUESTS.map(([path, init = {}]) => ({
  name: `${init.method ?? 'GET'} ${decodeURIComponent(path)} ${JSON.stringify(init.headers ?? {})}`,
  path,
  init,
}));

type Options = Partial<Parameters<typeof fetchRequestHandler>[0]> & { name: string };
const OPTIONS: Options[] = [
  { name: 'none' },
  { name: 'batching disabled', allowBatching: false },
  { name: 'method override', allowMethodOverride: true },
  {
    name: 'response headers',
    responseMeta: () => ({ headers: new Headers({ 'cache-control': 'max-age=1', vary: 'x-user' }) }),
  },
  {
    name: 'a status and headers that depend on the calls',
    allowMethodOverride: true,
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- applications still read `paths`.
    responseMeta: ({ type, paths, errors, data, info, eagerGeneration }) => ({
      ...(errors.length > 0 && { status: 418 }),
      headers: {
        'x-seen': [type, paths, errors.map(({ code }) => code), eagerGeneration, info?.isBatchCall].join(';'),
        'x-data': JSON.stringify(data).replace(/[^\x20-\x7e]/g, '?'),
        'x-list': ['a', 'b'],
      },
    }),
  },
];

/** True for a request that is rejected as a whole, before its procedures are called. */
const isRejected = (path: string, { allowBatching }: Partial<Options> = {}): boolean =>
  ['hello?input=%7B', 'hello,set?batch=1', 'hello?connectionParams=%7B%22a%22:1%7D'].includes(path) ||
  (allowBatching === false && path.includes('batch=1'));

const seen = async (response: Response) => {
  const text = await response.text();
  return {
    status: response.status,
    headers: ['content-type', 'vary', 'x-seen', 'x-data', 'x-list'].map((name) => response.headers.get(name)),
    text: isBatchOfLines(text) ? resolvedLines(text) : text,
  };
};

describe.each(OPTIONS)('with tRPC’s options: $name', ({ name: _, ...options }) => {
  test.each(NAMED)('returns the response of tRPC’s adapter: $name', async ({ path, init }) => {
    const failures: { ours: unknown[]; theirs: unknown[] } = { ours: [], theirs: [] };
    const at = new URL(`/api/trpc/${path}`, 'http://localhost');
    const expected = await fetchRequestHandler({
      endpoint: '/api/trpc',
      req: new Request(at, init),
      router: createRouter(),
      createContext,
      onError: ({ error, path: at, type, input, ctx, req }) =>
        failures.theirs.push([error.code, error.message, at, type, input, ctx, req.url]),
      ...options,
    });
    const api = createApi({
      router: createRouter(),
      createContext,
      rpc: options,
      onError: ({ error, path: at, type, input, ctx, req }) =>
        failures.ours.push([error.code, error.message, at, type, input, ctx, req.url]),
    });
    const actual = await seen(await api.request(at.pathname + at.search, init));
    if (isRejected(path, options)) {
      // `responseMeta` does not change its status, and docs/compatibility.md explains its message.
      expect(actual.status).toBe(400);
      expect(actual.headers[0]).toBe('application/json');
      expect(failures.ours).toHaveLength(1);
      return;
    }
    expect(actual).toEqual(await seen(expected));
    expect(failures.ours).toEqual(failures.theirs);
  });
});

describe('createContext', () => {
  /** Describes what tRPC says of a request, and reads its inputs. */
  async function describeInfo({ info }: Pick<FetchCreateContextFnOptions, 'info'>) {
    const calls = info.calls.map(async ({ path, batchIndex, procedure, getRawInput, result }) => {
      const before = result();
      const input = await getRawInput().catch((error: unknown) => String(error));
      return { path, batchIndex, type: procedure?._def.type ?? null, before, input, after: result() };
    });
    const { accept, type, isBatchCall, connectionParams, url, signal } = info;
    const form = { accept, type, isBatchCall, connectionParams, url: String(url), aborted: signal.aborted };
    return { ...form, calls: await Promise.all(calls) };
  }

  test.each(NAMED.filter(({ path }) => !isRejected(path)))(
    'gets the same info as with tRPC’s adapter: $name',
    async ({ path, init }) => {
      const at = new URL(`/api/trpc/${path}`, 'http://localhost');
      const infos: unknown[] = [];
      const contextOf = async (given: Pick<FetchCreateContextFnOptions, 'info' | 'req'>) => {
        infos.push(await describeInfo(given));
        return createContext(given);
      };
      const expected = await fetchRequestHandler({
        endpoint: '/api/trpc',
        req: new Request(at, init),
        router: createRouter(),
        createContext: contextOf,
      });
      const api = createApi({ router: createRouter(), createContext: contextOf });
      expect(await seen(await api.request(at.pathname + at.search, init))).toEqual(await seen(expected));
      const [theirs, ours] = infos;
      expect(ours).toEqual(theirs);
    },
  );

  test('gets the procedure and the input of a call over REST', async () => {
    const router = t.router({
      rename: t.procedure
        .meta({ openapi: { method: 'PATCH', path: '/things/{id}' } })
        .input(z.object({ id: z.string(), name: z.string() }))
        .mutation(({ input }) => input),
    });
    const infos: unknown[] = [];
    const api = createApi({
      router,
      createContext: async ({ info }) => {
        infos.push([info.type, info.calls[0]?.path, await info.calls[0]?.getRawInput()]);
        return { user: null };
      },
    });
    const response = await api.request('/api/v1/things/7', { ...post({ name: 'x' }), method: 'PATCH' });
    await expect(response.json()).resolves.toEqual({ id: '7', name: 'x' });
    expect(infos).toEqual([['mutation', 'rename', { id: '7', name: 'x' }]]);
  });
});

describe('around, onError and onResponse', () => {
  const store = new AsyncLocalStorage<string>();
  const router = t.router({
    where: t.procedure
      .meta({ openapi: { method: 'GET', path: '/where' } })
      .query(() => store.getStore() ?? 'outside'),
    fail: t.procedure.meta({ openapi: { method: 'GET', path: '/fail' } }).query(() => {
      throw new Error('the database is gone');
    }),
  });

  test('runs each call in the storage of the host and of `around`', async () => {
    const plain = createApi({ router, createContext: () => ({ user: null }) });
    await store.run('host', async () => {
      for (const path of ['/api/trpc/where', '/api/v1/where']) {
        expect(await (await plain.request(path)).text()).toContain('host');
      }
    });
    const statuses: number[] = [];
    const api = createApi({
      router,
      createContext: () => ({ user: null }),
      around: (call, run) =>
        store.run(`around ${call.path}`, async () => {
          const response = await run();
          statuses.push(response.status);
          return response;
        }),
    });
    expect(await (await api.request('/api/v1/where')).json()).toBe('around /api/v1/where');
    expect((await api.request('/api/v1/fail')).status).toBe(500);
    expect((await api.request('/api/trpc/fail')).status).toBe(500);
    expect(statuses).toEqual([200, 500, 500]);
  });

  test('responds with 500 if `around` fails', async () => {
    const failures: string[] = [];
    const api = createApi({
      router,
      createContext: () => ({ user: null }),
      around: () => Promise.reject(new Error('no tracer')),
      onError: ({ error }) => failures.push(String(error.cause)),
    });
    expect((await api.request('/api/v1/where')).status).toBe(500);
    expect(failures).toEqual(['Error: no tracer']);
  });

  test('report the procedure, the error and the size of a response', async () => {
    const seenErrors: unknown[] = [];
    const outcomes: unknown[] = [];
    const api = createApi({
      router,
      createContext: () => ({ user: 'ada' }),
      onError: ({ error, path, type, ctx, req }) =>
        seenErrors.push([error.code, String(error.cause), path, type, ctx, req.method]),
      onResponse: ({ surface, procedures, status, code, bytes, ms }) =>
        outcomes.push([surface, procedures, status, code, bytes, typeof ms]),
    });
    await api.request('/api/v1/where');
    const failed = await api.request('/api/v1/fail');
    const size = (await failed.text()).length;
    const batch = await api.request('/api/trpc/where,fail?batch=1');
    const batchSize = (await batch.text()).length;
    await api.request('/elsewhere');
    const failure = [
      'INTERNAL_SERVER_ERROR',
      'Error: the database is gone',
      'fail',
      'query',
      { user: 'ada' },
      'GET',
    ];
    expect(seenErrors).toEqual([failure, failure, expect.arrayContaining(['NOT_FOUND'])]);
    expect(outcomes).toEqual([
      ['rest', ['where'], 200, null, 9, 'number'],
      ['rest', ['fail'], 500, 'INTERNAL_SERVER_ERROR', size, 'number'],
      ['rpc', ['where', 'fail'], 207, 'INTERNAL_SERVER_ERROR', batchSize, 'number'],
      [null, [], 404, 'NOT_FOUND', expect.any(Number), 'number'],
    ]);
  });
});

describe('the platform of a host', () => {
  test('is typed by the argument of createContext', async () => {
    interface Bindings {
      token: string;
    }
    const api = createApi({
      router: t.router({ whoami: t.procedure.query(({ ctx }) => ctx.user) }),
      createContext: ({ platform }: ContextOptions<Bindings>): Context => ({ user: platform.token }),
    });
    const response = await api.fetch(new Request('http://localhost/api/trpc/whoami'), { token: 'abc' });
    await expect(response.json()).resolves.toEqual({ result: { data: 'abc' } });
    // @ts-expect-error -- the platform is an object with a token.
    const wrong: Parameters<typeof api.fetch>[1] = { tokens: 1 };
    expect(wrong).toBeDefined();
  });
});

describe('the context of a router', () => {
  test('must be what createContext returns', () => {
    const router = t.router({ whoami: t.procedure.query(({ ctx }) => ctx.user) });
    createApi({ router, createContext: () => ({ user: null, more: 1 }) });
    createApi({ router, createContext: async () => Promise.resolve({ user: 'ada' }) });
    // @ts-expect-error -- the procedures read `user`.
    createApi({ router, createContext: () => ({ usr: null }) });
    expect(router).toBeDefined();
  });
});
