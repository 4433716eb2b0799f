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
import { initTRPC, type TRPCCombinedDataTransformer, type TRPCDataTransformer } from '@trpc/server';
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

const SCHEMAS = 80;
/** How many calls are under way at a time, in one batch where the client makes batches. */
const AT_ONCE = 18;

/** The schemas of the corpus, each with a value that it takes. */
const corpus = [...FIELDS].map(([name, schema]) => ({
  name,
  schema: z.object({ v: schema }),
  value: { v: coerced(schema, valueOf(name)) },
}));
/** Schemas of every kind, with what can be sent to them. */
const sampled = [
  ...fc.sample(samples, { numRuns: SCHEMAS }),
  ...corpus.map(({ schema, value }) => ({ schema, input: fc.constant(value) })),
];

/** A router whose procedures return their input as text that tells all differences but identity. */
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

/** superjson as tRPC's adapter is given it; without equalities, by which it mixes up the entries of maps. */
const theirApp = routerOf({
  input: {
    serialize: superjson.serialize,
    deserialize: ({ json, meta: { referentialEqualities: _, ...meta } = {} }: SuperJSONResult): unknown =>
      superjson.deserialize({ json, meta }),
  },
  output: superjson,
});
/** superjson, which fails if an input reaches it. */
const unusedInput: TRPCDataTransformer = Object.create(superjson, {
  deserialize: {
    value: (): never => {
      throw new Error('superjson was given an input.');
    },
  },
});
const ourApp = routerOf({ input: unusedInput, output: superjson });

type Serve = (request: Request) => Promise<Response>;

const ours: Serve = rpcFetch(deps, ourApp);

const theirs: Serve = (req) =>
  fetchRequestHandler({
    endpoint: '/api/trpc',
    req,
    router: theirApp,
    createContext: () => contextOf(req),
  });

/** A request whose JSON is of the test's realm: superjson tells plain objects by their prototype. */
class LocalRequest extends Request {
  override async json(): Promise<unknown> {
    return JSON.parse(await this.text()) as unknown;
  }
}

const URL_OF_RPC = 'http://localhost:3000/api/trpc';

/** How tRPC's clients send calls to a server. */
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

interface Asked {
  /** Which of the schemas it is for. */
  index: number;
  value: unknown;
}

/** What a procedure was given, as text; `null` if the call was rejected. */
type Given = string | null;
type Send = (client: ReturnType<typeof linksTo>, asked: Asked) => Promise<unknown>;

/** What came first of a subscription. */
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

const givenBy = (send: Send, client: ReturnType<typeof linksTo>, all: Asked[]): Promise<Given[]> =>
  Promise.all(
    all.map((one) =>
      send(client, one).then(
        (given) => (typeof given === 'string' ? given : JSON.stringify(given)),
        () => null,
      ),
    ),
  );

/**
 * True if a value is sent as superjson, and JSON does not lose names that a list has beside its items. tRPC's client
 * sends bytes and files as they are, which the surface does not accept. An absent input that the schema rejects may mean `{}`
 * here.
 */
function canBeSent({ index, value }: Asked): boolean {
  if (value instanceof Uint8Array || value instanceof Blob) return false;
  if (value === undefined && sampled[index]?.schema.safeParse(undefined).success === false) return false;
  try {
    return !superjson.stringify(value).includes('index":["undefined"]');
  } catch {
    return false;
  }
}

describe.each(WAYS)('%s of tRPC’s client', (_, send) => {
  test('gives procedures what superjson and tRPC’s adapter give them', async () => {
    let compared = 0;
    const asked = fc
      .nat(SCHEMAS - 1)
      .chain((index) => (sampled[index]?.input ?? fc.constant(undefined)).map((value) => ({ index, value })))
      .filter(canBeSent);
    await fc.assert(
      fc.asyncProperty(fc.array(asked, { minLength: 1, maxLength: 4 }), async (all) => {
        const expected = await givenBy(send, toThem, all);
        expect(await givenBy(send, toUs, all)).toEqual(expected);
        compared += expected.filter((given) => given !== null).length;
      }),
      { numRuns: 60 },
    );
    expect(compared).toBeGreaterThan(20);
  });

  test('gives each procedure of the corpus what they give it', async () => {
    const different: unknown[] = [];
    for (let from = 0; from < corpus.length; from += AT_ONCE) {
      const some = corpus.slice(from, from + AT_ONCE);
      const asked = some.map(({ value }, index) => ({ index: SCHEMAS + from + index, value }));
      const [expected, received] = [await givenBy(send, toThem, asked), await givenBy(send, toUs, asked)];
      some.forEach(({ name }, index) => {
        const pair = { name, expected: expected[index], received: received[index] };
        if (pair.expected === null || pair.expected !== pair.received) different.push(pair);
      });
    }
    expect(different).toEqual([]);
  });
});
