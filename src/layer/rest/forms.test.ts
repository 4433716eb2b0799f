import { createHash } from 'node:crypto';
import { readdirSync, statSync } from 'node:fs';
import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { iterable } from '../stream/iterable.ts';
import { procedure, router, serveRest, type TestServer } from '../testing/testkit.ts';

const KB = 1024;
const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

async function describeFile(file: File) {
  return { name: file.name, type: file.type, size: file.size, digest: digest(await file.bytes()) };
}

async function* lines(file: File) {
  await pause(20);
  yield JSON.stringify(await file.text());
}

const Text = z.strictObject({
  title: z.string(),
  n: z.number().optional(),
  open: z.boolean().optional(),
  tags: z.array(z.string()).optional(),
  at: z.strictObject({ from: z.date() }).optional(),
  rows: z.array(z.strictObject({ on: z.date() })).optional(),
});

const app = router({
  text: procedure
    .meta({ openapi: { method: 'POST', path: '/text' } })
    .input(Text)
    .output(z.unknown())
    .mutation(({ input }) => input),
  jsonOnly: procedure
    .meta({ openapi: { method: 'POST', path: '/json-only', contentTypes: ['application/json'] } })
    .input(Text)
    .output(z.unknown())
    .mutation(({ input }) => input),
  picture: procedure
    .meta({
      openapi: { method: 'POST', path: '/pictures/{album}' },
      rest: { maxFileBytes: 200 * KB, maxUploadBytes: 500 * KB },
    })
    .input(
      z.strictObject({
        album: z.number(),
        title: z.string(),
        picture: z.file().mime(['image/png']),
        more: z.array(z.file()).optional(),
        meta: z.strictObject({ at: z.date(), n: z.number() }).optional(),
      }),
    )
    .output(z.unknown())
    .mutation(async ({ input: { picture, more = [], ...input } }) => ({
      ...input,
      picture: await describeFile(picture),
      more: await Promise.all(more.map(describeFile)),
    })),
  read: procedure
    .meta({ openapi: { method: 'POST', path: '/read' }, rest: { stream: 'application/json' } })
    .input(z.strictObject({ file: z.file() }))
    .output(iterable(z.string()))
    .mutation(({ input }) => lines(input.file)),
  large: procedure
    .meta({
      openapi: { method: 'POST', path: '/large' },
      rest: { maxFileBytes: 100 * KB * KB, maxUploadBytes: 100 * KB * KB },
    })
    .input(z.strictObject({ file: z.file() }))
    .output(z.unknown())
    .mutation(async ({ input }) => {
      const hash = createHash('sha256');
      for await (const chunk of input.file.stream()) hash.update(chunk);
      return { size: input.file.size, digest: hash.digest('hex') };
    }),
  maybe: procedure
    .meta({ openapi: { method: 'POST', path: '/maybe' } })
    .input(z.strictObject({ title: z.string(), file: z.file().optional() }))
    .output(z.unknown())
    .mutation(({ input }) => ({ ...input, file: input.file?.name })),
});

let server: TestServer;
beforeAll(async () => {
  server = await serveRest(app);
});
afterAll(() => server.close());

const json = async (response: Response): Promise<unknown> => response.json();

function form(parts: Record<string, string | Blob | (string | Blob)[]>): FormData {
  const data = new FormData();
  for (const [name, values] of Object.entries(parts)) {
    for (const value of [values].flat()) {
      if (typeof value === 'string') data.append(name, value);
      else data.append(name, value, value instanceof File ? value.name : 'blob');
    }
  }
  return data;
}
const post = (path: string, body: BodyInit) => server.call(path, { method: 'POST', body });
const png = (size: number, name = 'a.png') =>
  new File([new Uint8Array(size).map((_, i) => i * 7)], name, { type: 'image/png' });
/** Returns the upload folders of this process. */
const leftovers = () => readdirSync(tmpdir()).filter((name) => name.startsWith(`api-upload-${process.pid}-`));

/** Polls a condition for up to two seconds. */
async function until(condition: () => boolean): Promise<void> {
  for (let tries = 0; tries < 100 && !condition(); tries++) await pause(20);
  expect(condition()).toBe(true);
}

/** Checks that the files of all requests are removed, which happens after the response has been read. */
const expectNoLeftovers = () => until(() => leftovers().length === 0);

const bytesOnDisk = () =>
  leftovers()
    .flatMap((folder) => readdirSync(join(tmpdir(), folder)).map((name) => join(tmpdir(), folder, name)))
    .reduce((sum, file) => sum + statSync(file).size, 0);

const FILE_PART = '--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n';

/** Starts a request with a form. The caller writes the parts to the returned request. */
function open(path: string) {
  const { hostname, port } = new URL(server.origin);
  const headers = { 'content-type': 'multipart/form-data; boundary=x' };
  const sent = request({ hostname, port, path: `/api/v1${path}`, method: 'POST', headers });
  sent.on('error', () => undefined);
  return sent;
}

const responseTo = (sent: ClientRequest) =>
  new Promise<IncomingMessage>((resolve) => sent.once('response', resolve));

describe.each([
  ['urlencoded', (pairs: [string, string][]) => new URLSearchParams(pairs)],
  [
    'multipart',
    (pairs: [string, string][]) => {
      const data = new FormData();
      for (const [name, value] of pairs) data.append(name, value);
      return data;
    },
  ],
] as const)('a form, %s', (_, create) => {
  test('is read like a query', async () => {
    const body = create([
      ['title', 'é & ü'],
      ['n', '5'],
      ['open', 'false'],
      ['tags', 'a'],
      ['tags', 'b'],
      ['at[from]', '2026-02-03'],
    ]);
    await expect(json(await post('/text', body))).resolves.toEqual({
      title: 'é & ü',
      n: 5,
      open: false,
      tags: ['a', 'b'],
      at: { from: '2026-02-03T00:00:00.000Z' },
    });
  });

  const [on, ON] = ['2026-02-03', '2026-02-03T00:00:00.000Z'];
  test.each([
    ['at', [{ from: on }], { from: ON }],
    ['rows', [[{ on }]], [{ on: ON }]],
    ['rows', [{ on }], [{ on: ON }]],
    ['rows', [{ on }, { on }], [{ on: ON }, { on: ON }]],
  ])('may have JSON for an object, a list and each of its items: %s=%j', async (name, sent, read) => {
    const pairs = sent.map((value): [string, string] => [name, JSON.stringify(value)]);
    const response = await post('/text', create([['title', 't'], ...pairs]));
    await expect(json(response)).resolves.toEqual({ title: 't', [name]: read });
  });

  test.each([
    ['at', '{', '/at'],
    ['at', '{"from":"soon"}', '/at/from'],
    ['rows', '{},', '/rows'],
    ['n', '', '/n'],
    ['open', 'on', '/open'],
    ['nope', '1', ''],
    ['__proto__', '1', '/__proto__'],
    ['at[__proto__]', '1', '/at/__proto__'],
    ['at[from]', 'soon', '/at/from'],
    ['title[a]', '1', '/title'],
  ])('with %s=%s is rejected', async (name, value, pointer) => {
    const response = await post(
      '/text',
      create([
        ['title', 't'],
        [name, value],
      ]),
    );
    expect(response.status).toBe(400);
    await expect(json(response)).resolves.toMatchObject({ code: 'INVALID_INPUT', issues: [{ pointer }] });
  });

  test('returns 413 for more than a megabyte', async () => {
    expect((await post('/text', create([['title', 'x'.repeat(KB * KB)]]))).status).toBe(413);
  });

  test('returns 415 if the endpoint only accepts JSON', async () => {
    const response = await post('/json-only', create([['title', 't']]));
    expect(response.status).toBe(415);
    expect(response.headers.get('accept')).toBe('application/json');
  });
});

test('a URL-encoded form that is not valid UTF-8 is rejected', async () => {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const body = new Uint8Array([0x61, 0x3d, 0xff]);
  const response = await server.call('/text', { method: 'POST', body, headers });
  await expect(json(response)).resolves.toMatchObject({
    code: 'BAD_REQUEST',
    detail: expect.stringContaining('UTF-8'),
  });
});

describe('files', () => {
  test('arrive with the other fields, and are removed from the disk', async () => {
    const picture = png(150 * KB);
    const more = [png(10, '../../etc/b.png'), new File(['x'], 'ü.txt', { type: 'text/plain' })];
    const meta = new Blob([JSON.stringify({ at: '2026-02-03', n: 1 })], { type: 'application/json' });
    const response = await post('/pictures/7', form({ title: 't', picture, more, meta }));
    await expect(json(response)).resolves.toEqual({
      album: 7,
      title: 't',
      picture: await describeFile(picture),
      more: [
        { name: 'b.png', type: 'image/png', size: 10, digest: digest(await png(10).bytes()) },
        { name: 'ü.txt', type: 'text/plain', size: 1, digest: digest(Buffer.from('x')) },
      ],
      meta: { at: '2026-02-03T00:00:00.000Z', n: 1 },
    });
    await expectNoLeftovers();
  });

  test('can come with a JSON part, which is as strict as a JSON body', async () => {
    const meta = new Blob([JSON.stringify({ at: '2026-02-03', n: '1' })], { type: 'application/json' });
    const response = await post('/pictures/7', form({ title: 't', picture: png(1), meta }));
    await expect(json(response)).resolves.toMatchObject({ issues: [{ pointer: '/meta/n' }] });
    const broken = new Blob(['{'], { type: 'application/json' });
    const rejected = await post('/pictures/7', form({ title: 't', picture: png(1), meta: broken }));
    await expect(json(rejected)).resolves.toMatchObject({ code: 'MALFORMED_JSON' });
  });

  test('of exactly the limit are accepted, and return 413 if they or their sum exceed it', async () => {
    const upload = async (picture: File, more: File[] = []) =>
      (await post('/pictures/7', form({ title: 't', picture, more }))).status;
    expect(await upload(png(200 * KB))).toBe(200);
    expect(await upload(png(200 * KB + 1))).toBe(413);
    expect(await upload(png(150 * KB), [png(150 * KB), png(150 * KB)])).toBe(200);
    expect(await upload(png(180 * KB), [png(180 * KB), png(180 * KB)])).toBe(413);
    await expectNoLeftovers();
  });

  test('return 413 if they are too large, even without a Content-Length', async () => {
    const whole = new Response(form({ title: 't', picture: png(600 * KB) }));
    const headers = { 'content-type': whole.headers.get('content-type') ?? '' };
    const init: RequestInit & { duplex: 'half' } = {
      method: 'POST',
      body: whole.body,
      headers,
      duplex: 'half',
    };
    expect((await server.call('/pictures/7', init)).status).toBe(413);
  });

  test.each<[string, FormData, string]>([
    [
      'of another type',
      form({ title: 't', picture: new File(['x'], 'a.txt', { type: 'text/plain' }) }),
      '/picture',
    ],
    ['as text', form({ title: 't', picture: 'text' }), '/picture'],
    ['missing', form({ title: 't' }), '/picture'],
    ['not chosen in a browser', form({ title: 't', picture: new File([], '') }), '/picture'],
    ['in a text field', form({ title: png(1), picture: png(1) }), '/title'],
    ['in an unknown field', form({ title: 't', picture: png(1), other: png(1) }), '/other'],
    ['below a field without files', form({ title: 't', picture: png(1), 'meta[n]': png(1) }), '/meta/n'],
  ])('%s are rejected with a pointer', async (_, body, pointer) => {
    const response = await post('/pictures/7', body);
    expect(response.status).toBe(400);
    await expect(json(response)).resolves.toMatchObject({ code: 'INVALID_INPUT', issues: [{ pointer }] });
    await expectNoLeftovers();
  });

  test('are rejected before they are stored, if the input has none', async () => {
    const response = await post('/text', form({ title: 't', file: png(10) }));
    await expect(json(response)).resolves.toMatchObject({
      issues: [{ pointer: '/file', message: 'does not accept a file' }],
    });
  });

  test('need a multipart form if one is required; otherwise JSON is accepted', async () => {
    const response = await server.call('/pictures/7', { json: { title: 't' } });
    expect(response.status).toBe(415);
    expect(response.headers.get('accept')).toBe('multipart/form-data');
    await expect(json(await server.call('/maybe', { json: { title: 't' } }))).resolves.toEqual({
      title: 't',
    });
    await expect(json(await post('/maybe', form({ title: 't', file: png(1) })))).resolves.toEqual({
      title: 't',
      file: 'a.png',
    });
  });

  test('can be read until a streamed response has been read', async () => {
    const response = await post('/read', form({ file: new File(['hello'], 'a.txt') }));
    expect(leftovers()).toHaveLength(1);
    await expect(json(response)).resolves.toBe('hello');
    await expectNoLeftovers();
  });

  test('are removed when the client of a streamed response has disconnected', async () => {
    const response = await post('/read', form({ file: new File(['hello'], 'a.txt') }));
    await response.body?.cancel();
    await expectNoLeftovers();
  });

  test('are written to the disk as they arrive', async () => {
    const size = 300 * KB;
    const upload = open('/large');
    upload.write(FILE_PART);
    upload.write('y'.repeat(size));
    await until(() => bytesOnDisk() > size / 2);
    upload.end(`${'y'.repeat(size)}\r\n--x--`);
    const body: unknown = JSON.parse(await text(await responseTo(upload)));
    expect(body).toEqual({ size: 2 * size, digest: digest(Buffer.alloc(2 * size, 'y')) });
    await expectNoLeftovers();
  });

  test('that are too large are rejected while the client is still sending, and it receives the error', async () => {
    const upload = open('/pictures/7');
    upload.write('--x\r\nContent-Disposition: form-data; name="picture"; filename="a"\r\n\r\n');
    const response = responseTo(upload);
    for (let sent = 0; sent < 20; sent++) {
      upload.write('y'.repeat(100 * KB));
      await pause(5);
    }
    expect((await response).statusCode).toBe(413);
    upload.end();
    await expectNoLeftovers();
  });
});

describe('a malformed form', () => {
  const send = (body: string, type = 'multipart/form-data; boundary=x') =>
    server.call('/text', { method: 'POST', body, headers: { 'content-type': type } });
  const part = (name: string, value: string) =>
    `--x\r\nContent-Disposition: form-data${name}\r\n\r\n${value}\r\n`;

  test.each([
    ['an empty body', ''],
    ['JSON', '{}'],
    ['no end', part('; name="title"', 't')],
    ['half a part', '--x\r\nContent-Disposition: form-data; name="title"\r\n\r\nt'],
    ['half a file', '--x\r\nContent-Disposition: form-data; name="title"; filename="a"\r\n\r\nt'],
    ['half a header', '--x\r\nContent-Dispos'],
    ['a part without a name', `${part('', 't')}--x--`],
  ])('is rejected: %s', async (_, body) => {
    const response = await send(body);
    expect(response.status).toBe(400);
    await expect(json(response)).resolves.toMatchObject({
      code: expect.stringMatching(/BAD_REQUEST|INVALID_INPUT/),
    });
  });

  test('is rejected without a boundary', async () => {
    const response = await send('', 'multipart/form-data');
    await expect(json(response)).resolves.toMatchObject({
      code: 'BAD_REQUEST',
      detail: expect.stringContaining('boundary'),
    });
  });

  test('returns 413 for too many parts', async () => {
    expect((await send(`${part('; name="tags"', 't').repeat(1001)}--x--`)).status).toBe(413);
  });

  test('leaves no file behind if the connection is lost', async () => {
    const sent = open('/large');
    sent.write(FILE_PART);
    sent.write('y'.repeat(100 * KB));
    await until(() => leftovers().length === 1);
    sent.destroy();
    await expectNoLeftovers();
  });
});
