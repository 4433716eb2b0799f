/** Follows https://hono.dev/docs/guides/validation and https://hono.dev/docs/getting-started/nodejs. */
import { serve } from '@hono/node-server';
import { zValidator } from '@hono/zod-validator';
import { Hono } from 'hono';
import { createMiddleware } from 'hono/factory';
import { HTTPException } from 'hono/http-exception';
import { createThing, getThing, LISTED_BY_MANY, listThings, manyResources } from '../api/things.ts';
import { ready } from './ready.ts';
import { CreatedThing, NewThingOfText, Thing, ThingParams, ThingQuery, Things } from './schemas.ts';
import { type User, userOf } from './users.ts';

const signedIn = createMiddleware<{ Variables: { user: User } }>(async (c, next) => {
  const user = userOf(c.req.header('authorization'));
  if (!user) throw new HTTPException(401, { message: 'Unauthorized' });
  c.set('user', user);
  await next();
});

/** The routes of a resource, below its path. */
const things = (listed?: number) =>
  new Hono()
    .get('/:id', zValidator('param', ThingParams), zValidator('query', ThingQuery), (c) =>
      c.json(Thing.parse(getThing(c.req.valid('param').id))),
    )
    .post('/', zValidator('json', NewThingOfText), (c) =>
      c.json(CreatedThing.parse(createThing(c.req.valid('json'))), 201),
    )
    .get('/', (c) => c.json(Things.parse(listThings(listed))));

const app = new Hono().use('/api/*', signedIn).route('/api/things', things());
for (const name of manyResources()) app.route(`/api/${name}`, things(LISTED_BY_MANY));

serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 }, ({ port }) => ready(port));
