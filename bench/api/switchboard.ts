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
import { createThing, getThing, listThings } from './things.ts';

const tags = ['things'];
const nothing = z.strictObject({});
const title = z.string().min(1).max(200);

const Thing = z.object({
  id: z.string(),
  title: z.string(),
  model: z.string().nullable(),
  pinned: z.boolean(),
  count: z.int(),
  createdAt: z.date(),
  updatedAt: z.date(),
});
const Things = z.object({ items: z.array(Thing) });
const NewThing = z.strictObject({ title, pinned: z.boolean(), dueAt: z.date() });
const CreatedThing = z.object({
  id: z.string(),
  title,
  pinned: z.boolean(),
  dueAt: z.date(),
  createdAt: z.date(),
});

/** The measured procedures, written in the style of the product's own. */
const thingsRouter = router({
  get: signedIn
    .meta({ openapi: { method: 'GET', path: '/things/{id}', tags, summary: 'Get a thing' } })
    .input(z.strictObject({ id: z.string(), since: z.date().optional() }))
    .output(Thing)
    .query(({ input }) => getThing(input.id)),

  create: signedIn
    .meta({
      openapi: { method: 'POST', path: '/things', tags, summary: 'Create a thing' },
      rest: { status: 201, location: '/things/{id}' },
    })
    .input(NewThing)
    .output(CreatedThing)
    .mutation(({ input }) => createThing(input)),

  list: signedIn
    .meta({ openapi: { method: 'GET', path: '/things', tags, summary: 'List 100 things' } })
    .input(nothing)
    .output(Things)
    .query(() => listThings()),
});

/** Serves the product's procedures and, next to them, the measured ones. */
export async function createBenchApi(): Promise<Api<Platform>> {
  const deps = await createDeps(env(), createLogger(env()), []);
  const all = router({
    users: usersRouter,
    chat: chatRouter,
    protected: protectedRouter,
    things: thingsRouter,
  });
  return serveRouter(deps, all, documentInfo);
}
