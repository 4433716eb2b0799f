import { createHash } from 'node:crypto';
import { connect } from 'node:net';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createTRPCClient, httpLink } from '@trpc/client';
import { eq, sql } from 'drizzle-orm';
import superjson from 'superjson';
import { z } from 'zod';
import { hostRequest, toResponse } from '#layer/index';
import { serveRouter } from '#routers/api';
import { type AppRouter, appRouter } from '#routers/index';
import { type Account, answered, caller, localFetch, read, signUp } from '#test/client';
import { fileOf, jpeg, pdf, png, uploadFile } from '#test/files';
import { expectProblem } from '#test/problem';
import { serveInstance } from '#test/served';
import { files, sessions } from '#server/db/schema/index';

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

describe('a shared file', () => {
  /** Shares a chat with files, and returns their URLs in the order of the question. */
  async function share(...files: [name: string, content: Uint8Array | string][]) {
    const owner = await signUp(server.url);
    const ids: string[] = [];
    for (const [name, content] of files) ids.push((await stored(owner, name, content)).id);
    const { id: chatId } = await owner.rpc.chat.create.mutate({});
    await owner.rpc.chat.send.mutate({ chatId, parts: [], files: ids });
    await answered(owner, chatId);
    const { body } = await owner.rest(`PUT /chats/${chatId}/share`, { json: { includeFiles: true } });
    const { token } = z.object({ token: z.string() }).parse(body);
    const shared = await caller(server.url).rest(`GET /shares/${token}`);
    const { items } = z
      .object({ items: z.array(z.object({ files: z.array(z.object({ url: z.string() })) })) })
      .parse(shared.body);
    const urls = items.flatMap((item) => item.files.map(({ url }) => server.url + url));
    return { owner, chatId, urls };
  }

  test('is served to anyone like to its owner, and its URL stays secret', async () => {
    const svg = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>';
    const { owner, chatId, urls } = await share(['photo.png', png()], ['drawing.svg', svg]);
    const [photo = '', drawing = ''] = urls;
    const image = await fetch(photo);
    expect(Buffer.from(await image.arrayBuffer())).toEqual(png());
    const common = {
      'content-security-policy': "sandbox; default-src 'none'",
      'x-content-type-options': 'nosniff',
      'cross-origin-resource-policy': 'same-origin',
      'cache-control': 'private, no-cache',
      'x-robots-tag': 'noindex, nofollow',
      'referrer-policy': 'no-referrer',
    };
    const headers = Object.fromEntries(image.headers);
    expect(headers).toMatchObject({ ...common, 'content-type': 'image/png' });
    expect(headers['content-disposition']).toMatch(/^inline; /);
    const text = await fetch(drawing);
    expect(await text.text()).toBe(svg);
    const textHeaders = Object.fromEntries(text.headers);
    expect(textHeaders).toMatchObject({ ...common, 'content-type': 'text/plain; charset=utf-8' });
    expect(textHeaders['content-disposition']).toMatch(/^attachment; /);
    const again = { headers: { 'if-none-match': headers['etag'] ?? '' } };
    expect((await fetch(photo, again)).status).toBe(304);

    expectProblem(await read(await fetch(photo, { method: 'POST' })), 'METHOD_NOT_ALLOWED');
    expectProblem(await read(await fetch(photo.replace('/files/', '/'))), 'NOT_FOUND');
    // The address of the owner stays theirs.
    const id = photo.split('/').at(-1) ?? '';
    expectProblem(await read(await fetch(`${server.url}/api/files/${id}`)), 'UNAUTHORIZED');

    await owner.rpc.chat.shares.revoke.mutate({ chatId });
    expectProblem(await read(await fetch(photo)), 'NOT_FOUND');
    expectProblem(await read(await fetch(photo, again)), 'NOT_FOUND');
  });

  test('is served without reading a cookie', async () => {
    const { owner, urls } = await share(['a.txt', 'text']);
    const [url = ''] = urls;
    // The next request with the session renews it, and would set its cookie.
    await server.deps.db
      .update(sessions)
      .set({ expiresAt: sql`now() + interval '1 day'` })
      .where(eq(sessions.userId, owner.id));
    server.deps.authenticator.invalidateAll();
    expect((await fetch(url, { headers: owner.headers })).headers.get('set-cookie')).toBeNull();
    expect((await owner.fetch('/api/v1/users/me')).headers.get('set-cookie')).not.toBeNull();
  });

  test('ends in the middle of a download when its link is revoked', async () => {
    const { owner, chatId, urls } = await share(['long.txt', 'line of text\n'.repeat(100_000)]);
    const api = serveRouter(server.deps, appRouter, { title: 'Test', version: '1' });
    const options = { platform: { isLocal: () => false }, maxDuration: 30 };
    // In this process, where no socket reads ahead.
    const open = async () => {
      const request = hostRequest(new Request(urls[0] ?? ''), options);
      const reader = toResponse(await api.respond(request)).body?.getReader();
      if (!reader) throw new Error('There is no body.');
      return reader;
    };
    const readOn = async (reader: Awaited<ReturnType<typeof open>>) => {
      let bytes = 0;
      for (let next = await reader.read(); !next.done; next = await reader.read()) bytes += next.value.length;
      return bytes;
    };
    expect(await readOn(await open())).toBe(1_300_000);
    const cut = await open();
    expect((await cut.read()).done).toBe(false);
    await owner.rpc.chat.shares.revoke.mutate({ chatId });
    await expect(readOn(cut)).rejects.toThrow('No such file.');
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
