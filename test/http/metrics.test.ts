import { afterAll, describe, expect, test } from '@jest/globals';
import { caller, read, signUp } from '#test/client';
import { expectProblem } from '#test/problem';
import { increases, scrape } from '#test/prometheus';
import { startServer } from '#test/server';

const TOKEN = 'a-token-of-the-tests';
const server = await startServer({ METRICS_TOKEN: TOKEN, LOG_LEVEL: 'info', RATE_LIMIT: '100000' });
afterAll(() => server.stop());
const ada = await signUp(server.url);
const stranger = caller(server.url);
const read200 = () => scrape(server.url, TOKEN);
const get = (authorization?: string) =>
  stranger.fetch('/api/metrics', authorization === undefined ? {} : { headers: { authorization } });

const calls = (surface: string, procedure: string) =>
  `switchboard_call_duration_seconds_count{surface="${surface}",procedure="${procedure}"}`;
const errors = (surface: string, procedure: string, code: string) =>
  `switchboard_call_errors_total{surface="${surface}",procedure="${procedure}",code="${code}"}`;

describe('access to metrics', () => {
  test('needs the token', async () => {
    for (const wrong of [
      undefined,
      `Bearer ${TOKEN}x`,
      `Basic ${TOKEN}`,
      'Bearer',
      `Bearer ${TOKEN.slice(1)}`,
    ]) {
      const rejected = await read(await get(wrong));
      expectProblem(rejected, 'UNAUTHORIZED');
      expect(rejected.headers.get('www-authenticate')).toBe('Bearer realm="metrics"');
      expect(JSON.stringify(rejected.body)).not.toContain(TOKEN);
    }
    expect((await ada.fetch('/api/metrics')).status).toBe(401);
  });

  test('is granted with it, uses no limit, and is not cached', async () => {
    const { status, headers, body } = await read(await get(`bearer ${TOKEN}`));
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('ratelimit')).toBeNull();
    expect(headers.has('set-cookie')).toBe(false);
    expect(String(body)).toContain('# TYPE switchboard_deltas_total counter\n');
    const post = await stranger.fetch('/api/metrics', {
      method: 'POST',
      headers: { authorization: `Bearer ${TOKEN}` },
    });
    expectProblem(await read(post), 'METHOD_NOT_ALLOWED');
  });

  test('is not possible in production without the setting: the path does not exist', async () => {
    const other = await startServer();
    try {
      for (const headers of [
        {},
        { authorization: `Bearer ${TOKEN}` },
        { authorization: 'Bearer undefined' },
      ]) {
        const response = await caller(other.url, headers).fetch('/api/metrics');
        expectProblem(await read(response), 'NOT_FOUND');
      }
    } finally {
      await other.stop();
    }
  });

  test('leaves the token out of the log', () => {
    expect(server.log()).toContain('"path":"/api/metrics"');
    expect(server.log()).not.toContain(TOKEN);
  });
});

describe('metrics count', () => {
  test('the calls of each surface, and their errors', async () => {
    const before = await read200();
    await ada.rest('GET /chats');
    await ada.rest('GET /chats/nothing');
    await ada.rpc.chat.list.query({});
    await Promise.all([ada.rpc.chat.list.query({}), ada.rpc.users.me.query()]);
    await stranger.rest('GET /chats');
    await (await ada.fetch('/chat')).text();
    const grown = increases(before, await read200());
    expect(grown).toMatchObject({
      [calls('rest', 'chat.list')]: 1,
      [calls('rest', 'chat.get')]: 1,
      [calls('rpc', 'chat.list')]: 1,
      [calls('rpc-batch', 'chat.list')]: 1,
      [calls('rpc-batch', 'users.me')]: 1,
      [errors('rest', 'chat.get', 'NOT_FOUND')]: 1,
      [errors('rest', 'chat.list', 'UNAUTHORIZED')]: 1,
      'switchboard_http_response_seconds_count{surface="rest",status="2xx"}': 1,
      'switchboard_http_response_seconds_count{surface="rest",status="4xx"}': 2,
      'switchboard_http_response_seconds_count{surface="rpc",status="2xx"}': 2,
    });
    expect(Object.keys(grown).filter((name) => name.includes('_count{surface="page",'))).not.toEqual([]);
    expect(grown['switchboard_database_use_seconds_count']).toBeGreaterThan(5);
    expect(grown['switchboard_database_use_seconds_sum']).toBeLessThan(30);
  });

  test('answers, their parts and their ends', async () => {
    const before = await read200();
    const { id: chatId } = await ada.rpc.chat.create.mutate({});
    const parts = [{ type: 'text' as const, text: 'How do I add a procedure?' }];
    const { runId } = await ada.rpc.chat.send.mutate({ chatId, parts });
    await ada.rpc.chat.answer.query({ runId, waitSeconds: 30 });
    const grown = increases(before, await read200());
    expect(grown['switchboard_deltas_total']).toBeGreaterThan(3);
    expect(grown['switchboard_log_flush_seconds_count']).toBeGreaterThan(0);
    expect(grown).toMatchObject({
      'switchboard_runs_ended_total{status="complete"}': 1,
      'switchboard_time_to_first_token_seconds_count{provider="guide"}': 1,
    });
  });

  test('the state of the process and the database', async () => {
    const now = await read200();
    expect(now.get('switchboard_database_up')).toBe(1);
    expect(now.get('switchboard_active_runs')).toBe(0);
    expect(now.get('switchboard_open_streams')).toBe(0);
    expect(now.get('switchboard_import_pending_chats')).toBe(0);
    expect(now.get('switchboard_database_connections{state="waiting"}')).toBe(0);
    expect(now.get('switchboard_open_connections')).toBeGreaterThan(0);
    expect(now.get('process_resident_memory_bytes')).toBeGreaterThan(50e6);
    expect(now.get('process_cpu_seconds_total')).toBeGreaterThan(0.1);
    expect(Math.abs((now.get('process_start_time_seconds') ?? 0) - Date.now() / 1000)).toBeLessThan(600);
    expect(now.get('nodejs_eventloop_lag_p99_seconds')).toBeLessThan(5);
    expect([...now.keys()].find((name) => name.startsWith('switchboard_build_info'))).toMatch(
      /\{version="\d+\.\d+\.\d+\S*",node="v\d+\.\S+",database="(pglite|postgres)"\}$/,
    );
    expect(now.has('switchboard_backup_timestamp_seconds')).toBe(false);
  });
});

test('hostile paths, methods and names create no series', async () => {
  /** Sends requests of each kind, whose names depend on `i`. */
  async function attack(i: number): Promise<void> {
    const word = `x${i}_"\\{}=,${'é'.repeat(i % 5)}`;
    const name = encodeURIComponent(word);
    const requests: [string, RequestInit?][] = [
      [`/api/trpc/${name}`],
      [`/api/trpc/chat.list,${name}?batch=1`],
      [`/api/trpc/chat.${name}`, { method: 'POST' }],
      [`/api/v1/${name}`],
      [`/api/v1/chats/${name}`, { method: 'DELETE' }],
      [`/api/v1/chats`, { method: `M${i}` }],
      [`/api/${name}/${name}`],
      [`/api/auth/${name}`, { method: 'PUT' }],
      [`/docs/${name}`],
      [`/api/metrics/${name}`],
      [
        `/api/files/${name}`,
        { headers: { 'x-request-id': `r${i}`, 'user-agent': word.replaceAll('é', 'e') } },
      ],
      [
        '/api/mcp',
        {
          method: 'POST',
          headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
          body: JSON.stringify({ jsonrpc: '2.0', id: i, method: 'tools/call', params: { name: word } }),
        },
      ],
    ];
    await Promise.all(
      requests.map(async ([path, init]) => (await fetch(server.url + path, init)).arrayBuffer()),
    );
  }
  // All kinds of responses have occurred once.
  for (let i = 0; i < 3; i++) await attack(i);
  const before = await read200();
  for (let i = 3; i < 200; i++) await attack(i);
  const after = await read200();
  const isSteady = (name: string) => !name.startsWith('nodejs_gc_');
  expect([...after.keys()].filter((name) => isSteady(name) && !before.has(name))).toEqual([]);
  const unknown = increases(before, after)[errors('rpc', 'other', 'NOT_FOUND')];
  expect(unknown).toBeGreaterThanOrEqual(197);
  expect([...after.keys()].join('\n')).not.toMatch(/x\d+_/);
});
