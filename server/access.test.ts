import { afterAll, expect, test } from '@jest/globals';
import { initTRPC } from '@trpc/server';
import superjson from 'superjson';
import { z } from 'zod';
import { createRpcSurface, toResponse } from '#layer/index';
import { callWith } from '#test/call';
import { requestInfo, startInstance } from '#test/caller';
import { admitCalls, type Meta } from './access.ts';
import { type Context, createContext } from './people/context.ts';

const t = initTRPC.context<Context>().meta<Meta>().create({ transformer: superjson, isDev: false });
const app = t.router({
  echo: t.procedure
    .meta({ openapi: { method: 'GET', path: '/echo' } })
    .input(z.string())
    .query(({ input }) => input),
});
const deps = await startInstance();
afterAll(deps.close);

test('a procedure that checks no callers gets its input over RPC, also with a REST path', async () => {
  const surface = createRpcSurface<Context>(app, { admit: admitCalls });
  const input = encodeURIComponent(JSON.stringify({ json: 'hello' }));
  const request = new Request(`http://localhost/api/trpc/echo?input=${input}`);
  const response = toResponse(await surface(callWith(request, createContext(deps, requestInfo()))));
  await expect(response.json()).resolves.toEqual({ result: { data: { json: 'hello' } } });
});
