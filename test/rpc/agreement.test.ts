import { inspect } from 'node:util';
import { afterAll, describe, expect, test } from '@jest/globals';
import {
  createTRPCUntypedClient,
  httpBatchLink,
  httpBatchStreamLink,
  httpLink,
  httpSubscriptionLink,
  type TRPCLink,
  type TRPCUntypedClient,
} from '@trpc/client';
import { initTRPC, type TRPCCombinedDataTransformer } from '@trpc/server';
import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import { EventSource } from 'eventsource';
import superjson, { type SuperJSONResult } from 'superjson';
import { z } from 'zod';
import type { Meta } from '#layer/index';
import { samples } from '#layer/testing/index';
import { type Context, createContext } from '#server/people/context';
import { rpcFetch } from '#test/call';
import { requestInfo, startInstance } from '#test/caller';
import fc from '#test/fast-check';
import { FIELDS } from '#test/router-corpus';
import { coerced, valueOf } from '#test/router-corpus-api';
import { unreadSuperjson } from '#test/unread-superjson';

const SCHEMAS = 80;
/** The number of concurrent calls. A batching client sends them in one batch. */
const CONCURRENT_CALLS = 18;

/** The schemas of the corpus, each with a value that it accepts. */
const corpus = [...FIELDS].map(([name, schema]) => ({
  name,
  schema: z.object({ v: schema }),
  value: { v: coerced(schema, valueOf(name)) },
}));
/** Schemas of every type, with generators of values for them. */
const sampled = [
  ...fc.sample(samples, { numRuns: SCHEMAS }),
  ...corpus.map(({ schema, value }) => ({ schema, input: fc.constant(value) })),
];

/**
 * Creates a router whose procedures return their input as text. The text shows every difference except object
 * identity.
 */
function routerOf(transformer: TRPCCombinedDataTransformer) {
  const t = initTRPC.context<Context>().meta<Meta>().create({ transformer, isDev: false });
  const shown = ({ input }: { input: unknown }) => inspect(input, { depth: Infinity, maxArrayLength: null });
  const each = <T>(make: (schema: z.ZodType) => T): Record<string, T> =>
    Object.fromEntries(sampled.map(({ schema }, index) => [`p${index}`, make(schema)]));
  return t.router({
    query: t.router(each((schema) => t.procedure.input(schema).query(shown))),
    change: t.router(each((schema) => t.procedure.input(schema).mutation(shown))),
    follow: t.router(
      each((schema) =>
        t.procedure.input(schema).subscription(async function* (options) {
          yield await Promise.resolve(shown(options));
        }),
      ),
    ),
  });
}
type App = ReturnType<typeof routerOf>;

const deps = await startInstance();
afterAll(deps.close);
const contextOf = ({ headers }: Request) => createContext(deps, { ...requestInfo(headers), id: 'test' });

/** The router for tRPC's adapter. Its superjson ignores referential equalities, which mix up the entries of maps. */
const theirApp = routerOf({
  input: {
    serialize: superjson.serialize,
    deserialize: ({ json, meta: { referentialEqualities: _, ...meta } = {} }: SuperJSONResult): unknown =>
      superjson.deserialize({ json, meta }),
  },
  output: superjson,
});
const ourApp = routerOf(unreadSuperjson);

type Serve = (request: Request) => Promise<Response>;

const ours: Serve = rpcFetch(deps, ourApp);

const theirs: Serve = (req) =>
  fetchRequestHandler({
    endpoint: '/api/trpc',
    req,
    router: theirApp,
    createContext: () => contextOf(req),
  });

/** A request whose JSON is of the test's realm, because superjson recognizes plain objects by their prototype. */
class LocalRequest extends Request {
  override async json(): Promise<unknown> {
    return JSON.parse(await this.text()) as unknown;
  }
}

const URL_OF_RPC = 'http://localhost:3000/api/trpc';

/** Creates tRPC clients with each kind of link to a server. */
function linksTo(serve: Serve) {
  const fetch = async (input: string | URL | Request, init?: object) => {
    const response = await serve(new LocalRequest(input, init));
    const json = async (): Promise<unknown> => JSON.parse(await response.text()) as unknown;
    return Object.assign(response, { json });
  };
  const options = { url: URL_OF_RPC, transformer: superjson, fetch };
  const client = (link: TRPCLink<App>) => createTRPCUntypedClient<App>({ links: [link] });
  return {
    single: client(httpLink(options)),
    batch: client(httpBatchLink(options)),
    stream: client(httpBatchStreamLink(options)),
    subscription: client(httpSubscriptionLink({ ...options, EventSource, eventSourceOptions: { fetch } })),
  };
}

/** A call to make. */
interface TestCall {
  /** The index of the schema in `sampled`. */
  index: number;
  value: unknown;
}

/** The input that a procedure received, as text; `null` if the call was rejected. */
type Received = string | null;
type Send = (client: ReturnType<typeof linksTo>, call: TestCall) => Promise<unknown>;

/** Returns the first event of a subscription. */
const firstOf = (client: TRPCUntypedClient<App>, path: string, input: unknown) =>
  new Promise<unknown>((resolve, reject) => {
    const subscription = client.subscription(path, input, {
      onData: (event) => {
        subscription.unsubscribe();
        resolve(event);
      },
      onError: reject,
    });
  });

const WAYS: [string, Send][] = [
  ['a query', ({ single }, { index, value }) => single.query(`query.p${index}`, value)],
  ['a mutation', ({ single }, { index, value }) => single.mutation(`change.p${index}`, value)],
  ['a batch of queries', ({ batch }, { index, value }) => batch.query(`query.p${index}`, value)],
  ['a batch of mutations', ({ batch }, { index, value }) => batch.mutation(`change.p${index}`, value)],
  ['a stream of queries', ({ stream }, { index, value }) => stream.query(`query.p${index}`, value)],
  ['a stream of mutations', ({ stream }, { index, value }) => stream.mutation(`change.p${index}`, value)],
  [
    'a subscription',
    ({ subscription }, { index, value }) => firstOf(subscription, `follow.p${index}`, value),
  ],
];

const [toUs, toThem] = [linksTo(ours), linksTo(theirs)];

const receivedBy = (send: Send, client: ReturnType<typeof linksTo>, calls: TestCall[]): Promise<Received[]> =>
  Promise.all(
    calls.map((call) =>
      send(client, call).then(
        (received) => (typeof received === 'string' ? received : JSON.stringify(received)),
        () => null,
      ),
    ),
  );

/**
 * True if a value can be compared. tRPC's client sends bytes and files unchanged instead of as superjson. JSON loses
 * the properties that an array has beside its items. Our surface may read an absent input that the schema rejects as
 * `{}`.
 */
function canBeCompared({ index, value }: TestCall): boolean {
  if (value instanceof Uint8Array || value instanceof Blob) return false;
  if (value === undefined && sampled[index]?.schema.safeParse(undefined).success === false) return false;
  try {
    return !superjson.stringify(value).includes('index":["undefined"]');
  } catch {
    return false;
  }
}

describe.each(WAYS)('%s of tRPC’s client', (_, send) => {
  test('gives procedures the same input as superjson and tRPC’s adapter', async () => {
    let compared = 0;
    const call = fc
      .nat(SCHEMAS - 1)
      .chain((index) => (sampled[index]?.input ?? fc.constant(undefined)).map((value) => ({ index, value })))
      .filter(canBeCompared);
    await fc.assert(
      fc.asyncProperty(fc.array(call, { minLength: 1, maxLength: 4 }), async (calls) => {
        const expected = await receivedBy(send, toThem, calls);
        expect(await receivedBy(send, toUs, calls)).toEqual(expected);
        compared += expected.filter((received) => received !== null).length;
      }),
      { numRuns: 60 },
    );
    expect(compared).toBeGreaterThan(20);
  });

  test('gives each procedure of the corpus the same input', async () => {
    const different: unknown[] = [];
    for (let from = 0; from < corpus.length; from += CONCURRENT_CALLS) {
      const some = corpus.slice(from, from + CONCURRENT_CALLS);
      const calls = some.map(({ value }, index) => ({ index: SCHEMAS + from + index, value }));
      const [expected, received] = [
        await receivedBy(send, toThem, calls),
        await receivedBy(send, toUs, calls),
      ];
      some.forEach(({ name }, index) => {
        const pair = { name, expected: expected[index], received: received[index] };
        if (pair.expected === null || pair.expected !== pair.received) different.push(pair);
      });
    }
    expect(different).toEqual([]);
  });
});
