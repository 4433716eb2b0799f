import { randomUUID } from 'node:crypto';
import { afterAll, describe, expect, test } from '@jest/globals';
import { type Account, signInAsGuest, type Caller, caller, postAuth, newMessage, signUp } from '#test/client';
import { type Announced, sendHead } from '#test/head-only';
import { forgetCounts } from '#test/forget-counts';
import { serveInstance } from '#test/served';
import { recordStatements } from '#test/statements';

const LIMIT = 1000;
const unlimited = await serveInstance();
afterAll(unlimited.close);
const counting = await serveInstance({ settings: { RATE_LIMIT: String(LIMIT) } });
afterAll(counting.close);
const strict = await serveInstance({ settings: { RATE_LIMIT: '1' } });
afterAll(strict.close);
const frugal = await serveInstance({ settings: { BYTE_RATE_LIMIT: '10000' } });
afterAll(frugal.close);

const ada = await signUp(unlimited.url);
const at = (instance: { url: string }, { headers }: Pick<Caller, 'headers'> = { headers: {} }) =>
  caller(instance.url, headers);

const FORM = 'multipart/form-data; boundary=x';
/** Requests that have a body and need an authenticated caller, by surface. */
const BODIES: Record<string, Announced> = {
  'JSON over REST': { path: '/api/v1/chats' },
  'a form over REST': { path: '/api/v1/chats', type: 'application/x-www-form-urlencoded' },
  'an upload over REST': { path: '/api/v1/chats', type: FORM },
  'an unknown type over REST': { path: '/api/v1/chats', type: 'text/csv' },
  'a request with an idempotency key over REST': {
    path: '/api/v1/chats',
    headers: { 'idempotency-key': 'a' },
  },
  'a change under If-Match over REST': {
    method: 'PATCH',
    path: '/api/v1/chats/x',
    headers: { 'if-match': '"a"' },
  },
  RPC: { path: '/api/trpc/chat.create' },
  'a batch over RPC': { path: '/api/trpc/chat.create,chat.create?batch=1' },
  'a stream over RPC': {
    path: '/api/trpc/chat.create,chat.create?batch=1',
    headers: { 'trpc-accept': 'application/jsonl' },
  },
  'an unknown procedure over RPC': { path: '/api/trpc/chat.nothing' },
  'AI chat': { path: '/api/chat', bytes: 4_000_000 },
};
/** The requests that are not already rejected because of their head. */
const VALID_HEADS = Object.entries(BODIES).filter(([name]) => !name.includes('unknown procedure'));
const isStream = ({ headers }: Announced) => headers?.['trpc-accept'] !== undefined;

describe('admission, before the body is read,', () => {
  test.each(VALID_HEADS)('rejects anonymous callers: %s', async (_name, announced) => {
    const { status, text } = await sendHead(at(unlimited), announced);
    // The status of a stream is sent before its calls run.
    expect(status).toBe(isStream(announced) ? 200 : 401);
    expect(text).toContain('UNAUTHORIZED');
  });

  test.each(VALID_HEADS)('rejects callers without the permission: %s', async (_name, announced) => {
    const { key } = await ada.rpc.protected.apiKeys.create.mutate({ name: 'reader', scope: 'read' });
    const reader = at(unlimited, { headers: { authorization: `Bearer ${key}` } });
    const { status, text } = await sendHead(reader, announced);
    expect(status).toBe(isStream(announced) ? 200 : 403);
    expect(text).toContain('FORBIDDEN');
  });

  test.each(Object.entries(BODIES))('rejects requests over the limit: %s', async (_name, announced) => {
    const account = await signUp(unlimited.url);
    await at(strict, account).rest('GET /chats');
    const { status, headers, text } = await sendHead(at(strict, account), announced);
    expect(status).toBe(isStream(announced) ? 200 : 429);
    expect(text).toContain('TOO_MANY_REQUESTS');
    if (!isStream(announced)) expect(Number(headers['retry-after'])).toBeGreaterThan(0);
  });

  test('rejects authentication requests over the limit', async () => {
    const anonymous = at(strict);
    for (const path of ['/sign-in/email', '/sign-up/email', '/sign-in/anonymous']) {
      const first = await anonymous.fetch('/api/nothing');
      expect([404, 429]).toContain(first.status);
      const second = await sendHead(anonymous, { path: `/api/auth${path}` });
      expect({ path, status: second.status }).toEqual({ path, status: 429 });
    }
  });
});

/** Counts the calls that `work` costs an account. */
async function costOf(account: Account, work: (as: Account) => Promise<unknown>): Promise<number> {
  const as = { ...account, ...at(counting, account) };
  const left = async () =>
    Number(/r=(\d+)/.exec((await as.rest('GET /users/me')).headers.get('ratelimit') ?? '')?.[1]);
  const before = await left();
  await work(as);
  return before - (await left()) - 1;
}

const get = (path: string, headers: Record<string, string> = {}, method = 'GET') => ({
  path,
  headers,
  method,
});
const post = (path: string, json: unknown, headers: Record<string, string> = {}) => ({
  path,
  method: 'POST',
  headers: { 'content-type': 'application/json', ...headers },
  body: typeof json === 'string' ? json : JSON.stringify(json),
});
const question = (id: string) => ({
  id,
  messages: [{ id: randomUUID(), role: 'user', parts: [{ type: 'text', text: 'How?' }] }],
});

const ONE_CALL: [name: string, status: number, call: ReturnType<typeof get> | ReturnType<typeof post>][] = [
  ['a call', 200, get('/api/v1/chats')],
  ['HEAD', 200, get('/api/v1/chats', {}, 'HEAD')],
  ['OPTIONS', 204, get('/api/v1/chats', {}, 'OPTIONS')],
  ['a path that does not exist', 404, get('/api/v1/nothing')],
  ['a path of no surface', 404, get('/api/nothing')],
  ['a method that is not allowed', 405, get('/api/v1/chats', {}, 'PUT')],
  ['an Accept type that is not supported', 406, get('/api/v1/chats', { accept: 'text/csv' })],
  ['a Content-Type that is not supported', 415, post('/api/v1/chats', 'x', { 'content-type': 'text/csv' })],
  ['a malformed body', 400, post('/api/v1/chats', '{')],
  ['invalid input', 400, post('/api/v1/chats', { title: 1 })],
  ['a precondition that fails', 412, post('/api/v1/chats', {}, { 'if-match': '"a"' })],
  ['a request from another origin', 403, post('/api/v1/chats', {}, { origin: 'https://evil.example' })],
  ['a query over RPC', 200, get('/api/trpc/chat.list?input=%7B%22json%22%3A%7B%7D%7D')],
  ['a mutation over RPC', 200, post('/api/trpc/chat.create', { json: {} })],
  ['an unknown procedure', 404, get('/api/trpc/chat.nothing')],
  ['a mutation by GET', 405, get('/api/trpc/chat.create')],
  ['a malformed body over RPC', 400, post('/api/trpc/chat.create', '{')],
  ['a malformed input over RPC', 400, get('/api/trpc/chat.list?input=%7B')],
  [
    'an unsupported Content-Type over RPC',
    415,
    post('/api/trpc/chat.create', 'x', { 'content-type': 'text/plain' }),
  ],
  ['an unsupported method over RPC', 405, get('/api/trpc/chat.create', {}, 'DELETE')],
  ['a subscription', 200, get('/api/trpc/chat.stream?input=%7B%22json%22%3A%7B%22chatId%22%3A%22x%22%7D%7D')],
  ['a question in a new chat', 200, post('/api/chat', question('new'))],
  ['a malformed question', 400, post('/api/chat', '{')],
  ['a stream of no chat', 204, get('/api/chat/nothing/stream')],
  ['an unsupported method of AI chat', 405, get('/api/chat')],
  ['get-session', 200, get('/api/auth/get-session')],
  ['an authentication endpoint that is closed', 404, get('/api/auth/list-sessions')],
  ['a sign-in that fails', 401, post('/api/auth/sign-in/email', { email: 'a@example.com', password: 'x' })],
  ['the OpenAPI document', 200, get('/api/openapi.json')],
];

describe('the rate limit counts one call for', () => {
  test.each(ONE_CALL)('%s', async (_name, status, { path, ...init }) => {
    const cost = await costOf(ada, async (as) => {
      const response = await fetch(`${as.url}${path}`, {
        ...init,
        headers: { ...as.headers, ...init.headers },
        signal: AbortSignal.timeout(25_000),
      });
      expect(response.status).toBe(status);
      await response.body?.cancel();
    });
    expect(cost).toBe(1);
  });

  test('each question, replay and change under If-Match', async () => {
    const { id } = await ada.rpc.chat.create.mutate({});
    const { headers } = await ada.rest(`GET /chats/${id}`);
    const ifMatch = { 'if-match': headers.get('etag') ?? '' };
    const key = { json: {}, headers: { 'idempotency-key': randomUUID() } };
    const calls = await costOf(ada, async (as) => {
      for (let i = 0; i < 3; i++) expect((await as.rest('POST /chats', key)).status).toBe(201);
      const changed = await as.rest(`PATCH /chats/${id}`, { json: { title: 'New' }, headers: ifMatch });
      expect(changed.status).toBe(200);
      expect((await as.rest(`POST /chats/${id}/messages`, { json: newMessage('How?') })).status).toBe(202);
    });
    expect(calls).toBe(5);
  });
});

test('a batch costs one call per procedure, as JSON and as a stream', async () => {
  const input = encodeURIComponent('{"0":{"json":{}},"1":{"json":{}},"2":{"json":1}}');
  for (const accept of ['application/json', 'application/jsonl']) {
    const path = `/api/trpc/chat.list,users.me,chat.nothing?batch=1&input=${input}`;
    expect(
      await costOf(ada, async (as) => {
        await (await as.fetch(path, { headers: { 'trpc-accept': accept } })).text();
      }),
    ).toBe(3);
  }
});

test('health checks cost nothing and are never rejected', async () => {
  const anonymous = at(strict);
  for (let i = 0; i < 3; i++) {
    for (const path of ['/api/health', '/api/ready']) expect((await anonymous.fetch(path)).status).toBe(200);
  }
});

test('an anonymous caller is authenticated and counted without a statement', async () => {
  const statements = recordStatements(counting.deps.database);
  const anonymous = at(counting);
  for (const [, , { path, ...init }] of ONE_CALL.filter(([name]) => !name.includes('sign-in'))) {
    await (await fetch(`${anonymous.url}${path}`, init)).body?.cancel();
  }
  // A periodic job looks for names that an older version has written.
  const asked = statements.map(({ sql }) => sql).filter((sql) => !sql.includes('name_folded is null'));
  expect(asked.filter((sql) => /users|sessions|api_keys/.test(sql))).toEqual([]);
});

describe('a guest', () => {
  test('shares the limit of its IP address with other guests and anonymous callers', async () => {
    const few = await serveInstance({ settings: { RATE_LIMIT: '8' } });
    try {
      const guests = [await signInAsGuest(unlimited.url), await signInAsGuest(unlimited.url)];
      await forgetCounts(few.deps.database);
      const statuses: number[] = [];
      for (let i = 0; i < 10; i++) {
        const guest = guests[i % 2];
        statuses.push((await at(few, guest).rest('GET /chats')).status);
      }
      expect(statuses).toEqual([...Array.from({ length: 8 }, () => 200), 429, 429]);
      expect((await at(few).fetch('/api/v1/chats')).status).toBe(429);
      expect((await at(few, ada).rest('GET /chats')).status).toBe(200);
    } finally {
      await few.close();
    }
  });
});

describe('BYTE_RATE_LIMIT', () => {
  const password = 'x'.repeat(6000);
  const signIn = () => postAuth(frugal.url, '/sign-in/email', { email: 'a@example.com', password });

  test('limits anonymous callers and guests by IP address, as soon as the head announces the length', async () => {
    const guest = at(frugal, await signInAsGuest(unlimited.url));
    expect((await signIn()).status).toBe(400);
    const second = await signIn();
    expect(second.status).toBe(429);
    expect(Number(second.headers.get('retry-after'))).toBeGreaterThan(0);
    const tooMuch = [
      { path: '/api/auth/sign-in/email' },
      { path: '/api/v1/chats' },
      { path: '/api/v1/chats', type: 'application/x-www-form-urlencoded' },
      { path: '/api/v1/chats', type: FORM },
      { path: '/api/trpc/chat.create' },
      { path: '/api/chat' },
    ];
    for (const announced of tooMuch) {
      const { status } = await sendHead(guest, { ...announced, bytes: 6000 });
      expect({ ...announced, status }).toEqual({ ...announced, status: 429 });
    }
    const small = await guest.rest('POST /chats', { json: {} });
    expect(small.status).toBe(201);
  });

  test('counts bytes as they arrive if the head does not announce the length', async () => {
    const guest = at(frugal, await signInAsGuest(unlimited.url));
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        for (let i = 0; i < 10; i++) controller.enqueue(new TextEncoder().encode(' '.repeat(1000)));
        controller.close();
      },
    });
    const sent = { method: 'POST', headers: { 'content-type': 'application/json' }, body, duplex: 'half' };
    const { status } = await guest.fetch('/api/trpc/chat.create', sent);
    expect(status).toBe(429);
  });

  test('does not limit accounts', async () => {
    const title = 'x'.repeat(9000);
    for (let i = 0; i < 3; i++) {
      expect((await at(frugal, ada).rest('POST /chats', { json: { title } })).status).toBe(400);
    }
  });
});
