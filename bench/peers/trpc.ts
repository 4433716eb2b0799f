import { initTRPC, TRPCError } from '@trpc/server';
import superjson from 'superjson';
import { z } from 'zod';
import { createThing, getThing, LISTED_BY_MANY, listThings, manyResources } from '../api/things.ts';
import { CreatedThing, GetThing, NewThing, Thing, Things } from './schemas.ts';
import { type User, userOf } from './users.ts';

export interface Context {
  user: User | undefined;
}

/** Creates the context for the fetch adapter. */
export function createContext({ req }: { req: Request }): Context {
  return { user: userOf(req.headers.get('authorization')) };
}

const t = initTRPC.context<Context>().create({ transformer: superjson });

/** Follows https://trpc.io/docs/server/authorization. */
const protectedProcedure = t.procedure.use(({ ctx, next }) => {
  if (!ctx.user) throw new TRPCError({ code: 'UNAUTHORIZED' });
  return next({ ctx: { user: ctx.user } });
});

const things = (listed?: number) =>
  t.router({
    get: protectedProcedure
      .input(GetThing)
      .output(Thing)
      .query(({ input }) => getThing(input.id)),
    create: protectedProcedure
      .input(NewThing)
      .output(CreatedThing)
      .mutation(({ input }) => createThing(input)),
    list: protectedProcedure
      .input(z.object({}))
      .output(Things)
      .query(() => listThings(listed)),
  });

export const appRouter = t.router({
  things: things(),
  ...Object.fromEntries(manyResources().map((name) => [name, things(LISTED_BY_MANY)])),
});
