import { randomUUID } from 'node:crypto';
import { afterAll, describe, expect, test } from '@jest/globals';
import fc from '#test/fast-check';
import { type Account, answered, ask, signInAsGuest, read, newMessage, signUp } from '#test/client';
import { acceptedInputs } from '#test/inputs';
import { callRest, callRpc, type Endpoint, procedures } from '#test/procedures';
import { startProviderServer } from '#test/provider-server';
import { startServer } from '#test/server';

const provider = await startProviderServer();
afterAll(provider.close);
const ENDLESS = 'openai-compatible/slow-90000x10';
const server = await startServer({
  AI_BASE_URL: provider.url,
  AI_MODEL: 'openai-compatible/normal',
  AI_MODELS: ENDLESS,
});
afterAll(server.stop);

const root = await signUp(server.url);
const ada = await signUp(server.url);
const bob = await signUp(server.url);
const guest = await signInAsGuest(server.url);

/** Creates data of all kinds for an account. @returns its ids. */
async function createBelongings({ id, rpc }: Account): Promise<Record<string, string>> {
  const chat = await rpc.chat.create.mutate({ title: 'Private', clientId: 'id-that-ada-chose' });
  const run = await rpc.chat.send.mutate({ chatId: chat.id, ...newMessage('Secret') });
  const [question, answer] = await answered(ada, chat.id);
  const busy = await rpc.chat.create.mutate({ model: ENDLESS });
  const active = await rpc.chat.send.mutate({ chatId: busy.id, ...newMessage('Count') });
  const key = await rpc.protected.apiKeys.create.mutate({ name: 'Key', scope: 'write' });
  const session = (await rpc.protected.get.query()).session?.id ?? '';
  const event = (await rpc.protected.audit.query({})).items[0]?.id ?? '';
  return {
    user: id,
    session,
    key: key.id,
    event,
    chat: chat.id,
    clientId: 'id-that-ada-chose',
    question: question?.id ?? '',
    answer: answer?.id ?? '',
    run: run.runId,
    busyChat: busy.id,
    activeRun: active.runId,
    activeMessage: active.messageId,
  };
}

const belongings = await createBelongings(ada);

/** Returns the data of an account, without the chat with an answer in progress. */
async function stateOf({ rpc }: Account) {
  const chatId = belongings['chat'] ?? '';
  return {
    user: await rpc.users.me.query(),
    chat: await rpc.chat.get.query({ id: chatId }),
    messages: await rpc.chat.messages.query({ chatId }),
    apiKeys: await rpc.protected.apiKeys.list.query({}),
    sessions: await rpc.protected.sessions.list.query({}),
    audit: await rpc.protected.audit.query({}),
  };
}

const stateBefore = await stateOf(ada);

/** Returns the fields that contain an id of stored data. Ids that clients choose are not included. */
const idFields = ({ inputFields }: Endpoint) =>
  [...inputFields.keys()].filter(
    (name) => /^id$|Id$/.test(name) && !name.startsWith('client') && name !== 'lastEventId',
  );

/** Own ids of the caller for required id fields other than the tested one. */
type OwnIds = Record<'chatId' | 'messageId', string>;

/** Returns a valid input without `field`. Other ids are the caller's own, or omitted. */
function inputAround(endpoint: Endpoint, field: string, ownIds: OwnIds): Record<string, unknown> {
  const [sample = {}] = fc.sample(acceptedInputs(endpoint), { numRuns: 1 });
  const ids = idFields(endpoint);
  const own = Object.entries(ownIds).filter(([name]) => name !== field && ids.includes(name));
  const others = Object.entries(sample).filter(([name]) => !ids.includes(name));
  return Object.fromEntries([...others, ...own]);
}

const surfaces = { RPC: callRpc, REST: callRest };
const callers: [string, Account][] = [
  ['another account', bob],
  ['a guest', guest],
  ['an admin', root],
];

const guarded = procedures.flatMap((endpoint) => idFields(endpoint).map((field) => ({ endpoint, field })));

test('finds the procedures that take an id', () => {
  const found = guarded.map(({ endpoint, field }) => `${endpoint.name} ${field}`);
  expect(found).toEqual(
    expect.arrayContaining([
      'chat.get id',
      'chat.stream runId',
      'chat.regenerate messageId',
      'users.update id',
    ]),
  );
});

describe.each(callers)('%s', (who, caller) => {
  // An admin may access every account, but not its data.
  const closed = guarded.filter(({ endpoint }) => who !== 'an admin' || !endpoint.name.startsWith('users.'));

  test.each(closed)(
    'cannot access data of others with $field of $endpoint.name',
    async ({ endpoint, field }) => {
      const { chatId } = await ask(caller, 'Mine');
      const [question] = await answered(caller, chatId);
      const input = inputAround(endpoint, field, { chatId, messageId: question?.id ?? '' });
      for (const [surface, call] of Object.entries(surfaces)) {
        const responseTo = async (id: string) => {
          const { status, body } = await call(caller, endpoint, { ...input, [field]: id });
          return { surface, status, body: JSON.stringify(body).replaceAll(/requestId[\\":]+[\w-]+/g, '') };
        };
        const unknown = await responseTo('an-unknown-id');
        expect(unknown.body).toMatch(/NOT_FOUND|FORBIDDEN/);
        for (const [kind, id] of Object.entries(belongings)) {
          expect({ kind, ...(await responseTo(id)) }).toEqual({ kind, ...unknown });
        }
      }
    },
  );

  test('cannot access chats of others with an AI SDK client', async () => {
    const maskedResponse = async (path: string, json?: unknown) => {
      const init =
        json === undefined
          ? {}
          : { method: 'POST', body: JSON.stringify(json), headers: { 'content-type': 'application/json' } };
      const { status, body } = await read(await caller.fetch(path, init));
      return { status, body: JSON.stringify(body).replaceAll(/"requestId":"[\w-]+"/g, '') };
    };
    const question = () => ({ id: randomUUID(), role: 'user', parts: [{ type: 'text', text: 'Mine' }] });
    /** Returns a conversation that contains an answer with this id. */
    const showing = (id: string) => ({
      id: 'a-new-chat',
      messages: [
        question(),
        { id, role: 'assistant', parts: [{ type: 'text', text: 'Answer' }] },
        question(),
      ],
    });
    const unknownChat = await maskedResponse('/api/chat/an-unknown-id/stream');
    const unknownAnswer = await maskedResponse('/api/chat', showing('an-unknown-id'));
    expect([unknownChat.status, unknownAnswer.status]).toEqual([204, 400]);
    for (const id of Object.values(belongings)) {
      expect(await maskedResponse(`/api/chat/${id}/stream`)).toEqual(unknownChat);
      expect(await maskedResponse('/api/chat', showing(id))).toEqual(unknownAnswer);
    }
    // An id that the caller does not own starts a new chat, even if another user has a chat with it.
    for (const id of [belongings['chat'] ?? '', belongings['clientId'] ?? '']) {
      const again = {
        id,
        trigger: 'regenerate-message',
        messageId: belongings['answer'],
        messages: [question()],
      };
      expect((await maskedResponse('/api/chat', again)).status).toBe(200);
      const { items } = await caller.rpc.chat.messages.query({ chatId: id });
      expect(items.map(({ role }) => role)).toEqual(['user', 'assistant']);
      expect(JSON.stringify(items)).not.toContain('Secret');
    }
    expect(JSON.stringify(await caller.rpc.chat.list.query({ limit: 100 }))).not.toContain('Private');
  });

  test('cannot read data of others with their cursor', async () => {
    const { chatId } = await ask(caller, 'Mine');
    const { nextCursor } = await ada.rpc.chat.messages.query({ chatId: belongings['chat'] ?? '', limit: 1 });
    expect(nextCursor).not.toBeNull();
    const { items } = await caller.rpc.chat.messages.query({ chatId, cursor: nextCursor ?? '' });
    expect(items).toEqual([]);
  });
});

test('after these requests, the data of the owner is unchanged and the answer is still in progress', async () => {
  expect(await stateOf(ada)).toEqual(stateBefore);
  const { rpc } = ada;
  const chats = (await rpc.chat.list.query({})).items.map(({ id }) => id);
  expect(chats.toSorted()).toEqual([belongings['chat'], belongings['busyChat']].toSorted());
  expect(await rpc.chat.get.query({ id: belongings['busyChat'] ?? '' })).toMatchObject({
    activeRunId: belongings['activeRun'],
  });
  const owned = await (await ada.fetch('/api/v1/protected/export')).text();
  for (const { id } of [bob, guest, root]) expect(owned).not.toContain(id);
  await rpc.chat.stop.mutate({ chatId: belongings['busyChat'] ?? '' });
});
