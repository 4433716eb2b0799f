import { describe, expect, test } from '@jest/globals';
import { initTRPC } from '@trpc/server';
import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import { toStandardJsonSchema } from '@valibot/to-json-schema';
import { type } from 'arktype';
import * as v from 'valibot';
import * as z from 'zod';
import * as z3 from 'zod/v3';
import * as core from 'zod/v4/core';
import * as mini from 'zod/mini';
import { createApi } from './api.ts';
import type { Meta } from './meta.ts';

const t = initTRPC.meta<Meta>().create({ isDev: false });

const fields = v.object({ id: v.string(), size: v.optional(v.number()) });
const own = (): core.$ZodObject =>
  new core.$ZodObject({
    type: 'object',
    shape: {
      id: new core.$ZodString({ type: 'string' }),
      size: new core.$ZodOptional({
        type: 'optional',
        innerType: new core.$ZodNumber({ type: 'number', checks: [] }),
      }),
    },
  });

/** The same schema in several libraries. */
const SCHEMAS = {
  zod: z.object({ id: z.string(), size: z.optional(z.number()) }),
  'zod/mini': mini.object({ id: mini.string(), size: mini.optional(mini.number()) }),
  'the core of zod': own(),
  'zod 3': z3.object({ id: z3.string(), size: z3.number().optional() }),
  valibot: fields,
  'valibot with JSON Schema': toStandardJsonSchema(fields),
  arktype: type({ id: 'string', 'size?': 'number' }),
};
type Name = keyof typeof SCHEMAS;

/** Returns a router with a query and a mutation, whose input and output have the same schema. */
function routerOf(name: Name, isServed = true) {
  const schema = SCHEMAS[name];
  const meta = (method: 'GET' | 'POST'): Meta =>
    isServed ? { openapi: { method, path: method === 'GET' ? '/things/{id}' : '/things' } } : {};
  return t.router({
    get: t.procedure
      .meta(meta('GET'))
      .input(schema)
      .output(schema)
      .query(({ input }) => input),
    add: t.procedure
      .meta(meta('POST'))
      .input(schema)
      .output(schema)
      .mutation(({ input }) => input),
  });
}

const createContext = () => ({});
const json = (body: unknown): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});
const query = (input: unknown) => `get?input=${encodeURIComponent(JSON.stringify(input))}`;
const seen = async (response: Response) => ({ status: response.status, text: await response.text() });

describe('over RPC', () => {
  test.each(Object.keys(SCHEMAS) as Name[])('%s has the responses of tRPC’s adapter', async (name) => {
    const router = routerOf(name, false);
    const api = createApi({ router, createContext });
    for (const { path, init } of [
      { path: query({ id: 'a' }) },
      { path: query({ id: 1 }) },
      { path: 'get' },
      { path: 'add', init: json({ id: 'a', size: 2 }) },
      { path: 'add', init: json([]) },
    ]) {
      const req = new Request(`http://localhost/api/trpc/${path}`, init);
      const expected = await fetchRequestHandler({ endpoint: '/api/trpc', req, router, createContext });
      const actual = await seen(await api.request(`/api/trpc/${path}`, init));
      expect({ path, ...actual }).toEqual({ path, ...(await seen(expected)) });
    }
  });
});

const SERVED = (Object.keys(SCHEMAS) as Name[]).filter((name) => name !== 'zod 3');

describe('over REST', () => {
  test.each(SERVED)('%s reads the path and JSON, and reports issues', async (name) => {
    const api = createApi({ router: routerOf(name), createContext, warn: () => undefined });
    const got = await api.request('/api/v1/things/a%20b');
    expect({ status: got.status, body: await got.json() }).toEqual({ status: 200, body: { id: 'a b' } });
    const added = await api.request('/api/v1/things', json({ id: 'a', size: 2 }));
    expect({ status: added.status, body: await added.json() }).toEqual({
      status: 200,
      body: { id: 'a', size: 2 },
    });
    const rejected = await api.request('/api/v1/things', json({ id: 'a', size: 'two' }));
    expect(rejected.status).toBe(400);
    await expect(rejected.json()).resolves.toMatchObject({
      code: 'INVALID_INPUT',
      issues: [{ pointer: '/size' }],
    });
  });

  test.each(SERVED)('%s converts text as far as the schema shows its type', async (name) => {
    const api = createApi({ router: routerOf(name), createContext, warn: () => undefined });
    const sized = await api.request('/api/v1/things/a?size=2');
    expect(sized.status).toBe(name === 'valibot' ? 400 : 200);
  });

  test.each(SERVED)('%s is described as far as it offers JSON Schema', async (name) => {
    const warnings: string[] = [];
    const router = routerOf(name);
    const api = createApi({ router, createContext, warn: (text) => warnings.push(text) });
    const document: unknown = await (await api.request('/api/openapi.json')).json();
    const isKnown = name !== 'valibot';
    const properties = { id: { type: 'string' }, size: { type: 'number' } };
    const body = { content: { 'application/json': { schema: isKnown ? { properties } : {} } } };
    expect(document).toMatchObject({
      paths: {
        '/things': { post: { requestBody: body, responses: { 200: body } } },
        '/things/{id}': {
          get: {
            parameters: [
              { name: 'id', in: 'path', schema: isKnown ? { type: 'string' } : {} },
              ...(isKnown ? [{ name: 'size', in: 'query', schema: { type: 'number' } }] : []),
              { name: 'If-None-Match' },
            ],
          },
        },
      },
    });
    expect(warnings.map((text) => text.split('.')[0])).toEqual(
      isKnown
        ? []
        : ['get', 'add'].flatMap((one) =>
            ['input', 'output'].map(
              (side) => `${one}: ${side} is a schema of valibot without Standard JSON Schema`,
            ),
          ),
    );
  });

  test('zod 3 and other parsers are an error at start, which names each procedure and what to do', () => {
    const router = t.router({
      old: routerOf('zod 3'),
      odd: t.procedure
        .meta({ openapi: { method: 'GET', path: '/odd' } })
        .input((value: unknown) => String(value))
        .query(({ input }) => input),
    });
    const start = () => createApi({ router, createContext });
    expect(start).toThrow(/old\.get: the input is a zod 3 schema\. REST needs zod 4/);
    expect(start).toThrow(/old\.add: the input is a zod 3 schema/);
    expect(start).toThrow(/odd: the input must be a schema of zod 4 or of another library/);
    expect(createApi({ router, createContext, rest: false }).match('/api/trpc/odd')).toBe(true);
  });
});
