import { expect, test } from '@jest/globals';
import { initTRPC } from '@trpc/server';
import { createApi } from '../api.ts';
import { andThen } from '../call/eventual.ts';
import { CoreError } from '../errors/api-error.ts';
import { mcp } from './index.ts';

const t = initTRPC.create({ isDev: false });
const seen: (readonly string[])[] = [];
const api = createApi({
  router: t.router({
    things: t.router({ get: t.procedure.query(() => 1), add: t.procedure.mutation(() => 2) }),
    closed: t.procedure.query(() => 3),
  }),
  // It reads what the request calls before the body is read.
  createContext: ({ info }) => ({ info }),
  admit: (call) => andThen(call.context(), () => []),
  onResponse: ({ procedures }) => seen.push(procedures),
  mounts: [
    mcp({
      name: 'test',
      version: '1',
      authorize(_ctx, { name }) {
        if (name === 'closed') throw new CoreError('FORBIDDEN');
      },
    }),
  ],
});

const call = (name: string) => ({ jsonrpc: '2.0', id: name, method: 'tools/call', params: { name } });
const list = { jsonrpc: '2.0', id: 1, method: 'tools/list' };

test.each([
  ['a call', call('things_get'), ['things.get']],
  ['a batch', [call('things_get'), list, call('things_add'), call('none')], ['things.get', 'things.add']],
  ['a rejected request', [call('things_get'), call('closed')], ['things.get', 'closed']],
  ['a list', list, []],
  ['an unknown tool', call('none'), []],
])('`onResponse` gets the procedures of the called tools: %s', async (_name, message, procedures) => {
  seen.length = 0;
  await api.request('/api/mcp', {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
    body: JSON.stringify(message),
  });
  expect(seen).toEqual([procedures]);
});
