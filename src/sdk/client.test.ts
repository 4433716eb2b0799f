import { afterEach, describe, expect, test } from '@jest/globals';
import { Core } from './core.ts';
import {
  ConnectionError,
  InvalidInputError,
  NotFoundError,
  QuotaExceededError,
  RequestTimeoutError,
  ServiceUnavailableError,
  Switchboard,
  SwitchboardError,
  UnexpectedResponseError,
} from './index.ts';
import { breakOff, closeAll, failureOf, json, problem, serve, silence, type Step } from './testkit.ts';

afterEach(closeAll);

describe('a call', () => {
  test('sends the key, the input and what it accepts, and gives the answer', async () => {
    const { server, sb } = await serve([json({ id: 'a', title: 'Plans' }, 201)], {
      headers: { 'x-from': 'test' },
    });
    expect(await sb.chats.create({ title: 'Plans' }, { headers: { 'x-call': '1' } })).toEqual({
      id: 'a',
      title: 'Plans',
    });
    expect(server.sent).toMatchObject([
      {
        method: 'POST',
        url: '/api/v1/chats',
        body: '{"title":"Plans"}',
        headers: {
          authorization: 'Bearer sb_key',
          accept: 'application/json',
          'content-type': 'application/json',
          'x-from': 'test',
          'x-call': '1',
        },
      },
    ]);
  });

  test('encodes path and query, and refuses a parameter that would be another path', async () => {
    const { server, sb } = await serve([json({ items: [], nextCursor: null })]);
    await sb.chats.messages('a/b?c', { limit: 5, cursor: 'ä&=' });
    expect(server.sent[0]?.url).toBe('/api/v1/chats/a%2Fb%3Fc/messages?limit=5&cursor=%C3%A4%26%3D');
    for (const id of ['', '.', '..']) expect(() => void sb.chats.get(id)).toThrow(TypeError);
  });

  test('without a body in the answer gives undefined', async () => {
    const { sb } = await serve([(response) => response.writeHead(204).end()]);
    await expect(sb.chats.delete('a')).resolves.toBeUndefined();
  });

  test('shows requests and answers to hooks, and goes through a fetch of the caller', async () => {
    const seen: unknown[] = [];
    const { server, sb } = await serve([json({ id: 'me' })], {
      onRequest: (request) => {
        seen.push(request.method);
        const changed = new Request(request);
        changed.headers.set('x-signed', 'yes');
        return changed;
      },
      onResponse: async (response, request) => {
        seen.push(response.status, request.headers.get('x-signed'), await response.clone().json());
      },
      fetch: (request) => {
        seen.push('fetch');
        return fetch(request);
      },
    });
    await sb.users.me();
    expect(seen).toEqual(['GET', 'fetch', 200, 'yes', { id: 'me' }]);
    expect(server.sent[0]?.headers['x-signed']).toBe('yes');
  });

  test('puts fields where its operation has them: query, headers, a form with files', async () => {
    const { server } = await serve([json({})]);
    const input = {
      page: 2,
      filter: { since: new Date(0), tags: ['a', 'b'] },
      'x-tag': 't',
      note: 'é',
      file: new Blob(['content']),
      gone: undefined,
    };
    const place = { query: ['page', 'filter'], headers: ['x-tag'], form: true };
    await new Core({ baseUrl: server.url }, '/api/v1').call({
      method: 'POST',
      path: '/files',
      input,
      ...place,
    });
    const [sent] = server.sent;
    expect(decodeURIComponent(sent?.url ?? '')).toBe(
      '/api/v1/files?page=2&filter[since]=1970-01-01T00:00:00.000Z&filter[tags]=a&filter[tags]=b',
    );
    expect(sent?.headers['x-tag']).toBe('t');
    const headers = { 'content-type': sent?.headers['content-type'] ?? '' };
    const form = await new Response(sent?.body, { headers }).formData();
    expect([...form.keys()]).toEqual(['note', 'file']);
    expect(form.get('note')).toBe('é');
    expect(await (form.get('file') as File).text()).toBe('content');
  });

  test('needs an address', () => {
    expect(() => new Switchboard({ apiKey: 'sb_key' })).toThrow('baseUrl must be the address');
    expect(() => new Switchboard({ baseUrl: 'app.example.com' })).toThrow('baseUrl must be the address');
  });
});

describe('an error', () => {
  test('is of the class of its code, with what the server said', async () => {
    const issues = [{ pointer: '/title', message: 'must be one line' }];
    const { server, sb } = await serve([problem('INVALID_INPUT', 400, { issues })]);
    const error = await failureOf(sb.chats.create());
    expect(error).toBeInstanceOf(InvalidInputError);
    expect(error).toBeInstanceOf(SwitchboardError);
    expect(error).toMatchObject({
      name: 'InvalidInputError',
      message: 'A detail.',
      code: 'INVALID_INPUT',
      status: 400,
      title: 'A title',
      requestId: 'request-1',
      issues,
      retryable: false,
    });
    expect(server.sent).toHaveLength(1);
  });

  test('of a code that a newer server added is a SwitchboardError', async () => {
    const { sb } = await serve([problem('TEAPOT', 418)]);
    expect(await failureOf(sb.users.me())).toMatchObject({
      name: 'SwitchboardError',
      code: 'TEAPOT',
      status: 418,
    });
  });

  test('of somebody in between says what came', async () => {
    for (const status of [403, 200]) {
      const { server, sb } = await serve([(response) => response.writeHead(status).end('<h1>Sign in</h1>')]);
      const error = await failureOf(sb.users.me());
      expect(error).toBeInstanceOf(UnexpectedResponseError);
      expect(error).toMatchObject({ status, message: `Status ${status}: <h1>Sign in</h1>` });
      expect(server.sent).toHaveLength(1);
    }
  });
});

describe('a retry', () => {
  test.each<[string, Step]>([
    ['503', problem('SERVICE_UNAVAILABLE', 503, { retryable: true })],
    ['429', problem('TOO_MANY_REQUESTS', 429, { retryable: true }, { 'retry-after': '0' })],
    ['a broken connection', breakOff],
    ['a gateway without a server', (response) => response.writeHead(502).end('Bad gateway')],
    ['a key in use', problem('IDEMPOTENCY_KEY_IN_USE', 409, { retryable: true, retryAfter: 0 })],
  ])('follows %s, with one Idempotency-Key', async (_what, step) => {
    const { server, sb } = await serve([step, step, json({ id: 'a' }, 201)]);
    expect(await sb.chats.create({ title: 'Once' })).toEqual({ id: 'a' });
    await sb.chats.create({ title: 'Once' });
    const keys = server.sent.map(({ headers }) => headers['idempotency-key']);
    expect(keys[0]).toMatch(/^[0-9a-f]{32}$/);
    expect(keys.slice(0, 3)).toEqual([keys[0], keys[0], keys[0]]);
    expect(keys[3]).not.toBe(keys[0]);
  });

  test('of a question carries one request id, which is the key', async () => {
    const { server, sb } = await serve([breakOff, json({ runId: 'r', messageId: 'm' }, 202)]);
    await sb.chats.send('c', { parts: [{ type: 'text', text: 'Hi' }] }, { idempotencyKey: 'mine' });
    const ids = server.sent.map(
      ({ body }) => (JSON.parse(body) as { clientRequestId: string }).clientRequestId,
    );
    expect(ids).toEqual(['mine', 'mine']);
  });

  test('waits as long as the server asks', async () => {
    const { server, sb } = await serve([
      problem('SERVICE_UNAVAILABLE', 503, { retryable: true }, { 'retry-after': '2' }),
      json({ id: 'me' }),
    ]);
    const started = Date.now();
    await sb.users.me();
    expect(Date.now() - started).toBeGreaterThanOrEqual(1990);
    expect(server.sent).toHaveLength(2);
  });

  test('is left when the server asks for hours, and says how many seconds', async () => {
    const { server, sb } = await serve([
      problem('QUOTA_EXCEEDED', 429, { retryable: true, retryAfter: 7200 }),
    ]);
    const error = await failureOf(sb.users.me());
    expect(error).toBeInstanceOf(QuotaExceededError);
    expect(error).toMatchObject({ retryAfter: 7200 });
    expect(server.sent).toHaveLength(1);
  });

  test('comes as often as the caller allows', async () => {
    const { server, sb } = await serve([problem('SERVICE_UNAVAILABLE', 503, { retryable: true })], {
      maxRetries: 1,
    });
    expect(await failureOf(sb.users.me())).toBeInstanceOf(ServiceUnavailableError);
    expect(server.sent).toHaveLength(2);
    await failureOf(sb.users.me({ maxRetries: 0 }));
    expect(server.sent).toHaveLength(3);
  });

  test('does not follow an error that stays, or one of the server itself', async () => {
    const { server, sb } = await serve([
      problem('NOT_FOUND', 404),
      problem('RUN_ACTIVE', 409, { retryable: true, runId: 'r' }),
      problem('INTERNAL_SERVER_ERROR', 500, { retryable: true }),
    ]);
    expect(await failureOf(sb.users.me())).toBeInstanceOf(NotFoundError);
    expect(await failureOf(sb.users.me())).toMatchObject({ name: 'RunActiveError', runId: 'r' });
    expect(await failureOf(sb.users.me())).toMatchObject({ name: 'InternalServerError' });
    expect(server.sent).toHaveLength(3);
  });
});

describe('time', () => {
  test('ends a call that is not answered', async () => {
    const { sb } = await serve([silence], { maxRetries: 0 });
    const error = await failureOf(sb.users.me({ timeoutMs: 50 }));
    expect(error).toBeInstanceOf(RequestTimeoutError);
    expect(error).toMatchObject({
      message: 'There was no answer within 50 ms.',
      code: 'REQUEST_TIMEOUT',
      status: 0,
    });
  });

  test('of the caller ends a call, and the wait between two attempts, with the reason', async () => {
    const { server, sb } = await serve([
      silence,
      problem('SERVICE_UNAVAILABLE', 503, { retryable: true, retryAfter: 30 }),
    ]);
    for (const requests of [1, 2]) {
      const leaving = new AbortController();
      const call = failureOf(sb.users.me({ signal: leaving.signal }));
      setTimeout(() => leaving.abort(new Error('leaving')), 100);
      expect(await call).toMatchObject({ message: 'leaving' });
      expect(server.sent).toHaveLength(requests);
    }
  });

  test('is not wasted on a server that is not there', async () => {
    const { sb } = await serve([silence], { maxRetries: 0 });
    await closeAll();
    expect(await failureOf(sb.users.me())).toBeInstanceOf(ConnectionError);
  });
});

describe('first steps that go wrong', () => {
  test.each(['sb_…', 'sb_', 'key', '', ' sb_key', 'sb_key\n', 'Bearer sb_key'])(
    'the key %j is refused when the client is made',
    (apiKey) => {
      expect(() => new Switchboard({ baseUrl: 'http://localhost:3000', apiKey })).toThrow(
        /^apiKey must be an API key.*create one/,
      );
    },
  );

  test('an address where nothing answers is named, with the reason', async () => {
    const { server, sb } = await serve([json({})], { maxRetries: 0 });
    await server.close();
    const { message } = await sb.users.me().then(
      () => new Error('It answered.'),
      (error: unknown) => (error instanceof Error ? error : new Error('No error')),
    );
    expect(message).toContain(`The server at ${server.url} cannot be reached: `);
    expect(message).toContain(`ECONNREFUSED`);
  });

  test('so is a host that does not exist', async () => {
    const sb = new Switchboard({ baseUrl: 'http://nowhere.invalid', maxRetries: 0 });
    await expect(sb.users.me()).rejects.toThrow(
      /^The server at http:\/\/nowhere\.invalid .*nowhere\.invalid$/,
    );
  });
});
