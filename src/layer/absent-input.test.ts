import { createServer } from 'node:http';
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { listen } from '#test/listen';
import { initTRPC, type TRPCDataTransformer } from '@trpc/server';
import superjson from 'superjson';
import { z } from 'zod';
import { createApi } from './api.ts';
import { createNodeListener } from './hosts/node.ts';
import type { Meta } from './meta.ts';

const Page = z.strictObject({ limit: z.int().optional() });
const Search = z.strictObject({ search: z.string().optional() });

const show = ({ input }: { input: unknown }) => inspect(input);

/** Creates a router whose procedures return the input that they receive. */
function routerOf(transformer: TRPCDataTransformer | undefined) {
  const t = initTRPC.meta<Meta>().create({ isDev: false, ...(transformer && { transformer }) });
  const get = (path: `/${string}`) => t.procedure.meta({ openapi: { method: 'GET', path } });
  const post = (path: `/${string}`) => t.procedure.meta({ openapi: { method: 'POST', path } });
  return t.router({
    none: get('/none').output(z.string()).query(show),
    noneChanged: post('/none').output(z.string()).mutation(show),
    optional: get('/optional').input(Page.optional()).output(z.string()).query(show),
    optionalTwice: get('/optional-twice')
      .input(Page.optional())
      .input(Search.optional())
      .output(z.string())
      .query(show),
    defaulted: get('/defaulted')
      .input(Page.default({ limit: 5 }))
      .output(z.string())
      .query(show),
    object: get('/object').input(Page).output(z.string()).query(show),
    objectTwice: get('/object-twice').input(Page.optional()).input(Search).output(z.string()).query(show),
    required: get('/required')
      .input(z.object({ id: z.string() }))
      .output(z.string())
      .query(show),
  });
}

/** The input of each query for a call without input; `null` if the call is rejected. */
const ABSENT: [procedure: string, path: string, expected: string | null][] = [
  ['none', '/none', 'undefined'],
  ['optional', '/optional', 'undefined'],
  ['optionalTwice', '/optional-twice', 'undefined'],
  ['defaulted', '/defaulted', '{ limit: 5 }'],
  ['object', '/object', '{}'],
  ['objectTwice', '/object-twice', '{}'],
  ['required', '/required', null],
];

describe.each([
  ['superjson', superjson],
  ['no transformer', undefined],
])('with %s, over HTTP', (_, transformer) => {
  const listener = createNodeListener(
    createApi({ router: routerOf(transformer), createContext: () => ({}) }),
  );
  const server = createServer((req, res) => void listener(req, res));
  let origin = '';
  beforeAll(async () => {
    origin = `http://127.0.0.1:${await listen(server)}`;
  });
  afterAll(() => {
    server.close();
  });

  const wire = (value: unknown): unknown => (transformer ? transformer.serialize(value) : value);
  const json = (body: unknown): RequestInit => ({
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const fetchJson = async (path: string, init?: RequestInit) => {
    const response = await fetch(`${origin}${path}`, init);
    const body: unknown = await response.json();
    return { status: response.status, body };
  };
  const result = (data: string) => ({ result: { data: wire(data) } });
  const query = (input: unknown) => encodeURIComponent(JSON.stringify(input));

  test('a call without input has the same input over RPC, in a batch, and over REST', async () => {
    for (const [procedure, path, expected] of ABSENT) {
      const rpc = await fetchJson(`/api/trpc/${procedure}`);
      const batch = await fetchJson(`/api/trpc/${procedure}?batch=1`);
      const rest = await fetchJson(`/api/v1${path}`);
      if (expected === null) {
        expect([procedure, rpc.status, batch.status, rest.status]).toEqual([procedure, 400, 400, 400]);
        continue;
      }
      expect([procedure, rpc.body]).toEqual([procedure, result(expected)]);
      expect([procedure, batch.body]).toEqual([procedure, [result(expected)]]);
      expect([procedure, rest.body]).toEqual([procedure, expected]);
    }
  });

  test('a procedure without input accepts {}, and RPC ignores other input, as tRPC does', async () => {
    const ok = { status: 200, body: result('undefined') };
    for (const input of [{}, { a: 1 }]) {
      const sent = wire(input);
      expect(await fetchJson(`/api/trpc/none?input=${query(sent)}`)).toEqual(ok);
      expect(await fetchJson('/api/trpc/noneChanged', json(sent))).toEqual(ok);
      const batch = { status: 200, body: [ok.body, ok.body] };
      const both = { 0: sent, 1: sent };
      expect(await fetchJson(`/api/trpc/none,none?batch=1&input=${query(both)}`)).toEqual(batch);
      expect(await fetchJson('/api/trpc/noneChanged,noneChanged?batch=1', json(both))).toEqual(batch);
    }
    const streamed = await fetch(`${origin}/api/trpc/none?batch=1&input=${query({ 0: wire({}) })}`, {
      headers: { 'trpc-accept': 'application/jsonl' },
    });
    expect(streamed.status).toBe(200);
    expect(await streamed.text()).toContain('undefined');
  });

  test('REST accepts an empty body or {} for a procedure without input, and names unexpected fields', async () => {
    const ok = { status: 200, body: 'undefined' };
    expect(await fetchJson('/api/v1/none', { method: 'POST' })).toEqual(ok);
    expect(await fetchJson('/api/v1/none', json({}))).toEqual(ok);
    for (const response of [
      await fetchJson('/api/v1/none', json({ a: 1 })),
      await fetchJson('/api/v1/none?a=1'),
    ]) {
      expect(response).toMatchObject({
        status: 400,
        body: { code: 'INVALID_INPUT', issues: [{ pointer: '/a' }] },
      });
    }
  });
});
