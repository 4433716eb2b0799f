import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from '#test/fast-check';
import { z } from 'zod';
import { isErrorCode } from '#contract/error-codes';
import { ERRORS } from '#contract/errors';
import { type ParsedResponse, read, newMessage, signUp } from '#test/client';
import { badInputs, nested, validInputs } from '#test/inputs';
import { callRest, callRpc, callRpcRaw, type Endpoint, procedures } from '#test/procedures';
import { startServer } from '#test/server';

/** The number of inputs per procedure and surface. fast-check prints the seed of a failure. */
const RUNS = 20;
/** Node rejects longer request heads itself. */
const MAX_URL = 12_000;

const server = await startServer();
afterAll(server.stop);
const root = await signUp(server.url, { name: 'Root' });
const other = await signUp(server.url, { name: 'Other' });

beforeAll(async () => {
  const { id: chatId } = await root.rpc.chat.create.mutate({ title: 'Kept', clientId: 'kept' });
  await root.rpc.chat.send.mutate({ chatId, ...newMessage('What do you know?') });
  await root.rpc.chat.stop.mutate({ chatId });
  await root.rpc.protected.apiKeys.create.mutate({ name: 'Key', scope: 'read' });
  await root.rpc.protected.providerKeys.set.mutate({ provider: 'openai', key: 'sk-12345678' });
});

const Rejection = z.looseObject({
  code: z.string(),
  status: z.number(),
  detail: z.string().min(1),
  requestId: z.string().min(1),
});
const RpcRejection = z.object({ error: z.object({ json: z.object({ data: Rejection }) }) });

/** Returns the error of a response of either surface, or `null` for a success. Fails if the error is malformed. */
function rejectionOf({ status, headers, body }: ParsedResponse) {
  if (status < 400) return null;
  const isProblem = headers.get('content-type') === 'application/problem+json';
  const rejection = isProblem
    ? Rejection.parse(body)
    : RpcRejection.parse(Array.isArray(body) ? body[0] : body).error.json.data;
  expect(isErrorCode(rejection.code) && ERRORS[rejection.code].status).toBe(status);
  expect(rejection.status).toBe(status);
  expect(status).toBeLessThan(500);
  return rejection;
}

/** Returns all data that invalid input could have changed. An export contains it too, but has a lower rate limit. */
async function rows(): Promise<string> {
  const owned = await Promise.all(
    [root, other].map(async ({ rpc }) => {
      const chats = await rpc.chat.list.query({ limit: 100 });
      const others = await Promise.all([
        rpc.chat.list.query({ limit: 100, archived: true }),
        ...chats.items.map(({ id }) => rpc.chat.messages.query({ chatId: id })),
        rpc.protected.apiKeys.list.query({}),
        rpc.protected.providerKeys.list.query(),
        rpc.protected.sessions.list.query({}),
        rpc.protected.audit.query({ limit: 100 }),
        rpc.protected.usage.query({}),
      ]);
      return [chats, others];
    }),
  );
  return JSON.stringify([owned, await root.rpc.users.list.query({ limit: 100 })]);
}

describe.each(procedures.map((endpoint) => ({ name: endpoint.name, endpoint })))('$name', ({ endpoint }) => {
  const settings = { numRuns: RUNS, interruptAfterTimeLimit: 20_000, markInterruptAsFailure: false };

  test('rejects input that its schema rejects, and changes nothing', async () => {
    const before = await rows();
    await fc.assert(
      fc.asyncProperty(badInputs(endpoint), async (input) => {
        fc.pre(endpoint.type === 'mutation' || JSON.stringify(input).length < MAX_URL / 4);
        const overRpc = rejectionOf(await callRpc(root, endpoint, input));
        const overRest = rejectionOf(await callRest(root, endpoint, input));
        // A stream of tRPC contains its error. RPC ignores what is sent to a procedure without input, as tRPC does.
        // Paths and queries are text, so values of other types may be valid there.
        if (endpoint.type !== 'subscription' && endpoint.input) expect(overRpc).not.toBeNull();
        if (endpoint.takesBody && Object.keys(input).some((name) => !endpoint.params.includes(name))) {
          expect(overRest).not.toBeNull();
        }
      }),
      settings,
    );
    expect(await rows()).toBe(before);
  });

  test('accepts input that its schema accepts, or returns a well-formed error', async () => {
    // Not as the admin, and with another password, because the next procedure needs the account.
    await fc.assert(
      fc.asyncProperty(validInputs(endpoint), async (input) => {
        rejectionOf(await callRpc(other, endpoint, input));
        rejectionOf(await callRest(other, endpoint, input));
      }),
      { ...settings, numRuns: RUNS / 4 },
    );
  });
});

describe('RPC', () => {
  const procedure = (name: string): Endpoint => {
    const found = procedures.find((endpoint) => endpoint.name === name);
    if (!found) throw new Error(`There is no procedure ${name}.`);
    return found;
  };
  const create = procedure('chat.create');

  test.each([
    { values: { __proto__: null } },
    { values: Object.fromEntries([['__proto__', ['Date']]]) },
    { values: { 'constructor.prototype.polluted': ['Date'] } },
    { values: { '__proto__.polluted': ['undefined'] } },
    { values: { title: ['Date'] } },
    { values: { title: ['bigint'] } },
    { values: { title: ['URL'] } },
    { values: { title: ['regexp'] } },
    { values: { title: ['map'] } },
    { values: { title: ['set'] } },
    { values: { title: ['Error'] } },
    { values: { title: [['class', 'Nobody']] } },
    { values: { title: [['custom', 'nobody']] } },
    { values: { title: [['symbol', 'nobody']] } },
    { values: { title: [['typed-array', 'Nobody']] } },
    { values: { 'title.deeper.still': ['Date'] } },
    { values: { '': ['Date'] } },
    { values: ['Date'] },
    { values: 7 },
    { values: { title: 7 } },
    { values: { title: nested(40) } },
    { referentialEqualities: Object.fromEntries([['__proto__', ['title']]]) },
    { referentialEqualities: { title: ['__proto__.polluted'] } },
    { referentialEqualities: [[['title']]] },
    { referentialEqualities: 7 },
    { v: 99 },
    7,
    'text',
    [],
  ])('survives the superjson annotations %j', async (meta) => {
    const data = { json: { title: 'A title' }, meta };
    const inBody = rejectionOf(await callRpcRaw(root, create, data));
    const inQuery = rejectionOf(
      await callRpcRaw(root, procedure('chat.list'), { json: { search: 'title' }, meta }),
    );
    for (const found of [inBody, inQuery])
      if (found) expect(found.code).toMatch(/^(INVALID_INPUT|BAD_REQUEST|MALFORMED_JSON)$/);
    expect(await root.rpc.users.me.query()).not.toHaveProperty('polluted');
  });

  test.each([null, 7, 'text', true, [], nested(60), { json: null }, { json: [] }, {}])(
    'rejects %j instead of an input',
    async (data) => {
      expect(rejectionOf(await callRpcRaw(root, procedure('chat.get'), data))).toMatchObject({ status: 400 });
      expect(rejectionOf(await callRpcRaw(root, procedure('chat.update'), data))).toMatchObject({
        status: 400,
      });
    },
  );
});

describe('a body', () => {
  const bodies = ['/api/v1/chats', '/api/trpc/chat.create', '/api/chat', '/api/auth/sign-up/email'];
  const send = async (path: string, body: BodyInit) =>
    rejectionOf(
      await read(
        await root.fetch(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body }),
      ),
    );

  test.each(bodies)('that is not JSON is rejected: %s', async (path) => {
    for (const body of [
      '{',
      '{"title":',
      'title=x',
      "{'title':'x'}",
      '[1,]',
      '{"a":1}}',
      'NaN',
      '\ufeff',
      '\0',
      '"',
      '{"a":"\u0001"}',
    ]) {
      expect({ body, ...(await send(path, body)) }).toMatchObject({ body, code: 'MALFORMED_JSON' });
    }
  });

  test.each(bodies)('that is not UTF-8 is rejected: %s', async (path) => {
    for (const bytes of [
      [0xff],
      [0x22, 0xc3, 0x28, 0x22],
      [0x22, 0xed, 0xa0, 0x80, 0x22],
      [0x22, 0xf4, 0x90, 0x80, 0x80, 0x22],
    ]) {
      expect(await send(path, new Uint8Array(bytes))).toMatchObject({ code: 'MALFORMED_JSON' });
    }
  });

  test.each(bodies)('that nests 100,000 levels deep is rejected: %s', async (path) => {
    for (const [opening, closing] of [
      ['[', ']'],
      ['{"a":', '}'],
    ] as const) {
      const body = `{"json":${opening.repeat(100_000)}1${closing.repeat(100_000)}}`;
      expect(await send(path, body)).toMatchObject({
        code: 'BAD_REQUEST',
        detail: expect.stringContaining('levels'),
      });
    }
  });

  test.each(bodies)('with the key __proto__ is rejected: %s', async (path) => {
    for (const key of ['__proto__', '__prot\\u006f__']) {
      for (const body of [
        `{"${key}":{}}`,
        `{"json":{"${key}":null}}`,
        `{"messages":[{"parts":[{"${key}":1}]}]}`,
      ]) {
        expect(await send(path, body)).toMatchObject({
          code: 'BAD_REQUEST',
          detail: expect.stringContaining('__proto__'),
        });
      }
    }
  });

  test.each(bodies)('of 10 MB is rejected: %s', async (path) => {
    expect(await send(path, JSON.stringify({ title: 'x'.repeat(10_000_000) }))).toMatchObject({
      code: 'PAYLOAD_TOO_LARGE',
    });
  });

  test.each(bodies)('that is a JSON value other than an object is rejected: %s', async (path) => {
    for (const body of ['null', '7', '"text"', '[]', 'true'])
      expect(await send(path, body)).toMatchObject({ status: 400 });
  });
});

test.each(['%', '%G1', '%E0%A4', '%FF', '%ED%A0%80', '%00', '%2F..%2F', '..%5C', '%C0%AF', '\u{1f600}'])(
  'paths and queries with %s are rejected or not found',
  async (garbage) => {
    for (const path of [
      `/api/v1/chats/${garbage}`,
      `/api/v1/chats?search=${garbage}`,
      `/api/v1/chats?${garbage}=${garbage}`,
      `/api/v1/${garbage}`,
      `/api/trpc/${garbage}`,
      `/api/trpc/chat.list?input=${garbage}`,
      `/api/chat/${garbage}/stream`,
      `/api/auth/${garbage}`,
      `/api/${garbage}`,
    ]) {
      const rejection = rejectionOf(await read(await root.fetch(path)));
      if (!path.includes('?search'))
        expect({ path, rejection }).toMatchObject({ rejection: { status: expect.any(Number) } });
    }
  },
);

test('the log of the server has no failed calls', () => {
  expect(server.log()).not.toContain('a call failed');
});
