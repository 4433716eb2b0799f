import { afterAll, describe, expect, test } from '@jest/globals';
import { createTRPCClient, httpBatchLink, httpBatchStreamLink, httpLink } from '@trpc/client';
import { initTRPC, lazy } from '@trpc/server';
import superjson from 'superjson';
import { z } from 'zod';
import type { Meta } from '#layer/index';
import { MAX_JSON_VALUES } from '#layer/limits';
import type { Context } from '#server/people/context';
import { rpcFetch } from '#test/call';
import { startInstance } from '#test/caller';
import { unreadSuperjson } from '#test/unread-superjson';

const t = initTRPC.context<Context>().meta<Meta>().create({ transformer: unreadSuperjson, isDev: false });

const Input = z.object({
  at: z.date().optional(),
  tags: z.set(z.bigint()).optional(),
  more: z.unknown().optional(),
});
const echo = t.procedure
  .input(Input)
  .output(z.unknown())
  .query(({ input }) => input);
const change = t.procedure
  .input(Input)
  .input(z.looseObject({ at: z.date().min(new Date(0)).optional() }))
  .output(z.unknown())
  .mutation(({ input }) => input);
const app = t.router({
  echo,
  change,
  roomy: t.procedure
    .meta({ limits: { maxValues: 2 * MAX_JSON_VALUES } })
    .input(z.object({ more: z.array(z.date()) }))
    .output(z.int())
    .mutation(({ input }) => input.more.length),
  follow: t.procedure
    .input(Input.extend({ lastEventId: z.string().optional() }).optional())
    .subscription(async function* ({ input }) {
      yield await Promise.resolve(input);
    }),
  later: lazy(() => Promise.resolve({ default: t.router({ echo, change }) })),
});

const deps = await startInstance();
afterAll(deps.close);
const send = rpcFetch(deps, app);

/** Serves requests like `fetch`, with the error responses of the handler. */
async function serve(url: string | URL | Request, init?: object): Promise<Response> {
  const response = await send(url, init);
  // superjson recognizes plain objects by their prototype, so the JSON that the client reads must be of the test's
  // realm.
  const json = async (): Promise<unknown> => JSON.parse(await response.text());
  return Object.assign(response, { json });
}

const url = 'http://localhost:3000/api/trpc';
const options = { url, transformer: superjson, fetch: serve };
const clients = {
  'one call': createTRPCClient<typeof app>({ links: [httpLink(options)] }),
  'a batch': createTRPCClient<typeof app>({ links: [httpBatchLink(options)] }),
  'a stream': createTRPCClient<typeof app>({ links: [httpBatchStreamLink(options)] }),
};
const shared = new Date(5);
const input = {
  at: shared,
  tags: new Set([1n, 2n]),
  more: [shared, new Map([['a', { b: undefined, c: -0 }]]), new URL('https://example.com')],
};

describe.each(Object.entries(clients))('%s', (_, client) => {
  test('has its input read without superjson', async () => {
    const outputs = await Promise.all([client.echo.query(input), client.echo.query({})]);
    expect(outputs).toEqual([input, {}]);
    expect(await client.change.mutate(input)).toEqual(input);
  });

  test('reaches lazily loaded procedures', async () => {
    expect(await client.later.echo.query(input)).toEqual(input);
    expect(await client.later.change.mutate(input)).toEqual(input);
  });

  test('is rejected for an annotation that the schema cannot use', async () => {
    const wrong: object = { at: 5n };
    await expect(client.echo.query(wrong)).rejects.toThrow('at: cannot be sent as bigint');
  });

  test('is limited to the number of values that the procedure allows', async () => {
    const more = (length: number) => Array.from({ length }, (_, i) => new Date(i));
    expect(await client.change.mutate({ more: more(MAX_JSON_VALUES - 2) })).toHaveProperty('more.length');
    await expect(client.change.mutate({ more: more(MAX_JSON_VALUES - 1) })).rejects.toThrow(
      'can contain at most',
    );
    expect(await client.roomy.mutate({ more: more(12_000) })).toBe(12_000);
  });
});

describe('a subscription', () => {
  const events = async (payload: object | undefined, query: string, headers = {}) => {
    const inputParam = payload ? `input=${encodeURIComponent(superjson.stringify(payload))}&` : '';
    return (await serve(`${url}/follow?${inputParam}${query}`, { headers })).text();
  };

  test('has its input read without superjson', async () => {
    expect(await events(input, '')).toContain('"at":["Date"]');
  });

  test.each<[string, object | undefined, string, Record<string, string>]>([
    ['a header', {}, '', { 'last-event-id': '7' }],
    ['the query', undefined, 'lastEventId=7', {}],
    ['the query, as an EventSource writes it', { at: shared }, 'Last-Event-Id=7', {}],
  ])('gets the id of its last event from %s', async (_, payload, query, headers) => {
    expect(await events(payload, query, headers)).toContain('"lastEventId":"7"');
  });
});

describe('a hostile input', () => {
  const typed = { a: [['typed-array', 'Float64Array']] };
  const payload = { json: { more: { a: { length: 4e8 } } }, meta: { values: { 'more.a': typed.a } } };
  const text = encodeURIComponent(JSON.stringify(payload));
  const batch = encodeURIComponent(JSON.stringify({ 0: payload, 1: { json: {} } }));

  test.each<[string, RequestInit]>([
    [`/echo?input=${text}`, {}],
    [`/follow?input=${text}`, {}],
    [`/echo,echo?batch=1&input=${batch}`, {}],
    [`/echo,echo?batch=1&input=${batch}`, { headers: { accept: 'application/jsonl' } }],
    [
      '/change',
      { method: 'POST', body: JSON.stringify(payload), headers: { 'content-type': 'application/json' } },
    ],
  ])('is rejected before anything is built: %.20s', async (path, init) => {
    const response = await serve(url + path, init);
    expect(await response.text()).toContain("is not in superjson's form for typed-array");
  });

  test('does not affect the other calls of its batch', async () => {
    const response = await serve(`${url}/echo,echo?batch=1&input=${batch}`);
    expect(response.status).toBe(207);
    expect(await response.json()).toMatchObject([{ error: {} }, { result: {} }]);
  });

  test('is rejected if its connection parameters contain too many values', async () => {
    const params = encodeURIComponent(`[${'1,'.repeat(MAX_JSON_VALUES)}1]`);
    const response = await serve(`${url}/echo?connectionParams=${params}`);
    expect(response.status).toBe(400);
  });
});
