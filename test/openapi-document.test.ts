import { describe, expect, test } from '@jest/globals';
import { initTRPC, tracked } from '@trpc/server';
import { generateOpenApiDocument } from 'trpc-to-openapi';
import { z } from 'zod';
import { ERRORS } from '#contract/errors';
import { createOpenApiDocument, trackedIterable } from '#layer/index';
import { procedure, router } from '#layer/testing/index';
import { documentInfo } from '#routers/document';
import type { Access, Meta } from '#server/access';

const { errors, access } = documentInfo;
/** The part of the document that belongs to this product. */
const product = { ...(errors && { errors }), ...(access && { access }) };
/** A procedure with the meta of this product. */
const { procedure: own } = initTRPC.meta<Meta>().create();

const Chat = z
  .object({ id: z.uuid(), title: z.string(), at: z.date(), big: z.bigint() })
  .meta({ id: 'Chat' });
const ChatId = z.strictObject({ id: z.uuid() });

const app = router({
  chat: {
    get: procedure
      .meta({ openapi: { method: 'GET', path: '/chats/{id}', tags: ['chat'], summary: 'A chat' } })
      .input(ChatId)
      .output(Chat)
      .query(() => ({ id: '', title: '', at: new Date(), big: 1n })),
    list: procedure
      .meta({ openapi: { method: 'GET', path: '/chats', tags: ['chat'], summary: 'Chats', protect: false } })
      .input(z.strictObject({ limit: z.int().min(1).max(100).default(20), since: z.date().optional() }))
      .output(z.object({ items: z.array(Chat), nextCursor: z.string().nullable() }))
      .query(() => ({ items: [], nextCursor: null })),
    create: procedure
      .meta({
        openapi: { method: 'POST', path: '/chats', tags: ['chat'], summary: 'A new chat' },
        rest: { status: 201, location: '/chats/{id}' },
      })
      .input(z.strictObject({ title: z.string().optional() }))
      .output(Chat)
      .mutation(() => ({ id: '', title: '', at: new Date(), big: 1n })),
    update: procedure
      .meta({ openapi: { method: 'PATCH', path: '/chats/{id}', tags: ['chat'], summary: 'Change a chat' } })
      .input(ChatId.extend({ title: z.string() }).meta({ id: 'ChatUpdate', description: 'A change.' }))
      .output(z.void())
      .mutation(() => undefined),
    stream: procedure
      .meta({
        openapi: { enabled: false, method: 'GET', path: '/chats/{id}/stream', summary: 'Follow' },
        rest: { sse: true },
      })
      .input(ChatId.extend({ lastEventId: z.string().optional() }))
      .output(trackedIterable(z.array(z.string())))
      .subscription(async function* () {
        yield tracked('1', ['']);
      }),
    internal: procedure.output(z.void()).query(() => undefined),
  },
});

const document = createOpenApiDocument(app, {
  title: 'Test',
  ...product,
  version: '1.2.3',
  serverUrl: 'https://x.example/',
  tags: { chat: 'Conversations.' },
  features: { idempotency: true, rateLimits: true },
});
const operation = (path: string, method: 'get' | 'post' | 'patch') => document.paths?.[path]?.[method];

describe('the document', () => {
  test('has one operation per REST procedure, with its name as the id', () => {
    const ids = Object.values(document.paths ?? {}).flatMap((item) =>
      [item.get, item.post, item.patch].flatMap((found) => found?.operationId ?? []),
    );
    expect(ids.sort()).toEqual(['chat.create', 'chat.get', 'chat.list', 'chat.stream', 'chat.update']);
    expect(document.servers).toEqual([{ url: 'https://x.example/api/v1' }]);
    expect(document.tags).toEqual([{ name: 'chat', description: 'Conversations.' }]);
    expect(document.info).toEqual({ title: 'Test', version: '1.2.3' });
  });

  test('names a schema once and refers to it', () => {
    expect(operation('/chats/{id}', 'get')?.responses?.['200']).toMatchObject({
      content: { 'application/json': { schema: { $ref: '#/components/schemas/Chat' } } },
    });
    const names = Object.keys(document.components?.schemas ?? {});
    expect(names.filter((name) => !/^Problem\d/.test(name)).sort()).toEqual([
      'Chat',
      'ChatStreamEvent',
      'ChatStreamLine',
      'ChatUpdate',
      'Issue',
      'Problem',
    ]);
  });

  test('has the headers that the meta of a procedure declares', () => {
    const declaring = router({
      get: procedure
        .meta({
          openapi: {
            method: 'GET',
            path: '/a',
            requestHeaders: z.object({
              'X-Tenant': z.string().meta({ description: 'The tenant.' }),
              'X-Trace': z.uuid().optional(),
            }),
            responseHeaders: z.object({
              'X-Cost': z.int().meta({ description: 'The cost.' }),
              'X-Cache': z.enum(['hit', 'miss']).meta({ id: 'CacheState' }).optional(),
            }),
          },
          rest: { headers: { 'x-size': 'size' } },
        })
        .input(z.object({ size: z.int() }))
        .output(z.string())
        .query(() => ''),
    });
    const generated = createOpenApiDocument(declaring, {
      title: 'T',
      version: '1',
      serverUrl: 'https://x.example/',
    });
    const get = generated.paths?.['/a']?.get;
    expect(get?.parameters?.filter((one) => 'in' in one && one.name.startsWith('X-'))).toMatchObject([
      { name: 'X-Tenant', required: true, description: 'The tenant.', schema: { type: 'string' } },
      { name: 'X-Trace', schema: { type: 'string', format: 'uuid' } },
      { name: 'X-Size', schema: { type: 'integer' } },
    ]);
    expect(get?.responses?.['200']).toMatchObject({
      headers: {
        'X-Cost': { required: true, description: 'The cost.', schema: { type: 'integer' } },
        'X-Cache': { required: false, schema: { type: 'string', enum: ['hit', 'miss'] } },
      },
    });
  });

  test('has declared headers whose schemas JSON Schema cannot express', () => {
    const declaring = router({
      get: procedure
        .meta({
          openapi: {
            method: 'GET',
            path: '/a',
            requestHeaders: z.object({ 'X-Since': z.date(), 'X-Made': z.string().transform(Number) }),
            responseHeaders: z.object({
              'X-Until': z.date(),
              'X-Size': z.bigint(),
              'X-Left': z.string().transform((text) => text.length),
            }),
          },
        })
        .output(z.string())
        .query(() => ''),
    });
    const generated = createOpenApiDocument(declaring, {
      title: 'T',
      version: '1',
      serverUrl: 'https://x.example/',
    });
    const get = generated.paths?.['/a']?.get;
    expect(get?.parameters?.filter((one) => 'in' in one && one.name.startsWith('X-'))).toMatchObject([
      { name: 'X-Since', schema: { type: 'string', format: 'date-time' } },
      { name: 'X-Made', schema: { type: 'string' } },
    ]);
    expect(get?.responses?.['200']).toMatchObject({
      headers: {
        'X-Until': { schema: { type: 'string', format: 'date-time' } },
        'X-Size': { schema: { type: 'string', pattern: '^-?\\d+$' } },
        'X-Left': { schema: {} },
      },
    });
  });

  test('describes the format of dates and bigints', () => {
    expect(document.components?.schemas?.['Chat']).toMatchObject({
      properties: {
        at: { type: 'string', format: 'date-time' },
        big: { type: 'string', pattern: '^-?\\d+$' },
      },
    });
  });

  test('splits the input into path, query and body', () => {
    expect(operation('/chats/{id}', 'get')?.parameters).toMatchObject([
      { in: 'path', name: 'id', required: true },
      { in: 'header', name: 'If-None-Match' },
    ]);
    expect(operation('/chats', 'get')?.parameters).toMatchObject([
      { in: 'query', name: 'limit', schema: { default: 20, maximum: 100 } },
      { in: 'query', name: 'since', schema: { format: 'date-time' } },
      { in: 'header', name: 'If-None-Match' },
    ]);
    const body = { schema: { $ref: '#/components/schemas/ChatUpdate' }, example: { title: 'text' } };
    expect(operation('/chats/{id}', 'patch')?.requestBody).toEqual({
      required: true,
      content: { 'application/json': body },
    });
    expect(document.components?.schemas?.['ChatUpdate']).toEqual({
      type: 'object',
      description: 'A change.',
      properties: { title: { type: 'string' } },
      required: ['title'],
      additionalProperties: false,
    });
    expect(operation('/chats', 'post')?.requestBody).toMatchObject({ required: false });
  });

  test('describes success responses as they are served', () => {
    expect(operation('/chats', 'post')?.responses?.['201']).toMatchObject({ headers: { Location: {} } });
    expect(operation('/chats', 'get')?.responses?.['200']).toMatchObject({ headers: { Link: {} } });
    expect(operation('/chats/{id}', 'patch')?.responses?.['204']).not.toHaveProperty('content');
    const stream = operation('/chats/{id}/stream', 'get');
    expect(stream?.responses?.['200']).toMatchObject({
      content: { 'text/event-stream': { schema: { $ref: '#/components/schemas/ChatStreamEvent' } } },
    });
    expect(document.components?.schemas?.['ChatStreamEvent']).toMatchObject({
      anyOf: [
        { properties: { id: { type: 'string' }, data: { type: 'array', items: { type: 'string' } } } },
        { properties: { event: { const: 'done' } } },
        { properties: { event: { const: 'error' }, data: { $ref: '#/components/schemas/Problem' } } },
      ],
    });
    expect(stream?.parameters).toContainEqual(
      expect.objectContaining({ in: 'header', name: 'Last-Event-ID' }),
    );
  });

  test('describes errors by status, with the possible codes of each', () => {
    const statuses = Object.keys(operation('/chats/{id}', 'patch')?.responses ?? {});
    expect(statuses).toEqual('204,400,401,403,404,409,412,413,415,429,500,503,504'.split(','));
    expect(operation('/chats/{id}', 'get')?.responses?.['404']).toEqual({
      $ref: '#/components/responses/Problem404',
    });
    expect(document.components?.responses?.['Problem404']).toMatchObject({
      content: {
        'application/problem+json': {
          schema: { $ref: '#/components/schemas/Problem404' },
          examples: { NOT_FOUND: { value: { code: 'NOT_FOUND', status: 404 } } },
        },
      },
    });
    expect(document.components?.schemas?.['Problem409']).toMatchObject({
      allOf: [
        { $ref: '#/components/schemas/Problem' },
        {
          properties: {
            status: { const: 409 },
            code: {
              enum: [
                'CONFLICT',
                'IDEMPOTENCY_KEY_IN_USE',
                'IDEMPOTENCY_KEY_REUSED',
                'EMAIL_TAKEN',
                'LIMIT_REACHED',
                'RUN_ACTIVE',
                'REQUEST_ID_REUSED',
              ],
            },
          },
        },
      ],
    });
    expect(document.components?.schemas?.['Problem']).toMatchObject({
      properties: { code: { enum: Object.keys(ERRORS) } },
    });
  });

  test('describes the headers of conditional requests, retries and rate limits', () => {
    const headersOf = (path: string, method: 'get' | 'post' | 'patch') =>
      (operation(path, method)?.parameters ?? []).flatMap((parameter) =>
        'in' in parameter && parameter.in === 'header' ? [parameter.name] : [],
      );
    expect(headersOf('/chats/{id}', 'get')).toEqual(['If-None-Match']);
    expect(headersOf('/chats/{id}', 'patch')).toEqual(['Idempotency-Key', 'If-Match']);
    expect(headersOf('/chats', 'post')).toEqual(['Idempotency-Key']);
    expect(headersOf('/chats/{id}/stream', 'get')).toEqual(['Last-Event-ID']);
    const read = operation('/chats/{id}', 'get')?.responses;
    expect(read).toMatchObject({ 200: { headers: { ETag: {}, RateLimit: {} } }, 304: {} });
    expect(operation('/chats/{id}/stream', 'get')?.responses).not.toHaveProperty('304');
    expect(operation('/chats', 'post')?.responses).toHaveProperty('412');
    expect(document.components?.responses?.['Problem429']).toMatchObject({
      headers: { 'RateLimit-Policy': {}, 'Retry-After': {} },
    });
  });

  test('requires a session or a key unless the procedure is open', () => {
    expect(operation('/chats/{id}', 'get')?.security).toEqual([{ apiKey: ['read'] }, { session: [] }]);
    expect(operation('/chats/{id}', 'patch')?.security).toEqual([{ apiKey: ['write'] }, { session: [] }]);
    expect(operation('/chats', 'get')?.security).toEqual([]);
    expect(operation('/chats', 'get')?.responses).not.toHaveProperty('401');
    expect(Object.keys(document.components?.securitySchemes ?? {})).toEqual(['session', 'apiKey']);
  });
});

test('requires the credentials that the base procedure accepts', () => {
  const openTo = (access: Access) =>
    own.meta({ access, openapi: { method: 'POST', path: `/${access}` } }).mutation(() => undefined);
  const levels = ['anyone', 'signed-in', 'session-only', 'registered', 'admin'] as const;
  const { paths = {} } = createOpenApiDocument(
    router(Object.fromEntries(levels.map((access) => [access, openTo(access)]))),
    { title: 'Test', version: '1', ...product },
  );
  const either = [{ apiKey: ['write'] }, { session: [] }];
  expect(levels.map((access) => paths[`/${access}`]?.post?.security)).toEqual([
    [],
    either,
    [{ session: [] }],
    [{ session: [] }],
    either,
  ]);
  expect(paths['/registered']?.post?.description).toMatch(/guests are rejected/);
});

test('names the body of procedures with the same input once', () => {
  const Rename = z.strictObject({ id: z.string(), name: z.string() }).meta({ id: 'Rename' });
  const post = (path: `/${string}`) =>
    procedure
      .meta({ openapi: { method: 'POST', path } })
      .input(Rename)
      .mutation(() => undefined);
  const { paths = {} } = createOpenApiDocument(
    router({ a: post('/a/{id}'), b: post('/b/{id}'), c: post('/c') }),
    { title: 'Test', version: '1' },
  );
  const bodies = ['/a/{id}', '/b/{id}', '/c'].map((path) => paths[path]?.post?.requestBody);
  const named = { content: { 'application/json': { schema: { $ref: '#/components/schemas/Rename' } } } };
  expect(bodies).toMatchObject([
    named,
    named,
    { content: { 'application/json': { schema: { required: ['id', 'name'] } } } },
  ]);
});

test('describes forms, headers with input, named errors, and the deprecation of an endpoint', () => {
  const upload = procedure
    .meta({
      openapi: { method: 'POST', path: '/upload' },
      errors: ['CONFLICT'],
      rest: { headers: { 'x-tenant': 'tenant' } },
      deprecated: { since: '2026-01-31', sunset: '2027-01-31', successor: 'filter' },
    })
    .input(
      z.strictObject({ tenant: z.string().optional(), image: z.file().mime(['image/png', 'image/webp']) }),
    )
    .mutation(() => undefined);
  const filter = procedure
    .meta({
      openapi: { method: 'POST', path: '/filter', contentTypes: ['application/x-www-form-urlencoded'] },
    })
    .input(z.strictObject({ by: z.strictObject({ name: z.string() }), tags: z.array(z.string()) }))
    .mutation(() => undefined);
  const { paths = {} } = createOpenApiDocument(router({ upload, filter }), { title: 'Test', version: '1' });
  const described = paths['/upload']?.post;
  expect(described?.parameters).toContainEqual(
    expect.objectContaining({
      in: 'header',
      name: 'X-Tenant',
      schema: expect.objectContaining({ type: 'string' }),
    }),
  );
  expect(described?.requestBody).toMatchObject({
    content: {
      'multipart/form-data': {
        schema: { properties: { image: { type: 'string', format: 'binary' } } },
        encoding: { image: { contentType: 'image/png, image/webp' } },
      },
    },
  });
  expect(described).toMatchObject({
    description:
      '**Deprecated** since 2026-01-31. It will be removed on 2027-01-31. Use `filter` (`POST /filter`) instead.',
    deprecated: true,
    'x-deprecated-since': '2026-01-31',
    'x-sunset': '2027-01-31',
    'x-successor': 'filter',
    'x-error-codes': ['CONFLICT'],
  });
  expect(described?.responses?.['200']).toMatchObject({ headers: { Deprecation: {}, Sunset: {} } });
  expect(paths['/filter']?.post?.responses?.['200']).not.toHaveProperty('headers.Deprecation');
  expect(paths['/filter']?.post?.requestBody).toMatchObject({
    content: {
      'application/x-www-form-urlencoded': { encoding: { by: { style: 'deepObject', explode: true } } },
    },
  });
});

test('trpc-to-openapi reads the same router', () => {
  const theirs = generateOpenApiDocument(app, {
    title: 'Test',
    version: '1',
    baseUrl: 'https://x.example/api/v1',
  });
  const { '/chats/{id}/stream': _stream, ...paths } = document.paths ?? {};
  expect(Object.keys(theirs.paths ?? {}).sort()).toEqual(Object.keys(paths).sort());
});
