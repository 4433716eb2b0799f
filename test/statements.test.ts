import { beforeAll, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { REDIRECT, registerClient, requestQuery, storeConnectedClient } from '#test/oauth-client';
import { appRouter } from '#routers/index';
import { createContext } from '#server/people/context';
import { newId } from '#server/db/columns';
import type { Deps } from '#server/compose';
import { createCallerFactory } from '#server/procedures';
import { type Api, type Person, requestInfo, signIn, signUp, startInstance } from '#test/caller';
import { testDatabase } from '#test/database';
import { creatorFor, type Endpoint, type Input, procedures } from '#test/procedures';
import { samplesOf } from '#test/samples';
import {
  type Arrange,
  COUNTED,
  createChat,
  createOwner,
  createSummarized,
  expectRows,
  newMessage,
  type Owner,
  plain,
  SETTINGS,
} from '#test/statement-data';
import { UPLOADS } from '#test/statement-uploads';
import { PROJECT_CALLS } from '#test/statement-projects';
import { statementCounter } from '#test/statements';
import { callByName } from '#test/surfaces';

const createCaller = createCallerFactory(appRouter);

let deps: Deps;
let count: ReturnType<typeof statementCounter>;

beforeAll(async () => {
  const database = await testDatabase();
  const instance = await startInstance({
    database: () => Promise.resolve(database),
    settings: SETTINGS,
  });
  // Writing an answer sends more statements, but no call waits for them.
  deps = { ...instance, runs: { ...instance.runs, start: () => undefined } };
  count = statementCounter(database);
});

/** Returns every procedure, called by a user who is already authenticated. */
async function authenticatedApi({ headers }: Person): Promise<Api> {
  const context = createContext(deps, requestInfo(headers));
  await context.authenticate();
  return createCaller(context);
}

/** Arranges a call for a chat with messages. */
const onChat =
  (
    call: (api: Api, chat: Awaited<ReturnType<typeof createChat>>) => Promise<unknown>,
    status?: 'stopped',
  ): Arrange =>
  async (owner) => {
    const chat = await createChat(deps, owner, status);
    return (api) => call(api, chat);
  };

/** Arranges a call of an admin for another user. */
const onOtherUser =
  (call: (api: Api, id: string) => Promise<unknown>): Arrange =>
  async () => {
    const { id } = await signUp(deps, 'Eve');
    return (api) => call(api, id);
  };

/**
 * The number of statements of each procedure for an authenticated caller. BEGIN and COMMIT of a transaction count,
 * because each is a round trip to Postgres. A procedure without an entry may send any number of statements, but not
 * more for many rows than for one.
 */
const CALLS: Record<string, [statements: number, Arrange]> = {
  'users.me': [1, plain((api) => api.users.me())],
  'users.list': [1, plain((api, { rows }) => expectRows(rows, api.users.list({ limit: rows })))],
  'users.get': [1, plain((api, { id }) => api.users.get({ id }))],
  'users.create': [
    5,
    plain((api) =>
      api.users.create({ name: 'New', email: `${newId()}@example.com`, password: 'correct horse' }),
    ),
  ],
  'users.replace': [4, plain((api, { id, email }) => api.users.replace({ id, name: 'Ada', email }))],
  'users.update': [4, plain((api, { id }) => api.users.update({ id, name: 'Ada' }))],
  'users.delete': [4, onOtherUser((api, id) => api.users.delete({ id }))],
  'users.setRole': [4, onOtherUser((api, id) => api.users.setRole({ id, role: 'admin' }))],
  'users.setQuota': [4, onOtherUser((api, id) => api.users.setQuota({ id, dailyTokens: 5 }))],
  'users.ban': [6, onOtherUser((api, id) => api.users.ban({ id }))],
  'users.unban': [4, onOtherUser((api, id) => api.users.unban({ id }))],

  'chat.list': [1, plain((api, { rows }) => expectRows(rows, api.chat.list({ limit: rows })))],
  'chat.list, search': [
    1,
    plain((api, { rows }) => expectRows(rows, api.chat.list({ limit: rows, search: 'word' }))),
  ],
  // Also queries whose messages to search.
  'chat.search': [
    3,
    plain((api, { rows }) => expectRows(rows, api.chat.search({ limit: rows, search: 'word' }))),
  ],
  'users.list, search': [
    1,
    plain((api, { rows }) => expectRows(rows, api.users.list({ limit: rows, search: 'e' }))),
  ],
  'chat.create': [1, plain((api) => api.chat.create({}))],
  // Also looks for an existing chat with the clientId.
  'chat.create, clientId': [2, plain((api) => api.chat.create({ clientId: newId() }))],
  // Also queries the caller's keys for the model.
  'chat.create, model': [2, plain((api) => api.chat.create({ model: 'guide' }))],
  'chat.instructions': [1, plain((api) => api.chat.instructions())],
  'chat.setInstructions': [1, plain((api) => api.chat.setInstructions({ instructions: 'Be brief.' }))],
  'chat.get': [1, onChat((api, { id }) => api.chat.get({ id }))],
  'chat.update': [1, onChat((api, { id }) => api.chat.update({ id, title: 'Suns' }))],
  'chat.update, model': [2, onChat((api, { id }) => api.chat.update({ id, model: 'guide' }))],
  'chat.delete': [1, onChat((api, { id }) => api.chat.delete({ id }))],
  'chat.deleteMany': [1, onChat((api, { id }) => api.chat.deleteMany({ ids: [id] }))],
  'chat.messages': [
    1,
    async (owner) => {
      const { id } = await createChat(deps, owner);
      return (api) => expectRows(owner.rows, api.chat.messages({ chatId: id, limit: owner.rows }));
    },
  ],
  // One reads the state, one writes, and at the same time one reads the context for the model.
  'chat.send': [3, onChat((api, { id }) => api.chat.send({ chatId: id, ...newMessage('And?') }))],
  // Also finds the messages that the client shows.
  'chat.send, shown': [
    4,
    onChat((api, { id, questionId, answerId }) =>
      api.chat.send({
        chatId: id,
        ...newMessage('And?'),
        shown: {
          id: newId(),
          before: [
            { id: questionId, role: 'user', parts: [{ type: 'text', text: 'word' }] },
            { id: answerId, role: 'assistant' },
          ],
        },
      }),
    ),
  ],
  // The wait reads the log, because this test starts no run.
  'chat.ask': [4, plain((api) => api.chat.ask({ text: 'And?', waitSeconds: 0 }))],
  'chat.ask, in a chat': [
    5,
    onChat((api, { id }) => api.chat.ask({ chatId: id, text: 'And?', waitSeconds: 0 })),
  ],
  'chat.answer': [1, onChat((api, { runId }) => api.chat.answer({ runId }))],
  'chat.regenerate': [3, onChat((api, { id }) => api.chat.regenerate({ chatId: id }))],
  'chat.regenerate, model': [3, onChat((api, { id }) => api.chat.regenerate({ chatId: id, model: 'guide' }))],
  'chat.continue': [3, onChat((api, { id }) => api.chat.continue({ chatId: id }), 'stopped')],
  'chat.edit': [
    3,
    // Not the first question, because it has no earlier messages.
    async (owner) => {
      const { id, questionId } = await createChat(deps, owner, 'complete', 2 + 2 * owner.rows);
      return (api) => api.chat.edit({ chatId: id, messageId: questionId, ...newMessage('Or?') });
    },
  ],
  // Also the beginning and end of the transaction.
  'chat.fork': [7, onChat((api, { id, answerId }) => api.chat.fork({ chatId: id, messageId: answerId }))],
  // The messages are summarized already: the state and their sizes are read, and then the summary.
  'chat.summarize': [
    3,
    async (owner) => {
      const chatId = await createSummarized(deps, owner);
      return (api) => api.chat.summarize({ chatId });
    },
  ],
  'chat.selectBranch': [
    1,
    onChat((api, { id, answerId }) => api.chat.selectBranch({ chatId: id, messageId: answerId })),
  ],
  // Finds the run, reads its log, and reads the message, because the log has been deleted.
  'chat.stream': [
    3,
    onChat(async (api, { id }) => {
      for await (const event of await api.chat.stream({ chatId: id })) expect(event).toBeDefined();
    }),
  ],
  // The request that has started a run need not find it again. This test starts no run, so its log is read.
  'chat.stream, after chat.send': [
    3,
    plain(async (api) => {
      const chat = { chatId: newId(), createChat: true, shown: { id: newId() } };
      const { chatId, runId } = await api.chat.send({ ...chat, ...newMessage('And?') });
      for await (const event of await api.chat.stream({ chatId, runId })) {
        expect(event).toBeDefined();
        break;
      }
    }),
  ],
  'chat.stop': [
    1,
    async (owner) => {
      const { id } = await createChat(deps, owner);
      await owner.api.chat.send({ chatId: id, ...newMessage('And?') });
      return async (api) => {
        expect(await api.chat.stop({ chatId: id })).toEqual({ stopped: true });
      };
    },
  ],
  'chat.models': [1, plain((api) => api.chat.models())],
  'chat.export': [
    COUNTED + 2,
    onChat(async (api, { id }) => {
      for await (const chunk of await api.chat.export({ id })) expect(chunk).not.toBe('');
    }),
  ],
  'chat.exportMarkdown': [1, onChat((api, { id }) => api.chat.exportMarkdown({ chatId: id }))],
  'chat.shares.list': [
    1,
    async (owner) => {
      for (let row = 0; row < owner.rows; row++) {
        await owner.api.chat.shares.set({ chatId: (await createChat(deps, owner, 'complete', 2)).id });
      }
      return (api) => expectRows(owner.rows, api.chat.shares.list({ limit: 100 }));
    },
  ],
  'chat.shares.set': [5, onChat((api, { id }) => api.chat.shares.set({ chatId: id }))],
  'chat.shares.revoke': [
    4,
    async (owner) => {
      const { id } = await createChat(deps, owner);
      await owner.api.chat.shares.set({ chatId: id });
      return (api) => api.chat.shares.revoke({ chatId: id });
    },
  ],
  'chat.shares.get': [
    1,
    async (owner) => {
      const { id } = await createChat(deps, owner);
      const { token } = await owner.api.chat.shares.set({ chatId: id });
      return (api) => expectRows(owner.rows, api.chat.shares.get({ token, limit: 100 }));
    },
  ],

  ...UPLOADS,
  ...PROJECT_CALLS,

  'protected.get': [1, plain((api) => api.protected.get())],
  'protected.sessions.list': [
    1,
    plain((api, { rows }) => expectRows(rows, api.protected.sessions.list({ limit: 100 }))),
  ],
  'protected.sessions.revoke': [
    4,
    async (owner) => {
      const phone = await signIn(deps, owner);
      const id = (await phone.api.protected.get()).session?.id ?? '';
      return (api) => api.protected.sessions.revoke({ id });
    },
  ],
  'protected.apiKeys.list': [
    1,
    plain((api, { rows }) => expectRows(rows, api.protected.apiKeys.list({ limit: 100 }))),
  ],
  'protected.apiKeys.create': [
    4,
    plain((api) => api.protected.apiKeys.create({ name: 'key', scope: 'read' })),
  ],
  'protected.apiKeys.revoke': [
    4,
    async (owner) => {
      const { id } = await owner.api.protected.apiKeys.create({ name: 'key', scope: 'read' });
      return (api) => api.protected.apiKeys.revoke({ id });
    },
  ],
  'protected.clients.list': [
    1,
    plain((api, { rows }) => expectRows(rows, api.protected.clients.list({ limit: 100 }))),
  ],
  'protected.clients.disconnect': [
    5,
    async (owner) => {
      const id = await storeConnectedClient(deps, owner.id);
      return (api) => api.protected.clients.disconnect({ id });
    },
  ],
  'protected.clients.request': [
    1,
    async () => {
      const query = requestQuery(await registerClient(deps));
      return (api) => api.protected.clients.request({ query });
    },
  ],
  'protected.registeredClients.list': [
    1,
    plain((api, { rows }) => expectRows(rows, api.protected.registeredClients.list({ limit: 100 }))),
  ],
  'protected.registeredClients.create': [
    4,
    plain((api) => api.protected.registeredClients.create({ name: 'agent', redirectUris: [REDIRECT] })),
  ],
  'protected.registeredClients.delete': [
    4,
    async (owner) => {
      const program = { name: 'agent', redirectUris: [REDIRECT] };
      const { id } = await owner.api.protected.registeredClients.create(program);
      return (api) => api.protected.registeredClients.delete({ id });
    },
  ],
  'protected.providerKeys.list': [1, plain((api) => api.protected.providerKeys.list())],
  'protected.providerKeys.set': [
    4,
    plain((api) => api.protected.providerKeys.set({ provider: 'openai', key: 'sk-12345678' })),
  ],
  'protected.providerKeys.delete': [
    4,
    async (owner) => {
      await owner.api.protected.providerKeys.set({ provider: 'openai', key: 'sk-12345678' });
      return (api) => api.protected.providerKeys.delete({ provider: 'openai' });
    },
  ],
  // One for each kind of data, and one more for every 200 chats and messages and 100 audit events.
  'protected.exportData': [
    COUNTED + 16,
    async ({ rows }) => {
      const api = await authenticatedApi(await createOwner(deps, rows));
      return async () => {
        for await (const chunk of await api.protected.exportData()) expect(chunk).not.toBe('');
      };
    },
  ],
  // None, because a claimed installation stays claimed.
  'protected.adminClaim': [0, plain((api) => api.protected.adminClaim())],
  'protected.claimAdmin': [
    COUNTED,
    plain((api) =>
      expect(api.protected.claimAdmin({ code: 'x' })).rejects.toMatchObject({ kind: 'CONFLICT' }),
    ),
  ],
  'protected.usage': [1, plain((api, { rows }) => expectRows(rows, api.protected.usage({ days: 366 })))],
  // Reads the password hash first, because checking it takes a while.
  'protected.deleteAccount': [
    COUNTED + 2,
    async () => {
      const eve = await signUp(deps, 'Eve');
      const api = await authenticatedApi(eve);
      return () => api.protected.deleteAccount({ password: eve.password });
    },
  ],
  'protected.audit': [1, plain((api, { rows }) => expectRows(rows, api.protected.audit({ limit: rows })))],
};

const nameOf = (entry: string) => entry.split(',', 1)[0];
const listed = Object.entries(CALLS).filter(([entry]) =>
  procedures.some(({ name }) => name === nameOf(entry)),
);
const unlisted = procedures.filter(({ name }) => !listed.some(([entry]) => nameOf(entry) === name));

const Created = z.object({ id: z.string() });

/** Arranges a call of a procedure without an entry. The `create` of its router, if there is one, creates the rows. */
async function arrangeUnlisted({ name, inputFields }: Endpoint, owner: Owner): Promise<Input> {
  const chat = await createChat(deps, owner);
  const creator = name.startsWith('chat.') ? undefined : creatorFor(name);
  let { id } = chat;
  for (let row = 0; creator && row < owner.rows; row++) {
    ({ id } = Created.parse(await callByName(owner.api, creator.name, samplesOf(creator).valid)));
  }
  const ids: Input = { id, chatId: chat.id, messageId: chat.questionId, limit: owner.rows };
  return Object.fromEntries(Object.entries(ids).filter(([field]) => inputFields.has(field)));
}

/** The number of statements of a procedure without an entry for the smallest number of rows. */
const sentBefore = new Map<string, number>();

describe.each([1, 50])('with %d rows in each list', (rows) => {
  let owner: Owner;
  beforeAll(async () => {
    owner = await createOwner(deps, rows);
  }, 120_000);

  // Loops, because test.each rejects an empty list.
  for (const [entry, [expected, arrange]] of listed) {
    test(`${entry} sends the number of statements in the table`, async () => {
      const call = await arrange(owner);
      const api = await authenticatedApi(owner);
      const sent = (await count(() => call(api))).map(({ sql }) => sql);
      expect({ count: sent.length, sent }).toEqual({ count: expected, sent });
    });
  }
  for (const endpoint of unlisted) {
    test(`${endpoint.name} sends as many statements as with fewer rows`, async () => {
      const input = { ...samplesOf(endpoint).valid, ...(await arrangeUnlisted(endpoint, owner)) };
      const api = await authenticatedApi(owner);
      const sent = (await count(() => callByName(api, endpoint.name, input))).map(({ sql }) => sql);
      const before = sentBefore.get(endpoint.name) ?? sent.length;
      sentBefore.set(endpoint.name, before);
      expect({ count: sent.length, sent }).toEqual({ count: before, sent });
    });
  }
});
