import { afterAll, describe, expect, jest, test } from '@jest/globals';
import { initTRPC } from '@trpc/server';
import { z } from 'zod';
import { connectMcp, ERAS } from '#test/mcp-client';
import { createApi } from '../api.ts';
import { CoreError } from '../errors/api-error.ts';
import { mcp, type McpOptions, type McpPrompt, type McpResource, type McpResourceTemplate } from './index.ts';

interface Ctx {
  user: string | null;
}

const t = initTRPC.context<Ctx>().create();
const NOTES: Record<string, string> = { 'a/b': 'Ada’s first', c: 'Ada’s second' };
const router = t.router({
  get: t.procedure.input(z.object({ id: z.string() })).query(({ ctx, input }) => {
    if (ctx.user === null) throw new CoreError('FORBIDDEN', { detail: 'Sign in.' });
    const note = ctx.user === 'ada' ? NOTES[input.id] : undefined;
    if (note === undefined) throw new CoreError('NOT_FOUND');
    return note;
  }),
});
const callerOf = t.createCallerFactory(router);

const resources: (McpResource<Ctx> | McpResourceTemplate<Ctx>)[] = [
  { uri: 'test://terms', name: 'terms', title: 'Terms', description: 'Read them.', read: () => 'No terms.' },
  {
    uriTemplate: 'test://notes/{id}',
    name: 'note',
    mimeType: 'text/markdown',
    procedure: 'get',
    read: ({ ctx, variables: { id = '' } }) => callerOf(ctx).get({ id }),
    list: ({ ctx }) =>
      ctx.user === 'ada'
        ? Object.entries(NOTES).map(([id, title]) => ({ variables: { id }, name: id, title }))
        : [],
  },
  { uri: 'test://logo', name: 'logo', mimeType: 'image/png', read: () => new Uint8Array(300_000).fill(7) },
  { uri: 'test://none', name: 'none', read: () => null },
  {
    uri: 'test://crash',
    name: 'crash',
    read: () => {
      throw new Error('secret');
    },
  },
];
const prompts: McpPrompt<Ctx>[] = [
  { name: 'hello', description: 'Say hello.', get: ({ ctx }) => `Say hello to ${ctx.user ?? 'a stranger'}.` },
  {
    name: 'review',
    title: 'Review a note',
    procedure: 'get',
    arguments: [{ name: 'id', description: 'The note.', required: true }, { name: 'tone' }],
    get: async ({ ctx, args: { id = '', tone = 'kindly' } }) => [
      {
        role: 'user',
        content: {
          type: 'resource',
          resource: { uri: `test://notes/${id}`, text: await callerOf(ctx).get({ id }) },
        },
      },
      { role: 'user', content: { type: 'text', text: `Review it ${tone}.` } },
    ],
  },
];

const reported: string[] = [];
const create = (options: Partial<McpOptions<Ctx>> = {}, warn: (text: string) => void = () => undefined) =>
  createApi({
    router,
    createContext: ({ header }): Ctx => ({ user: header('x-user') }),
    mounts: [
      mcp({
        name: 'example',
        version: '1',
        resources,
        prompts,
        permits:
          ({ user }) =>
          () =>
            user !== null,
        ...options,
      }),
    ],
    warn,
    onError: ({ error }) => reported.push(String(error.cause)),
  });
const api = create();
const url = 'http://localhost/api/mcp';

describe.each(Object.keys(ERAS))('revision %s', (era) => {
  const clients: { close: () => Promise<void> }[] = [];
  const connect = async (user?: string, served = api) => {
    const client = await connectMcp(url, {
      era,
      headers: user === undefined ? {} : { 'x-user': user },
      fetch: (input, init) => served.fetch(new Request(input, init)),
    });
    clients.push(client);
    return client;
  };
  afterAll(() => Promise.all(clients.map((client) => client.close())));
  const rejection = (promise: Promise<unknown>) =>
    promise.then(
      () => null,
      (error: unknown) => error,
    );

  test('lists the resources of the caller in the order of their definitions, on one page', async () => {
    const { resources: listed, nextCursor } = await (await connect('ada')).listResources();
    expect(nextCursor).toBeUndefined();
    expect(listed.map(({ uri }) => uri)).toEqual([
      'test://terms',
      'test://notes/a%2Fb',
      'test://notes/c',
      'test://logo',
      'test://none',
      'test://crash',
    ]);
    expect(listed.slice(0, 2)).toEqual([
      {
        uri: 'test://terms',
        name: 'terms',
        title: 'Terms',
        description: 'Read them.',
        mimeType: 'text/plain',
      },
      { uri: 'test://notes/a%2Fb', name: 'a/b', title: 'Ada’s first', mimeType: 'text/markdown' },
    ]);
  });

  test('lists templates', async () => {
    expect((await (await connect('ada')).listResourceTemplates()).resourceTemplates).toEqual([
      { uriTemplate: 'test://notes/{id}', name: 'note', mimeType: 'text/markdown' },
    ]);
  });

  test('reads text and bytes, of a fixed resource and of one of a template', async () => {
    const client = await connect('ada');
    const read = async (uri: string) => (await client.readResource({ uri })).contents;
    expect(await read('test://terms')).toEqual([
      { uri: 'test://terms', mimeType: 'text/plain', text: 'No terms.' },
    ]);
    expect(await read('test://notes/a%2Fb')).toEqual([
      { uri: 'test://notes/a%2Fb', mimeType: 'text/markdown', text: 'Ada’s first' },
    ]);
    expect(await read('test://logo')).toEqual([
      {
        uri: 'test://logo',
        mimeType: 'image/png',
        blob: Buffer.from(new Uint8Array(300_000).fill(7)).toString('base64'),
      },
    ]);
  });

  test.each([
    'test://none',
    'test://nothing',
    'test://notes/',
    'test://notes/%E0%A4%A',
    'test://notes/c/d',
    'test://notes/x',
  ])('has no resource %s', async (uri) => {
    const client = await connect('ada');
    expect(await rejection(client.readResource({ uri }))).toMatchObject({
      code: -32_602,
      message: expect.stringContaining(`There is no resource ${uri}.`),
      data: { uri },
    });
  });

  test('shows nobody the resources and prompts of a procedure that they may not call', async () => {
    const client = await connect();
    expect((await client.listResources()).resources.map(({ name }) => name)).toEqual([
      'terms',
      'logo',
      'none',
      'crash',
    ]);
    expect((await client.listResourceTemplates()).resourceTemplates).toEqual([]);
    expect((await client.listPrompts()).prompts.map(({ name }) => name)).toEqual(['hello']);
    for (const request of [
      client.readResource({ uri: 'test://notes/c' }),
      client.getPrompt({ name: 'review', arguments: { id: 'c' } }),
    ]) {
      expect(await rejection(request)).toMatchObject({
        code: -32_602,
        message: expect.stringContaining('There is no'),
      });
    }
    const other = await connect('grace');
    expect((await other.listResources()).resources.some(({ uri }) => uri.startsWith('test://notes'))).toBe(
      false,
    );
    expect(await rejection(other.readResource({ uri: 'test://notes/c' }))).toMatchObject({ code: -32_602 });
  });

  test('hides the message of an unexpected error, and reports it', async () => {
    reported.splice(0);
    const error = await rejection((await connect('ada')).readResource({ uri: 'test://crash' }));
    expect(error).toMatchObject({ code: -32_000, data: { code: 'INTERNAL_SERVER_ERROR', status: 500 } });
    expect(JSON.stringify(error) + String(error)).not.toContain('secret');
    expect(reported.some((line) => line.includes('secret'))).toBe(true);
  });

  test('lists and gets prompts', async () => {
    const client = await connect('ada');
    expect((await client.listPrompts()).prompts).toEqual([
      { name: 'hello', description: 'Say hello.' },
      {
        name: 'review',
        title: 'Review a note',
        arguments: [{ name: 'id', description: 'The note.', required: true }, { name: 'tone' }],
      },
    ]);
    expect(await client.getPrompt({ name: 'hello' })).toMatchObject({
      description: 'Say hello.',
      messages: [{ role: 'user', content: { type: 'text', text: 'Say hello to ada.' } }],
    });
    expect((await client.getPrompt({ name: 'review', arguments: { id: 'c' } })).messages).toEqual([
      {
        role: 'user',
        content: { type: 'resource', resource: { uri: 'test://notes/c', text: 'Ada’s second' } },
      },
      { role: 'user', content: { type: 'text', text: 'Review it kindly.' } },
    ]);
  });

  test.each([
    ['review', {}, '/id', 'is required'],
    ['review', { id: 'c', other: 'x' }, '/other', 'this prompt has no such argument'],
  ])('rejects wrong arguments of the prompt %s: %j', async (name, args, pointer, message) => {
    const client = await connect('ada');
    expect(await rejection(client.getPrompt({ name, arguments: args }))).toMatchObject({
      code: -32_602,
      data: { code: 'INVALID_INPUT', issues: [{ pointer, message }] },
    });
    expect(await rejection(client.getPrompt({ name: 'nothing' }))).toMatchObject({
      code: -32_602,
      message: expect.stringContaining('There is no prompt nothing.'),
    });
  });

  test('declares resources and prompts only if there are definitions', async () => {
    expect(Object.keys((await connect('ada')).getServerCapabilities() ?? {}).toSorted()).toEqual([
      'prompts',
      'resources',
      'tools',
    ]);
    const bare = createApi({
      router,
      createContext: (): Ctx => ({ user: null }),
      mounts: [mcp({ name: 'x', version: '1' })],
    });
    const client = await connect('ada', bare);
    expect(Object.keys(client.getServerCapabilities() ?? {})).toEqual(['tools']);
  });

  test('is rejected by `authorize` because of the procedure of a resource or a prompt', async () => {
    const served = create({
      authorize: (_ctx, { name }) => {
        throw new CoreError('FORBIDDEN', { detail: `Not ${name}.` });
      },
    });
    const client = await connect('ada', served);
    expect((await client.readResource({ uri: 'test://terms' })).contents).toHaveLength(1);
    for (const request of [
      client.readResource({ uri: 'test://notes/c' }),
      client.getPrompt({ name: 'review', arguments: { id: 'c' } }),
    ]) {
      expect(String(await rejection(request))).toContain('Not get.');
    }
  });
});

test.each(Object.keys(ERAS))(
  'revision %s: a definition whose procedure does not exist is left out, with a warning',
  async (era) => {
    const warn = jest.fn();
    const served = create(
      { resources: [{ uri: 'test://x', name: 'x', procedure: 'nothing', read: () => 'x' }] },
      warn,
    );
    const client = await connectMcp(url, {
      era,
      fetch: (input, init) => served.fetch(new Request(input, init)),
    });
    expect((await client.listResources()).resources).toEqual([]);
    expect(warn).toHaveBeenCalledWith(
      'The MCP resource x is left out, because there is no procedure nothing.',
    );
    await client.close();
  },
);

test.each<[string, Partial<McpOptions<Ctx>>]>([
  [
    'Two MCP resources have the URI test://x.',
    { resources: ['x', 'y'].map((name) => ({ uri: 'test://x', name, read: () => '' })) },
  ],
  ['Two MCP prompts have the same name.', { prompts: [1, 2].map(() => ({ name: 'x', get: () => '' })) }],
  ['Set it as `uriTemplate`', { resources: [{ uri: 'test://{id}', name: 'x', read: () => '' }] }],
  ...['test://x', 'test://x-{id}', 'test://{a}{b}', 'test://{a}/{a}', 'test://{+id}'].map(
    (uriTemplate): [string, Partial<McpOptions<Ctx>>] => [
      `${uriTemplate} must have variables such as {id}, each of them between slashes.`,
      { resources: [{ uriTemplate, name: 'x', read: () => '' }] },
    ],
  ),
])('an invalid definition is an error at once: %s', (message, options) => {
  expect(() => create(options)).toThrow(message);
});
