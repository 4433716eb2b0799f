/** Follows https://github.com/turkerdev/fastify-type-provider-zod. */
import Fastify from 'fastify';
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod';
import { createThing, getThing, listThings } from '../api/things.ts';
import { ready } from './ready.ts';
import { CreatedThing, NewThingOfText, Thing, ThingParams, ThingQuery, Things } from './schemas.ts';
import { userOf } from './users.ts';

const app = Fastify().withTypeProvider<ZodTypeProvider>();
app.setValidatorCompiler(validatorCompiler);
app.setSerializerCompiler(serializerCompiler);

app.addHook('onRequest', async (request, reply) => {
  if (!userOf(request.headers.authorization)) return reply.code(401).send({ error: 'Unauthorized' });
});

app.get(
  '/api/things/:id',
  { schema: { params: ThingParams, querystring: ThingQuery, response: { 200: Thing } } },
  async (request) => getThing(request.params.id),
);
app.post(
  '/api/things',
  { schema: { body: NewThingOfText, response: { 201: CreatedThing } } },
  async (request, reply) => reply.code(201).send(createThing(request.body)),
);
app.get('/api/things', { schema: { response: { 200: Things } } }, async () => listThings());

const address = await app.listen({ host: '127.0.0.1', port: 0 });
ready(Number(new URL(address).port));
