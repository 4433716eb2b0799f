import { afterAll, expect, test } from '@jest/globals';
import { initTRPC } from '@trpc/server';
import superjson from 'superjson';
import { z } from 'zod';
import { rpcFetch } from '#test/call';
import { startInstance } from '#test/caller';
import type { Meta } from './access.ts';
import type { Context } from './people/context.ts';

const t = initTRPC.context<Context>().meta<Meta>().create({ transformer: superjson, isDev: false });
const app = t.router({
  echo: t.procedure
    .meta({ openapi: { method: 'GET', path: '/echo' } })
    .input(z.string())
    .query(({ input }) => input),
});
const deps = await startInstance();
afterAll(deps.close);

test('a procedure without access in its meta accepts anonymous calls over RPC, even with a REST path', async () => {
  const input = encodeURIComponent(JSON.stringify({ json: 'hello' }));
  const response = await rpcFetch(deps, app)(`http://localhost/api/trpc/echo?input=${input}`);
  await expect(response.json()).resolves.toEqual({ result: { data: { json: 'hello' } } });
});
