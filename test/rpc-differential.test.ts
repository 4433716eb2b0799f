import { isDeepStrictEqual } from 'node:util';
import { afterAll, describe, expect, test } from '@jest/globals';
import { TRPCError } from '@trpc/server';
import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import superjson from 'superjson';
import { z } from 'zod';
import { createRpcSurface, toResponse } from '#layer/index';
import { MAX_BATCH_SIZE } from '#layer/limits';
import { AppError, errors as appErrors, toAppError } from '#server/errors';
import { admit, mayCall } from '#server/gate';
import { type Context, createContext } from '#server/people/context';
import { open, router, signedIn } from '#server/procedures';
import { callWith } from '#test/call';
import { requestInfo, signUp, startInstance } from '#test/caller';
import fc from '#test/fast-check';

// superjson tells plain objects by their prototype, so what tRPC reads must be of the test's realm.
globalThis.Request = class extends Request {
  override async json(): Promise<unknown> {
    return JSON.parse(await this.text()) as unknown;
  }
};

const Asked = z.strictObject({ text: z.string().max(5), at: z.date().optional() });
const Told = z.object({
  ...Asked.shape,
  tags: z.set(z.string()),
  counts: z.map(z.string(), z.bigint()),
  missing: z.undefined(),
});
const toldOf = (input: z.output<typeof Asked>) => ({
  ...input,
  tags: new Set(['a', input.text]),
  counts: new Map([[input.text, 1n]]),
  missing: undefined,
});

const procedures = {
  plain: open.query(() => 'plain'),
  none: open.output(z.void()).query(() => undefined),
  echo: open
    .input(Asked)
    .output(Told)
    .query(({ input }) => toldOf(input)),
  maybe: open
    .input(Asked.optional())
    .output(Told.nullable())
    .query(({ input }) => (input ? toldOf(input) : null)),
  whoami: signedIn
    // Optional, because for `{}` an absent input means `{}` here, and is rejected by the adapter.
    .input(z.strictObject({}).optional())
    .output(z.string())
    .query(({ ctx }) => ctx.actor.userId),
  set: open
    .input(Asked)
    .input(z.object({ text: z.string().min(1) }))
    .output(Told)
    .mutation(({ input }) => toldOf(input)),
  header: open.output(z.number()).query(({ ctx }) => {
    ctx.responseHeaders.append('x-seen', 'yes');
    return 1;
  }),
  refused: open.query(() => {
    throw new AppError('CONFLICT', {
      detail: 'No.',
      issues: [{ pointer: '/a', message: 'is b' }],
      retryAfter: 3,
    });
  }),
  broken: open.mutation(() => {
    throw new RangeError('a secret');
  }),
  foreign: open.query(() => {
    throw new TRPCError({ code: 'FORBIDDEN', message: 'tRPC says no' });
  }),
  lies: open.output(z.number()).query((): number => JSON.parse('"no number"')),
  proto: open.output(z.record(z.string(), z.number())).query(() => ({ constructor: 1 })),
  pieces: open.query(async function* () {
    yield await Promise.resolve(1);
  }),
  promised: open.query(() => ({ later: Promise.resolve(1) })),
  live: open.subscription(async function* () {
    yield await Promise.resolve(1);
  }),
  followed: open
    .input(z.looseObject({ at: z.date().optional(), lastEventId: z.string().optional() }).optional())
    .subscription(async function* ({ input }) {
      yield await Promise.resolve(input);
    }),
};
const app = router({
  ...procedures,
  deep: router({ er: router({ echo: procedures.echo, set: procedures.set }) }),
});

const deps = await startInstance();
afterAll(deps.close);
const ada = await signUp(deps);

interface Asking {
  method: string;
  paths: string[];
  isBatch: boolean;
  input: string | undefined;
  headers: Record<string, string>;
  query: string;
}

/**
 * A request's answer as bytes would tell it apart. Of a header that stands there more than once with one value, one
 * counts: where an output cannot be encoded, the adapter adds the headers of the call a second time.
 */
async function seen(response: Response) {
  const body = await response.text().catch(() => 'broke off');
  return {
    status: response.status,
    headers: [...response.headers].map(([name, value]) => [name, [...new Set(value.split(', '))]]),
    // The calls of a stream are answered in the order in which they end.
    body: isLines(response) ? body.split('\n').toSorted().join('\n') : body,
  };
}

function requestOf({ method, paths, isBatch, input, headers, query }: Asking): Request {
  const params = new URLSearchParams(query);
  if (isBatch) params.set('batch', '1');
  if (method !== 'POST' && input !== undefined) params.set('input', input);
  const url = `http://localhost:3000/api/trpc/${paths.join(',')}?${params.toString()}`;
  const body = method === 'POST' ? { body: input ?? 'null' } : {};
  const type = method === 'POST' ? { 'content-type': 'application/json' } : {};
  return new Request(url, { method, headers: { ...type, ...headers }, ...body });
}

/** How the reader says that a schema cannot use an annotation. */
const REJECTED_ANNOTATION = /may not be (sent as|annotated)/;
const isBody = (answer: unknown): answer is { body: string } =>
  z.object({ body: z.string() }).safeParse(answer).success;

const isLines = ({ headers }: Response) =>
  headers.get('content-type') === 'application/json' && headers.has('transfer-encoding');

const contextFor = (request: Request) => createContext(deps, { ...requestInfo(request.headers), id: 'test' });

async function ours(asking: Asking, errors: unknown[]) {
  const surface = createRpcSurface<Context>(app, {
    errors: appErrors,
    admit,
    mayCall,
    onError: (error) => errors.push(error.kind),
  });
  return seen(toResponse(await surface(callWith(deps, requestOf(asking)))));
}

async function theirs(asking: Asking, errors: unknown[]) {
  const req = requestOf(asking);
  const context = contextFor(req);
  // Ours finds out who calls before any procedure runs; the chunks of a stream come in an order that shows it.
  await context.authenticate();
  return seen(
    await fetchRequestHandler({
      endpoint: '/api/trpc',
      req,
      router: app,
      createContext: () => context,
      maxBatchSize: MAX_BATCH_SIZE,
      responseMeta: () => ({ headers: new Headers([...context.responseHeaders]) }),
      onError: ({ error }) => errors.push(toAppError(error).kind),
    }),
  );
}

/** What both answer, and the errors that each is told of. */
async function answersTo(one: Asking) {
  const told: unknown[] = [];
  const toldByThem: unknown[] = [];
  const answer = await ours(one, told).catch((error: unknown) => error);
  return { answer, expected: await theirs(one, toldByThem), told, toldByThem };
}

const wire = (value: unknown) => JSON.stringify(superjson.serialize(value));
const text = fc.constantFrom('', 'a', 'ü"\\', 'too long');
const asked = fc.record({ text, at: fc.option(fc.date({ noInvalidDate: true }), { nil: undefined }) });
/** Inputs as a client writes them, and as none does. */
const input = fc.oneof(
  { weight: 6, arbitrary: asked.map(wire) },
  { weight: 2, arbitrary: fc.constantFrom({}, undefined, null, 1, 'x', [], { text: 1 }).map(wire) },
  // What superjson never annotates like that is rejected in other words than superjson's; see server/decode.
  fc.constantFrom('null', '1', '"x"', '[]', '{}', '{"json":null}', '{"json":{"text":"a"},"meta":{"v":1}}'),
);
const names = [...Object.keys(procedures), 'deep.er.echo', 'deep.er.set', 'deep', 'nowhere', 'toString', ''];
const name = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('echo', 'set', 'maybe', 'whoami') },
  fc.constantFrom(...names),
);

const asking: fc.Arbitrary<Asking> = fc
  .record({
    method: fc.constantFrom('GET', 'GET', 'POST', 'POST', 'HEAD'),
    names: fc.oneof({ weight: 2, arbitrary: fc.tuple(name) }, fc.array(name, { minLength: 1, maxLength: 4 })),
    isBatch: fc.boolean(),
    given: fc.option(fc.array(input, { minLength: 1, maxLength: 4 }), { nil: undefined, freq: 5 }),
    user: fc.boolean(),
    extra: fc.constantFrom<Record<string, string>>(
      ...Array.from({ length: 12 }, () => ({})),
      { accept: 'application/jsonl' },
      { 'trpc-accept': 'application/jsonl' },
      { accept: 'text/html, application/json' },
    ),
    slash: fc.constantFrom('', '', '', '', '/'),
    query: fc.constantFrom('', '', '', '', 'batch=2', 'connectionParams=%7B%7D', 'other=1', 'lastEventId=7'),
    encoded: fc.boolean(),
  })
  .map(({ method, names, isBatch, given, user, extra, slash, query, encoded }) => ({
    method,
    isBatch: isBatch || names.length > 1,
    paths: names
      .map((one) => (encoded ? encodeURIComponent(one).replaceAll('e', '%65') : one))
      .concat(slash ? [slash] : []),
    input:
      given && (isBatch || names.length > 1)
        ? `{${given.map((one, index) => `"${index}":${one}`).join(',')}}`
        : given?.[0],
    headers: { ...(user ? Object.fromEntries(ada.headers) : {}), ...extra },
    query,
  }));

describe('tRPC’s protocol, as we and tRPC’s fetch adapter speak it', () => {
  test('the answers are the same, byte for byte', async () => {
    const compared = { successes: 0, failures: 0 };
    await fc.assert(
      fc.asyncProperty(asking, async (one) => {
        let both = await answersTo(one);
        // Who calls is looked up again every few seconds, in the middle of a call; then the chunks of a stream change places.
        if (!isDeepStrictEqual(both.answer, both.expected)) both = await answersTo(one);
        const { answer, expected, told, toldByThem } = both;
        if (answer instanceof AppError) {
          // The adapter answers some of what it cannot make sense of without our headers; the handler does that.
          expect(expected.status).toBeGreaterThanOrEqual(400);
          return;
        }
        if (isBody(answer) && REJECTED_ANNOTATION.test(answer.body)) {
          // We reject it before it is read, they when it was.
          expect(expected.body).toContain('INVALID_INPUT');
          return;
        }
        expect(answer).toEqual(expected);
        expect(told.toSorted()).toEqual(toldByThem.toSorted());
        if (expected.status === 200) compared.successes++;
        else compared.failures++;
      }),
      { numRuns: 6000, endOnFailure: true },
    );
    expect(compared.successes).toBeGreaterThan(300);
    expect(compared.failures).toBeGreaterThan(300);
  }, 60_000);
});
