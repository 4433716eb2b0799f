import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { inspect } from 'node:util';
import { Run } from '#contract/chat';
import { parseChunks } from '#server/chat/run-store';
import { Switchboard } from '#src/sdk/index.ts';
import { textOfChunks, textOfMessage } from '#test/answers';
import { type Account, type Caller, caller, idOf, newMessage, type ParsedResponse } from '#test/client';
import { chatChunks, postChat, STREAM_CLIENTS, type Target } from '#test/crash/stream-clients';
import { countedWords } from '#test/provider-server';

/** The answer of the model: the number of words, and the pause before each in milliseconds. */
export const WORDS = 150;
export const WORD_MS = 30;

/** Clients that call all the time, and those of them that ask questions. */
const CALLERS = 4;
/** The pause of a client between two calls, in milliseconds. */
const PAUSE_MS = 15;
/** The pause of a reader before it reconnects, in milliseconds. */
const RECONNECT_MS = 50;
/** The time limit of an answer, in milliseconds. */
const ANSWER_LIMIT_MS = 90_000;
/** The maximum number of failures that are kept. */
const SHOWN = 5;

/** What the clients of a load have seen. */
export interface Tally {
  calls: number;
  failed: number;
  /** The first failures. */
  failures: string[];
  /** The chats that were created. */
  chats: string[];
  /** The chats whose answers were read to their end. */
  answers: string[];
  /** Streams that have ended without their last event, so that their reader has resumed them. */
  resumed: number;
  /** The longest pause in an answer that a reader has seen, in milliseconds. */
  longestGap: number;
}

/** Clients that call a server until they are stopped. */
export interface Load {
  tally: Tally;
  /** Lets the clients finish what they have begun. */
  stop: () => Promise<Tally>;
}

/**
 * Starts clients: reads and writes over REST and RPC, and questions over REST, RPC, `/api/chat` and the SDK, whose
 * answers are followed. Every call is sent once.
 * @param url the URL of the proxy. @param people an account for each client that asks.
 */
export function startLoad(url: string, people: readonly Account[]): Load {
  const tally: Tally = {
    calls: 0,
    failed: 0,
    failures: [],
    chats: [],
    answers: [],
    resumed: 0,
    longestGap: 0,
  };
  let open = true;

  function fail(what: string, error: unknown): void {
    tally.failed += 1;
    if (tally.failures.length < SHOWN) tally.failures.push(`${what}: ${inspect(error).slice(0, 500)}`);
  }

  /** Counts a call. @returns its result, or undefined if it failed. */
  async function counted<T>(what: string, call: () => Promise<T>): Promise<T | undefined> {
    tally.calls += 1;
    try {
      return await call();
    } catch (error) {
      fail(what, error);
      return undefined;
    }
  }

  async function successful(call: Promise<ParsedResponse>): Promise<ParsedResponse> {
    const response = await call;
    if (response.status >= 400)
      throw new Error(`status ${response.status}: ${JSON.stringify(response.body)}`);
    return response;
  }

  /** Sends the requests of the SDK, which would send failed ones again. */
  async function sdkFetch(request: Request): Promise<Response> {
    tally.calls += 1;
    try {
      const response = await fetch(request);
      if (!response.ok) fail('SDK', response.status);
      return response;
    } catch (error) {
      fail('SDK', error);
      throw error;
    }
  }

  const created = (id: string | undefined) => {
    if (id !== undefined) tally.chats.push(id);
  };

  /** Reads and writes. */
  const CALLS: ((client: Caller) => Promise<unknown>)[] = [
    ({ rest }) => counted('REST read', () => successful(rest('GET /chats?limit=5'))),
    ({ rpc }) => counted('RPC read', () => rpc.users.me.query()),
    async ({ rest }) => {
      const call = () => successful(rest('POST /chats', { json: { title: 'Kept' } }));
      created(await counted('REST write', async () => idOf(await call())));
    },
    async ({ rpc }) => {
      const call = async () => (await rpc.chat.create.mutate({ title: 'Kept' })).id;
      created(await counted('RPC write', call));
    },
  ];

  async function callOn({ headers }: Account): Promise<void> {
    const client = caller(url, headers, false);
    for (let count = 0; open; count++) {
      await CALLS[count % CALLS.length]?.(client);
      await pause(PAUSE_MS);
    }
  }

  /** Follows an answer to its end. It reconnects with the last event id if the stream ends without its last event. */
  async function follow(client: Caller, target: Target, surface: 'REST' | 'RPC'): Promise<string> {
    const signal = AbortSignal.timeout(ANSWER_LIMIT_MS);
    let text = '';
    let after: string | null = null;
    let last = performance.now();
    for (;;) {
      tally.calls += 1;
      for await (const shown of STREAM_CLIENTS[surface](client, target, after, signal)) {
        tally.longestGap = Math.max(tally.longestGap, performance.now() - last);
        last = performance.now();
        if (shown === 'end') return text;
        text += textOfChunks(parseChunks(shown.data));
        after = shown.eventId;
      }
      tally.resumed += 1;
      await pause(RECONNECT_MS);
    }
  }

  /** Asks like a `useChat` and follows the answer. If the stream ends early, it reads the answer from its beginning. */
  async function chatWith(client: Caller, target: Omit<Target, 'runId'>, question: string): Promise<string> {
    let response = await postChat(client, target.clientId, newMessage(question), ANSWER_LIMIT_MS);
    for (;;) {
      let text = '';
      for await (const shown of chatChunks(response)) {
        if (shown === 'end') return text;
        const chunks = parseChunks(`[${shown.data}]`);
        for (const chunk of chunks) {
          if (chunk.type === 'error' && !chunk.errorText.includes('resumeStream()'))
            throw new Error(chunk.errorText);
        }
        text += textOfChunks(chunks);
      }
      tally.resumed += 1;
      tally.calls += 1;
      await pause(RECONNECT_MS);
      response = await client.fetch(`/api/chat/${target.clientId}/stream`, {
        signal: AbortSignal.timeout(ANSWER_LIMIT_MS),
      });
      if (response.status === 204) return storedText(client, target.chatId);
    }
  }

  async function storedText({ rpc }: Caller, chatId: string): Promise<string> {
    const { items } = await rpc.chat.messages.query({ chatId });
    return textOfMessage(items.at(-1));
  }

  /** Asks questions, each in a new chat and in the next way, and compares the answers with what the model has said. */
  async function askOn({ headers, rpc: direct }: Account, name: string): Promise<void> {
    const client = caller(url, headers, false);
    const { key } = await direct.protected.apiKeys.create.mutate({ name, scope: 'write' });
    const sb = new Switchboard({ baseUrl: url, apiKey: key, fetch: sdkFetch });
    for (let count = 0; open; count++) {
      const label = `${name}-${count}`;
      const question = `count ${label}`;
      const clientId = randomUUID();
      const chatId = await counted(
        'RPC write',
        async () => (await client.rpc.chat.create.mutate({ clientId })).id,
      );
      if (chatId === undefined) continue;
      created(chatId);
      const target = { chatId, clientId };
      const ways: (() => Promise<string>)[] = [
        async () => {
          const json = newMessage(question);
          const run = Run.parse(
            (await successful(client.rest(`POST /chats/${chatId}/messages`, { json }))).body,
          );
          return follow(client, { ...target, ...run }, 'REST');
        },
        async () => {
          const run = await client.rpc.chat.send.mutate({ chatId, ...newMessage(question) });
          return follow(client, { ...target, ...run }, 'RPC');
        },
        () => chatWith(client, target, question),
        () => sb.chats.ask(chatId, question).text(),
      ];
      await counted(`answer ${label}`, async () => {
        const text = await ways[count % ways.length]?.();
        if (text !== countedWords(label, WORDS).join('')) throw new Error(`the answer is ${text}`);
        tally.answers.push(chatId);
      });
    }
  }

  const clients = [
    ...people.map((person, index) => askOn(person, `q${index}`)),
    ...people.slice(0, CALLERS).map((person) => callOn(person)),
  ].map((client) =>
    client.catch((error: unknown) => {
      fail('client', error);
    }),
  );
  return {
    tally,
    async stop() {
      open = false;
      await Promise.all(clients);
      return tally;
    },
  };
}
