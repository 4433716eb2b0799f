/** Follows https://github.com/turkerdev/fastify-type-provider-zod. */
import Fastify from 'fastify';
import {
  type FastifyPluginAsyncZod,
  serializerCompiler,
  validatorCompiler,
  type ZodTypeProvider,
} from 'fastify-type-provider-zod';
import { createThing, getThing, LISTED_BY_MANY, listThings, manyResources } from '../api/things.ts';
import { ready } from './ready.ts';
import { CreatedThing, NewThingOfText, Thing, ThingParams, ThingQuery, Things } from './schemas.ts';
import { userOf } from './users.ts';

const app = Fastify().withTypeProvider<ZodTypeProvider>();
app.setValidatorCompiler(validatorCompiler);
app.setSerializerCompiler(serializerCompiler);

app.addHook('onRequest', async (request, reply) => {
  if (!userOf(request.headers.authorization)) return reply.code(401).send({ error: 'Unauthorized' });
});

/** The routes of a resource, as a plugin for its prefix. */
const things =
  (listed?: number): FastifyPluginAsyncZod =>
  async (scope) => {
    scope.get(
      '/:id',
      { schema: { params: ThingParams, querystring: ThingQuery, response: { 200: Thing } } },
      async (request) => getThing(request.params.id),
    );
    scope.post(
      '/',
      { schema: { body: NewThingOfText, response: { 201: CreatedThing } } },
      async (request, reply) => reply.code(201).send(createThing(request.body)),
    );
    scope.get('/', { schema: { response: { 200: Things } } }, async () => listThings(listed));
  };

app.register(things(), { prefix: '/api/things' });
for (const name of manyResources()) app.register(things(LISTED_BY_MANY), { prefix: `/api/${name}` });

const address = await app.listen({ host: '127.0.0.1', port: 0 });
ready(Number(new URL(address).port));
