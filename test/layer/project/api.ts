/** A router as a user of the packed layer writes it. Both servers and the bundle serve it. */
import { type ContextOptions, createApi, type Meta } from '@switchboard/layer';
import { initTRPC, tracked } from '@trpc/server';
import superjson from 'superjson';
import { z } from 'zod';
import { KINDS } from './router-corpus.ts';

interface Context {
  name: string | null;
}

const t = initTRPC.context<Context>().meta<Meta>().create({ transformer: superjson, isDev: false });
const Text = z.object({ text: z.string() });

const Length = z.object({ length: z.number().int().max(10_000) });

/** Procedures with each kind of schema in a query, in a body, and in a body and an output. */
const kinds = [...KINDS].map(([name, schema]) => {
  const Field = z.object({ v: schema });
  const at = (method: 'GET' | 'POST', kind: string) =>
    t.procedure.meta({ openapi: { method, path: `/${kind}/${name}` } }).input(Field);
  return {
    query: [name, at('GET', 'query').query(({ input }) => input)] as const,
    body: [name, at('POST', 'body').mutation(({ input }) => input)] as const,
    output: [
      name,
      at('POST', 'output')
        .output(Field)
        .mutation(({ input }) => input),
    ] as const,
  };
});

const router = t.router({
  query: t.router(Object.fromEntries(kinds.map(({ query }) => query))),
  body: t.router(Object.fromEntries(kinds.map(({ body }) => body))),
  output: t.router(Object.fromEntries(kinds.map(({ output }) => output))),
  text: t.procedure
    .meta({ openapi: { method: 'GET', path: '/text/{length}' } })
    .input(Length)
    .output(Text)
    .query(({ input }) => ({ text: 'é'.repeat(input.length) })),
  hello: t.procedure
    .meta({ openapi: { method: 'POST', path: '/hello' } })
    .output(Text)
    .mutation(({ ctx }) => ({ text: `Hello, ${ctx.name ?? 'nobody'}` })),
  size: t.procedure.input(Length).mutation(({ input }) => input),
  upload: t.procedure
    .meta({ openapi: { method: 'POST', path: '/files' } })
    .input(z.object({ title: z.string(), file: z.file() }))
    .output(z.object({ title: z.string(), name: z.string(), content: z.string() }))
    .mutation(async ({ input: { title, file } }) => ({ title, name: file.name, content: await file.text() })),
  replace: t.procedure
    .meta({ openapi: { method: 'PUT', path: '/text/{length}' } })
    .input(z.object({ length: z.number(), at: z.date(), tags: z.array(z.string()) }))
    .output(z.object({ length: z.number(), at: z.date(), tags: z.array(z.string()) }))
    .mutation(({ input }) => input),
  count: t.procedure
    .meta({ openapi: { method: 'GET', path: '/count', enabled: false }, rest: { sse: true } })
    .input(z.object({ to: z.number() }))
    .subscription(async function* ({ input }) {
      for (let n = 1; n <= input.to; n++) yield tracked(String(n), await Promise.resolve({ n }));
    }),
  fail: t.procedure.meta({ openapi: { method: 'GET', path: '/fail' } }).query(() => {
    throw new Error('internal');
  }),
});

export const api = createApi({
  router,
  // Some outputs are transforms, which no JSON Schema describes.
  warn: () => undefined,
  cors: { origins: ['https://app.example'], credentials: true },
  createContext: ({ header }: ContextOptions): Context => ({ name: header('x-name') }),
});
