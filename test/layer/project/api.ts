/** A router as a user of the packed layer writes it. Both servers and the bundle serve it. */
import { type ContextOptions, createApi, type Meta } from '@switchboard/layer';
import { initTRPC, tracked } from '@trpc/server';
import superjson from 'superjson';
import { z } from 'zod';

interface Context {
  name: string | null;
}

const t = initTRPC.context<Context>().meta<Meta>().create({ transformer: superjson, isDev: false });
const Text = z.object({ text: z.string() });

const router = t.router({
  text: t.procedure
    .meta({ openapi: { method: 'GET', path: '/text/{length}' } })
    .input(z.object({ length: z.number().int().max(10_000) }))
    .output(Text)
    .query(({ input }) => ({ text: 'é'.repeat(input.length) })),
  hello: t.procedure
    .meta({ openapi: { method: 'POST', path: '/hello' } })
    .output(Text)
    .mutation(({ ctx }) => ({ text: `Hello, ${ctx.name ?? 'nobody'}` })),
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
  createContext: ({ header }: ContextOptions): Context => ({ name: header('x-name') }),
});
