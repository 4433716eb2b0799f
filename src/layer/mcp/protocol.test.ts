import { describe, expect, test } from '@jest/globals';
import { initTRPC } from '@trpc/server';
import { z } from 'zod';
import { createApi } from '../api.ts';
import { mcp } from './index.ts';

/** The requirements of revision 2026-07-28 on a request, which the official client never breaks. */
const REVISION = '2026-07-28';
const META = 'io.modelcontextprotocol/';

const t = initTRPC.create();
const aborted: string[] = [];
const router = t.router({
  one: t.procedure.query(() => 1),
  wait: t.procedure.query(
    ({ signal }) =>
      new Promise((resolve) => {
        signal?.addEventListener('abort', () => {
          aborted.push('wait');
          resolve(null);
        });
      }),
  ),
});
const api = createApi({
  router,
  createContext: () => ({}),
  mounts: [
    mcp({
      name: 'example',
      version: '1',
      instructions: 'Use it.',
      resources: [{ uri: 'test://x', name: 'x', read: () => 'x' }],
      prompts: [{ name: 'p', get: () => 'Do it.' }],
    }),
  ],
});

interface Sent {
  method: string;
  params?: Record<string, unknown>;
  /** The fields of the envelope that differ; `undefined` removes one. */
  meta?: Record<string, unknown>;
  /** The headers that differ; `null` removes one. */
  headers?: Record<string, string | null>;
  signal?: AbortSignal;
}

/** Sends a request as a client of the revision does, except for what differs. */
async function send({ method, params = {}, meta = {}, headers = {}, signal }: Sent) {
  const { name, uri } = params;
  const target = typeof name === 'string' ? name : typeof uri === 'string' ? uri : null;
  const all = new Headers({
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
    'mcp-protocol-version': REVISION,
    'mcp-method': method,
    ...(target !== null && { 'mcp-name': target }),
  });
  for (const [key, value] of Object.entries(headers)) {
    if (value === null) all.delete(key);
    else all.set(key, value);
  }
  const envelope = {
    [`${META}protocolVersion`]: REVISION,
    [`${META}clientInfo`]: { name: 'test', version: '1' },
    [`${META}clientCapabilities`]: {},
    ...Object.fromEntries(Object.entries(meta).map(([key, value]) => [META + key, value])),
  };
  const body = { jsonrpc: '2.0', id: 7, method, params: { ...params, _meta: envelope } };
  const response = await api.request('/api/mcp', {
    method: 'POST',
    headers: all,
    body: JSON.stringify(body),
    ...(signal && { signal }),
  });
  return { status: response.status, text: await response.text() };
}

const Reply = z.object({
  id: z.number().nullable(),
  result: z.looseObject({}).optional(),
  error: z.looseObject({ code: z.number() }).optional(),
});
const reply = async (sent: Sent) => {
  const { status, text } = await send(sent);
  return { status, ...Reply.parse(JSON.parse(text)) };
};
const one = { method: 'tools/call', params: { name: 'one' } };

test('server/discover names the revisions, the capabilities and the instructions, without a handshake', async () => {
  const { status, id, result } = await reply({ method: 'server/discover' });
  expect([status, id]).toEqual([200, 7]);
  expect(result).toMatchObject({
    supportedVersions: expect.arrayContaining([REVISION]),
    capabilities: { tools: {}, resources: {}, prompts: {} },
    instructions: 'Use it.',
    cacheScope: 'private',
    resultType: 'complete',
  });
});

test.each<[string, Record<string, string | null>, Sent]>([
  ['another revision', { 'mcp-protocol-version': '2025-11-25' }, one],
  ['another method', { 'mcp-method': 'tools/list' }, one],
  ['another tool', { 'mcp-name': 'wait' }, one],
  ['no revision', { 'mcp-protocol-version': null }, one],
  ['no method', { 'mcp-method': null }, one],
  ['no name', { 'mcp-name': null }, one],
  ['another resource', { 'mcp-name': 'test://y' }, { method: 'resources/read', params: { uri: 'test://x' } }],
  ['another prompt', { 'mcp-name': 'q' }, { method: 'prompts/get', params: { name: 'p' } }],
])('headers that name %s than the body are rejected', async (_name, headers, sent) => {
  expect((await reply(sent)).status).toBe(200);
  const { status, id, error } = await reply({ ...sent, headers });
  expect([status, id, error?.code]).toEqual([400, 7, -32_020]);
});

test('an unknown revision is rejected, with those that are supported', async () => {
  const version = '2027-01-01';
  const { status, error } = await reply({
    ...one,
    meta: { protocolVersion: version },
    headers: { 'mcp-protocol-version': version },
  });
  expect([status, error?.code]).toEqual([400, -32_022]);
  expect(error?.['data']).toMatchObject({
    requested: version,
    supported: expect.arrayContaining([REVISION]),
  });
});

describe('capabilities of the client', () => {
  test('are not needed, so a client with none gets all', async () => {
    for (const method of ['tools/list', 'resources/list', 'resources/templates/list', 'prompts/list']) {
      expect(await reply({ method, meta: { clientCapabilities: {} } })).toMatchObject({ status: 200 });
    }
  });

  test('must be declared', async () => {
    const { status, error } = await reply({ ...one, meta: { clientCapabilities: undefined } });
    expect([status, error?.code]).toEqual([400, -32_602]);
    expect(JSON.stringify(error)).toContain('clientCapabilities');
  });
});

test.each([
  'completion/complete',
  'logging/setLevel',
  'resources/subscribe',
  'tasks/get',
  'nothing/such',
  'ping',
])('the method %s, which the server does not have, is rejected', async (method) => {
  const { status, error } = await reply({ method });
  expect([status, error?.code]).toEqual([404, -32_601]);
});

test('a subscription ends at once, because there are no notifications of changes', async () => {
  const { status, text } = await send({
    method: 'subscriptions/listen',
    params: { notifications: { toolsListChanged: true, resourcesListChanged: true } },
  });
  expect(status).toBe(200);
  const sent = text.split('\n').flatMap((line) => (line.startsWith('data: ') ? [line.slice(6)] : []));
  expect(sent.map((line): unknown => JSON.parse(line))).toMatchObject([
    { method: 'notifications/subscriptions/acknowledged', params: { notifications: {} } },
    { id: 7, result: { resultType: 'complete' } },
  ]);
});

test.each(['tools/list', 'resources/list', 'resources/templates/list', 'prompts/list'])(
  'the list of %s may be kept by this client for a minute',
  async (method) => {
    expect((await reply({ method })).result).toMatchObject({ ttlMs: 60_000, cacheScope: 'private' });
  },
);

test('a resource may not be kept', async () => {
  const { result } = await reply({ method: 'resources/read', params: { uri: 'test://x' } });
  expect(result).toMatchObject({ ttlMs: 0, cacheScope: 'private' });
});

test('a disconnect cancels the call', async () => {
  const left = new AbortController();
  const call = send({ method: 'tools/call', params: { name: 'wait' }, signal: left.signal });
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(aborted).toEqual([]);
  left.abort();
  await call.catch(() => undefined);
  for (let i = 0; i < 100 && aborted.length === 0; i++) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  expect(aborted).toEqual(['wait']);
});

test.each(['GET', 'DELETE'])('%s is rejected, because there are no sessions', async (method) => {
  const headers = { accept: 'text/event-stream', 'mcp-protocol-version': REVISION };
  const response = await api.request('/api/mcp', { method, headers });
  expect(response.status).toBe(405);
  expect(response.headers.get('allow')).toContain('POST');
  expect(response.headers.has('mcp-session-id')).toBe(false);
});

test('a batch is rejected, because this revision has none', async () => {
  const message = (id: number) => ({
    jsonrpc: '2.0',
    id,
    method: 'tools/list',
    params: {
      _meta: {
        [`${META}protocolVersion`]: REVISION,
        [`${META}clientInfo`]: { name: 'test', version: '1' },
        [`${META}clientCapabilities`]: {},
      },
    },
  });
  const response = await api.request('/api/mcp', {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': REVISION,
      'mcp-method': 'tools/list',
    },
    body: JSON.stringify([message(1), message(2)]),
  });
  expect(response.status).toBe(400);
});
