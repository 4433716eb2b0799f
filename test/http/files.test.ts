import { createHash } from 'node:crypto';
import { connect } from 'node:net';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createTRPCClient, httpLink } from '@trpc/client';
import superjson from 'superjson';
import { z } from 'zod';
import type { AppRouter } from '#routers/index';
import { type Account, localFetch, read, signUp } from '#test/client';
import { fileOf, jpeg, pdf, png, uploadFile } from '#test/files';
import { expectProblem } from '#test/problem';
import { serveInstance } from '#test/served';
import { files } from '#server/db/schema/index';

const server = await serveInstance();
let ada: Account;
beforeAll(async () => {
  ada = await signUp(server.url);
});
afterAll(server.close);

const Stored = z.object({ id: z.string(), url: z.string(), mediaType: z.string() });

const stored = async (...args: Parameters<typeof uploadFile>) =>
  Stored.parse((await uploadFile(...args)).body);

describe('an upload', () => {
  test('over REST is one form, and over RPC a FormData', async () => {
    const overRest = await uploadFile(ada, 'a.pdf', pdf('Hello'));
    expect(overRest).toMatchObject({
      status: 201,
      body: { filename: 'a.pdf', mediaType: 'application/pdf' },
    });
    const { id } = Stored.parse(overRest.body);
    expect(overRest.headers.get('location')).toBe(`/api/v1/files/${id}`);

    const rpc = createTRPCClient<AppRouter>({
      links: [
        httpLink({
          url: `${server.url}/api/trpc`,
          transformer: superjson,
          headers: ada.headers,
          fetch: localFetch,
        }),
      ],
    });
    const form = new FormData();
    form.append('file', fileOf('b.png', png()));
    const overRpc = await rpc.chat.files.create.mutate(form);
    expect(overRpc).toMatchObject({ filename: 'b.png', mediaType: 'image/png', size: png().length });
    expect(await ada.rpc.chat.files.get.query({ fileId: overRpc.id })).toEqual(overRpc);
  });

  test('with the same idempotency key is stored once', async () => {
    const headers = { 'idempotency-key': 'upload-1' };
    const first = await stored(ada, 'a.txt', 'once', headers);
    expect((await stored(ada, 'a.txt', 'once', headers)).id).toBe(first.id);
    expectProblem(await uploadFile(ada, 'a.txt', 'other', headers), 'IDEMPOTENCY_KEY_REUSED');
  });

  test('that breaks off stores nothing', async () => {
    const before = await server.deps.db.$count(files);
    const { hostname, port } = new URL(server.url);
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    socket.write(
      `POST /api/v1/files HTTP/1.1\r\nhost: ${hostname}:${port}\r\ncookie: ${ada.headers['cookie'] ?? ''}\r\n` +
        'content-type: multipart/form-data; boundary=x\r\ncontent-length: 100000\r\n\r\n' +
        '--x\r\ncontent-disposition: form-data; name="file"; filename="a.txt"\r\n\r\nhalf of it',
    );
    socket.end();
    await once(socket.resume(), 'close');
    expect(await server.deps.db.$count(files)).toBe(before);
  });

  test('that is too large is a 413, and without a file a 400', async () => {
    const text = 'x'.repeat(server.deps.env.MAX_FILE_BYTES + 1);
    expectProblem(await uploadFile(ada, 'a.txt', text), 'PAYLOAD_TOO_LARGE');
    const body = new FormData();
    body.append('other', 'x');
    expectProblem(await read(await ada.fetch('/api/v1/files', { method: 'POST', body })), 'INVALID_INPUT');
  });
});

describe('the content', () => {
  test.each([
    ['photo "1".png', png(), 'image/png', 'inline'],
    ['page.html', '<script>alert(1)</script>', 'text/plain; charset=utf-8', 'attachment'],
    ['drawing.svg', '<svg xmlns="http://www.w3.org/2000/svg"/>', 'text/plain; charset=utf-8', 'attachment'],
    ['Rechnung 日本.pdf', pdf('x'), 'application/pdf', 'attachment'],
  ])('of %s is served so that no browser runs it', async (name, content, type, kind) => {
    const { url } = await stored(ada, name, content);
    const response = await ada.fetch(url);
    expect(Buffer.from(await response.arrayBuffer())).toEqual(Buffer.from(content));
    const headers = Object.fromEntries(response.headers);
    expect(headers).toMatchObject({
      'content-type': type,
      'content-security-policy': "sandbox; default-src 'none'",
      'x-content-type-options': 'nosniff',
      'cross-origin-resource-policy': 'same-origin',
      'cache-control': 'private, no-cache',
    });
    const [shown, , encoded = ''] = headers['content-disposition']?.split('; ') ?? [];
    expect([shown, decodeURIComponent(encoded)]).toEqual([kind, `filename*=UTF-8''${name}`]);
    const etag = headers['etag'] ?? '';
    expect((await ada.fetch(url, { headers: { 'if-none-match': etag } })).status).toBe(304);
  });

  test('of a large file arrives whole, and a reader may leave in the middle', async () => {
    const text = Array.from({ length: 300_000 }, (_, index) => `line ${index}`).join('\n');
    const { url } = await stored(ada, 'long.txt', text);
    const hash = (value: string) => createHash('sha256').update(value).digest('hex');
    expect(hash(await (await ada.fetch(url)).text())).toBe(hash(text));
    const response = await ada.fetch(url);
    const reader = response.body?.getReader();
    await reader?.read();
    await reader?.cancel();
    expect((await ada.fetch(url)).status).toBe(200);
  });

  test('is for its owner only', async () => {
    const { id, url } = await stored(ada, 'a.jpg', jpeg());
    const eve = await signUp(server.url);
    expectProblem(await read(await eve.fetch(url)), 'NOT_FOUND');
    expectProblem(await read(await eve.fetch(url, { headers: { 'if-none-match': `"${id}"` } })), 'NOT_FOUND');
    expectProblem(await read(await fetch(`${server.url}${url}`)), 'UNAUTHORIZED');
    expectProblem(await read(await ada.fetch(url, { method: 'POST' })), 'METHOD_NOT_ALLOWED');
    expectProblem(await read(await ada.fetch('/api/files/a.b')), 'NOT_FOUND');
    const key = await ada.rpc.protected.apiKeys.create.mutate({ name: 'k', scope: 'read' });
    const withKey = await fetch(`${server.url}${url}`, { headers: { authorization: `Bearer ${key.key}` } });
    expect(withKey.status).toBe(200);
    await ada.rpc.chat.files.delete.mutate({ fileId: id });
    expectProblem(await read(await ada.fetch(url)), 'NOT_FOUND');
  });
});

test('the export of an account has its files', async () => {
  const owner = await signUp(server.url);
  const text = 'ä'.repeat(400_000);
  await stored(owner, 'one.txt', text);
  await stored(owner, 'two.png', png());
  const { body } = await owner.rest('GET /protected/export');
  const { files: exported } = z
    .object({ files: z.array(z.object({ filename: z.string(), content: z.base64() })) })
    .parse(body);
  expect(exported.map(({ filename }) => filename)).toEqual(['one.txt', 'two.png']);
  expect(exported.map(({ content }) => Buffer.from(content, 'base64'))).toEqual([Buffer.from(text), png()]);
});
