import { beforeAll, describe, expect, test } from '@jest/globals';
import { type AnyTRPCRouter, initTRPC, TRPCError } from '@trpc/server';
import { createOpenApiFetchHandler, generateOpenApiDocument, type OpenApiMeta } from 'trpc-to-openapi';
import { z } from 'zod';
import { createRestSurface, problem, toResponse } from '#layer/index';
import { callOf } from '#layer/testing/index';
import { appRouter } from '#routers/index';
import type { Deps } from '#server/compose';
import { errors } from '#server/errors';
import { createContext } from '#server/people/context';
import { type Person, requestInfo, signUp, startInstance } from './caller.ts';
import { type ParsedResponse, read } from './client.ts';
import { all } from './procedures.ts';
import { PRODUCT } from '#contract/product';

type Handle = (path: string, init?: RequestInit) => Promise<ParsedResponse>;

/** Serves a router with trpc-to-openapi's own handler. */
const theirs = (router: AnyTRPCRouter, contextOf: (request: Request) => object): Handle => {
  return async (path, init) => {
    const req = new Request(`http://localhost/api/v1${path}`, init);
    const createdContext = contextOf(req);
    const createContextOf = async () => createdContext;
    return read(
      await createOpenApiFetchHandler({ endpoint: '/api/v1', router, req, createContext: createContextOf }),
    );
  };
};

/** Serves a router on our REST surface. */
function ours(router: AnyTRPCRouter, contextOf: (request: Request) => object): Handle {
  const surface = createRestSurface<object>(router, { errors });
  return async (path, init) => {
    const request = new Request(`http://localhost/api/v1${path}`, init);
    const response = await Promise.resolve(callOf(request, contextOf(request)))
      .then(surface)
      .catch((error: unknown) => problem(errors, errors.toError(error), 'test'));
    return read(toResponse(response));
  };
}

const json = (method: string, body: unknown): RequestInit => ({
  method,
  body: JSON.stringify(body),
  headers: { 'content-type': 'application/json' },
});

describe('our router', () => {
  let deps: Deps;
  let ada: Person;
  beforeAll(async () => {
    deps = await startInstance();
    // The first account is an admin.
    await signUp(deps, 'Root');
    ada = await signUp(deps);
  });

  test('is accepted unchanged by its document generator', () => {
    const document = generateOpenApiDocument(appRouter, {
      title: PRODUCT.name,
      version: '0',
      baseUrl: 'http://localhost/api/v1',
    });
    const described = Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
      Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`),
    );
    // Its document cannot describe event streams.
    const expected = all.filter(({ type }) => type !== 'subscription');
    expect(described.toSorted()).toEqual(expected.map(({ method, path }) => `${method} ${path}`).toSorted());
  });

  test('is served unchanged by its handler, with the same responses', async () => {
    const contextOf = ({ headers }: Request) => createContext(deps, requestInfo(headers));
    const handlers = [ours(appRouter, contextOf), theirs(appRouter, contextOf)];
    for (const handle of handlers) {
      const as = (init: RequestInit = {}): RequestInit => {
        return {
          ...init,
          headers: { ...Object.fromEntries(new Headers(init.headers)), ...Object.fromEntries(ada.headers) },
        };
      };
      const created = await handle('/chats', as(json('POST', { title: 'Twice' })));
      const { id } = z.object({ id: z.string(), title: z.literal('Twice') }).parse(created.body);
      const found = await handle(`/chats/${id}`, as());
      expect(found).toMatchObject({ status: 200, body: created.body });
      const listed = await handle('/chats?limit=1&search=Twice', as());
      expect(listed.body).toMatchObject({ items: [created.body], nextCursor: expect.any(Object) });
      expect((await handle('/users/me', as())).body).toMatchObject({ id: ada.id });
      expect((await handle('/users/me')).status).toBe(401);
      expect((await handle('/users', as())).status).toBe(403);
      expect((await handle('/chats/nowhere-to-be-found', as())).status).toBe(404);
      expect((await handle('/chats?limit=many', as())).status).toBe(400);
      expect((await handle(`/chats/${id}`, as({ method: 'DELETE' }))).status).toBeLessThan(300);
    }
  });
});

interface Visitor {
  user: string | null;
}

/** A router in the style of the README of trpc-to-openapi. */
function theirRouter() {
  const t = initTRPC.context<Pick<Visitor, 'user'>>().meta<OpenApiMeta>().create();
  const posts = new Map([[1, { id: 1, title: 'First', draft: false, at: new Date('2026-02-03') }]]);
  const Post = z.object({ id: z.number(), title: z.string(), draft: z.boolean(), at: z.date() });
  const find = (id: number) => {
    const post = posts.get(id);
    if (!post) throw new TRPCError({ code: 'NOT_FOUND', message: 'No such post' });
    return post;
  };
  return t.router({
    sayHello: t.procedure
      .meta({ openapi: { method: 'GET', path: '/say-hello/{name}', tags: ['greetings'], protect: false } })
      .input(z.object({ name: z.string(), greeting: z.string().default('Hello') }))
      .output(z.object({ greeting: z.string() }))
      .query(({ input }) => ({ greeting: `${input.greeting} ${input.name}!` })),
    whoAmI: t.procedure
      .meta({ openapi: { method: 'GET', path: '/me', protect: true } })
      .input(z.void())
      .output(z.object({ user: z.string() }))
      .query(({ ctx }) => {
        if (!ctx.user) throw new TRPCError({ code: 'UNAUTHORIZED', message: 'Who are you?' });
        return { user: ctx.user };
      }),
    posts: t.router({
      list: t.procedure
        .meta({
          openapi: {
            method: 'GET',
            path: '/posts',
            requestHeaders: z.object({ 'x-trace': z.string().optional() }),
            responseHeaders: z.object({ 'x-total': z.string() }),
            errorResponses: [400, 500],
            successDescription: 'Posts',
          },
        })
        .input(
          z.object({
            limit: z.number().min(1).max(100).default(10),
            draft: z.boolean().optional(),
            since: z.date().optional(),
            size: z.bigint().optional(),
            tags: z.preprocess(
              (value) => (typeof value === 'string' ? value.split(',') : value),
              z.array(z.string()),
            ),
          }),
        )
        .output(z.object({ received: z.string() }))
        .query(({ input }) => ({
          received: JSON.stringify({ ...input, size: String(input.size), since: input.since?.toISOString() }),
        })),
      get: t.procedure
        .meta({ openapi: { method: 'GET', path: '/posts/{id}' } })
        .input(z.object({ id: z.number() }))
        .output(Post)
        .query(({ input }) => find(input.id)),
      create: t.procedure
        .meta({ openapi: { method: 'POST', path: '/posts', contentTypes: ['application/json'] } })
        .input(z.object({ title: z.string().min(1), tags: z.array(z.string()).optional() }))
        .output(z.object({ title: z.string(), tags: z.array(z.string()) }))
        .mutation(({ input }) => ({ title: input.title, tags: input.tags ?? [] })),
      replace: t.procedure
        .meta({ openapi: { method: 'PUT', path: '/posts/{id}', deprecated: true } })
        .input(z.object({ id: z.string(), title: z.string() }))
        .output(z.object({ id: z.string(), title: z.string() }))
        .mutation(({ input }) => input),
      remove: t.procedure
        .meta({ openapi: { method: 'DELETE', path: '/posts/{id}' } })
        .input(z.object({ id: z.number(), hard: z.boolean().optional() }))
        .output(z.object({ removed: z.boolean() }))
        .mutation(({ input }) => {
          find(input.id);
          return { removed: input.hard === true };
        }),
      taken: t.procedure
        .meta({ openapi: { method: 'POST', path: '/posts/{id}/publish' } })
        .input(z.object({ id: z.number() }))
        .output(z.void())
        .mutation(() => {
          throw new TRPCError({ code: 'CONFLICT', message: 'It is published' });
        }),
      hidden: t.procedure
        .meta({ openapi: { enabled: false, method: 'GET', path: '/hidden' } })
        .output(z.string())
        .query(() => ''),
    }),
  });
}

describe('a router written for trpc-to-openapi', () => {
  const contextOf = ({ headers }: Request): Visitor => ({
    user: headers.get('authorization')?.split(' ')[1] ?? null,
  });
  // Its handler modifies the schemas that it serves, so each handler gets its own router.
  const here = ours(theirRouter(), contextOf);
  const there = theirs(theirRouter(), contextOf);

  test.each<[string, RequestInit]>([
    ['/say-hello/Lily', {}],
    ['/say-hello/Lily?greeting=Hi', {}],
    ['/me', { headers: { authorization: 'Bearer ada' } }],
    ['/posts?tags=a', {}],
    ['/posts?tags=a,b&limit=5&draft=true&since=2026-02-03&size=12', {}],
    ['/posts?tags=a&tags=b', { headers: { 'x-trace': '1' } }],
    ['/posts/1', {}],
    ['/posts', json('POST', { title: 'New' })],
    ['/posts', json('POST', { title: 'New', tags: ['a', 'b'], unknown: 1 })],
    ['/posts/7', json('PUT', { title: 'Other' })],
    ['/posts/1?hard=true', { method: 'DELETE' }],
  ])('has the same response here: %s', async (path, init) => {
    const [mine, other] = [await here(path, init), await there(path, init)];
    expect(other.status).toBe(200);
    expect(mine).toMatchObject({ status: 200, body: other.body });
  });

  test.each<[string, RequestInit | undefined, number]>([
    ['/me', undefined, 401],
    ['/posts/2', undefined, 404],
    ['/posts/x', undefined, 400],
    ['/posts?tags=a&limit=1000', undefined, 400],
    ['/posts', json('POST', { title: '' }), 400],
    ['/posts', { ...json('POST', {}), body: '{' }, 400],
    ['/posts', { method: 'POST', body: 'x', headers: { 'content-type': 'text/plain' } }, 415],
    ['/posts/1/publish', json('POST', {}), 409],
    ['/hidden', undefined, 404],
    ['/nowhere', undefined, 404],
  ])('has the same error here: %s %j', async (path, init, status) => {
    expect((await there(path, init)).status).toBe(status);
    const { status: mine, headers } = await here(path, init);
    expect({ mine, type: headers.get('content-type') }).toEqual({
      mine: status,
      type: 'application/problem+json',
    });
  });

  /** The differences that docs/compatibility.md lists in a table. */
  test.each<[string, string, RequestInit | undefined, unknown, unknown]>([
    [
      'path parameters are decoded',
      '/say-hello/a%20b',
      undefined,
      [200, { greeting: 'Hello a b!' }],
      [200, { greeting: 'Hello a%20b!' }],
    ],
    [
      '`false` is false',
      '/posts/1?hard=false',
      { method: 'DELETE' },
      [200, { removed: false }],
      [200, { removed: true }],
    ],
    ['`n=` is an error', '/posts?tags=a&size=', undefined, 400, 200],
    ['paths are taken literally', '/Say-Hello/Lily/', undefined, 404, 200],
    ['a known path with another method', '/posts/1', json('PATCH', {}), 405, 404],
    ['HEAD', '/posts/1', { method: 'HEAD' }, 200, 204],
    ['no body', '/posts/1/publish', { method: 'POST' }, 409, 415],
    ['a wrong Accept', '/posts/1', { headers: { accept: 'text/html' } }, 406, 200],
    ['a path and a body that differ', '/posts/7', json('PUT', { id: '8', title: 'x' }), 400, 200],
  ])('differs here: %s', async (_, path, init, mine, other) => {
    const outcome = ({ status, body }: ParsedResponse, like: unknown) =>
      Array.isArray(like) ? [status, body] : status;
    expect(outcome(await here(path, init), mine)).toEqual(mine);
    expect(outcome(await there(path, init), other)).toEqual(other);
  });

  test('its handler modifies the schemas, ours does not', async () => {
    const strict = z.object({ id: z.number() });
    const t = initTRPC.context<object>().meta<OpenApiMeta>().create();
    const router = t.router({
      get: t.procedure
        .meta({ openapi: { method: 'GET', path: '/things/{id}' } })
        .input(strict)
        .output(z.number())
        .query(({ input }) => input.id),
    });
    expect((await ours(router, contextOf)('/things/1')).body).toBe(1);
    expect(strict.safeParse({ id: '1' }).success).toBe(false);
    expect((await theirs(router, contextOf)('/things/1')).body).toBe(1);
    expect(strict.safeParse({ id: '1' }).success).toBe(true);
  });
});
