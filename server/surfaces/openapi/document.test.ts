import { describe, expect, test } from '@jest/globals';
import { generateOpenApiDocument } from 'trpc-to-openapi';
import { z } from 'zod';
import { ERRORS } from '#contract/errors';
import { procedure, router } from '../rest/testkit.ts';
import { createOpenApiDocument } from './document.ts';

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
      .input(ChatId.extend({ title: z.string() }))
      .output(z.void())
      .mutation(() => undefined),
    stream: procedure
      .meta({
        openapi: { enabled: false, method: 'GET', path: '/chats/{id}/stream', summary: 'Follow' },
        rest: { sse: true },
      })
      .input(ChatId.extend({ lastEventId: z.string().optional() }))
      .subscription(async function* () {
        yield '';
      }),
    internal: procedure.output(z.void()).query(() => undefined),
  },
});

const document = createOpenApiDocument(app, {
  title: 'Test',
  version: '1.2.3',
  serverUrl: 'https://x.example/',
  tags: { chat: 'Conversations.' },
});
const operation = (path: string, method: 'get' | 'post' | 'patch') => document.paths?.[path]?.[method];

describe('the document', () => {
  test('describes every REST procedure by its name, and nothing else', () => {
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
    expect(Object.keys(document.components?.schemas ?? {}).sort()).toEqual(['Chat', 'Problem']);
  });

  test('says how dates and bigints are written', () => {
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
    ]);
    expect(operation('/chats', 'get')?.parameters).toMatchObject([
      { in: 'query', name: 'limit', schema: { default: 20, maximum: 100 } },
      { in: 'query', name: 'since', schema: { format: 'date-time' } },
    ]);
    expect(operation('/chats/{id}', 'patch')?.requestBody).toEqual({
      required: true,
      content: {
        'application/json': {
          schema: {
            type: 'object',
            properties: { title: { type: 'string' } },
            required: ['title'],
            additionalProperties: false,
          },
        },
      },
    });
    expect(operation('/chats', 'post')?.requestBody).toMatchObject({ required: false });
  });

  test('describes success as it is served', () => {
    expect(operation('/chats', 'post')?.responses?.['201']).toMatchObject({ headers: { Location: {} } });
    expect(operation('/chats', 'get')?.responses?.['200']).toMatchObject({ headers: { Link: {} } });
    expect(operation('/chats/{id}', 'patch')?.responses?.['204']).not.toHaveProperty('content');
    const stream = operation('/chats/{id}/stream', 'get');
    expect(stream?.responses?.['200']).toMatchObject({ content: { 'text/event-stream': {} } });
    expect(stream?.parameters).toContainEqual(
      expect.objectContaining({ in: 'header', name: 'Last-Event-ID' }),
    );
  });

  test('describes errors with one Problem schema that holds the whole catalogue', () => {
    const statuses = Object.keys(operation('/chats/{id}', 'patch')?.responses ?? {});
    expect(statuses).toEqual(['204', '400', '401', '403', '404', '409', '413', '415', '429', '500', '503']);
    expect(operation('/chats/{id}', 'get')?.responses?.['404']).toEqual({
      $ref: '#/components/responses/Problem404',
    });
    expect(document.components?.responses?.['Problem404']).toMatchObject({
      content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
    });
    expect(document.components?.schemas?.['Problem']).toMatchObject({
      properties: { code: { enum: Object.keys(ERRORS) } },
    });
  });

  test('asks for a session or a key unless the procedure is open', () => {
    expect(operation('/chats/{id}', 'get')?.security).toEqual([{ session: [] }, { apiKey: [] }]);
    expect(operation('/chats', 'get')?.security).toEqual([]);
    expect(Object.keys(document.components?.securitySchemes ?? {})).toEqual(['session', 'apiKey']);
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
