import { z } from 'zod';
import type { Api } from '#layer/index';
import { type Platform, serveRouter } from '#routers/api';
import { chatRouter } from '#routers/chat';
import { documentInfo } from '#routers/document';
import { protectedRouter } from '#routers/protected';
import { usersRouter } from '#routers/users';
import { createDeps } from '#server/compose';
import { env } from '#server/env';
import { createLogger } from '#server/log/index';
import { router, signedIn } from '#server/procedures';
import { CreatedThing, GetThing, NewThing, Nothing, Thing, Things } from './schemas.ts';
import { createThing, getThing, LISTED_BY_MANY, listThings, manyResources } from './things.ts';

/** Creates a router of measured procedures, written in the style of the product's own. */
function thingsRouter(name: string, listed?: number) {
  const tags = [name];
  return router({
    get: signedIn
      .meta({ openapi: { method: 'GET', path: `/${name}/{id}`, tags, summary: `Get one of ${name}` } })
      .input(z.strictObject(GetThing.shape))
      .output(Thing)
      .query(({ input }) => getThing(input.id)),

    create: signedIn
      .meta({
        openapi: { method: 'POST', path: `/${name}`, tags, summary: `Create one of ${name}` },
        rest: { status: 201, location: `/${name}/{id}` },
      })
      .input(z.strictObject(NewThing.shape))
      .output(CreatedThing)
      .mutation(({ input }) => createThing(input)),

    list: signedIn
      .meta({ openapi: { method: 'GET', path: `/${name}`, tags, summary: `List ${name}` } })
      .input(z.strictObject(Nothing.shape))
      .output(Things)
      .query(() => listThings(listed)),
  });
}

/** Serves the product's procedures and, next to them, the measured ones. */
export async function createBenchApi(): Promise<Api<Platform>> {
  const deps = await createDeps(env(), createLogger(env()), []);
  const all = router({
    users: usersRouter,
    chat: chatRouter,
    protected: protectedRouter,
    things: thingsRouter('things'),
    ...Object.fromEntries(manyResources().map((name) => [name, thingsRouter(name, LISTED_BY_MANY)])),
  });
  return serveRouter(deps, all, documentInfo);
}
