import { describe, expect, test } from '@jest/globals';
import { initTRPC } from '@trpc/server';
import { z } from 'zod';
import { createApi } from '../api.ts';
import { CoreError } from '../errors/api-error.ts';
import type { Meta } from '../meta.ts';
import { api, appRouter, attribute, elementsOf, Node, open, t } from './testkit.ts';

describe('HTTP', () => {
  test('an unchanged page is 304, and HEAD has no body', async () => {
    const first = await api.request('/api/docs/things/get');
    const etag = first.headers.get('etag') ?? '';
    expect(etag).toMatch(/^"[\w-]+"$/);
    const again = await api.request('/api/docs/things/get', { headers: { 'if-none-match': etag } });
    expect([again.status, await again.text()]).toEqual([304, '']);
    const head = await api.request('/api/docs/things/get', { method: 'HEAD' });
    expect([head.status, head.headers.get('etag'), await head.text()]).toEqual([200, etag, '']);
  });

  test('an unknown page is a page for browsers, and a problem for programs', async () => {
    const page = await open('/api/docs/nothing');
    expect([page.response.status, page.text]).toEqual([404, expect.stringContaining('Page not found')]);
    expect(page.response.headers.get('etag')).toBeNull();
    const problem = await api.request('/api/docs/nothing', { headers: { accept: 'application/json' } });
    expect([problem.status, problem.headers.get('content-type')]).toEqual([404, 'application/problem+json']);
    for (const path of [
      '/api/docs/%E0%A4%A',
      '/api/docs/things/get/',
      '/api/docs/constructor',
      '/api/docs/..%2Fx',
    ]) {
      expect([path, [200, 404].includes((await api.request(path)).status)]).toEqual([path, true]);
    }
  });

  test('other methods are rejected', async () => {
    const response = await api.request('/api/docs', { method: 'POST' });
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD, OPTIONS']);
  });

  test('a page has a policy that allows only its own files', async () => {
    const { response } = await open('/api/docs');
    expect(response.headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; script-src 'self';/,
    );
    expect(response.headers.get('content-security-policy')).not.toContain('unsafe');
  });

  test('calls of pages are admitted, scripts and styles are not counted and may be kept', async () => {
    let admitted = 0;
    const limited = createApi({
      router: appRouter,
      createContext: () => ({}),
      docs: { path: '/docs' },
      admit: () => [admitted++ > 0 ? new CoreError('TOO_MANY_REQUESTS', { retryAfter: 1 }) : undefined],
      warn: () => undefined,
    });
    const html = await (await limited.request('/docs')).text();
    const [script = ''] = /\/docs\/assets\/[\w-]+\.js/.exec(html) ?? [];
    const asset = await limited.request(script);
    expect([asset.status, asset.headers.get('cache-control')]).toEqual([
      200,
      'public, max-age=31536000, immutable',
    ]);
    expect((await limited.request('/docs')).status).toBe(429);
  });

  test('the public path precedes all links', async () => {
    const based = createApi({
      router: appRouter,
      createContext: () => ({}),
      publicPath: '/base',
      openapi: { title: 'T', version: '1', serverUrl: 'https://zoo.example' },
      docs: {},
      warn: () => undefined,
    });
    const html = await (await based.request('/base/api/docs/things/get')).text();
    const hrefs = elementsOf(html).flatMap((element) => attribute(element, 'href') ?? []);
    expect(hrefs.filter((href) => href.startsWith('/') && !href.startsWith('/base/api/docs'))).toEqual([]);
    expect(hrefs).toContain('https://zoo.example/base/api/docs/things/get');
    expect(html).toContain('/base/api/v1/things/{id}');
  });

  test('the type of a problem document is the page of its code', async () => {
    const problem: { type: string } = await (await api.request('/api/v1/things/x')).json();
    expect(problem.type).toBe('/api/docs/errors/INVALID_INPUT');
    expect((await open(problem.type)).text).toContain('"type": "/api/docs/errors/INVALID_INPUT"');
    const document = JSON.stringify(await api.document());
    expect(document).toContain('"type":"/api/docs/errors/NOT_FOUND"');
    const based = createApi({
      router: appRouter,
      createContext: () => ({}),
      publicPath: '/base',
      openapi: { title: 'T', version: '1', serverUrl: 'https://zoo.example/' },
      docs: { path: '/help' },
      warn: () => undefined,
    });
    await expect((await based.request('/api/v1/nothing')).json()).resolves.toMatchObject({
      type: 'https://zoo.example/base/help/errors/NOT_FOUND',
    });
    const bare = createApi({ router: appRouter, createContext: () => ({}), warn: () => undefined });
    await expect((await bare.request('/api/v1/nothing')).json()).resolves.toMatchObject({
      type: 'about:blank',
    });
  });

  test('without the option, there is no reference', async () => {
    const other = createApi({ router: appRouter, createContext: () => ({}), warn: () => undefined });
    expect((await other.request('/api/docs')).status).toBe(404);
  });
});

describe('the form that calls a procedure', () => {
  const isDev = (value: boolean) => {
    const { procedure, router } = initTRPC.meta<Meta>().create({ isDev: value });
    return router({ ping: procedure.input(z.object({ at: z.date() })).query(() => 1) });
  };
  const serve = (router: ReturnType<typeof isDev>, tryIt?: boolean) =>
    createApi({
      router,
      createContext: () => ({}),
      docs: { ...(tryIt !== undefined && { tryIt }) },
      warn: () => undefined,
    });

  test('is there in development, or if it is switched on', async () => {
    for (const [isDevelopment, tryIt, expected] of [
      [true, undefined, true],
      [false, undefined, false],
      [true, false, false],
      [false, true, true],
    ] as const) {
      const own = serve(isDev(isDevelopment), tryIt);
      const page = await (await own.request('/api/docs/ping')).text();
      const trial = await own.request('/api/docs/ping.json');
      expect([page.includes('Try it'), trial.status]).toEqual([expected, expected ? 200 : 404]);
      expect(await (await own.request('/api/docs/ping.md')).text()).not.toContain('Try it');
    }
  });

  test('gets the schema, an example, and how each surface takes the input', async () => {
    const response = await serve(isDev(true)).request('/api/docs/ping.json');
    expect([response.headers.get('content-type'), await response.json()]).toEqual([
      'application/json',
      {
        name: 'ping',
        type: 'query',
        input: expect.objectContaining({ type: 'object', required: ['at'] }),
        schemas: {},
        example: { at: expect.any(String) },
        rest: null,
        rpc: { url: '/api/trpc/ping', typed: null },
        key: { header: 'authorization', prefix: 'Bearer ' },
      },
    ]);
  });
});

describe('a router with 1,000 procedures', () => {
  const many = t.router(
    Object.fromEntries(
      Array.from({ length: 50 }, (_, r) => [
        `router${r}`,
        t.router(
          Object.fromEntries(
            Array.from({ length: 20 }, (__, p) => [
              `procedure${p}`,
              t.procedure
                .meta({
                  openapi: { method: 'GET', path: `/r${r}/p${p}/{id}`, summary: `Get thing ${p} of ${r}` },
                })
                .input(z.object({ id: z.string(), name: z.string().optional() }))
                .output(z.object({ id: z.string(), items: z.array(Node) }))
                .query(() => ({ id: '', items: [] })),
            ]),
          ),
        ),
      ]),
    ),
  );
  const large = createApi({ router: many, createContext: () => ({}), docs: {}, warn: () => undefined });

  test('has an index below 100 kB, and finds each procedure', async () => {
    for (const path of [
      '/api/docs',
      '/api/docs/router7',
      '/api/docs/router7/procedure3',
      '/api/docs?q=thing',
    ]) {
      const text = await (await large.request(path)).text();
      expect([path, text.length < 100_000]).toEqual([path, true]);
    }
    const found = await (await large.request('/api/docs?q=procedure19+router49')).text();
    expect(found).toContain('/api/docs/router49/procedure19');
  });
});
