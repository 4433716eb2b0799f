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
  shownIn,
  stored,
  textOf,
  type UseChat,
  useChatOf,
} from '#test/use-chat';

/** What a client does next, and what chance decides about it. */
const Move = fc.record({
  kind: fc.constantFrom('send', 'fail', 'retry', 'edit', 'rewrite', 'remove', 'regenerate', 'stop'),
  /** Chooses a message. */
  at: fc.nat(99),
  /** How long an answer is read before it is stopped, in milliseconds. */
  ms: fc.nat(60),
  /** Whether a request fails on its way back, not on its way there. */
  isLost: fc.boolean(),
  /** Whether the other client loads the page and goes on. */
  changes: fc.nat(4).map((number) => number === 0),
  /** Whether the answer is waited for. */
  waits: fc.boolean(),
});
type Move = typeof Move extends fc.Arbitrary<infer T> ? T : never;

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

/** A client of the play, whose next request can fail on its way there or back. */
interface Client {
  chat: UseChat;
  fail: (how: 'there' | 'back') => void;
  /** Waits until the server has begun to answer what is sent next. */
  answers: () => Promise<void>;
}

async function openClient(sdk: SdkName, id: string, messages: UIMessage[] = []): Promise<Client> {
  let failure: 'there' | 'back' | null = null;
  let begun: () => void = () => undefined;
  const chat = await useChatOf(ada, {
    sdk,
    id,
    messages,
    async fetch(...args) {
      const how = failure;
      failure = null;
      if (how === 'there') throw new TypeError('fetch failed');
      const response = await fetch(...args);
      begun();
      if (how === null) return response;
      await response.body?.cancel();
      throw new TypeError('fetch failed');
    },
  });
  return {
    chat,
    fail: (how) => {
      failure = how;
    },
    answers: () =>
      new Promise((resolve) => {
        begun = resolve;
      }),
  };
}

const pick = <T>(list: readonly T[], at: number): T | undefined => list[at % list.length];

/** What a person does with `useChat`. */
const PLAYED: Record<Move['kind'], (client: Client, move: Move, text: string) => Promise<void>> = {
  send: ({ chat }, _move, text) => chat.sendMessage({ text }),
  async fail({ chat, fail }, { isLost }, text) {
    fail(isLost ? 'back' : 'there');
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
  async rewrite({ chat }, _move, text) {
    const last = chat.messages.findLastIndex(({ role }) => role === 'user');
    const id = chat.messages[last]?.id ?? '';
    chat.messages = [...chat.messages.slice(0, last), asQuestion(id, text)];
    await chat.regenerate();
  },
  async remove({ chat }, { at }, text) {
    const questions = chat.messages.flatMap(({ role }, index) => (role === 'user' ? [index] : []));
    const from = pick(questions, at) ?? 0;
    const to = questions.find((index) => index > from) ?? chat.messages.length;
    // Without its first turn a list would be a window of the branch.
    if (from > 0) chat.messages = [...chat.messages.slice(0, from), ...chat.messages.slice(to)];
    await chat.sendMessage({ text });
  },
  async regenerate({ chat }, { at }) {
    await chat.regenerate({ messageId: pick(chat.messages, at)?.id ?? '' });
  },
  async stop({ chat, answers }, { ms }, text) {
    const answered = answers();
    const doing = chat.sendMessage({ text });
    // A request that is given up before could be overtaken by the next one, and then be the newer one to the server.
    await Promise.race([answered, doing]);
    await pause(ms);
    await chat.stop();
    await doing;
  },
};

/** Loads the chat again, and follows the answer that is being written. */
async function reload(sdk: SdkName, id: string): Promise<Client> {
  const client = await openClient(sdk, id, await stored(ada, id));
  await client.chat.resumeStream();
  return client;
}

/** What a client shows is what the server has; an answer that it has stopped is a beginning of the server's. */
async function expectEqual({ chat }: Client) {
  await answered(ada, chat.id);
  const messages = await stored(ada, chat.id);
  // Stopped before its first chunk arrived, an answer is not in the client: that is a beginning too.
  if (chat.lastMessage?.role === 'user' && messages.at(-1)?.role === 'assistant') messages.pop();
  expect(shownIn(chat)).toEqual(shownIn({ messages }));
  for (const [index, { role, parts }] of chat.messages.entries()) {
    const there = textOf(messages[index] ?? { parts: [] });
    if (role === 'assistant') expect(there.startsWith(textOf({ parts }))).toBe(true);
  }
}

/** Two clients of one chat play in turns, and in the end both at once. */
async function play(sdk: SdkName, moves: Move[], id: string): Promise<void> {
  let client = await openClient(sdk, id);
  let other = await openClient(sdk, id);
  await client.chat.sendMessage({ text: 'first' });
  for (const [index, move] of moves.entries()) {
    if (move.changes) [client, other] = [await reload(sdk, id), client];
    await PLAYED[move.kind](client, move, `question ${index}`);
    // An answer that it does not show is being written: it waits, and tries again.
    while (client.chat.error?.message.includes('RUN_ACTIVE')) {
      await answered(ada, id);
      await client.chat.regenerate();
    }
    if (move.kind === 'fail') continue;
    expect(client.chat.error).toBeUndefined();
    if (move.waits) await expectEqual(client);
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
  'a client of AI SDK %s and the server have the same ids and questions in the end',
  async (sdk) => {
    // Each release plays moves of its own.
    const [moves = []] = fc.sample(fc.array(Move, { minLength: 12, maxLength: 16 }), {
      numRuns: 1,
      seed: SEED + SDK_NAMES.indexOf(sdk),
    });
    await play(sdk, moves, newId());
  },
  60_000,
);
