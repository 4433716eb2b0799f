import { cp, mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, test } from '@jest/globals';
import type * as Trpc from '@trpc/server';
import type * as TrpcFetch from '@trpc/server/adapters/fetch';
import type * as TrpcHttp from '@trpc/server/http';
import { observable } from '@trpc/server/observable';
import type { z } from 'zod';
import { createApi } from './api.ts';
import type { Meta } from './meta.ts';

/** Copies of packages, as a second installation has them. */
const folder = await mkdtemp(join(tmpdir(), 'copies-'));
afterAll(() => rm(folder, { recursive: true }));
for (const name of ['@trpc/server', 'zod']) {
  await cp(resolve('node_modules', name), join(folder, 'node_modules', name), { recursive: true });
}
const installed = (path: string) => join(folder, 'node_modules', path);

interface Copy {
  server: typeof Trpc;
  fetch: typeof TrpcFetch;
  http: typeof TrpcHttp;
  z: typeof z;
}
const load = async <T>(path: string) => (await import(pathToFileURL(installed(path)).href)) as T;
const require = createRequire(import.meta.url);
const COPIES: Record<string, Copy> = {
  'the CommonJS build': {
    server: require('@trpc/server') as typeof Trpc,
    fetch: require('@trpc/server/adapters/fetch') as typeof TrpcFetch,
    http: require('@trpc/server/http') as typeof TrpcHttp,
    z: (require('zod') as { z: typeof z }).z,
  },
  'another installation': {
    server: await load('@trpc/server/dist/index.mjs'),
    fetch: await load('@trpc/server/dist/adapters/fetch/index.mjs'),
    http: await load('@trpc/server/dist/http.mjs'),
    z: (await load<{ z: typeof z }>('zod/index.js')).z,
  },
};

function routerOf({ server, http, z: theirs }: Copy) {
  const t = server.initTRPC.meta<Meta>().create({
    isDev: false,
    errorFormatter: ({ shape, error }) => ({
      ...shape,
      data: {
        ...shape.data,
        // eslint-disable-next-line @typescript-eslint/no-deprecated -- formatters of applications still use it
        fields: error.cause instanceof theirs.ZodError ? error.cause.flatten().fieldErrors : null,
      },
    }),
  });
  const Id = theirs.object({ id: theirs.string().max(3) });
  return t.router({
    get: t.procedure
      .meta({ openapi: { method: 'GET', path: '/things/{id}' } })
      .input(Id)
      .output(Id)
      .query(() => {
        throw new server.TRPCError({ code: 'NOT_FOUND', message: 'There is no such thing.' });
      }),
    set: t.procedure.input(Id).mutation(({ input }) => input.id),
    lie: t.procedure.output(theirs.number()).query((): number => JSON.parse('"text"')),
    taken: t.procedure.input(Id.refine(async () => false, 'is taken')).query(() => 1),
    upload: t.procedure.input(http.octetInputParser).mutation(async ({ input }) => {
      let bytes = 0;
      for await (const chunk of input as AsyncIterable<Uint8Array>) bytes += chunk.length;
      return bytes;
    }),
    live: t.procedure
      .meta({ openapi: { method: 'GET', path: '/live', enabled: false }, rest: { sse: true } })
      .output(theirs.any())
      .subscription(async function* () {
        yield server.tracked('a', 1);
        yield server.tracked('b', await Promise.resolve(2));
      }),
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- applications still use observables
    observed: t.procedure.subscription(() =>
      observable<unknown>((observer) => {
        observer.next(server.tracked('a', 1));
        observer.complete();
      }),
    ),
  });
}

const json = (body: unknown): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});
const inputOf = (value: unknown) => `input=${encodeURIComponent(JSON.stringify(value))}`;
const events: RequestInit = { headers: { accept: 'text/event-stream' } };
const REQUESTS: { path: string; init?: RequestInit }[] = [
  { path: `get?${inputOf({ id: 'a' })}` },
  { path: `get?${inputOf({ id: 'long' })}` },
  {
    path: `get?batch=1&${inputOf({ 0: { id: 'a' } })}`,
    init: { headers: { 'trpc-accept': 'application/jsonl' } },
  },
  { path: 'set', init: json({ id: 'a' }) },
  { path: 'set', init: json({ id: 1 }) },
  { path: 'lie' },
  { path: `taken?${inputOf({ id: 'a' })}` },
  {
    path: 'upload',
    init: { method: 'POST', headers: { 'content-type': 'application/octet-stream' }, body: 'four' },
  },
  { path: 'live', init: events },
  { path: 'observed', init: events },
];

const seen = async (response: Response) => ({ status: response.status, text: await response.text() });

describe.each(Object.entries(COPIES))('a router of %s of tRPC and zod', (_, copy) => {
  const router = routerOf(copy);
  const api = createApi({ router, createContext: () => ({}), openapi: false });

  test.each(REQUESTS)('has the responses of its own adapter: $path', async ({ path, init }) => {
    const expected = await copy.fetch.fetchRequestHandler({
      endpoint: '/api/trpc',
      req: new Request(`http://localhost/api/trpc/${path}`, init),
      router,
      createContext: () => ({}),
    });
    const ours = await seen(await api.request(`/api/trpc/${path}`, init));
    expect(ours).toEqual(await seen(expected));
  });

  test('has the status of a TRPCError, and the issues of a ZodError, over REST', async () => {
    const missing = await api.request('/api/v1/things/a');
    expect(missing.status).toBe(404);
    await expect(missing.json()).resolves.toMatchObject({ detail: 'There is no such thing.' });
    const invalid = await api.request('/api/v1/things/long');
    expect(invalid.status).toBe(400);
    await expect(invalid.json()).resolves.toMatchObject({ issues: [{ pointer: '/id' }] });
  });

  test('keeps the ids of tracked values over REST', async () => {
    const response = await api.request('/api/v1/live');
    await expect(response.text()).resolves.toMatch(/id: ?a\n[^]*id: ?b\n/);
  });

  test('rejects a form where octets are expected', async () => {
    const response = await api.request('/api/trpc/upload', { method: 'POST', body: new FormData() });
    expect(response.status).toBe(415);
  });
});
