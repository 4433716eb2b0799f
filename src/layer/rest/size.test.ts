import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { MAX_FORM_PARTS, MAX_JSON_VALUES } from '../limits.ts';
import { procedure, router, serveRest, type TestServer } from '../testing/testkit.ts';

const Items = z.object({ items: z.array(z.unknown()).optional(), deep: z.unknown().optional() });
const at = (path: `/${string}`, method: 'GET' | 'POST' = 'POST') => ({ openapi: { method, path } });
const count = ({ input }: { input: { items?: unknown[] | undefined } }) => input.items?.length ?? 0;

const app = router({
  normal: procedure.meta(at('/normal')).input(Items).output(z.int()).mutation(count),
  asked: procedure.meta(at('/asked', 'GET')).input(Items).output(z.int()).query(count),
  few: procedure
    .meta({ ...at('/few'), limits: { maxValues: 5 } })
    .input(Items)
    .output(z.int())
    .mutation(count),
  many: procedure
    .meta({ ...at('/many'), limits: { maxValues: 20_000 } })
    .input(Items)
    .output(z.int())
    .mutation(count),
  bounded: procedure
    .meta(at('/bounded'))
    .input(z.object({ items: z.array(z.string()).max(15_000) }))
    .output(z.int())
    .mutation(count),
});

let server: TestServer;
beforeAll(async () => {
  server = await serveRest(app);
});
afterAll(() => server.close());

async function outcome(response: Promise<Response>): Promise<unknown> {
  const { status } = await response;
  const body: unknown = await (await response).json();
  return status === 200 ? body : z.object({ status: z.literal(400), detail: z.string() }).parse(body).detail;
}
const items = (length: number) => Array.from({ length }, () => 'a');
const json = (path: string, body: unknown) => outcome(server.call(path, { json: body }));
const form = (path: string, body: string) =>
  outcome(
    server.call(path, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    }),
  );
const multipart = (path: string, parts: string[]) => {
  const body = new FormData();
  for (const part of parts) body.append('items', new Blob([part], { type: 'application/json' }));
  return outcome(server.call(path, { method: 'POST', body }));
};
const atMost = (limit: number) => expect.stringContaining(`at most ${limit} values`);

describe('a JSON body', () => {
  test('has a default limit of values', async () => {
    expect(await json('/normal', { items: items(MAX_JSON_VALUES - 2) })).toBe(MAX_JSON_VALUES - 2);
    expect(await json('/normal', { items: items(MAX_JSON_VALUES - 1) })).toEqual(atMost(MAX_JSON_VALUES));
  });

  test('has the limit of the procedure', async () => {
    expect(await json('/few', { items: items(3) })).toBe(3);
    expect(await json('/few', { items: items(4) })).toEqual(atMost(5));
    expect(await json('/many', { items: items(19_998) })).toBe(19_998);
    expect(await json('/many', { items: items(19_999) })).toEqual(atMost(20_000));
  });

  test('has the limit of the schema', async () => {
    expect(await json('/bounded', { items: items(15_000) })).toBe(15_000);
    expect(await json('/bounded', { items: items(15_001) })).toEqual(atMost(15_002));
  });

  test('has the same limit in the parts of a multipart form', async () => {
    const half = JSON.stringify(items(MAX_JSON_VALUES / 2 - 1));
    expect(await multipart('/normal', [half, half])).toBe(2);
    expect(await multipart('/normal', [half, half, '1'])).toEqual(atMost(MAX_JSON_VALUES));
  });
});

describe.each([
  ['a form', form, '/normal'],
  ['a query', (path: string, query: string) => outcome(server.call(`${path}?${query}`)), '/asked'],
] as const)('%s', (_, send, path) => {
  test('has a default limit of fields', async () => {
    expect(await send(path, 'items=a&'.repeat(MAX_FORM_PARTS - 1))).toBe(MAX_FORM_PARTS - 1);
    expect(await send(path, 'items=a&'.repeat(MAX_FORM_PARTS))).toEqual(atMost(MAX_FORM_PARTS));
    expect(await send(path, '&'.repeat(MAX_FORM_PARTS))).toEqual(atMost(MAX_FORM_PARTS));
  });
});

describe('a form', () => {
  test('has the limit of fields of the procedure', async () => {
    expect(await form('/few', 'items=a&items=b&items=c&items=d&items=e')).toBe(5);
    expect(await form('/few', 'items=a&items=b&items=c&items=d&items=e&items=f')).toEqual(atMost(5));
    expect(await form('/many', 'items=a&'.repeat(15_000))).toBe(15_000);
  });

  test('has a limit of values that its names create', async () => {
    const names = (length: number) =>
      Array.from({ length }, (_, i) => `deep[${i}]${'[a]'.repeat(50)}=1`).join('&');
    expect(await form('/normal', names(100))).toBe(0);
    expect(await form('/normal', names(300))).toEqual(atMost(MAX_JSON_VALUES));
  });

  test('is rejected for one name with a million brackets', async () => {
    expect(await form('/normal', `deep${'[a]'.repeat(330_000)}=1`)).toContain('levels deep');
  });
});
