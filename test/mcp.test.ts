import { afterAll, describe, expect, test } from '@jest/globals';
import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { proceduresOf } from '#layer/index';
import { appRouter } from '#routers/index';
import { admissionRule } from '#server/access';
import { users } from '#server/db/schema/index';
import { signUp, withKey } from '#test/client';
import { connectMcp, ERAS } from '#test/mcp-client';
import { rpcRequest } from '#test/procedures';
import { serveInstance } from '#test/served';

const server = await serveInstance({ settings: { RATE_LIMIT: '10000' } });
afterAll(server.close);
const root = await signUp(server.url, { name: 'root' });
const ada = await signUp(server.url);
await server.deps.db.update(users).set({ role: 'user' }).where(eq(users.id, ada.id));
await server.deps.db.update(users).set({ role: 'admin' }).where(eq(users.id, root.id));
server.deps.authenticator.invalidateAll();
const keyOf = async (account: typeof ada, scope: 'read' | 'write') =>
  (await account.rpc.protected.apiKeys.create.mutate({ name: scope, scope })).key;
const KEYS = {
  'a read key': await keyOf(ada, 'read'),
  'a write key': await keyOf(ada, 'write'),
  'a read key of an admin': await keyOf(root, 'read'),
  'a write key of an admin': await keyOf(root, 'write'),
};
const url = `${server.url}/api/mcp`;
const bearer = (key: string) => ({ authorization: `Bearer ${key}` });

/** Procedures that are never tools: only sessions may call them, or they are too powerful, or they are streams. */
const NEVER = ({ name, access, type }: { name: string; access: string; type: string }) =>
  access === 'session-only' ||
  access === 'registered' ||
  type === 'subscription' ||
  name.startsWith('chat.shares.') ||
  name.startsWith('chat.imports.') ||
  name.startsWith('chat.projects.') ||
  name.startsWith('chat.files.') ||
  [
    'chat.deleteMany',
    'chat.fork',
    'chat.instructions',
    'chat.move',
    'chat.setInstructions',
    'chat.summarize',
  ].includes(name) ||
  ['users.setRole', 'users.setQuota', 'protected.exportData', 'protected.system', 'chat.export'].includes(
    name,
  );

const ERA_NAMES = Object.keys(ERAS);
const KEYS_BY_ERA = ERA_NAMES.flatMap((era) =>
  Object.entries(KEYS).map(([name, key]) => ({ era, name, key })),
);

describe.each(KEYS_BY_ERA)('$name, revision $era', ({ era, key }) => {
  test('lists exactly the tools whose calls are not rejected because of the caller', async () => {
    const client = await connectMcp(url, { era, headers: bearer(key) });
    const listed = (await client.listTools()).tools.map(({ name }) => name);
    const as = withKey(server.url, key);
    const expected: string[] = [];
    for (const [name, procedure] of proceduresOf(appRouter)) {
      const { type } = procedure._def;
      if (NEVER({ name, type, access: admissionRule(name, procedure).access })) continue;
      // The permission is checked before this input, which no procedure accepts.
      const { path, init } = rpcRequest({ name, type }, { json: { nothing: true } });
      const { status } = await as.fetch(path, init);
      if (status !== 401 && status !== 403) expected.push(name.replaceAll('.', '_'));
    }
    expect(listed).toEqual(expected);
    expect(expected.length).toBeGreaterThan(5);
    await client.close();
  });

  test('has a list of tools on one page, of less than 12,000 tokens', async () => {
    const client = await connectMcp(url, { era, headers: bearer(key) });
    const { tools, nextCursor } = await client.listTools();
    expect(nextCursor).toBeUndefined();
    const tokens = JSON.stringify(tools).length / 4;
    process.stdout.write(`${tools.length} tools, ${Math.round(tokens)} tokens\n`);
    expect(tokens).toBeLessThan(12_000);
    await client.close();
  });
});

describe.each(ERA_NAMES)('revision %s', (era) => {
  test('a chat is created, listed and deleted by tools', async () => {
    const client = await connectMcp(url, { era, headers: bearer(KEYS['a write key']) });
    const created = await client.callTool({ name: 'chat_create', arguments: { title: era } });
    const { id } = z.object({ id: z.string() }).parse(created.structuredContent);
    const { items } = await ada.rpc.chat.list.query({});
    expect(items.find((chat) => chat.id === id)?.title).toBe(era);
    expect((await client.callTool({ name: 'chat_delete', arguments: { id } })).isError).toBeUndefined();
    const gone = await client.callTool({ name: 'chat_get', arguments: { id } });
    expect(gone).toMatchObject({ isError: true, _meta: { error: { code: 'NOT_FOUND', status: 404 } } });
    await client.close();
  });

  test('a key that may only read gets an error from a tool that changes something', async () => {
    const client = await connectMcp(url, { era, headers: bearer(KEYS['a read key']) });
    const result = await client.callTool({ name: 'chat_create', arguments: {} });
    expect(result).toMatchObject({ isError: true, _meta: { error: { code: 'FORBIDDEN' } } });
    await client.close();
  });
});

const initialize = {
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'test', version: '1' } },
};
const post = (headers: Record<string, string>, body: unknown = initialize) =>
  fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...headers,
    },
    body: JSON.stringify(body),
  });

test('every request without a valid key gets 401 with a challenge, also one with a session', async () => {
  const invalid = [{}, ada.headers, bearer('sb_nothing'), { ...ada.headers, authorization: 'Basic eDp5' }];
  for (const headers of invalid) {
    for (const method of ['GET', 'POST', 'DELETE']) {
      const response = await (method === 'POST' ? post(headers) : fetch(url, { method, headers }));
      expect(response.status).toBe(401);
      expect(response.headers.get('www-authenticate')).toMatch(/^Bearer/);
      expect(await response.json()).toMatchObject({
        jsonrpc: '2.0',
        error: { data: { code: 'UNAUTHORIZED' } },
      });
    }
  }
  expect((await post(bearer(KEYS['a read key']))).status).toBe(200);
});

test('a result of revision 2026-07-28 is sent at once, with its length', async () => {
  const revision = '2026-07-28';
  const method = 'tools/call';
  const headers = { 'mcp-protocol-version': revision, 'mcp-method': method, 'mcp-name': 'users_me' };
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': revision,
    'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1' },
    'io.modelcontextprotocol/clientCapabilities': {},
  };
  const params = { name: 'users_me', arguments: {}, _meta };
  const sent = { ...bearer(KEYS['a read key']), ...headers };
  const response = await post(sent, { jsonrpc: '2.0', id: 1, method, params });
  const length = Buffer.byteLength(await response.text());
  expect(length).toBeGreaterThan(100);
  expect(response.headers.get('content-length')).toBe(String(length));
});

test('a page of another origin is rejected, and a response has the rest of the rate limit and a request id', async () => {
  const key = bearer(KEYS['a read key']);
  expect((await post({ ...key, origin: 'https://evil.example' })).status).toBe(403);
  const response = await post({ ...key, 'x-request-id': 'mine' });
  expect(response.headers.get('x-request-id')).toBe('mine');
  expect(response.headers.get('ratelimit')).toContain('default');
  expect(response.headers.get('cache-control')).toContain('no-store');
});
