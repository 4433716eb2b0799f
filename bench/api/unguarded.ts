/** A router without middlewares. Its context rejects unknown callers, because every procedure needs a user. */
import { initTRPC, TRPCError } from '@trpc/server';
import superjson from 'superjson';
import type { ContextOptions, Meta } from '#layer/index';
import { type User, userOf } from '../peers/users.ts';
import { CreatedThing, GetThing, NewThing, Nothing, Thing, Things } from './schemas.ts';
import { createThing, getThing, LISTED_BY_MANY, listThings, manyResources } from './things.ts';

interface Context {
  user: User;
}

export function createContext({ header }: ContextOptions): Context {
  const user = userOf(header('authorization'));
  if (!user) throw new TRPCError({ code: 'UNAUTHORIZED' });
  return { user };
}

const t = initTRPC.context<Context>().meta<Meta>().create({ transformer: superjson });

function thingsRouter(name: string, listed?: number) {
  return t.router({
    get: t.procedure
      .meta({ openapi: { method: 'GET', path: `/${name}/{id}` } })
      .input(GetThing)
      .output(Thing)
      .query(({ input }) => getThing(input.id)),
    create: t.procedure
      .meta({ openapi: { method: 'POST', path: `/${name}` }, rest: { status: 201 } })
      .input(NewThing)
      .output(CreatedThing)
      .mutation(({ input }) => createThing(input)),
    list: t.procedure
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
