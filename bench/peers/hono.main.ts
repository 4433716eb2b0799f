/** Follows https://hono.dev/docs/guides/validation and https://hono.dev/docs/getting-started/nodejs. */
import { serve } from '@hono/node-server';
import { zValidator } from '@hono/zod-validator';
import { Hono } from 'hono';
import { createMiddleware } from 'hono/factory';
import { HTTPException } from 'hono/http-exception';
import { createThing, getThing, listThings } from '../api/things.ts';
import { ready } from './ready.ts';
import { CreatedThing, NewThingOfText, Thing, ThingParams, ThingQuery, Things } from './schemas.ts';
import { type User, userOf } from './users.ts';

const signedIn = createMiddleware<{ Variables: { user: User } }>(async (c, next) => {
  const user = userOf(c.req.header('authorization'));
  if (!user) throw new HTTPException(401, { message: 'Unauthorized' });
  c.set('user', user);
  await next();
});

const app = new Hono()
  .use('/api/*', signedIn)
  .get('/api/things/:id', zValidator('param', ThingParams), zValidator('query', ThingQuery), (c) =>
    c.json(Thing.parse(getThing(c.req.valid('param').id))),
  )
  .post('/api/things', zValidator('json', NewThingOfText), (c) =>
    c.json(CreatedThing.parse(createThing(c.req.valid('json'))), 201),
  )
  .get('/api/things', (c) => c.json(Things.parse(listThings())));

serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 }, ({ port }) => ready(port));
