import { initTRPC } from '@trpc/server';
import superjson from 'superjson';
import { z } from 'zod';

export const createTRPCContext = ({ headers }: { headers: Headers }) => ({
  source: headers.get('x-trpc-source'),
});

const t = initTRPC.context<typeof createTRPCContext>().create({ transformer: superjson });

const Post = z.object({ id: z.string(), title: z.string(), createdAt: z.date() });

export const appRouter = t.router({
  post: {
    all: t.procedure
      .output(z.array(Post))
      .query(() => [{ id: '1', title: 'Hello', createdAt: new Date('2026-01-01T00:00:00Z') }]),
    byId: t.procedure
      .input(z.object({ id: z.string() }))
      .output(Post)
      .query(({ input }) => ({ id: input.id, title: 'Hello', createdAt: new Date('2026-01-01T00:00:00Z') })),
  },
  whoami: t.procedure.query(({ ctx }) => ctx.source ?? 'nobody'),
});
export type AppRouter = typeof appRouter;
export const createCaller = t.createCallerFactory(appRouter);
