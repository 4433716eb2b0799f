import { createServer } from 'node:http';
import { createMCPClient } from '@ai-sdk/mcp';
import { afterAll, describe, expect, test } from '@jest/globals';
import { listen } from '#test/listen';
import { createTRPCClient, httpLink, httpSubscriptionLink, splitLink } from '@trpc/client';
import { type AnyTRPCProcedure, initTRPC, tracked } from '@trpc/server';
import superjson from 'superjson';
import { z } from 'zod';
import { createNodeListener } from '#layer/hosts/node';
import { createApi, type Meta, proceduresOf, trackedIterable } from '#layer/index';
import { mcp } from '#layer/mcp/index';
import { documentInfo } from '#routers/document';
import { appRouter } from '#routers/index';
import { reference } from '#routers/reference';
import { procedures as withJson } from '#test/procedures';
import { examplesOf } from '#test/reference-examples';
import { createRunners, evaluate, hasPython, shell, stopRunners } from '#test/run-examples';
import { Switchboard } from '#src/sdk/index.ts';

/*
 * The router has the procedures of the application, but each returns its input. So the same call by two callers has the
 * same answer only if both send the same input.
 */
const t = initTRPC.meta<Meta>().create({ transformer: superjson, isDev: false });
const Echo = z.object({ id: z.string(), input: z.string() });
const echo = (input: unknown) => ({ id: 'echo', input: superjson.stringify(input) });

function echoing({ _def: { type, inputs, meta } }: AnyTRPCProcedure) {
  const { rest, ...own } = z.looseObject({ rest: z.looseObject({}).optional() }).parse(meta);
  const { stream: _, ...kept } = rest ?? {};
  const base = t.procedure.meta({ ...own, rest: kept });
  const [parser = z.void()] = inputs;
  const withInput = base.input(parser as z.ZodType);
  if (type === 'query') return withInput.output(Echo).query(({ input }) => echo(input));
  if (type === 'mutation') return withInput.output(Echo).mutation(({ input }) => echo(input));
  return withInput.output(trackedIterable(Echo)).subscription(async function* ({ input }) {
    yield tracked('1', await Promise.resolve(echo(input)));
  });
}

interface Tree {
  [name: string]: AnyTRPCProcedure | Tree;
}

function echoRouter() {
  const tree: Tree = {};
  for (const [name, procedure] of proceduresOf(appRouter)) {
    const names = name.split('.');
    let node = tree;
    for (const segment of names.slice(0, -1)) node = (node[segment] ??= {}) as Tree;
    node[names.at(-1) ?? ''] = echoing(procedure);
  }
  return t.router(tree);
}

const router = echoRouter();
const server = createServer((req, res) => void listener(req, res));
const origin = `http://127.0.0.1:${await listen(server)}`;
afterAll(() => {
  server.close();
});
const { tags: _tags, ...info } = documentInfo;
const api = createApi({
  router,
  createContext: () => ({}),
  openapi: { ...info, serverUrl: origin },
  docs: { ...reference({ RATE_LIMIT: 10 }), guides: () => [] },
  mounts: [mcp({ name: 'test', version: '1', anonymous: true })],
  warn: () => undefined,
});
const listener = createNodeListener(api);

const url = `${origin}/api/trpc`;
const client = createTRPCClient({
  links: [
    splitLink({
      condition: ({ type }) => type === 'subscription',
      true: httpSubscriptionLink({ url, transformer: superjson }),
      false: httpLink({ url, transformer: superjson }),
    }),
  ],
});
const sb = new Switchboard({ baseUrl: origin, apiKey: `sb_${'a'.repeat(43)}` });
const caller = t.createCallerFactory(router)({});
const scope = { client, sb, caller, createMCPClient, token: 'token', fetch };

const RUN = createRunners(scope);
afterAll(stopRunners);

const ALL = ['React', ...Object.keys(RUN)];
/** The callers of tools, which not every procedure is. */
const TOOLS = ['AI SDK', 'MCP'];
/** Without those that require a file, for which only curl has an example. */
const procedures = proceduresOf(router).filter(([name]) => withJson.some((known) => known.name === name));

describe('the same call by every caller has the same answer', () => {
  const answers = procedures.filter(([, { _def }]) => _def.type !== 'subscription');
  test.each(answers)('%s', async (name) => {
    const examples = await examplesOf(api, name);
    // Agents are not offered what needs a session.
    const missing = ALL.filter((title) => !examples.has(title));
    expect(missing.filter((title) => !TOOLS.includes(title))).toEqual([]);
    const results = await Promise.all(
      Object.entries(RUN).map(async ([title, run]) => {
        const code = examples.get(title);
        return code === undefined ? null : [title, await run(code)];
      }),
    );
    const expected: unknown = await RUN['Server']?.(examples.get('Server') ?? '');
    for (const result of results) if (result) expect(result).toEqual([result[0], expected]);
  });
});

test('the events of a subscription reach every caller that reads them', async () => {
  const examples = await examplesOf(api, 'chat.stream');
  expect(ALL.filter((title) => !examples.has(title))).toEqual(TOOLS);
  for (const title of ['Server', 'SDK', 'fetch']) {
    const logged: unknown[] = [];
    const console = { log: (value: unknown) => logged.push(value) };
    await evaluate(examples.get(title) ?? '', { ...scope, console });
    expect([title, JSON.stringify(logged)]).toEqual([title, expect.stringContaining('chatId')]);
  }
  expect(await shell(examples.get('curl') ?? '')).toContain('chatId');
  if (!hasPython) return;
  const lines = `import contextlib, io\nlogged = io.StringIO()\nwith contextlib.redirect_stdout(logged):\n`;
  const code = (examples.get('Python') ?? '').replace(/^/gm, '    ');
  expect(await RUN['Python']?.(`${lines}${code}\noutput = logged.getvalue()`)).toContain('chatId');
});
