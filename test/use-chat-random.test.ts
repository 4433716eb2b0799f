import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { UIMessage } from 'ai';
import fc from '#test/fast-check';
import { SEED } from '#test/seed';
import { newId } from '#server/db/columns';
import { type Account, answered, signUp } from '#test/client';
import { type ProviderServer, startProviderServer } from '#test/provider-server';
import { type ServedInstance, serveInstance } from '#test/served';
import {
  asQuestion,
  SDK_NAMES,
  type SdkName,
  outlineOf,
  storedMessages,
  textOf,
  type UseChat,
  useChatOf,
} from '#test/use-chat';

/** A random action of a client. */
const Action = fc.record({
  kind: fc.constantFrom('send', 'fail', 'retry', 'edit', 'rewrite', 'remove', 'regenerate', 'stop'),
  /** Selects a message. */
  at: fc.nat(99),
  /** How long the client reads an answer before it stops it, in milliseconds. */
  ms: fc.nat(60),
  /** True if the response is lost, false if the request is. */
  isLost: fc.boolean(),
  /** True if the other client reloads the page first and acts instead. */
  changes: fc.nat(4).map((number) => number === 0),
  /** True if the client waits for the answer. */
  waits: fc.boolean(),
});
type Action = typeof Action extends fc.Arbitrary<infer T> ? T : never;

let provider: ProviderServer;
let server: ServedInstance;
let ada: Account;

beforeAll(async () => {
  provider = await startProviderServer();
  const settings = { AI_MODEL: 'openai-compatible/slow-12x4', AI_BASE_URL: provider.url };
  server = await serveInstance({ settings });
  ada = await signUp(server.url);
});
afterAll(async () => {
  await server.close();
  await provider.close();
});

/** A client that can lose its next request or the response. */
interface Client {
  chat: UseChat;
  lose: (message: 'request' | 'response') => void;
  /** Waits until the response to the next request has started. */
  responds: () => Promise<void>;
}

async function openClient(sdk: SdkName, id: string, messages: UIMessage[] = []): Promise<Client> {
  let lost: 'request' | 'response' | null = null;
  let onResponse: () => void = () => undefined;
  const chat = await useChatOf(ada, {
    sdk,
    id,
    messages,
    async fetch(...args) {
      const losing = lost;
      lost = null;
      if (losing === 'request') throw new TypeError('fetch failed');
      const response = await fetch(...args);
      onResponse();
      if (losing === null) return response;
      await response.body?.cancel();
      throw new TypeError('fetch failed');
    },
  });
  return {
    chat,
    lose: (message) => {
      lost = message;
    },
    responds: () =>
      new Promise((resolve) => {
        onResponse = resolve;
      }),
  };
}

const pick = <T>(list: readonly T[], at: number): T | undefined => list[at % list.length];

/** The actions of users of `useChat`. */
const ACTIONS: Record<Action['kind'], (client: Client, action: Action, text: string) => Promise<void>> = {
  send: ({ chat }, _action, text) => chat.sendMessage({ text }),
  async fail({ chat, lose }, { isLost }, text) {
    lose(isLost ? 'response' : 'request');
    await chat.sendMessage({ text });
    expect(chat.status).toBe('error');
  },
  retry: ({ chat }) => chat.regenerate(),
  async edit({ chat }, { at }, text) {
    const question = pick(
      chat.messages.filter(({ role }) => role === 'user'),
      at,
    );
    await chat.sendMessage({ text, messageId: question?.id ?? '' });
  },
  async rewrite({ chat }, _action, text) {
    const last = chat.messages.findLastIndex(({ role }) => role === 'user');
    const id = chat.messages[last]?.id ?? '';
    chat.messages = [...chat.messages.slice(0, last), asQuestion(id, text)];
    await chat.regenerate();
  },
  async remove({ chat }, { at }, text) {
    const questions = chat.messages.flatMap(({ role }, index) => (role === 'user' ? [index] : []));
    const from = pick(questions, at) ?? 0;
    const to = questions.find((index) => index > from) ?? chat.messages.length;
    // A list without its first turn would be a part of the branch.
    if (from > 0) chat.messages = [...chat.messages.slice(0, from), ...chat.messages.slice(to)];
    await chat.sendMessage({ text });
  },
  async regenerate({ chat }, { at }) {
    await chat.regenerate({ messageId: pick(chat.messages, at)?.id ?? '' });
  },
  async stop({ chat, responds }, { ms }, text) {
    const responded = responds();
    const sending = chat.sendMessage({ text });
    // If the client stopped earlier, the next request could reach the server before this one.
    await Promise.race([responded, sending]);
    await pause(ms);
    await chat.stop();
    await sending;
  },
};

/** Loads the chat again and follows the answer in progress. */
async function reload(sdk: SdkName, id: string): Promise<Client> {
  const client = await openClient(sdk, id, await storedMessages(ada, id));
  await client.chat.resumeStream();
  return client;
}

/** Expects a client to show the messages of the server. Of an answer that it has stopped, it shows the beginning. */
async function expectEqual({ chat }: Client) {
  await answered(ada, chat.id);
  const messages = await storedMessages(ada, chat.id);
  // If an answer was stopped before its first chunk arrived, the client does not have it.
  if (chat.lastMessage?.role === 'user' && messages.at(-1)?.role === 'assistant') messages.pop();
  expect(outlineOf(chat)).toEqual(outlineOf({ messages }));
  for (const [index, { role, parts }] of chat.messages.entries()) {
    const storedText = textOf(messages[index] ?? { parts: [] });
    if (role === 'assistant') expect(storedText.startsWith(textOf({ parts }))).toBe(true);
  }
}

/** Runs two clients of one chat, first in turns, and at the end at the same time. */
async function runClients(sdk: SdkName, actions: Action[], id: string): Promise<void> {
  let client = await openClient(sdk, id);
  let other = await openClient(sdk, id);
  await client.chat.sendMessage({ text: 'first' });
  for (const [index, action] of actions.entries()) {
    if (action.changes) [client, other] = [await reload(sdk, id), client];
    await ACTIONS[action.kind](client, action, `question ${index}`);
    // An answer that the client does not show is in progress. It waits and tries again.
    while (client.chat.error?.message.includes('RUN_ACTIVE')) {
      await answered(ada, id);
      await client.chat.regenerate();
    }
    if (action.kind === 'fail') continue;
    expect(client.chat.error).toBeUndefined();
    if (action.waits) await expectEqual(client);
  }
  if (client.chat.error) await client.chat.regenerate();
  await expectEqual(client);
  await expectEqual(await reload(sdk, id));
  await Promise.all([client, other].map(({ chat }) => chat.sendMessage({ text: 'both' })));
  const rejected = [client, other].flatMap(({ chat }) => chat.error ?? []);
  for (const { message } of rejected) expect(message).toContain('RUN_ACTIVE');
  await expectEqual(await reload(sdk, id));
}

test.each(SDK_NAMES)(
  'after random actions, a client of AI SDK %s and the server have the same ids and questions',
  async (sdk) => {
    // Each release has its own actions.
    const [actions = []] = fc.sample(fc.array(Action, { minLength: 12, maxLength: 16 }), {
      numRuns: 1,
      seed: SEED + SDK_NAMES.indexOf(sdk),
    });
    await runClients(sdk, actions, newId());
  },
  60_000,
);
