/** Follows https://elysiajs.com/integrations/node.html and https://elysiajs.com/essential/validation.html. */
import { node } from '@elysiajs/node';
import { Elysia } from 'elysia';
import { freePort } from '../../test/listen.ts';
import { createThing, getThing, LISTED_BY_MANY, listThings, manyResources } from '../api/things.ts';
import { ready } from './ready.ts';
import { CreatedThing, NewThingOfText, Thing, ThingParams, ThingQuery, Things } from './schemas.ts';
import { userOf } from './users.ts';

const signedIn = new Elysia({ name: 'signed-in' })
  .resolve(({ headers, status }) => {
    const user = userOf(headers['authorization']);
    return user ? { user } : status(401, 'Unauthorized');
  })
  .as('scoped');

/** The routes of a resource. */
const things = (name: string, listed?: number) =>
  new Elysia({ prefix: `/api/${name}` })
    .use(signedIn)
    .get('/:id', ({ params }) => getThing(params.id), {
      params: ThingParams,
      query: ThingQuery,
      response: { 200: Thing },
    })
    .post('/', ({ body, status }) => status(201, createThing(body)), {
      body: NewThingOfText,
      response: { 201: CreatedThing },
    })
    .get('/', () => listThings(listed), { response: { 200: Things } });

const app = new Elysia({ adapter: node() }).use(things('things'));
for (const name of manyResources()) app.use(things(name, LISTED_BY_MANY));

// The adapter does not tell which port it was given, so it gets one that is free.
const port = await freePort();
app.listen({ hostname: '127.0.0.1', port }, () => ready(port));
