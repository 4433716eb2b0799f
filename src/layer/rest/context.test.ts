import { expect, test } from '@jest/globals';
import { initTRPC } from '@trpc/server';
import superjson from 'superjson';
import { z } from 'zod';
import type { Call } from '../call/call.ts';
import { toResponse } from '../call/response.ts';
import type { Meta } from '../meta.ts';
import { createRpcSurface } from '../rpc/index.ts';
import { callOf } from '../testing/testkit.ts';
import { createRestSurface } from './index.ts';

/** An empty, frozen context. */
const ctx: object = Object.freeze(Object.create(null));

const { router, procedure } = initTRPC
  .context<object>()
  .meta<Meta>()
  .create({ isDev: false, transformer: superjson });
const app = router({
  get: procedure
    .meta({ openapi: { method: 'GET', path: '/things/{id}' } })
    .input(z.object({ id: z.string() }))
    .output(z.object({ id: z.string(), isSame: z.boolean() }))
    .query(({ input, ctx: received }) => ({ ...input, isSame: received === ctx })),
  follow: procedure
    .meta({ openapi: { method: 'GET', path: '/events', enabled: false }, rest: { sse: true } })
    .subscription(async function* () {
      yield await Promise.resolve(1);
    }),
});

const send = async (
  surface: (call: Call) => ReturnType<ReturnType<typeof createRestSurface>>,
  path: string,
) => {
  const response = toResponse(await surface(callOf(new Request(`http://localhost${path}`), ctx)));
  return { status: response.status, text: await response.text() };
};

test('the layer reads nothing from the context, and adds nothing to it', async () => {
  const rest = createRestSurface(app);
  const rpc = createRpcSurface(app);
  const input = encodeURIComponent(JSON.stringify({ json: { id: '7' } }));
  const both = encodeURIComponent(JSON.stringify({ 0: { json: { id: '7' } }, 1: { json: { id: '8' } } }));
  expect(await send(rest, '/api/v1/things/7')).toEqual({ status: 200, text: '{"id":"7","isSame":true}' });
  expect(await send(rest, '/api/v1/events')).toMatchObject({ status: 200 });
  expect(await send(rpc, `/api/trpc/get?input=${input}`)).toMatchObject({ status: 200 });
  expect(await send(rpc, `/api/trpc/get,get?batch=1&input=${both}`)).toMatchObject({ status: 200 });
});
