import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import { AnswerState } from '#contract/ask';
import { Run } from '#contract/chat';
import {
  type Account,
  type Caller,
  caller,
  itemsOf,
  type ParsedResponse,
  signInAsGuest,
  signUp,
  until,
  withKey,
} from '#test/client';
import { connectMcp, ERAS } from '#test/mcp-client';
import { expectProblem } from '#test/problem';
import { type Exchange, startScriptedProvider } from '#test/scripted-provider';
import { serveInstance } from '#test/served';

const provider = await startScriptedProvider();
afterAll(() => provider.close());
const settings = {
  AI_MODEL: 'openai-compatible/scripted',
  AI_BASE_URL: provider.url,
  APP_URL: 'https://app.example.com',
  MAX_STREAMS_PER_ACCOUNT: '4',
};
const server = await serveInstance({ settings });
afterAll(server.close);
const other = await serveInstance({ settings });
afterAll(other.close);
const { deps } = server;
let ada: Account;
let eve: Account;

beforeEach(async () => {
  ada = await signUp(server.url);
  eve = await signUp(server.url, { name: 'Eve' });
});

const ask = (input: object, as: Caller = ada) =>
  as.rest('POST /answers', { json: { text: 'Hello?', ...input } });
const answer = (runId: string, seconds: number, as: Caller = ada) =>
  as.rest(`GET /answers/${runId}?waitSeconds=${seconds}`);
const stateIn = ({ body }: ParsedResponse) => AnswerState.parse(body);
const chats = async (as: Caller = ada) => itemsOf(await as.rest('GET /chats'));

/** The runs that calls are waiting for, on both instances. */
const followed: string[] = [];
for (const { runs } of [deps, other.deps]) {
  const { follow } = runs;
  runs.follow = async function* (runId, ...rest) {
    followed.push(runId);
    try {
      return yield* follow(runId, ...rest);
    } finally {
      followed.splice(followed.indexOf(runId), 1);
    }
  };
}
const waiting = (count: number) =>
  until(
    () => Promise.resolve(followed),
    ({ length }) => length === count,
  );

async function finish(exchange: Exchange, text: string): Promise<void> {
  await exchange.say(text);
  exchange.finish();
}

/** Asks a question whose answer the test writes. */
async function begin(as: Caller = ada) {
  const state = stateIn(await ask({ waitSeconds: 0 }, as));
  return { ...state, exchange: await provider.next() };
}

describe('chat.ask', () => {
  test('creates a chat and returns the complete answer', async () => {
    const asked = ask({ text: 'One?' });
    await finish(await provider.next(), '1');
    const response = await asked;
    expect(response.status).toBe(200);
    const [chat] = await chats();
    expect(stateIn(response)).toMatchObject({
      chatId: chat?.id,
      status: 'complete',
      text: '1',
      url: `https://app.example.com/chat/${chat?.id}`,
    });
    const { messageId, chatId } = stateIn(response);
    const messages = itemsOf(await ada.rest(`GET /chats/${chatId}/messages`));
    expect(messages.at(-1)?.id).toBe(messageId);
  });

  test('asks in an existing chat, whose messages the model gets', async () => {
    const { id: chatId } = await ada.rpc.chat.create.mutate({});
    const first = ada.rpc.chat.ask.mutate({ chatId, text: 'One?' });
    await finish(await provider.next(), '1');
    expect(await first).toMatchObject({ chatId, text: '1' });
    const second = ask({ chatId, text: 'Two?' });
    const exchange = await provider.next();
    expect(exchange.messages.slice(1).map(({ content }) => content)).toEqual(['One?', '1', 'Two?']);
    await finish(exchange, '2');
    expect(stateIn(await second)).toMatchObject({ chatId, text: '2', status: 'complete' });
  });

  test('returns what is written when the time is up, and chat.answer waits for the rest', async () => {
    const asked = ask({ waitSeconds: 1 });
    const exchange = await provider.next();
    await exchange.say('One, ');
    const begun = stateIn(await asked);
    expect(begun).toMatchObject({ status: 'streaming', text: 'One, ' });
    const rest = answer(begun.runId, 25);
    await exchange.say('two, ');
    await finish(exchange, 'three');
    expect(stateIn(await rest)).toEqual({ ...begun, status: 'complete', text: 'One, two, three' });
    expect(stateIn(await answer(begun.runId, 25))).toEqual(stateIn(await rest));
  });

  test.each([
    ['a new chat', {}],
    ['a chat', { chatId: '' }],
  ])('with the same clientRequestId finds the same run in %s, also at the same time', async (_, place) => {
    if ('chatId' in place) place.chatId = (await ada.rpc.chat.create.mutate({})).id;
    const input = { ...place, clientRequestId: 'mine:1' };
    const asked = Promise.all([1, 2, 3].map(() => ask(input)));
    await finish(await provider.next(), 'Hi');
    const states = (await asked).map(stateIn);
    expect(states[0]).toMatchObject({ status: 'complete', text: 'Hi' });
    expect(states).toEqual([states[0], states[0], states[0]]);
    expect(stateIn(await ask(input))).toEqual(states[0]);
    expect(stateIn(await ask({ ...input, chatId: states[0]?.chatId }))).toEqual(states[0]);
    expect(await chats()).toHaveLength(1);
    expectProblem(await ask({ ...input, text: 'Something else?' }), 'REQUEST_ID_REUSED');
    // Another account has its own ids.
    const asEve = ask({ clientRequestId: 'mine:1' }, eve);
    await finish(await provider.next(), 'Hi, Eve');
    expect(stateIn(await asEve).text).toBe('Hi, Eve');
  });

  test('finds the run of chat.send with the same clientRequestId', async () => {
    const { id: chatId } = await ada.rpc.chat.create.mutate({});
    const parts = [{ type: 'text' as const, text: 'Hello?' }];
    const sent = await ada.rpc.chat.send.mutate({ chatId, clientRequestId: 'one', parts });
    await finish(await provider.next(), 'Hi');
    expect(stateIn(await ask({ chatId, clientRequestId: 'one' }))).toMatchObject({ ...sent, text: 'Hi' });
  });

  test('rejects like chat.send', async () => {
    const { exchange, runId, chatId } = await begin();
    const active = await ask({ chatId });
    expectProblem(active, 'RUN_ACTIVE');
    expect(active.body).toMatchObject({ runId });
    await finish(exchange, 'Hi');
    expectProblem(await ask({ chatId: 'missing' }), 'NOT_FOUND');
    expectProblem(await ask({ chatId }, eve), 'NOT_FOUND');
    expectProblem(await answer(runId, 0, eve), 'NOT_FOUND');
    expectProblem(await answer(chatId, 0), 'NOT_FOUND');
    for (const [bad, pointer] of [
      [{ text: '' }, '/text'],
      [{ text: 'x'.repeat(100_001) }, '/text'],
      [{ waitSeconds: 51 }, '/waitSeconds'],
      [{ waitSeconds: -1 }, '/waitSeconds'],
      [{ clientRequestId: 'not valid' }, '/clientRequestId'],
      [{ parts: [] }, ''],
    ] as const) {
      const rejected = await ask(bad);
      expectProblem(rejected, 'INVALID_INPUT');
      expect(rejected.body).toMatchObject({ issues: [{ pointer }] });
    }
    expect(await chats(eve)).toEqual([]);
  });

  test('accepts guests and keys that may write, and chat.answer any key', async () => {
    const guest = await signInAsGuest(server.url);
    const asked = ask({}, guest);
    await finish(await provider.next(), 'Hi, guest');
    expect(stateIn(await asked).text).toBe('Hi, guest');
    const key = async (scope: 'read' | 'write') =>
      withKey(server.url, (await ada.rpc.protected.apiKeys.create.mutate({ name: scope, scope })).key);
    const [reader, writer] = [await key('read'), await key('write')];
    const json = { text: 'Hello?', waitSeconds: 0 };
    expectProblem(await reader.rest('POST /answers', { json }), 'FORBIDDEN');
    const { runId } = stateIn(await writer.rest('POST /answers', { json }));
    await finish(await provider.next(), 'Hi');
    expect(stateIn(await reader.rest(`GET /answers/${runId}`)).text).toBe('Hi');
  });

  test('rejects before it sends if too many calls wait', async () => {
    const { runId, exchange } = await begin();
    const waits = [1, 2, 3, 4].map(() => answer(runId, 25));
    await waiting(4);
    expectProblem(await ask({}), 'TOO_MANY_REQUESTS');
    expectProblem(await answer(runId, 1), 'TOO_MANY_REQUESTS');
    expect(stateIn(await answer(runId, 0)).status).toBe('streaming');
    expect(await chats()).toHaveLength(1);
    await finish(exchange, 'Hi');
    expect((await Promise.all(waits)).map((response) => stateIn(response).text)).toEqual(Array(4).fill('Hi'));
    expect(deps.streams.count()).toBe(0);
  });
});

describe('a wait', () => {
  test('ends when the client disconnects, but the answer does not', async () => {
    const control = new AbortController();
    const asked = ada.fetch('/api/v1/answers', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ text: 'Hello?', clientRequestId: 'again' }),
      signal: control.signal,
    });
    const exchange = await provider.next();
    await exchange.say('One, ');
    await waiting(1);
    control.abort();
    await expect(asked).rejects.toThrow();
    await waiting(0);
    await finish(exchange, 'two');
    expect(stateIn(await ask({ clientRequestId: 'again' }))).toMatchObject({
      status: 'complete',
      text: 'One, two',
    });
  });

  test('ends when chat.stop stops the answer, whose text is kept', async () => {
    const { chatId, runId, exchange } = await begin();
    const rest = answer(runId, 25);
    await exchange.say('One, ');
    await waiting(1);
    await until(
      async () => stateIn(await answer(runId, 0)).text,
      (text) => text !== '',
    );
    await ada.rest(`POST /chats/${chatId}/stop`);
    expect(stateIn(await rest)).toMatchObject({ status: 'stopped', text: 'One, ' });
  });

  test('ends with the error of the caller who has lost access', async () => {
    const { runId, exchange } = await begin();
    const { key, id } = await ada.rpc.protected.apiKeys.create.mutate({ name: 'lost', scope: 'read' });
    const rest = answer(runId, 25, withKey(server.url, key));
    await waiting(1);
    await ada.rpc.protected.apiKeys.revoke.mutate({ id });
    expectProblem(await rest, 'UNAUTHORIZED');
    await finish(exchange, 'Hi');
  });

  test('ends when the chat is deleted', async () => {
    const { runId, chatId } = await begin();
    const rest = answer(runId, 25);
    await waiting(1);
    await ada.rest(`DELETE /chats/${chatId}`);
    expectProblem(await rest, 'NOT_FOUND');
  });

  test('follows an answer that another instance writes', async () => {
    const { runId, exchange } = await begin();
    await exchange.say('One, ');
    const rest = answer(runId, 25, caller(other.url, ada.headers));
    await waiting(1);
    expect([deps, other.deps].map(({ streams }) => streams.count())).toEqual([0, 1]);
    await finish(exchange, 'two');
    expect(stateIn(await rest)).toMatchObject({ status: 'complete', text: 'One, two' });
  });

  test('includes the run that continues the answer', async () => {
    const { runId, chatId, exchange } = await begin();
    await exchange.say('One, ');
    exchange.cut();
    expect(stateIn(await answer(runId, 25)).status).toBe('failed');
    const continued = Run.parse((await ada.rest(`POST /chats/${chatId}/continue`, { json: {} })).body);
    expect(continued.runId).not.toBe(runId);
    const next = await provider.next();
    await next.say('two, ');
    const partial = await until(
      async () => stateIn(await answer(runId, 0)),
      ({ text }) => text.includes('two'),
    );
    expect(partial).toMatchObject({ runId, status: 'streaming', text: 'One, two, ' });
    const rest = answer(runId, 25);
    await waiting(1);
    expect(followed).toEqual([continued.runId]);
    await finish(next, 'three');
    expect(stateIn(await rest)).toMatchObject({ runId, status: 'complete', text: 'One, two, three' });
  });
});

describe.each(Object.keys(ERAS))('agents of revision %s', (era) => {
  const connect = async () => {
    const { key } = await ada.rpc.protected.apiKeys.create.mutate({ name: 'agent', scope: 'write' });
    return connectMcp(`${server.url}/api/mcp`, { era, headers: { authorization: `Bearer ${key}` } });
  };
  const stateOf = ({ structuredContent }: { structuredContent?: unknown }) =>
    AnswerState.parse(structuredContent);

  test('ask, wait again, and get the answer', async () => {
    const client = await connect();
    const asked = client.callTool({ name: 'chat_ask', arguments: { text: 'Hello?', waitSeconds: 0.5 } });
    const exchange = await provider.next();
    await exchange.say('One, ');
    const begun = stateOf(await asked);
    expect(begun).toMatchObject({ status: 'streaming', text: 'One, ' });
    const rest = client.callTool({ name: 'chat_answer', arguments: { runId: begun.runId } });
    await finish(exchange, 'two');
    expect(stateOf(await rest)).toEqual({ ...begun, status: 'complete', text: 'One, two' });
    await client.close();
  });

  test('get the progress of an answer', async () => {
    const client = await connect();
    const seen: unknown[] = [];
    const onprogress = (progress: unknown) => void seen.push(progress);
    const asked = client.callTool({ name: 'chat_ask', arguments: { text: 'Hello?' } }, { onprogress });
    const exchange = await provider.next();
    await exchange.say('One, ');
    await until(
      () => Promise.resolve(seen),
      ({ length }) => length > 0,
    );
    await finish(exchange, 'two');
    expect(stateOf(await asked).text).toBe('One, two');
    expect(seen[0]).toEqual({ progress: 5, message: '5 characters are written.' });
    await client.close();
  });

  test('disconnect, which ends the wait but not the answer, and find it again', async () => {
    const lost = await connect();
    const call = { name: 'chat_ask', arguments: { text: 'Hello?', clientRequestId: era } };
    const asked = lost.callTool(call);
    const exchange = await provider.next();
    await waiting(1);
    await lost.close();
    await expect(asked).rejects.toThrow();
    await waiting(0);
    await finish(exchange, 'Hi');
    const client = await connect();
    expect(stateOf(await client.callTool(call))).toMatchObject({ status: 'complete', text: 'Hi' });
    expect(await chats()).toHaveLength(1);
    await client.close();
  });

  test('get the errors of chat.send, and no argument idempotencyKey', async () => {
    const client = await connect();
    const call = (input: object) =>
      client.callTool({ name: 'chat_ask', arguments: { text: 'Hello?', ...input } });
    expect(await call({ chatId: 'missing' })).toMatchObject({ _meta: { error: { code: 'NOT_FOUND' } } });
    const issues = [{ message: expect.stringContaining('idempotencyKey') }];
    expect(await call({ idempotencyKey: 'x' })).toMatchObject({ _meta: { error: { issues } } });
    const { tools } = await client.listTools();
    const described = tools.find(({ name }) => name === 'chat_ask');
    expect(described?.description).toContain('call chat_answer with the runId');
    await client.close();
  });
});

test('a client of revision 2026-07-28 that cancels the call ends the wait, not the answer', async () => {
  const { key } = await ada.rpc.protected.apiKeys.create.mutate({ name: 'agent', scope: 'write' });
  const client = await connectMcp(`${server.url}/api/mcp`, { headers: { authorization: `Bearer ${key}` } });
  const control = new AbortController();
  const call = { name: 'chat_ask', arguments: { text: 'Hello?', clientRequestId: 'one' } };
  const asked = client.callTool(call, { signal: control.signal });
  const exchange = await provider.next();
  await waiting(1);
  control.abort();
  await expect(asked).rejects.toThrow();
  await waiting(0);
  await finish(exchange, 'Hi');
  expect(stateIn(await ask({ clientRequestId: 'one' })).text).toBe('Hi');
  await client.close();
});
