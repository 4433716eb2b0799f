import { initTRPC, TRPCError } from '@trpc/server';
import type { OpenApiMeta } from 'trpc-to-openapi';
import { z } from 'zod';
import { createThing, getThing, LISTED_BY_MANY, listThings, manyResources } from '../api/things.ts';
import { CreatedThing, GetThingOfText, NewThingOfText, Thing, ThingParams, Things } from './schemas.ts';
import type { Context } from './trpc.ts';

const t = initTRPC.context<Context>().meta<OpenApiMeta>().create();

const protectedProcedure = t.procedure.use(({ ctx, next }) => {
  if (!ctx.user) throw new TRPCError({ code: 'UNAUTHORIZED' });
  return next({ ctx: { user: ctx.user } });
});

/** The procedures of a resource that every system serves. */
const thingsProcedures = (name: string, listed?: number) => ({
  get: protectedProcedure
    .meta({ openapi: { method: 'GET', path: `/${name}/{id}`, protect: true } })
    .input(GetThingOfText)
    .output(Thing)
    .query(({ input }) => getThing(input.id)),
  create: protectedProcedure
    .meta({ openapi: { method: 'POST', path: `/${name}`, protect: true } })
    .input(NewThingOfText)
    .output(CreatedThing)
    .mutation(({ input }) => createThing(input)),
  list: protectedProcedure
    .meta({ openapi: { method: 'GET', path: `/${name}`, protect: true } })
    .input(z.object({}))
    .output(Things)
    .query(() => listThings(listed)),
});

/** Five procedures, because the cost of trpc-to-openapi grows with their number. */
export const openApiRouter = t.router({
  things: {
    ...thingsProcedures('things'),
    refresh: protectedProcedure
      .meta({ openapi: { method: 'POST', path: '/things/{id}/refresh', protect: true } })
      .input(ThingParams)
      .output(Thing)
      .mutation(({ input }) => getThing(input.id)),
    count: protectedProcedure
      .meta({ openapi: { method: 'GET', path: '/thing-count', protect: true } })
      .input(z.object({}))
      .output(z.object({ count: z.int() }))
      .query(() => ({ count: listThings().items.length })),
  },
});

/** The 300 procedures of the mixed workload. */
export const manyRouter = t.router(
  Object.fromEntries(manyResources().map((name) => [name, t.router(thingsProcedures(name, LISTED_BY_MANY))])),
);
