import { createServer } from 'node:http';
import { createMCPClient } from '@ai-sdk/mcp';
import { afterAll, expect, test } from '@jest/globals';
import { listen } from '#test/listen';
import { createTRPCClient, httpLink } from '@trpc/client';
import { initTRPC } from '@trpc/server';
import superjson from 'superjson';
import { z } from 'zod';
import { createNodeListener } from '#layer/hosts/node';
import { createApi, type Meta } from '#layer/index';
import { mcp } from '#layer/mcp/index';
import { KINDS } from './router-corpus.ts';
import { examplesOf } from './reference-examples.ts';
import { createRunners, stopRunners } from './run-examples.ts';

const t = initTRPC.meta<Meta>().create({ transformer: superjson, isDev: false });
const Echo = z.object({ input: z.string() });
const echo = ({ input }: { input: unknown }) => ({ input: superjson.stringify(input) });

/** Each kind of schema as a field of a query and of a body. */
const router = t.router(
  Object.fromEntries(
    [...KINDS].flatMap(([name, schema]) => {
      const inputOf = (method: 'GET' | 'POST', path: `/${string}`) =>
        t.procedure
          .meta({ openapi: { method, path, protect: false } })
          .input(z.object({ v: schema }))
          .output(Echo);
      return [
        [`${name}Query`, inputOf('GET', `/query/${name}`).query(echo)],
        [`${name}Body`, inputOf('POST', `/body/${name}`).mutation(echo)],
      ] as const;
    }),
  ),
);

const server = createServer((req, res) => void listener(req, res));
const origin = `http://127.0.0.1:${await listen(server)}`;
const api = createApi({
  router,
  createContext: () => ({}),
  openapi: { title: 'Corpus', version: '1', serverUrl: origin },
  docs: { path: '/docs', mcp: { path: '/api/mcp' } },
  mounts: [mcp({ name: 'corpus', version: '1', anonymous: true })],
  warn: () => undefined,
});
const listener = createNodeListener(api);
const client = createTRPCClient({ links: [httpLink({ url: `${origin}/api/trpc`, transformer: superjson })] });
const RUN = createRunners({ client, caller: t.createCallerFactory(router)({}), createMCPClient });
afterAll(() => {
  stopRunners();
  server.closeAllConnections();
  server.close();
});

test.each([...KINDS.keys()].flatMap((name) => [`${name}Query`, `${name}Body`]))(
  'the same call of %s by every caller has the same answer',
  async (name) => {
    const examples = await examplesOf(api, name);
    const titles = ['Server', 'tRPC', 'fetch', 'curl', 'Python', 'AI SDK', 'MCP'];
    expect(titles.filter((title) => !examples.has(title))).toEqual([]);
    // Tools take the same JSON for queries and mutations.
    const tried = name.endsWith('Query') ? titles.slice(0, 5) : titles;
    const results: [string, unknown][] = [];
    for (const title of tried) {
      const run = RUN[title];
      if (run) results.push([title, await run(examples.get(title) ?? '').catch(String)]);
    }
    const [, expected] = results[0] ?? [];
    expect(Echo.safeParse(expected).success ? null : expected).toBeNull();
    for (const [title, result] of results) expect([title, result]).toEqual([title, expected]);
  },
);
