import { afterAll, describe, expect, test } from '@jest/globals';
import { caller, idOf, read, signUp } from '#test/client';
import { expectProblem } from '#test/problem';
import { startServer } from '#test/server';

const server = await startServer();
afterAll(server.stop);
const ada = await signUp(server.url);
const stranger = caller(server.url);
const chatId = idOf(await ada.rest('POST /chats', { json: {} }));

const send = async (path: string, init: RequestInit) => read(await ada.fetch(path, init));

describe('methods', () => {
  test('HEAD returns the headers of GET without a body', async () => {
    const get = await ada.fetch(`/api/v1/chats/${chatId}`);
    const head = await ada.fetch(`/api/v1/chats/${chatId}`, { method: 'HEAD' });
    expect(head.status).toBe(200);
    expect(head.headers.get('content-type')).toBe(get.headers.get('content-type'));
    expect(await head.text()).toBe('');
    expect((await ada.fetch('/api/v1/chats/nothing', { method: 'HEAD' })).status).toBe(404);
  });

  test('OPTIONS lists the methods of a path', async () => {
    const { status, headers } = await stranger.rest('OPTIONS /chats/x');
    expect(status).toBe(204);
    expect(headers.get('allow')?.split(', ').sort()).toEqual(['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH']);
  });

  test('that are not supported are rejected with the list of supported ones', async () => {
    const rejected = await ada.rest('PUT /chats', { json: {} });
    expectProblem(rejected, 'METHOD_NOT_ALLOWED');
    expect(rejected.headers.get('allow')?.split(', ').sort()).toEqual(['GET', 'HEAD', 'OPTIONS', 'POST']);
    for (const path of [
      '/api/health',
      '/api/ready',
      '/api/openapi.json',
      '/api/chat',
      '/api/auth/sign-in/email',
    ]) {
      const response = await send(path, { method: 'DELETE' });
      expectProblem(response, 'METHOD_NOT_ALLOWED');
      expect(response.headers.get('allow')).toMatch(/GET|POST/);
    }
  });
});

describe('content', () => {
  test('that the client does not accept is rejected', async () => {
    expectProblem(await ada.rest('GET /chats', { headers: { accept: 'text/html' } }), 'NOT_ACCEPTABLE');
    expectProblem(
      await ada.rest('GET /chats', { headers: { accept: 'application/json;q=0' } }),
      'NOT_ACCEPTABLE',
    );
    expect((await ada.rest('GET /chats', { headers: { accept: 'text/html, */*;q=0.1' } })).status).toBe(200);
  });

  test('may be a form', async () => {
    const form = new FormData();
    form.append('title', 'From a form');
    for (const body of [form, new URLSearchParams({ title: 'From a form' })]) {
      const response = await send('/api/v1/chats', { method: 'POST', body });
      expect(response).toMatchObject({ status: 201, body: { title: 'From a form' } });
    }
  });

  test('of a type other than JSON or a form is rejected', async () => {
    for (const body of ['title=x', new Blob(['{}'])]) {
      const response = await send('/api/v1/chats', { method: 'POST', body });
      expectProblem(response, 'UNSUPPORTED_MEDIA_TYPE');
      expect(response.headers.get('accept')).toBe(
        'application/json, application/x-www-form-urlencoded, multipart/form-data',
      );
    }
  });

  test('of a form of another site is rejected', async () => {
    const body = new URLSearchParams({ title: 'x' });
    const headers = { origin: 'https://evil.example' };
    expectProblem(await send('/api/v1/chats', { method: 'POST', body, headers }), 'CROSS_ORIGIN');
  });

  test('with an unexpected file is rejected before the file is stored', async () => {
    const body = new FormData();
    body.append('title', new Blob(['x'.repeat(1024)]), 'a.txt');
    expectProblem(await send('/api/v1/chats', { method: 'POST', body }), 'INVALID_INPUT');
  });

  test('that is too large is rejected, also without Content-Length', async () => {
    const title = 'x'.repeat(2 * 1024 * 1024);
    expectProblem(await ada.rest('POST /chats', { json: { title } }), 'PAYLOAD_TOO_LARGE');
    const body = new Blob([JSON.stringify({ title })]).stream();
    const headers = { 'content-type': 'application/json' };
    const chunked: RequestInit & { duplex: 'half' } = { method: 'POST', body, headers, duplex: 'half' };
    expectProblem(await send('/api/v1/chats', chunked), 'PAYLOAD_TOO_LARGE');
  });
});

test('a problem has the error, its place and the request id', async () => {
  const headers = { 'x-request-id': 'given-by-the-caller' };
  const problem = expectProblem(
    await ada.rest('POST /chats', { json: { title: '' }, headers }),
    'INVALID_INPUT',
  );
  expect(problem).toEqual({
    type: expect.stringMatching(/^(https?:\/\/[^/]+)?\/docs\/errors\/INVALID_INPUT$/),
    title: 'The input is not valid',
    status: 400,
    detail: expect.stringMatching(/^title: /),
    code: 'INVALID_INPUT',
    retryable: false,
    requestId: 'given-by-the-caller',
    issues: [{ pointer: '/title', message: expect.any(String) }],
  });
  const forged = { 'x-request-id': 'no good" <script>' };
  expect(expectProblem(await ada.rest('GET /nowhere', { headers: forged }), 'NOT_FOUND').requestId).toMatch(
    /^[\w-]+$/,
  );
});

test('an unknown path is a problem below /api and /api/v1', async () => {
  for (const path of [
    '/api/v1',
    '/api/v1/',
    '/api/v1/nothing',
    '/api/v1/chats/',
    '/api/v1/chats//messages',
    '/api/nothing',
    '/api/',
    '/api/trpcx',
    '/api/chat/x',
    '/api/chat/x/stream/y',
  ]) {
    expectProblem(await read(await ada.fetch(path)), 'NOT_FOUND');
  }
});

test('health, readiness and the OpenAPI document need no account', async () => {
  expect(await read(await stranger.fetch('/api/health'))).toMatchObject({
    status: 200,
    body: { status: 'up' },
  });
  expect(await read(await stranger.fetch('/api/ready'))).toMatchObject({
    status: 200,
    body: { status: 'ready' },
  });
  const document = await stranger.fetch('/api/openapi.json');
  const etag = document.headers.get('etag') ?? '';
  expect(await document.json()).toMatchObject({
    openapi: expect.stringMatching(/^3\.1/),
    paths: { '/chats/{id}': { get: { operationId: 'chat.get' } } },
  });
  expect((await stranger.fetch('/api/openapi.json', { headers: { 'if-none-match': etag } })).status).toBe(
    304,
  );
});
