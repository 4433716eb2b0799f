import { expect, test } from '@jest/globals';
import { initTRPC } from '@trpc/server';
import { z } from 'zod';
import { createApi } from '../api.ts';
import { mcp } from './index.ts';

const t = initTRPC.create();
const router = t.router({
  common: t.procedure.input(z.object({ ids: z.array(z.int()) })).query(({ input }) => input.ids.length),
  few: t.procedure
    .meta({ limits: { maxValues: 5 } })
    .input(z.object({ ids: z.array(z.int()) }))
    .query(({ input }) => input.ids.length),
  many: t.procedure
    .meta({ limits: { maxValues: 30_000 } })
    .input(z.array(z.int()))
    .query(({ input }) => input.length),
});
const api = createApi({
  router,
  createContext: () => ({}),
  rest: false,
  mounts: [mcp({ name: 'example', version: '1' })],
});
const send = (body: unknown) =>
  api.request('/api/mcp', {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
    body: JSON.stringify(body),
  });
const list = (length: number) => Array.from({ length }, () => 1);
const message = (name: string, args: object) => ({
  jsonrpc: '2.0',
  id: 1,
  method: 'tools/call',
  params: { name, arguments: args },
});

// The object and its list are values, too.
test.each([
  ['common', { ids: list(9_998) }, null],
  ['common', { ids: list(9_999) }, 10_000],
  ['few', { ids: list(3) }, null],
  ['few', { ids: list(4) }, 5],
  ['many', { input: list(29_999) }, null],
  ['many', { input: list(30_000) }, 30_000],
])(
  'the number of values in the arguments of %s is limited as on other surfaces',
  async (name, args, limit) => {
    const response = await send(message(name, args));
    expect(response.status).toBe(200);
    const text = await response.text();
    if (limit === null) expect(text).not.toContain('isError');
    else expect(text).toContain(`BAD_REQUEST: The input can contain at most ${limit} values.`);
  },
);

test('the number of values is limited for each message of a batch', async () => {
  const all = [1, 2].map((id) => ({ ...message('common', { ids: list(6_000) }), id }));
  const text = await (await send(all)).text();
  expect(text.match(/"text":"6000"/g)).toHaveLength(2);
});

test.each([
  ['a message that calls no tool', { jsonrpc: '2.0', id: 1, method: 'ping', params: { of: list(10_000) } }],
  ['a call of an unknown tool', message('nothing', { ids: list(10_000) })],
  [
    'parts of a call beside its arguments',
    { ...message('few', {}), params: { name: 'few', arguments: {}, _meta: { of: list(10_000) } } },
  ],
  ['a batch', [message('many', {}), { jsonrpc: '2.0', method: 'ping', params: { of: list(10_000) } }]],
])('the number of values is limited to 10,000 in %s', async (_, body) => {
  const response = await send(body);
  expect(response.status).toBe(400);
  expect(await response.text()).toContain('can contain at most 10000 values');
});
