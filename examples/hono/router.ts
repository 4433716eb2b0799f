import { initTRPC, TRPCError } from '@trpc/server';
import type { Meta } from '@switchboard/layer';
import { z } from 'zod';

export interface Context {
  user: string | null;
}

const t = initTRPC.context<Context>().meta<Meta>().create();

const Note = z.object({ id: z.string(), text: z.string() });
const notes = new Map<string, z.infer<typeof Note>>();

const signedIn = t.procedure.use(({ ctx, next }) => {
  if (ctx.user === null) throw new TRPCError({ code: 'UNAUTHORIZED' });
  return next({ ctx: { user: ctx.user } });
});

export const appRouter = t.router({
  notes: t.router({
    get: t.procedure
      .meta({ openapi: { method: 'GET', path: '/notes/{id}' } })
      .input(z.object({ id: z.string() }))
      .output(Note)
      .query(({ input }) => {
        const note = notes.get(input.id);
        if (!note) throw new TRPCError({ code: 'NOT_FOUND', message: 'There is no such note.' });
        return note;
      }),
    create: signedIn
      .meta({ openapi: { method: 'POST', path: '/notes' }, rest: { status: 201, location: '/notes/{id}' } })
      .input(z.object({ text: z.string().min(1) }))
      .output(Note)
      .mutation(({ input }) => {
        const note = { id: String(notes.size + 1), text: input.text };
        notes.set(note.id, note);
        return note;
      }),
  }),
});
export type AppRouter = typeof appRouter;
