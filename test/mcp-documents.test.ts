import { afterAll, describe, expect, test } from '@jest/globals';
import { signUp, until } from '#test/client';
import { connectMcp, ERAS } from '#test/mcp-client';
import { connect as connectProgram, registerClient, serveIssuer } from '#test/oauth-client';

const server = await serveIssuer({ settings: { RATE_LIMIT: '10000' } });
afterAll(server.close);
const ada = await signUp(server.url);
const grace = await signUp(server.url);
const keyOf = async ({ rpc }: typeof ada) =>
  (await rpc.protected.apiKeys.create.mutate({ name: 'agent', scope: 'read' })).key;
const keys = { ada: await keyOf(ada), grace: await keyOf(grace) };
const mcp = `${server.url}/api/mcp`;
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

const chat = await ada.rpc.chat.create.mutate({ title: 'A plan' });
const untitled = await ada.rpc.chat.create.mutate({});
const other = await grace.rpc.chat.create.mutate({ title: 'A secret' });
const { messageId } = await ada.rpc.chat.send.mutate({
  chatId: chat.id,
  clientRequestId: 'first',
  parts: [{ type: 'text', text: 'What is the plan?' }],
});
await until(
  async () => (await ada.rpc.chat.get.query({ id: chat.id })).activeRunId,
  (run) => run === null,
);

const uriOf = ({ id }: { id: string }) => `switchboard://chats/${id}`;
/** Sends a request without a client, to see its response. */
const send = (token: string, message: object, headers: Record<string, string> = {}) =>
  fetch(mcp, {
    method: 'POST',
    headers: {
      ...bearer(token),
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...headers,
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, ...message }),
  });
const rejection = (promise: Promise<unknown>) =>
  promise.then(
    () => null,
    (error: unknown) => error,
  );

describe.each(Object.keys(ERAS))('revision %s', (era) => {
  const open = (token: string) => connectMcp(mcp, { era, headers: bearer(token) });

  test('the resources are the chats of the caller and the documentation', async () => {
    const client = await open(keys.ada);
    const { resources, nextCursor } = await client.listResources();
    expect(nextCursor).toBeUndefined();
    // Those of the last message first.
    const mimeType = 'text/markdown';
    expect(resources.slice(0, 2)).toEqual([
      { uri: uriOf(chat), name: 'A plan', mimeType },
      { uri: uriOf(untitled), name: 'New chat', mimeType },
    ]);
    expect(resources.map(({ uri }) => uri)).not.toContain(uriOf(other));
    expect(resources).toContainEqual({
      uri: 'switchboard://docs/agents.md',
      name: 'agents.md',
      title: 'AI agents',
      mimeType: 'text/markdown',
    });
    const { resourceTemplates } = await client.listResourceTemplates();
    expect(resourceTemplates.map(({ uriTemplate }) => uriTemplate)).toEqual([
      'switchboard://chats/{id}',
      'switchboard://docs/{page}',
      'switchboard://docs/decisions/{page}',
    ]);
    await client.close();
  });

  test('a chat is read as Markdown, by its owner only', async () => {
    const client = await open(keys.ada);
    const { contents } = await client.readResource({ uri: uriOf(chat) });
    expect(contents).toMatchObject([{ uri: uriOf(chat), mimeType: 'text/markdown' }]);
    expect(JSON.stringify(contents)).toMatch(
      /# A plan\\n\\n## User\\n\\nWhat is the plan\?\\n\\n## Assistant\\n\\n\S/,
    );
    for (const uri of [uriOf(other), uriOf({ id: messageId }), uriOf({ id: 'x' })]) {
      expect(await rejection(client.readResource({ uri }))).toMatchObject({ code: -32_602, data: { uri } });
    }
    await client.close();
    const stranger = await open(keys.grace);
    expect(await rejection(stranger.readResource({ uri: uriOf(chat) }))).toMatchObject({
      code: -32_602,
      data: { uri: uriOf(chat) },
    });
    await stranger.close();
  });

  test('pages of the documentation are read, and no other files', async () => {
    const client = await open(keys.ada);
    const read = async (page: string) =>
      JSON.stringify((await client.readResource({ uri: `switchboard://docs/${page}` })).contents);
    expect(await read('agents.md')).toContain('# AI agents');
    expect(await read('decisions/README.md')).toContain('Decisions');
    for (const page of [
      '..%2Fpackage.json',
      '..%2FREADME.md',
      'decisions%2FREADME.md',
      'nothing.md',
      'screenshot.png',
    ]) {
      expect(await rejection(read(page))).toMatchObject({
        message: expect.stringContaining('There is no resource'),
      });
    }
    await client.close();
  });

  test('prompts continue a chat of the caller, and add a procedure', async () => {
    const client = await open(keys.ada);
    const { prompts } = await client.listPrompts();
    expect(prompts.map(({ name }) => name)).toEqual(['continue_chat', 'add_procedure']);
    const get = (name: string, args: Record<string, string>) => client.getPrompt({ name, arguments: args });
    expect((await get('continue_chat', { id: chat.id })).messages).toMatchObject([
      {
        role: 'user',
        content: {
          type: 'resource',
          resource: { uri: uriOf(chat), text: expect.stringContaining('# A plan') },
        },
      },
      { role: 'user', content: { type: 'text' } },
    ]);
    expect(await rejection(get('continue_chat', { id: other.id }))).toMatchObject({
      data: { code: 'NOT_FOUND' },
    });
    expect(JSON.stringify(await get('add_procedure', { purpose: 'It counts chats.' }))).toMatch(
      /# Add a procedure.*It counts chats\./,
    );
    await client.close();
  });
});

test.each(
  Object.keys(ERAS).flatMap((era) => [
    { era, scope: 'chat:read', reads: true },
    { era, scope: 'users:read', reads: false },
  ]),
)('a program of revision $era with the scope $scope reads chats: $reads', async ({ era, scope, reads }) => {
  const clientId = await registerClient(server.deps);
  const { access_token } = await connectProgram(ada, { clientId, asks: scope });
  const client = await connectMcp(mcp, { era, headers: bearer(access_token) });
  const listed = (await client.listResources()).resources.map(({ uri }) => uri);
  expect(listed.includes(uriOf(chat))).toBe(reads);
  expect(listed).toContain('switchboard://docs/agents.md');
  expect((await client.listPrompts()).prompts.some(({ name }) => name === 'continue_chat')).toBe(reads);
  await client.close();
  const response = await send(access_token, { method: 'resources/read', params: { uri: uriOf(chat) } });
  expect(response.status).toBe(reads ? 200 : 403);
  if (!reads) expect(response.headers.get('www-authenticate')).toContain('scope="users:read read"');
});

test('a request for resources counts against the rate limits, and its response has the request id', async () => {
  const response = await send(keys.grace, { method: 'resources/list' }, { 'x-request-id': 'mine' });
  expect(response.headers.get('x-request-id')).toBe('mine');
  expect(response.headers.get('cache-control')).toContain('no-store');
  const left = async (message: object) => {
    const { headers } = await send(keys.grace, message);
    return Number(/r=(\d+)/.exec(headers.get('ratelimit') ?? '')?.[1]);
  };
  const before = await left({ method: 'resources/list' });
  expect(await left({ method: 'resources/read', params: { uri: uriOf(other) } })).toBe(before - 1);
  expect(await left({ method: 'prompts/get', params: { name: 'nothing' } })).toBe(before - 2);
});
