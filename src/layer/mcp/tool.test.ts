import { expect, jest, test } from '@jest/globals';
import { initTRPC } from '@trpc/server';
import { z } from 'zod';
import { connectMcp, ERAS } from '#test/mcp-client';
import { createApi } from '../api.ts';
import type { Meta } from '../meta.ts';
import { mcp } from './index.ts';

const t = initTRPC.create();

test.each(Object.keys(ERAS))(
  'revision %s: schemas are written at the first list, and a tool whose schema fails then is left out with a warning',
  async (era) => {
    const write = jest.fn();
    const failing = z.string().meta({
      override: () => {
        write();
        throw new Error('it has no JSON Schema.');
      },
    });
    const warn = jest.fn();
    const api = createApi({
      router: t.router({
        good: t.procedure.query(() => 1),
        bad: t.procedure.output(failing).query(() => 'x'),
      }),
      createContext: () => ({}),
      rest: false,
      warn,
      mounts: [mcp({ name: 'example', version: '1' })],
    });
    expect(write).not.toHaveBeenCalled();
    const client = await connectMcp('http://localhost/api/mcp', {
      era,
      fetch: (input, init) => api.fetch(new Request(input, init)),
    });
    for (let i = 0; i < 2; i++) {
      const { tools } = await client.listTools();
      expect(tools.map(({ name }) => name)).toEqual(['good']);
    }
    await expect(client.callTool({ name: 'bad' })).rejects.toThrow('There is no tool bad.');
    expect(write).toHaveBeenCalledTimes(1);
    expect(warn.mock.calls).toEqual([
      [
        'bad cannot be an MCP tool: it has no JSON Schema. Disable it with `mcp: { enabled: false }` in its meta.',
      ],
    ]);
    await client.close();
  },
);

test('the description of a deprecated tool names the tool to call instead', async () => {
  const { procedure, router } = initTRPC.meta<Meta>().create();
  const since = '2026-01-31';
  const hidden = procedure.meta({ mcp: { enabled: false } }).query(() => 1);
  const named = procedure.meta({ mcp: { name: 'fetch' } }).query(() => 1);
  const old = procedure
    .meta({ deprecated: { since, successor: 'things.named' }, mcp: { description: 'Reads.' } })
    .query(() => 1);
  const lost = procedure.meta({ deprecated: { since, successor: 'things.hidden' } }).query(() => 1);
  const api = createApi({
    router: router({ things: { old, lost, named, hidden } }),
    createContext: () => ({}),
    rest: false,
    mounts: [mcp({ name: 'example', version: '1' })],
  });
  const client = await connectMcp('http://localhost/api/mcp', {
    fetch: (input, init) => api.fetch(new Request(input, init)),
  });
  const { tools } = await client.listTools();
  expect(Object.fromEntries(tools.map(({ name, description }) => [name, description]))).toEqual({
    things_old: 'Reads. Deprecated since 2026-01-31. Use `fetch` instead.',
    things_lost: 'Deprecated since 2026-01-31.',
    fetch: undefined,
  });
  await client.close();
});

test('a value that may be null has one form with two types, if that says the same', async () => {
  const values = {
    id: z.string().regex(/^x/).meta({ description: 'An id.' }).nullable().meta({ description: 'Whose.' }),
    part: z.object({ a: z.int().min(1) }).nullable(),
    role: z.enum(['user', 'admin']).nullable(),
    either: z.union([z.string(), z.int()]).nullable(),
  };
  const { procedure, router } = t;
  const api = createApi({
    router: router({ read: procedure.input(z.object(values)).query(() => 1) }),
    createContext: () => ({}),
    rest: false,
    mounts: [mcp({ name: 'example', version: '1' })],
  });
  const client = await connectMcp('http://localhost/api/mcp', {
    fetch: (input, init) => api.fetch(new Request(input, init)),
  });
  const [tool] = (await client.listTools()).tools;
  expect(tool?.inputSchema.properties).toEqual({
    id: { type: ['string', 'null'], pattern: '^x', description: 'Whose.' },
    part: {
      type: ['object', 'null'],
      properties: { a: { type: 'integer', minimum: 1 } },
      required: ['a'],
    },
    role: { anyOf: [{ type: 'string', enum: ['user', 'admin'] }, { type: 'null' }] },
    either: { anyOf: [{ anyOf: [{ type: 'string' }, { type: 'integer' }] }, { type: 'null' }] },
  });
  await client.close();
});
