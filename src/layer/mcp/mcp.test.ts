import { afterAll, describe, expect, jest, test } from '@jest/globals';
import { initTRPC, TRPCError } from '@trpc/server';
import { z } from 'zod';
import { connectMcp, ERAS } from '#test/mcp-client';
import { createApi } from '../api.ts';
import { createMemoryStore } from '../testing/memory-store.ts';
import { mcp, type McpOptions } from './index.ts';

const ID = '0b8f7c1e-6f4e-4f57-9d2e-0f9a3c1b2d4e';
const Thing = z.object({ id: z.uuid(), at: z.date() }).meta({ id: 'McpThing', description: 'A thing.' });
const t = initTRPC.context<{ cookie: string | null }>().meta<object>().create();
const aborted: string[] = [];

const things = t.router({
  get: t.procedure
    .meta({
      openapi: { method: 'GET', path: '/things/{id}', summary: 'Get a thing', description: 'By its id.' },
    })
    .input(z.object({ id: z.uuid(), since: z.date().optional() }))
    .output(Thing)
    .query(({ input }) => ({ id: input.id, at: input.since ?? new Date(5) })),
  list: t.procedure.output(z.array(Thing)).query(() => [{ id: ID, at: new Date(6) }]),
  greet: t.procedure.input(z.string().min(2)).mutation(({ input }) => `Hello ${input}`),
  replace: t.procedure
    .meta({ openapi: { method: 'PUT', path: '/things/{id}' } })
    .input(z.object({ id: z.uuid() }))
    .output(z.void())
    .mutation(() => undefined),
  fail: t.procedure.query(() => {
    throw new TRPCError({ code: 'CONFLICT', message: 'It has changed.' });
  }),
  crash: t.procedure.query(() => {
    throw new Error('secret');
  }),
  long: t.procedure.output(z.string()).query(() => '€'.repeat(50_000)),
  cookie: t.procedure.query(({ ctx }) => ctx.cookie),
  wait: t.procedure.query(
    ({ signal }) =>
      new Promise((resolve) => {
        signal?.addEventListener('abort', () => {
          aborted.push('wait');
          resolve(null);
        });
      }),
  ),
  maybe: t.procedure.output(Thing.optional()).query(() => undefined),
  tree: t.procedure
    .input(z.union([z.object({ kind: z.literal('a') }), z.object({ kind: z.literal('b') })]))
    .query(({ input }) => input.kind),
  hidden: t.procedure.meta({ mcp: { enabled: false } }).query(() => 1),
  named: t.procedure.meta({ mcp: { name: 'other', title: 'Other', description: 'Does it.' } }).query(() => 1),
  upload: t.procedure.input(z.object({ file: z.file() })).mutation(() => 1),
  events: t.procedure.subscription(async function* () {
    await Promise.resolve();
    yield 1;
  }),
});
const router = t.router({ things });

const reported: string[] = [];
const create = (options: Partial<McpOptions<{ cookie: string | null }>> = {}) =>
  createApi({
    router,
    createContext: ({ header }) => ({ cookie: header('cookie') }),
    rest: false,
    mounts: [mcp({ name: 'example', version: '1', ...options })],
    onError: ({ path, error }) => reported.push(`${path ?? ''} ${error.message}`),
  });
const api = create();
const url = 'http://localhost/api/mcp';
const through = (served: typeof api) => async (input: string | URL | Request, init?: RequestInit) =>
  served.fetch(new Request(input, init));

const send = (body: unknown, headers: Record<string, string> = {}, served = api) =>
  served.fetch(
    new Request(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        ...headers,
      },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    }),
  );

describe.each(Object.keys(ERAS))('MCP, revision %s', (era) => {
  const clients: { close: () => Promise<void> }[] = [];
  const connect = async (served = api, headers: Record<string, string> = {}) => {
    const client = await connectMcp(url, { era, headers, fetch: through(served) });
    clients.push(client);
    return client;
  };
  afterAll(() => Promise.all(clients.map((client) => client.close())));

  test('lists procedures as tools, in a fixed order', async () => {
    const { tools } = await (await connect()).listTools();
    expect(tools.map(({ name }) => name)).toEqual([
      ...['get', 'list', 'greet', 'replace', 'fail', 'crash', 'long', 'cookie', 'wait', 'maybe', 'tree'].map(
        (name) => `things_${name}`,
      ),
      'other',
    ]);
    const at = { type: 'string', format: 'date-time' };
    const id = { type: 'string', format: 'uuid' };
    expect(tools[0]).toEqual({
      name: 'things_get',
      description: 'Get a thing. By its id.',
      inputSchema: { type: 'object', properties: { id, since: at }, required: ['id'] },
      outputSchema: {
        type: 'object',
        description: 'A thing.',
        properties: { id, at },
        required: ['id', 'at'],
      },
      annotations: { readOnlyHint: true, openWorldHint: false },
    });
    expect(tools.find(({ name }) => name === 'things_replace')?.annotations).toEqual({
      readOnlyHint: false,
      destructiveHint: true,
      idempotentHint: true,
      openWorldHint: false,
    });
    expect(tools.at(-1)).toMatchObject({ name: 'other', title: 'Other', description: 'Does it.' });
  });

  test('calls procedures, with JSON as over REST', async () => {
    const client = await connect();
    const call = (name: string, args: Record<string, unknown> = {}) =>
      client.callTool({ name: `things_${name}`, arguments: args });
    const thing = { id: ID, at: '1970-01-01T00:00:00.005Z' };
    expect(await call('get', { id: ID })).toMatchObject({
      content: [{ type: 'text', text: JSON.stringify(thing) }],
      structuredContent: thing,
    });
    expect(await call('get', { id: ID, since: '2026-01-31T00:00:00Z' })).toMatchObject({
      structuredContent: { at: '2026-01-31T00:00:00.000Z' },
    });
    const list = [{ id: ID, at: '1970-01-01T00:00:00.006Z' }];
    // Before 2026-07-28, structured content had to be an object.
    expect((await call('list')).structuredContent).toEqual(era === '2026-07-28' ? list : { result: list });
    expect(await call('greet', { input: 'Ada' })).toMatchObject({
      content: [{ type: 'text', text: '"Hello Ada"' }],
    });
    expect(await call('tree', { kind: 'b' })).toMatchObject({ content: [{ text: '"b"' }] });
    for (const name of ['replace', 'maybe']) {
      expect(await call(name, name === 'replace' ? { id: ID } : {})).toMatchObject({
        content: [{ type: 'text', text: 'Done.' }],
      });
    }
  });

  test.each([
    ['get', { id: 'x' }, 'INVALID_INPUT: id: must be a UUID', ['/id']],
    ['greet', { input: 'A' }, 'INVALID_INPUT: ', ['']],
    ['list', { limit: 5 }, 'INVALID_INPUT: ', ['/limit']],
    ['fail', {}, 'CONFLICT: It has changed.', undefined],
    ['crash', {}, 'INTERNAL_SERVER_ERROR: ', undefined],
  ])('returns the error of %s as the result, with its code and field', async (name, args, text, pointers) => {
    const client = await connect();
    const result = await client.callTool({ name: `things_${name}`, arguments: args });
    expect(result.isError).toBe(true);
    expect(JSON.stringify(result.content)).toContain(text);
    expect(JSON.stringify(result)).not.toContain('secret');
    const { error } = z
      .object({
        error: z.object({ code: z.string(), issues: z.array(z.object({ pointer: z.string() })).optional() }),
      })
      .parse(result._meta);
    expect(text.startsWith(error.code)).toBe(true);
    expect(error.issues?.map(({ pointer }) => pointer)).toEqual(pointers);
    expect(reported.splice(0).some((line) => line.startsWith(`things.${name} `))).toBe(true);
  });

  test('cuts the text of a long result, and says so', async () => {
    const { content, structuredContent } = await (await connect()).callTool({ name: 'things_long' });
    const { text } = z.object({ text: z.string() }).parse(z.array(z.unknown()).parse(content)[0]);
    expect(text.length).toBeLessThan(40_300);
    expect(text).toContain('Cut after 40000 of 50002 characters');
    expect(JSON.stringify(structuredContent).length).toBeGreaterThan(50_000);
  });

  test('rejects an unknown tool, and one that is left out', async () => {
    const client = await connect();
    for (const name of ['nothing', 'things_hidden', 'things_events', 'things_upload', 'things_named']) {
      await expect(client.callTool({ name })).rejects.toThrow(`There is no tool ${name}.`);
    }
  });

  test('lists only the tools that the caller may call', async () => {
    const served = create({
      permits:
        () =>
        ({ name }) =>
          name === 'things.get',
    });
    const { tools } = await (await connect(served)).listTools();
    expect(tools.map(({ name }) => name)).toEqual(['things_get']);
  });

  test('does not see cookies', async () => {
    const client = await connect(api, { cookie: 'session=1' });
    expect(await client.callTool({ name: 'things_cookie' })).toMatchObject({ content: [{ text: 'null' }] });
  });
});

test('a call is aborted when its client disconnects', async () => {
  const left = new AbortController();
  const message = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'things_wait' } };
  const response = api
    .fetch(
      new Request(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
        body: JSON.stringify(message),
        signal: left.signal,
      }),
    )
    .catch(() => undefined);
  await new Promise((resolve) => setTimeout(resolve, 50));
  left.abort();
  await response;
  for (let i = 0; i < 100 && aborted.length === 0; i++)
    await new Promise((resolve) => setTimeout(resolve, 10));
  expect(aborted).toEqual(['wait']);
});

const rejected = async (response: Response) => {
  const { error } = z
    .object({ error: z.object({ code: z.number(), message: z.string() }) })
    .parse(await response.json());
  return [response.status, error.code, error.message] as const;
};

test('a request that cannot be read is rejected as an error of JSON-RPC', async () => {
  expect(await rejected(await send('{'))).toEqual([400, -32_700, expect.stringContaining('not valid JSON')]);
  expect((await rejected(await send(`{"__proto__":1}`)))[0]).toBe(400);
  expect((await rejected(await send('['.repeat(100) + ']'.repeat(100))))[0]).toBe(400);
  expect((await rejected(await send(JSON.stringify('x'.repeat(2_000_000)))))[0]).toBe(413);
  expect((await send('{}', { 'content-type': 'text/plain' })).status).toBe(415);
  for (const method of ['GET', 'PUT', 'DELETE']) {
    expect((await api.fetch(new Request(url, { method }))).status).toBe(405);
  }
});

test('arguments with the key __proto__ are rejected', async () => {
  const message = `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"things_get","arguments":{"__proto__":{"id":"x"}}}}`;
  expect((await rejected(await send(message)))[2]).toContain('__proto__');
});

test.each(Object.keys(ERAS))(
  'revision %s: a call with an idempotency key runs once, also if it failed, and another input is rejected',
  async (era) => {
    let runs = 0;
    const own = t.router({
      add: t.procedure
        .meta({ openapi: { method: 'POST', path: '/things' }, rest: { status: 201 } })
        .input(z.object({ name: z.string() }))
        .output(z.object({ run: z.number() }))
        .mutation(({ input }) => {
          runs++;
          if (input.name === 'taken') throw new TRPCError({ code: 'CONFLICT', message: 'It is taken.' });
          return { run: runs };
        }),
      own: t.procedure
        .meta({ openapi: { method: 'POST', path: '/own' }, mcp: { idempotencyKey: false } })
        .input(z.object({ key: z.string() }))
        .mutation(() => 1),
      replace: t.procedure
        .meta({ openapi: { method: 'PUT', path: '/things' } })
        .input(z.object({ name: z.string() }))
        .mutation(() => 1),
    });
    const served = createApi({
      router: own,
      createContext: () => ({ cookie: null }),
      mounts: [mcp({ name: 'example', version: '1' })],
      idempotency: { store: createMemoryStore(), scope: () => 'ada' },
    });
    const client = await connectMcp(url, { era, fetch: through(served) });
    const { tools } = await client.listTools();
    expect(tools.map(({ inputSchema }) => 'idempotencyKey' in (inputSchema.properties ?? {}))).toEqual([
      true,
      false,
      false,
    ]);
    const call = (args: Record<string, unknown>) => client.callTool({ name: 'add', arguments: args });
    expect(await call({ name: 'a', idempotencyKey: 'k' })).toMatchObject({ structuredContent: { run: 1 } });
    expect(await call({ name: 'a', idempotencyKey: 'k' })).toMatchObject({ structuredContent: { run: 1 } });
    expect(await call({ name: 'b', idempotencyKey: 'k' })).toMatchObject({
      isError: true,
      _meta: { error: { code: 'IDEMPOTENCY_KEY_REUSED' } },
    });
    for (let i = 0; i < 2; i++) {
      expect(await call({ name: 'taken', idempotencyKey: 'l' })).toMatchObject({
        isError: true,
        content: [{ text: 'CONFLICT: It is taken.' }],
      });
    }
    expect(runs).toBe(2);
    expect(await call({ name: 'a', idempotencyKey: '' })).toMatchObject({
      isError: true,
      _meta: { error: { issues: [{ pointer: '/idempotencyKey' }] } },
    });
    await client.close();
  },
);

test.each(Object.keys(ERAS))(
  'revision %s: a field idempotencyKey of an input keeps its value, and the tool gets no other one',
  async (era) => {
    const own = t.router({
      add: t.procedure
        .meta({ openapi: { method: 'POST', path: '/things' } })
        .input(z.object({ idempotencyKey: z.uuid() }))
        .mutation(({ input }) => input.idempotencyKey),
    });
    const served = createApi({
      router: own,
      createContext: () => ({ cookie: null }),
      mounts: [mcp({ name: 'example', version: '1' })],
      idempotency: { store: createMemoryStore(), scope: () => 'ada' },
    });
    const client = await connectMcp(url, { era, fetch: through(served) });
    const { tools } = await client.listTools();
    expect(tools[0]?.inputSchema.properties).toEqual({ idempotencyKey: { type: 'string', format: 'uuid' } });
    expect(await client.callTool({ name: 'add', arguments: { idempotencyKey: ID } })).toMatchObject({
      content: [{ text: JSON.stringify(ID) }],
    });
    await client.close();
  },
);

test('two procedures with one tool name are an error at once, and one without a valid name gets a warning', () => {
  const two = t.router({
    a_b: t.procedure.query(() => 1),
    a: t.router({ b: t.procedure.query(() => 1) }),
  });
  const serve = (served: typeof two, warn: (text: string) => void) =>
    createApi({
      router: served,
      createContext: () => ({ cookie: null }),
      rest: false,
      warn,
      mounts: [mcp({ name: 'example', version: '1' })],
    });
  expect(() => serve(two, () => undefined)).toThrow('a_b and a.b are both the tool a_b.');
  const warn = jest.fn();
  const long = 'x'.repeat(65);
  createApi({
    router: t.router({ [long]: t.procedure.query(() => 1) }),
    createContext: () => ({ cookie: null }),
    rest: false,
    warn,
    mounts: [mcp({ name: 'example', version: '1' })],
  });
  expect(warn).toHaveBeenCalledWith(expect.stringContaining(`${long} cannot be an MCP tool`));
});
