import { AsyncLocalStorage } from 'node:async_hooks';
import { expect, test } from '@jest/globals';
import { initTRPC, TRPCError } from '@trpc/server';
import { z } from 'zod';
import fc from '#test/fast-check';
import { createApi } from '../api.ts';
import { around, guard } from './around.ts';

/** What happens in a call, in order. */
let events: string[] = [];

interface Context {
  names: string[];
  /** No middleware adds it, so it must stay. */
  id: string;
}
const CONTEXT: Context = { names: [], id: 'a' };
const t = initTRPC.context<Context>().create();
const storage = new AsyncLocalStorage<string>();

/** Returns a value at once, or as a promise. */
const at = <T>(isAsync: boolean, value: T): T | Promise<T> => (isAsync ? Promise.resolve(value) : value);
const failure = (name: string) => new TRPCError({ code: 'FORBIDDEN', message: `${name} rejects` });

/** Kinds of middlewares: ours, those of tRPC, and parsers. Each notes what it sees. */
const MIDDLEWARES = {
  guard: (name: string, isAsync: boolean) =>
    guard(({ ctx, path, type, input }: { ctx: Context; path: string; type: string; input: unknown }) => {
      events.push(`${name} ${path} ${type} ${JSON.stringify([ctx, input])}`);
      return at(isAsync, { names: [...ctx.names, name] });
    }),
  silent: (name: string, isAsync: boolean) =>
    guard(() => {
      events.push(name);
      return at(isAsync, undefined);
    }),
  rejecting: (name: string, isAsync: boolean) =>
    guard((): undefined | Promise<undefined> => {
      if (!isAsync) throw failure(name);
      return Promise.reject(failure(name));
    }),
  around: (name: string, isAsync: boolean) =>
    around((_options, proceed) => {
      events.push(`before ${name}`);
      const run = () => storage.run(name, proceed);
      return isAsync ? Promise.resolve().then(run) : run();
    }),
  changing: (name: string, isAsync: boolean) =>
    around((_options, proceed) => (isAsync ? Promise.resolve(proceed()).then(() => name) : name)),
  catching: (name: string) =>
    around(async (_options, proceed) => {
      try {
        return await proceed();
      } catch (error) {
        events.push(
          `${name} sees ${error instanceof TRPCError ? `${error.code} ${error.message}` : 'another error'}`,
        );
        throw error;
      }
    }),
};
type Kind = keyof typeof MIDDLEWARES | 'trpc';

/** Creates a procedure with middlewares in a row. */
function procedureWith(kinds: readonly { kind: Kind; isAsync: boolean }[], fails: boolean) {
  let builder = t.procedure.input(z.object({ id: z.string() }).optional());
  for (const [index, { kind, isAsync }] of kinds.entries()) {
    const name = `${kind}${index}`;
    const added =
      kind === 'trpc'
        ? builder.use(async ({ ctx, next }) => {
            const result = await next({ ctx: { names: [...ctx.names, name] } });
            events.push(`${name} ${result.ok ? 'ok' : result.error.code}`);
            return result;
          })
        : builder.use(MIDDLEWARES[kind](name, isAsync));
    // Each adds to the context only what it has already.
    builder = added;
  }
  return builder.output(z.string()).query(({ ctx, input }) => {
    if (fails) throw new Error('broken');
    return JSON.stringify([ctx, input, storage.getStore() ?? null]);
  });
}

async function observe(call: () => Promise<unknown>) {
  events = [];
  const outcome = await call().catch((error: unknown) =>
    error instanceof TRPCError ? `${error.code} ${error.message}` : error,
  );
  return { outcome, events };
}

test('middlewares of guard and around run as in tRPC, with the same context, order and errors', async () => {
  const kind = fc.record({
    kind: fc.constantFrom<Kind>(
      ...(['guard', 'silent', 'around', 'catching', 'trpc', 'rejecting', 'changing'] as const),
    ),
    isAsync: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(kind, { maxLength: 5 }), fc.boolean(), async (kinds, fails) => {
      const router = t.router({ p: procedureWith(kinds, fails) });
      const api = createApi({ router, createContext: () => CONTEXT, rest: false });
      const input = { id: 'a' };
      const expected = await observe(() => router.createCaller(CONTEXT).p(input));
      const actual = await observe(async () => {
        const query = encodeURIComponent(JSON.stringify(input));
        const response = await api.request(`/api/trpc/p?input=${query}`);
        const Body = z.object({
          result: z.object({ data: z.unknown() }).optional(),
          error: z.object({ message: z.string(), data: z.object({ code: z.string() }) }).optional(),
        });
        const { result, error } = Body.parse(await response.json());
        return error ? `${error.data.code} ${error.message}` : result?.data;
      });
      expect(actual).toEqual(expected);
    }),
    { numRuns: 400 },
  );
});
