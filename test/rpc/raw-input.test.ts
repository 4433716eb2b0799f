import { afterAll, describe, expect, test } from '@jest/globals';
import { createTRPCUntypedClient, httpLink } from '@trpc/client';
import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import { octetInputParser } from '@trpc/server/http';
import superjson from 'superjson';
import { z } from 'zod';
import * as mini from 'zod/mini';
import { type Context, createContext } from '#server/people/context';
import { open, router } from '#server/procedures';
import type { AppRouter } from '#src/client/app-router.d.ts';
import { links } from '#src/client/links.ts';
import { requestInfo } from '#test/caller';
import { serveInstance } from '#test/served';

const KB = 1024;

/** Describes an input that is not JSON, as text. */
async function shown(input: unknown): Promise<string> {
  if (input instanceof ReadableStream) {
    const bytes = await new Response(input).bytes();
    return `${bytes.byteLength} bytes, ${new TextDecoder().decode(bytes.subarray(0, 20))}`;
  }
  if (!(input instanceof FormData)) return JSON.stringify(input);
  const parts: string[] = [];
  for (const [name, value] of input) {
    if (typeof value === 'string') parts.push(`${name}=${value}`);
    else parts.push(`${name}=${value.name} ${value.type} ${value.size} ${(await value.text()).slice(0, 20)}`);
  }
  return parts.join('; ');
}

const takes = (input: z.core.$ZodType) =>
  open
    .input(input)
    .output(z.string())
    .mutation(({ input: received }) => shown(received));

let runs = 0;
const TAKING = {
  form: takes(z.instanceof(FormData)),
  formOfMini: takes(mini.instanceof(FormData)),
  custom: takes(z.custom<FormData>((value) => value instanceof FormData)),
  refined: takes(z.instanceof(FormData).refine((form) => form.has('a'), 'a is missing')),
  fields: takes(
    z.preprocess(
      (value) => (value instanceof FormData ? Object.fromEntries(value) : value),
      z.object({ a: z.string() }),
    ),
  ),
  piped: takes(
    z
      .instanceof(FormData)
      .transform((form) => form.get('a'))
      .pipe(z.string()),
  ),
  either: takes(z.union([z.object({ a: z.string() }), z.instanceof(FormData)])),
  optional: takes(z.instanceof(FormData).optional()),
  lazy: takes(z.lazy(() => z.instanceof(FormData))),
  anything: takes(z.any()),
  unknown: takes(z.unknown()),
  parser: open
    .input((value: unknown) => {
      if (value instanceof FormData) return value;
      throw new Error('must be a form');
    })
    .output(z.string())
    .mutation(({ input }) => shown(input)),
};
const JSON_ONLY = {
  object: takes(z.object({})),
  loose: takes(z.looseObject({ a: z.string().optional() })),
  record: takes(z.record(z.string(), z.string())),
  text: takes(z.string()),
  list: takes(z.array(z.string())),
  file: takes(z.file()),
  constant: takes(z.literal('a')),
  chained: open
    .input(z.any())
    .input(z.object({}))
    .output(z.string())
    .mutation(() => 'done'),
  nothing: open.output(z.string()).mutation(() => String(++runs)),
};
const app = router({
  ...TAKING,
  ...JSON_ONLY,
  octets: open
    .input(octetInputParser)
    .output(z.string())
    .mutation(({ input }) => shown(input)),
  small: open
    .meta({ rest: { maxFileBytes: 10 * KB, maxUploadBytes: 30 * KB } })
    .input(z.instanceof(FormData))
    .output(z.string())
    .mutation(({ input }) => shown(input)),
  smallOctets: open
    .meta({ rest: { maxFileBytes: 10 * KB } })
    .input(octetInputParser)
    .output(z.string())
    .mutation(({ input }) => shown(input)),
  idle: open
    .input(octetInputParser)
    .output(z.string())
    .mutation(() => 'not read'),
  question: open
    .input(z.any())
    .output(z.string())
    .query(({ input }) => shown(input)),
});

const instance = await serveInstance({ router: app });
afterAll(instance.close);

const url = `${instance.url}/api/trpc`;
const ours = createTRPCUntypedClient<typeof app>({ links: [httpLink({ url, transformer: superjson })] });
const theirs = createTRPCUntypedClient<typeof app>({
  links: [
    httpLink({
      url,
      transformer: superjson,
      fetch: (input, init) =>
        fetchRequestHandler({
          endpoint: '/api/trpc',
          req: new Request(input instanceof Request ? input.url : input, {
            ...(init as RequestInit),
            duplex: 'half',
          } as RequestInit),
          router: app,
          createContext: (): Context => createContext(instance.deps, requestInfo()),
        }),
    }),
  ],
});

function formOf(fields: Record<string, string | File>): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  return form;
}
const FORM = () =>
  formOf({
    a: 'ä=1&b',
    'a[b]': '{"json":1}',
    __proto__x: 'c',
    file: new File(['content'], 'ü.txt', { type: 'text/plain' }),
    json: new File(['{"a":1}'], 'a.json', { type: 'application/json' }),
    empty: new File([], '', { type: 'application/octet-stream' }),
  });

const codeOf = (called: Promise<unknown>) =>
  called.then(
    (value) => value,
    (error: unknown) => z.object({ data: z.object({ code: z.string() }) }).parse(error).data.code,
  );

describe('a FormData', () => {
  test.each(Object.keys(TAKING))('reaches a procedure whose parser accepts it: %s', async (name) => {
    const expected = await theirs.mutation(name, FORM());
    expect(expected).toContain('ä=1&b');
    expect(await ours.mutation(name, FORM())).toBe(expected);
  });

  test.each([...Object.keys(JSON_ONLY), 'octets'])('is rejected by any other procedure: %s', async (name) => {
    expect(await codeOf(ours.mutation(name, formOf({ a: '1' })))).toBe('UNSUPPORTED_MEDIA_TYPE');
    expect(runs).toBe(0);
  });

  test('is reported as invalid input if the parser rejects it', async () => {
    expect(await codeOf(ours.mutation('refined', formOf({ b: '1' })))).toBe('INVALID_INPUT');
  });

  test('has the same size limits as a form over REST', async () => {
    const file = (bytes: number) => new File(['x'.repeat(bytes)], 'x', { type: 'text/plain' });
    expect(await ours.mutation('small', formOf({ a: file(9 * KB), b: file(9 * KB) }))).toContain('9216');
    expect(await codeOf(ours.mutation('small', formOf({ a: file(11 * KB) })))).toBe('PAYLOAD_TOO_LARGE');
    const many = formOf({ a: file(9 * KB), b: file(9 * KB), c: file(9 * KB), d: file(9 * KB) });
    expect(await codeOf(ours.mutation('small', many))).toBe('PAYLOAD_TOO_LARGE');
    expect(await codeOf(ours.mutation('form', formOf({ a: file(11 * KB * KB) })))).toBe('PAYLOAD_TOO_LARGE');
  });
});

describe('binary inputs', () => {
  test.each([
    ['a File', new File(['content'], 'a.txt')],
    ['a Blob', new Blob(['content'])],
    ['a Uint8Array', new TextEncoder().encode('content')],
  ])('reach a procedure with octetInputParser: %s', async (_, input) => {
    for (const name of ['octets', 'anything']) {
      expect(await ours.mutation(name, input)).toBe('7 bytes, content');
      expect(await theirs.mutation(name, input)).toBe('7 bytes, content');
    }
  });

  test.each(Object.keys(JSON_ONLY))('are rejected by any other procedure: %s', async (name) => {
    expect(await codeOf(ours.mutation(name, new Uint8Array(3)))).toBe('UNSUPPORTED_MEDIA_TYPE');
  });

  test('have the same size limit as a file over REST', async () => {
    expect(await ours.mutation('smallOctets', new Uint8Array(10 * KB))).toContain('10240 bytes');
    expect(await codeOf(ours.mutation('smallOctets', new Uint8Array(11 * KB)))).toBe('PAYLOAD_TOO_LARGE');
    const endless = new ReadableStream({
      pull: (controller) => {
        controller.enqueue(new Uint8Array(KB));
      },
    });
    const response = await fetch(`${url}/smallOctets`, {
      method: 'POST',
      headers: { 'content-type': 'application/octet-stream' },
      body: endless,
      duplex: 'half',
    } as RequestInit).catch(() => null);
    expect(response?.status ?? 413).toBe(413);
  });

  test('do not affect the next call if the procedure does not read them', async () => {
    expect(await ours.mutation('idle', new Uint8Array(300 * KB))).toBe('not read');
    expect(await ours.mutation('octets', new Uint8Array(3))).toContain('3 bytes');
  });
});

test('the links of src/client send a FormData and binary inputs', async () => {
  const client = createTRPCUntypedClient<AppRouter>({ links: links(url) });
  expect(await client.mutation('form', formOf({ a: '1' }))).toBe('a=1');
  expect(await client.mutation('octets', new Uint8Array(3))).toContain('3 bytes');
  expect(await client.mutation('either', { a: 'b' })).toBe('{"a":"b"}');
});

describe('a page of another origin', () => {
  test.each([
    ['form', () => formOf({ a: '1' })],
    ['octets', () => new Blob(['content'], { type: 'application/octet-stream' })],
  ])('cannot run a mutation: %s', async (name, body) => {
    for (const headers of [{ origin: 'https://evil.example' }, { 'sec-fetch-site': 'cross-site' }]) {
      const response = await fetch(`${url}/${name}`, { method: 'POST', headers, body: body() });
      expect(response.status).toBe(403);
    }
  });
});

test('queries and batches reject inputs that are not JSON', async () => {
  for (const path of ['form?batch=1', 'form,form?batch=1', 'question', 'missing']) {
    const response = await fetch(`${url}/${path}`, { method: 'POST', body: formOf({ a: '1' }) });
    expect(response.status).toBe(415);
  }
});

test('a malformed form gets status 400', async () => {
  const headers = { 'content-type': 'multipart/form-data; boundary=x' };
  const response = await fetch(`${url}/form`, { method: 'POST', headers, body: 'no form' });
  expect(response.status).toBe(400);
});
