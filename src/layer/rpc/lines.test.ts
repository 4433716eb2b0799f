import { describe, expect, test } from '@jest/globals';
import { createTRPCUntypedClient, httpBatchStreamLink } from '@trpc/client';
import {
  type AnyTRPCRouter,
  initTRPC,
  type TRPCBuiltRouter,
  type TRPCDefaultErrorShape,
  TRPCError,
  type TRPCRouterRecord,
} from '@trpc/server';
import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import superjson from 'superjson';
import { z } from 'zod';
import { resolvedLines } from '#test/batch-lines';
import fc, { runs } from '#test/fast-check';
import { createApi } from '../api.ts';

const fail = (message: string) => new TRPCError({ code: 'CONFLICT', message });
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** A value that a procedure returns, as data, so that two servers can create it. */
type Plan =
  | { kind: 'plain'; value: unknown }
  | { kind: 'promise'; of: Plan; ms: number }
  | { kind: 'rejected' }
  | { kind: 'items'; of: Plan[]; fails: boolean }
  | { kind: 'object'; of: Record<string, Plan> }
  | { kind: 'thrown'; ms: number };

/** What JSON lacks has to come through as well. */
const plain = fc.constantFrom<unknown>(
  ...[null, undefined, 0, 'text', 'ü"\n', [], [1, [2]], {}, { a: { b: null } }],
  ...[new Date(5), { at: new Date(5), list: [new Date(6)] }, new Set([1]), new Map([['a', 1]]), -0],
);
const { plan } = fc.letrec<{ plan: Plan }>((tie) => ({
  plan: fc.oneof(
    { depthSize: 'small' },
    fc.record({ kind: fc.constant('plain' as const), value: plain }),
    fc.record({ kind: fc.constant('promise' as const), of: tie('plan'), ms: fc.constantFrom(0, 2) }),
    fc.record({ kind: fc.constant('rejected' as const) }),
    fc.record({
      kind: fc.constant('items' as const),
      of: fc.array(tie('plan'), { maxLength: 3 }),
      fails: fc.boolean(),
    }),
    fc.record({
      kind: fc.constant('object' as const),
      of: fc.dictionary(fc.constantFrom('a', 'b', '1', 'a.b'), tie('plan'), { maxKeys: 3 }),
    }),
    fc.record({ kind: fc.constant('thrown' as const), ms: fc.constantFrom(0, 2) }),
  ),
}));

async function* itemsOf(plans: Plan[], fails: boolean) {
  for (const one of plans) yield create(one);
  await pause(0);
  if (fails) throw fail('the items failed');
  return 'returned';
}

/** Keeps the process from ending if a promise is rejected before anyone waits for it. */
function handled(promise: Promise<unknown>): Promise<unknown> {
  promise.catch(() => undefined);
  return promise;
}

function create(made: Plan): unknown {
  switch (made.kind) {
    case 'plain':
      return structuredClone(made.value);
    case 'promise':
      return handled(pause(made.ms).then(() => create(made.of)));
    case 'rejected':
      return handled(Promise.reject(fail('the promise failed')));
    case 'items':
      return itemsOf(made.of, made.fails);
    case 'object':
      return Object.fromEntries(Object.entries(made.of).map(([key, one]) => [key, create(one)]));
    case 'thrown':
      if (made.ms === 0) throw fail('the call failed');
      return handled(
        pause(made.ms).then(() => {
          throw fail('the call failed later');
        }),
      );
  }
}

const TRANSFORMERS = { none: undefined, superjson };

const url = 'http://localhost/api/trpc';
/** A router with or without a transformer. */
type Router<T extends boolean> = TRPCBuiltRouter<
  { ctx: object; meta: object; errorShape: TRPCDefaultErrorShape; transformer: T },
  TRPCRouterRecord
>;
type Fetch = NonNullable<Parameters<typeof httpBatchStreamLink<Router<false>>>[0]['fetch']>;
type Send = (request: Request) => Promise<Response>;
const through =
  (send: Send): Fetch =>
  (at, init) =>
    send(new Request(at, init as RequestInit));
/** The links of each transformer, which their types require or forbid. */
const LINKS = {
  none: (send: Send) => httpBatchStreamLink<Router<false>>({ url, fetch: through(send) }),
  superjson: (send: Send) =>
    httpBatchStreamLink<Router<true>>({ url, fetch: through(send), transformer: superjson }),
};

describe.each(['none', 'superjson'] as const)('a streamed batch, transformer: %s', (name) => {
  const transformer = TRANSFORMERS[name];
  const t = initTRPC.create({ isDev: false, ...(transformer && { transformer }) });
  /** The values of the current calls. */
  let plans: Plan[] = [];
  const router = t.router({
    make: t.procedure.input(z.number()).query(({ input }) => {
      const made = plans[input];
      return made && create(made);
    }),
    dated: t.procedure
      .output(z.object({ at: z.date(), rows: z.array(z.object({ at: z.date().nullable() })) }))
      .query(() => ({ at: new Date(7), rows: [{ at: null }, { at: new Date(8) }] })),
  });
  const api = createApi({ router, createContext: () => ({}), rest: false });
  const encoded = (value: unknown) => (transformer ? transformer.serialize(value) : value);

  const requestFor = (paths: string[], inputs: unknown[]) => {
    const input = encodeURIComponent(
      JSON.stringify(Object.fromEntries(inputs.map((one, i) => [i, encoded(one)]))),
    );
    const headers = { 'trpc-accept': 'application/jsonl' };
    return new Request(`http://localhost/api/trpc/${paths.join(',')}?batch=1&input=${input}`, { headers });
  };

  test('has the lines of tRPC’s adapter, for any values', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(plan, { minLength: 1, maxLength: 3 }), async (made) => {
        plans = made;
        const request = () =>
          requestFor(['dated', ...made.map(() => 'make')], [undefined, ...made.map((_, index) => index)]);
        const [ours, theirs] = await Promise.all([
          api.fetch(request()),
          fetchRequestHandler({ endpoint: '/api/trpc', req: request(), router, createContext: () => ({}) }),
        ]);
        expect(ours.status).toBe(theirs.status);
        expect(ours.headers.get('content-type')).toBe(theirs.headers.get('content-type'));
        expect(ours.headers.get('vary')).toBe(theirs.headers.get('vary'));
        expect(resolvedLines(await ours.text())).toEqual(resolvedLines(await theirs.text()));
      }),
      { numRuns: runs(300) },
    );
  }, 120_000);

  test('is read by tRPC’s client, each call when it is ready', async () => {
    plans = [
      { kind: 'promise', of: { kind: 'plain', value: 'slow' }, ms: 300 },
      { kind: 'plain', value: 'quick' },
      { kind: 'thrown', ms: 0 },
    ];
    const client = createTRPCUntypedClient<AnyTRPCRouter>({ links: [LINKS[name](api.fetch)] });
    const order: unknown[] = [];
    const note = (value: unknown) => order.push(value);
    await Promise.all([
      client.query('make', 0).then(note),
      client.query('make', 1).then(note),
      client.query('make', 2).catch((error: unknown) => note(error instanceof Error ? error.message : error)),
    ]);
    expect(order.toSorted()).toEqual(['quick', 'slow', 'the call failed']);
    expect(order.at(-1)).toBe('slow');
  });

  test.each(['results', 'promises'])(
    'does not write %s before its reader has read earlier ones',
    async (kind) => {
      let written = 0;
      const text = 'x'.repeat(2 ** 20);
      const large = () => ({
        get text() {
          written++;
          return text;
        },
      });
      const own = t.router({
        large: t.procedure.query(() =>
          kind === 'results'
            ? large()
            : Object.fromEntries([0, 1, 2, 3].map((key) => [key, Promise.resolve(large())])),
        ),
      });
      const served = createApi({ router: own, createContext: () => ({}), rest: false });
      const calls = Array.from({ length: kind === 'results' ? 10 : 2 }, () => 'large');
      const response = await served.fetch(requestFor(calls, []));
      await pause(50);
      const early = written;
      expect((await response.text()).length).toBeGreaterThan(8 * text.length);
      // A getter is read more than once, and as often for each object.
      expect(early).toBeLessThan(written / 2);
    },
  );

  test('breaks off if an error cannot be formatted, and nothing else is affected', async () => {
    const broken = initTRPC.create({
      errorFormatter() {
        throw new Error('the formatter failed');
      },
    });
    const own = broken.router({
      later: broken.procedure.query(async () => {
        await pause(5);
        throw fail('later');
      }),
      within: broken.procedure.query(() => ({ promise: handled(Promise.reject(fail('within'))) })),
    });
    const served = createApi({ router: own, createContext: () => ({}), rest: false });
    for (const path of ['later', 'within']) {
      const response = await served.fetch(requestFor([path], []));
      expect(response.status).toBe(200);
      await expect(response.text()).rejects.toThrow('the formatter failed');
    }
  });

  test('breaks off if `onError` fails', async () => {
    const own = t.router({
      later: t.procedure.query(async () => {
        await pause(5);
        throw fail('later');
      }),
    });
    const onError = () => {
      throw new Error('onError failed');
    };
    const served = createApi({ router: own, createContext: () => ({}), rest: false, onError });
    const response = await served.fetch(requestFor(['later'], []));
    await expect(response.text()).rejects.toThrow('onError failed');
  });

  test('ends the sources of its values when its reader leaves', async () => {
    let ends = 0;
    async function* endless() {
      try {
        for (let count = 0; ; count++) {
          await pause(1);
          yield count;
        }
      } finally {
        ends++;
      }
    }
    const own = t.router({ endless: t.procedure.query(() => endless()) });
    const served = createApi({ router: own, createContext: () => ({}), rest: false });
    const response = await served.fetch(requestFor(['endless'], []));
    const reader = response.body?.getReader();
    await reader?.read();
    await reader?.cancel();
    for (let i = 0; i < 100 && ends === 0; i++) await pause(5);
    expect(ends).toBe(1);
  });
});
