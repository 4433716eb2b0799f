import type { IncomingHttpHeaders } from 'node:http';
import { ORPCError, os } from '@orpc/server';
import { createThing, getThing, LISTED_BY_MANY, listThings, manyResources } from '../api/things.ts';
import {
  CreatedThing,
  GetThing,
  GetThingOfText,
  NewThing,
  NewThingOfText,
  Thing,
  Things,
} from './schemas.ts';
import { userOf } from './users.ts';

/** Follows https://orpc.dev/docs/getting-started. */
const signedIn = os.$context<{ headers: IncomingHttpHeaders }>().use(({ context, next }) => {
  const user = userOf(context.headers.authorization);
  if (!user) throw new ORPCError('UNAUTHORIZED');
  return next({ context: { user } });
});

const rpcThings = (listed?: number) => ({
  get: signedIn
    .input(GetThing)
    .output(Thing)
    .handler(({ input }) => getThing(input.id)),
  create: signedIn
    .input(NewThing)
    .output(CreatedThing)
    .handler(({ input }) => createThing(input)),
  list: signedIn.output(Things).handler(() => listThings(listed)),
});

const openApiThings = (name: string, listed?: number) => ({
  get: signedIn
    .route({ method: 'GET', path: `/${name}/{id}` })
    .input(GetThingOfText)
    .output(Thing)
    .handler(({ input }) => getThing(input.id)),
  create: signedIn
    .route({ method: 'POST', path: `/${name}`, successStatus: 201 })
    .input(NewThingOfText)
    .output(CreatedThing)
    .handler(({ input }) => createThing(input)),
  list: signedIn
    .route({ method: 'GET', path: `/${name}` })
    .output(Things)
    .handler(() => listThings(listed)),
});

/** The router of the RPC handler. */
export const rpcRouter = {
  things: rpcThings(),
  ...Object.fromEntries(manyResources().map((name) => [name, rpcThings(LISTED_BY_MANY)])),
};

/** The router of the OpenAPI handler, which receives dates as text. */
export const openApiRouter = {
  things: openApiThings('things'),
  ...Object.fromEntries(manyResources().map((name) => [name, openApiThings(name, LISTED_BY_MANY)])),
};
