import { expect, test } from '@jest/globals';
import { initTRPC } from '@trpc/server';
import { createApi } from '../api.ts';
import { CoreError } from '../errors/api-error.ts';
import { mcp } from './index.ts';

const t = initTRPC.create({ isDev: false });
const api = createApi({
  router: t.router({ open: t.procedure.query(() => 1), closed: t.procedure.query(() => 2) }),
  createContext: () => ({}),
  mounts: [
    mcp({
      name: 'test',
      version: '1',
      authorize(_ctx, { name }) {
        if (name === 'closed')
          throw new CoreError('FORBIDDEN', { headers: { 'www-authenticate': 'Bearer error="x"' } });
      },
    }),
  ],
});
const call = (name: string) => ({ jsonrpc: '2.0', id: name, method: 'tools/call', params: { name } });
const send = (message: unknown) =>
  api.request('/api/mcp', {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
    body: JSON.stringify(message),
  });

test.each([
  ['a call', call('closed')],
  ['a batch', [call('open'), call('closed')]],
])('the error of `authorize` is the response to the whole request: %s', async (_name, message) => {
  const response = await send(message);
  expect(response.status).toBe(403);
  expect(response.headers.get('www-authenticate')).toBe('Bearer error="x"');
});

test.each(['open', 'none'])('a call of the tool %s is not rejected by it', async (name) => {
  expect((await send(call(name))).status).toBe(200);
});
