import { afterAll, describe, expect, test } from '@jest/globals';
import { initTRPC } from '@trpc/server';
import { connectMcp, ERAS } from '#test/mcp-client';
import { createApi } from '../api.ts';
import { CoreError } from '../errors/api-error.ts';
import { mcp, type McpOptions } from './index.ts';

interface Ctx {
  user: string | null;
}

const t = initTRPC.context<Ctx>().create({ isDev: false });
const CHALLENGE = 'Bearer scope="read"';
/** @throws {CoreError} UNAUTHORIZED, with a challenge. */
const requireUser = (user: string | null) => {
  if (user === null) throw new CoreError('UNAUTHORIZED', { headers: { 'www-authenticate': CHALLENGE } });
};
const userOf = (authorization: string | null) => (authorization === 'Bearer good' ? 'ada' : null);
const isOpen = ({ name }: { name: string }) => name === 'open';

const create = (options: Partial<McpOptions<Ctx>>) =>
  createApi({
    router: t.router({
      open: t.procedure.query(({ ctx }) => ctx.user ?? 'a stranger'),
      closed: t.procedure.query(({ ctx }) => {
        requireUser(ctx.user);
        return 'secret';
      }),
    }),
    createContext: ({ header }): Ctx => ({ user: userOf(header('authorization')) }),
    mounts: [
      mcp({
        name: 'test',
        version: '1',
        authenticate: (call) => requireUser(userOf(call.header('authorization'))),
        permits:
          ({ user }) =>
          (called) =>
            user !== null || isOpen(called),
        ...options,
      }),
    ],
  });
const api = create({
  anonymous: true,
  authorize({ user }, called) {
    if (!isOpen(called)) requireUser(user);
  },
});

describe.each(Object.keys(ERAS))('anonymous: true, revision %s', (era) => {
  const clients: { close: () => Promise<void> }[] = [];
  const connect = async (headers: Record<string, string> = {}, served = api) => {
    const client = await connectMcp('http://localhost/api/mcp', {
      era,
      headers,
      fetch: async (input, init) => served.fetch(new Request(input, init)),
    });
    clients.push(client);
    return client;
  };
  afterAll(() => Promise.all(clients.map((client) => client.close())));
  const names = async (client: Awaited<ReturnType<typeof connect>>) =>
    (await client.listTools()).tools.map(({ name }) => name);

  test('serves the open procedures without a token', async () => {
    const client = await connect();
    expect(await names(client)).toEqual(['open']);
    expect(await client.callTool({ name: 'open' })).toMatchObject({
      content: [{ type: 'text', text: '"a stranger"' }],
    });
  });

  test('rejects a call of another procedure, so that the client can sign in', async () => {
    await expect((await connect()).callTool({ name: 'closed' })).rejects.toThrow();
    const own = create({ anonymous: true });
    // Without `authorize`, the procedure rejects it.
    expect(await (await connect({}, own)).callTool({ name: 'closed' })).toMatchObject({ isError: true });
  });

  test('serves all procedures with a valid token', async () => {
    const client = await connect({ authorization: 'Bearer good' });
    expect(await names(client)).toEqual(['open', 'closed']);
    expect(await client.callTool({ name: 'closed' })).not.toHaveProperty('isError');
  });

  test('rejects a client with a wrong token, and without one if it is off', async () => {
    await expect(connect({ authorization: 'Bearer wrong' })).rejects.toThrow();
    await expect(connect({}, create({}))).rejects.toThrow();
  });
});

const call = (name: string) => ({ jsonrpc: '2.0', id: name, method: 'tools/call', params: { name } });

test.each([
  ['an open procedure without a token', 200, call('open'), {}],
  ['another procedure without a token', 401, call('closed'), {}],
  ['both in a batch without a token', 401, [call('open'), call('closed')], {}],
  ['a wrong token', 401, call('open'), { authorization: 'Bearer wrong' }],
  ['a credential that is no token', 401, call('open'), { authorization: '' }],
  ['a valid token', 200, call('closed'), { authorization: 'Bearer good' }],
])('%s: status %d', async (_name, status, message, headers) => {
  const response = await api.request('/api/mcp', {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...headers,
    },
    body: JSON.stringify(message),
  });
  expect(response.status).toBe(status);
  expect(response.headers.get('www-authenticate')).toBe(status === 401 ? CHALLENGE : null);
});
