import { initTRPC, TRPCError } from '@trpc/server';
import { z } from 'zod';

export interface Context {
  user: string | null;
}

const USERS = new Map([['key-of-ada', 'ada']]);

/** Returns the user of an `Authorization` header. */
export const userOf = (authorization: string | null): string | null =>
  USERS.get(authorization?.replace(/^Bearer /, '') ?? '') ?? null;

const t = initTRPC.context<Context>().create();

const signedIn = t.procedure.use(({ ctx: { user }, next }) => {
  if (user === null) throw new TRPCError({ code: 'UNAUTHORIZED' });
  return next({ ctx: { user } });
});

const Task = z.object({ id: z.number(), text: z.string(), due: z.date().nullable() });
const tasks = new Map<string, z.infer<typeof Task>[]>();
const tasksOf = (user: string) => tasks.get(user) ?? [];

/** The router of a project that knows tRPC only. Agents do not change it. */
export const appRouter = t.router({
  task: t.router({
    list: signedIn
      .input(z.object({ search: z.string().default('') }))
      .output(z.object({ items: z.array(Task) }))
      .query(({ ctx, input }) => ({
        items: tasksOf(ctx.user).filter(({ text }) => text.includes(input.search)),
      })),
    add: signedIn
      .input(z.object({ text: z.string().min(1), due: z.date().optional() }))
      .output(Task)
      .mutation(({ ctx, input }) => {
        const own = tasksOf(ctx.user);
        const task = { id: own.length + 1, text: input.text, due: input.due ?? null };
        tasks.set(ctx.user, [...own, task]);
        return task;
      }),
  }),
});
