/** A router as create-t3-app makes it (https://create.t3.gg/en/usage/trpc), with REST paths. */
import { initTRPC, TRPCError } from '@trpc/server';
import superjson from 'superjson';
import { z, ZodError } from 'zod';
import type { Meta } from '#layer/index';
import { userOf } from '../peers/users.ts';
import { CreatedThing, GetThing, NewThing, Nothing, Thing, Things } from './schemas.ts';
import { createThing, getThing, LISTED_BY_MANY, listThings, manyResources } from './things.ts';

export const createContext = async ({ headers }: { headers: Headers }) => ({
  user: await Promise.resolve(userOf(headers.get('authorization'))),
  headers,
});

const t = initTRPC
  .context<typeof createContext>()
  .meta<Meta>()
  .create({
    transformer: superjson,
    errorFormatter: ({ shape, error }) => ({
      ...shape,
      data: { ...shape.data, zodError: error.cause instanceof ZodError ? z.flattenError(error.cause) : null },
    }),
  });

/** The durations of calls, in milliseconds. */
const durations = { calls: 0, ms: 0 };

const timing = t.middleware(async ({ next }) => {
  const start = Date.now();
  const result = await next();
  durations.calls++;
  durations.ms += Date.now() - start;
  return result;
});

const protectedProcedure = t.procedure.use(timing).use(({ ctx, next }) => {
  if (!ctx.user) throw new TRPCError({ code: 'UNAUTHORIZED' });
  return next({ ctx: { ...ctx, user: ctx.user } });
});

function thingsRouter(name: string, listed?: number) {
  return t.router({
    get: protectedProcedure
      .meta({ openapi: { method: 'GET', path: `/${name}/{id}` } })
      .input(GetThing)
      .output(Thing)
      .query(({ input }) => getThing(input.id)),
    create: protectedProcedure
      .meta({ openapi: { method: 'POST', path: `/${name}` }, rest: { status: 201 } })
      .input(NewThing)
      .output(CreatedThing)
      .mutation(({ input }) => createThing(input)),
    list: protectedProcedure
      .meta({ openapi: { method: 'GET', path: `/${name}` } })
      .input(Nothing)
      .output(Things)
      .query(() => listThings(listed)),
  });
}

export const router = t.router({
  things: thingsRouter('things'),
  ...Object.fromEntries(manyResources().map((name) => [name, thingsRouter(name, LISTED_BY_MANY)])),
});
