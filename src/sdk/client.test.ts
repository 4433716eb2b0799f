import { afterEach, describe, expect, test } from '@jest/globals';
import { Core } from './generated/core.ts';
import { ERRORS } from './generated/errors.gen.ts';
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
import { closeAll, disconnect, failureOf, hang, json, problem, serve, type Step } from './testkit.ts';

afterEach(closeAll);

describe('a call', () => {
  test('sends the key, the input and the Accept header, and returns the response body', async () => {
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

  test('encodes path and query, and rejects a parameter that would change the path', async () => {
    const { server, sb } = await serve([json({ items: [], nextCursor: null })]);
    await sb.chats.messages('a/b?c', { limit: 5, cursor: 'ä&=' });
    expect(server.sent[0]?.url).toBe('/api/v1/chats/a%2Fb%3Fc/messages?limit=5&cursor=%C3%A4%26%3D');
    for (const id of ['', '.', '..']) expect(() => void sb.chats.get(id)).toThrow(TypeError);
  });

  test('returns undefined for a response without a body', async () => {
    const { sb } = await serve([(response) => response.writeHead(204).end()]);
    await expect(sb.chats.delete('a')).resolves.toBeUndefined();
  });

  test('calls the hooks with requests and responses, and uses the fetch of the caller', async () => {
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

  test('sends each field in the query, the headers or the form, as the operation says', async () => {
    const { server } = await serve([json({})]);
    const input = {
      page: 2,
      filter: { since: new Date(0), tags: ['a', 'b'] },
      'x-tag': 't',
      note: 'é',
      file: new Blob(['content']),
      absent: undefined,
    };
    const place = { query: ['page', 'filter'], headers: ['x-tag'], form: true };
    await new Core({ baseUrl: server.url }, { path: '/api/v1', keyPrefix: '', errors: ERRORS }).call({
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

  test('requires an absolute baseUrl', () => {
    expect(() => new Switchboard({ apiKey: 'sb_key' })).toThrow('baseUrl must be the URL');
    expect(() => new Switchboard({ baseUrl: 'app.example.com' })).toThrow('baseUrl must be the URL');
  });
});

describe('an error', () => {
  test('is an instance of the class for its code, with the fields of the problem', async () => {
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

  test('with an unknown code is a SwitchboardError', async () => {
    const { sb } = await serve([problem('TEAPOT', 418)]);
    expect(await failureOf(sb.users.me())).toMatchObject({
      name: 'SwitchboardError',
      code: 'TEAPOT',
      status: 418,
    });
  });

  test('of a proxy contains the response it sent', async () => {
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
    ['a broken connection', disconnect],
    ['a gateway without a server', (response) => response.writeHead(502).end('Bad gateway')],
    ['a key in use', problem('IDEMPOTENCY_KEY_IN_USE', 409, { retryable: true, retryAfter: 0 })],
  ])('follows %s, with one Idempotency-Key', async (_name, step) => {
    const { server, sb } = await serve([step, step, json({ id: 'a' }, 201)]);
    expect(await sb.chats.create({ title: 'Once' })).toEqual({ id: 'a' });
    await sb.chats.create({ title: 'Once' });
    const keys = server.sent.map(({ headers }) => headers['idempotency-key']);
    expect(keys[0]).toMatch(/^[0-9a-f]{32}$/);
    expect(keys.slice(0, 3)).toEqual([keys[0], keys[0], keys[0]]);
    expect(keys[3]).not.toBe(keys[0]);
  });

  test('of a question sends the same request id, which is the key', async () => {
    const { server, sb } = await serve([disconnect, json({ runId: 'r', messageId: 'm' }, 202)]);
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

  test('is not made if the server asks for hours; the error says how many seconds', async () => {
    const { server, sb } = await serve([
      problem('QUOTA_EXCEEDED', 429, { retryable: true, retryAfter: 7200 }),
    ]);
    const error = await failureOf(sb.users.me());
    expect(error).toBeInstanceOf(QuotaExceededError);
    expect(error).toMatchObject({ retryAfter: 7200 });
    expect(server.sent).toHaveLength(1);
  });

  test('is made at most maxRetries times', async () => {
    const { server, sb } = await serve([problem('SERVICE_UNAVAILABLE', 503, { retryable: true })], {
      maxRetries: 1,
    });
    expect(await failureOf(sb.users.me())).toBeInstanceOf(ServiceUnavailableError);
    expect(server.sent).toHaveLength(2);
    await failureOf(sb.users.me({ maxRetries: 0 }));
    expect(server.sent).toHaveLength(3);
  });

  test('is not made after a permanent error or an error of the server itself', async () => {
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

describe('a timeout or signal', () => {
  test('ends a call without a response', async () => {
    const { sb } = await serve([hang], { maxRetries: 0 });
    const error = await failureOf(sb.users.me({ timeoutMs: 50 }));
    expect(error).toBeInstanceOf(RequestTimeoutError);
    expect(error).toMatchObject({
      message: 'No response within 50 ms.',
      code: 'REQUEST_TIMEOUT',
      status: 0,
    });
  });

  test('of the caller ends a call and the pause between attempts with its reason', async () => {
    const { server, sb } = await serve([
      hang,
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

  test('is not awaited if the server refuses connections', async () => {
    const { sb } = await serve([hang], { maxRetries: 0 });
    await closeAll();
    expect(await failureOf(sb.users.me())).toBeInstanceOf(ConnectionError);
  });
});

describe('a wrong option', () => {
  test.each(['sb_…', 'sb_', 'key', '', ' sb_key', 'sb_key\n', 'Bearer sb_key'])(
    'rejects the key %j when the client is created',
    (apiKey) => {
      expect(() => new Switchboard({ baseUrl: 'http://localhost:3000', apiKey })).toThrow(
        /^apiKey must be an API key.*as the server created it/,
      );
    },
  );

  test('names a URL that refuses connections, with the reason', async () => {
    const { server, sb } = await serve([json({})], { maxRetries: 0 });
    await server.close();
    const { message } = await sb.users.me().then(
      () => new Error('The call succeeded.'),
      (error: unknown) => (error instanceof Error ? error : new Error('No error')),
    );
    expect(message).toContain(`The server at ${server.url} cannot be reached: `);
    expect(message).toContain(`ECONNREFUSED`);
  });

  test('names a host that does not exist', async () => {
    const sb = new Switchboard({ baseUrl: 'http://nowhere.invalid', maxRetries: 0 });
    await expect(sb.users.me()).rejects.toThrow(
      /^The server at http:\/\/nowhere\.invalid .*nowhere\.invalid$/,
    );
  });
});
