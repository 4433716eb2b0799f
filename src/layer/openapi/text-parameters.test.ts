import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { toJson } from '../encode/json.ts';
import { procedure, router, serveRest, type TestServer } from '../testing/testkit.ts';
import { createOpenApiDocument } from './document.ts';
import { openPartsOf } from './open.ts';

const flat = z.object({ status: z.string(), age: z.int().nullable().optional() });
const deep = z.object({ by: z.object({ name: z.string() }), tags: z.array(z.int()).optional() });

const query = (path: `/${string}`, input: z.core.$ZodType) =>
  procedure
    .meta({ openapi: { method: 'GET', path } })
    .input(input)
    .query(({ input: parsed }) => toJson(parsed));

const app = router({
  fields: query(
    '/fields',
    z.object({
      flat: flat.optional(),
      map: z.map(z.string(), z.int()).optional(),
      deep: deep.optional(),
      objects: z.array(flat).optional(),
      list: z.set(z.int()).optional(),
      none: z.int().nullable().default(null),
      mixed: z.union([z.int(), flat]).optional(),
      ready: z.preprocess((value) => (value === 'yes' ? 1 : value), z.int()),
      parsed: z.preprocess((value) => JSON.parse(String(value)), flat).optional(),
    }),
  ),
  optional: query('/optional', z.object({ a: z.string(), b: z.int() }).optional()),
  twice: procedure
    .meta({ openapi: { method: 'GET', path: '/twice' } })
    .input(z.object({ limit: z.int().min(1) }))
    .input(z.object({ limit: z.int().max(9).optional(), q: z.string().optional() }))
    .output(z.string().optional())
    .query(({ input }) => (input.q === 'none' ? undefined : toJson(input))),
  path: query('/path/{id}/{kind}', z.object({ id: z.int().catch(1), kind: z.enum(['a', 'b']).nullable() })),
});

const document = createOpenApiDocument(app, { title: 'Test', version: '1' });
const parameters = (path: string) =>
  Object.fromEntries(
    (document.paths?.[path]?.get?.parameters ?? []).flatMap((one) =>
      'in' in one && one.in !== 'header' ? [[one.name, one] as const] : [],
    ),
  );

let server: TestServer;
beforeAll(async () => {
  server = await serveRest(app);
});
afterAll(() => server.close());

async function ask(path: string, values: Record<string, string>): Promise<unknown> {
  const response = await server.call(`${path}?${new URLSearchParams(values).toString()}`);
  if (response.status === 204) return null;
  return response.ok ? JSON.parse(z.string().parse(await response.json())) : response.json();
}

describe('text parameters in an OpenAPI document', () => {
  test('describe how objects and lists are written', () => {
    const { flat: one, map, deep: two, objects, list } = parameters('/fields');
    const brackets = { style: 'deepObject', explode: true };
    expect(one).toMatchObject({ ...brackets, schema: { properties: { age: { type: 'integer' } } } });
    expect(map).toMatchObject({ ...brackets, schema: { additionalProperties: { type: 'integer' } } });
    for (const parameter of [two, objects]) {
      expect(parameter).toMatchObject({ content: { 'application/json': { schema: {} } } });
      expect(parameter).not.toHaveProperty('schema');
    }
    expect(list).toMatchObject({ schema: { type: 'array', items: { type: 'integer' } } });
    expect(list).not.toHaveProperty('style');
  });

  test('omit types and defaults that text cannot express', () => {
    const { none, mixed } = parameters('/fields');
    expect(none).toMatchObject({ schema: { type: 'integer' } });
    expect(none).not.toHaveProperty('schema.default');
    expect(mixed).toMatchObject({ schema: { type: 'integer' } });
    expect(openPartsOf(app)).toContainEqual(expect.stringMatching(/^fields: mixed of the query .*POST/));
    expect(parameters('/path/{id}/{kind}')).toMatchObject({
      id: { required: true, schema: { type: 'integer' } },
      kind: { required: true, schema: { type: 'string', enum: ['a', 'b'] } },
    });
  });

  test('are required if the procedure requires them', () => {
    expect(parameters('/fields')['ready']).toMatchObject({ required: true, schema: { type: 'integer' } });
    for (const parameter of Object.values(parameters('/optional'))) {
      expect(parameter).not.toHaveProperty('required');
    }
    const { limit, q } = parameters('/twice');
    expect(limit).toMatchObject({
      required: true,
      schema: { allOf: [{ minimum: 1 }, { maximum: 9 }] },
    });
    expect(q).not.toHaveProperty('required');
  });

  test('match the input that the server accepts', async () => {
    const value = { by: { name: 'Ada' }, tags: [1] };
    expect(await ask('/fields', { ready: 'yes', deep: JSON.stringify(value) })).toMatchObject({
      ready: 1,
      deep: value,
    });
    const people = [{ status: 'open', age: null }];
    expect(await ask('/fields', { ready: 'yes', objects: JSON.stringify(people) })).toMatchObject({
      objects: people,
    });
    expect(await ask('/fields', { ready: 'yes', parsed: '{"status":"x"}' })).toMatchObject({
      parsed: { status: 'x' },
    });
    const inBrackets = {
      'deep[by][name]': 'Ada',
      'deep[tags][]': '1',
      'flat[status]': 'open',
      'map[a]': '1',
    };
    expect(await ask('/fields', { ready: 'yes', ...inBrackets })).toMatchObject({
      deep: value,
      flat: { status: 'open' },
    });
    expect(await ask('/optional', {})).toBeNull();
  });

  test('reject JSON values that are malformed, invalid or too deep', async () => {
    const wrong: [string, object][] = [
      ['{"by":', { issues: [{ pointer: '/deep', message: 'is not valid JSON' }] }],
      ['{"by":{"name":1}}', { issues: [{ pointer: '/deep/by/name' }] }],
      ['{"by":{"name":"a"},"tags":["1"]}', { issues: [{ pointer: '/deep/tags/0' }] }],
      ['{"__proto__":{}}', { status: 400 }],
      [`{"by":${'['.repeat(100)}${']'.repeat(100)}}`, { status: 400 }],
    ];
    for (const [text, problem] of wrong) {
      expect(await ask('/fields', { ready: 'yes', deep: text })).toMatchObject(problem);
    }
  });
});

test('documents 204 in addition to 200 if a procedure may return undefined', async () => {
  const responses = document.paths?.['/twice']?.get?.responses;
  expect(responses).toMatchObject({ 200: { content: {} }, 204: {} });
  expect(responses?.['204']).not.toHaveProperty('content');
  expect((await server.call('/twice?limit=3&q=none')).status).toBe(204);
});

describe('createOpenApiDocument rejects a path parameter that is', () => {
  test.each<[string, z.core.$ZodType, RegExp]>([
    ['optional', z.string().optional(), /a: \{v\} of the path is optional/],
    ['a field with a default', z.string().default('x'), /a: \{v\} of the path is optional/],
    ['a list', z.array(z.string()), /a: \{v\} of the path is a list or an object/],
    ['a set', z.set(z.string()), /is a list or an object/],
    ['a tuple', z.tuple([z.string()]), /is a list or an object/],
    ['an object', z.object({}), /is a list or an object/],
    ['a record', z.record(z.string(), z.string()), /is a list or an object/],
    ['a value or a list', z.union([z.string(), z.array(z.string())]), /is a list or an object/],
  ])('%s', (_name, field, message) => {
    const a = query('/a/{v}', z.object({ v: field }));
    expect(() => createOpenApiDocument(router({ a }), { title: 'Test', version: '1' })).toThrow(message);
  });
});
