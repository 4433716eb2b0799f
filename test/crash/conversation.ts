import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { z } from 'zod';
import { Run } from '#contract/chat';
import { type Caller, read } from '#test/client';
import { bodyOf, type Client, insist } from './calls.ts';
import { anyHabit, follow, steadyHabit } from './reader.ts';
import type { Random } from './random.ts';
import type { AskedChat, AskedRun } from './record.ts';

const READERS = 3;
const POST_LIMIT_MS = 60_000;

/** What conversations are told of the storm they are in, and tell it. */
export interface Weather {
  /** How long an answer takes when nothing happens, in milliseconds. */
  answerMs: number;
  /** Whether there is to be another question. */
  isOpen: () => boolean;
  /** Called when a question is about to be sent. */
  onAsking: () => void;
}

/** A conversation that is being held. */
export interface Conversation {
  done: Promise<void>;
  /** When anything last came of its answer, by `performance.now()`. */
  lastShown: number;
}

/** How to say one thing. The request id makes every repetition the same call. */
interface Saying {
  clientRequestId: string;
  parts: { type: 'text'; text: string }[];
}

/**
 * Holds a conversation in a new chat: asks, has the answer read by several readers, sometimes stops it, has it continued when it
 * broke off, asks again.
 * @param name distinguishes its questions from all others.
 */
export function converse(client: Client, weather: Weather, name: string, random: Random): Conversation {
  const conversation: Conversation = { done: Promise.resolve(), lastShown: performance.now() };
  const onShown = () => {
    conversation.lastShown = performance.now();
  };
  conversation.done = hold(client, weather, name, random, onShown);
  return conversation;
}

async function hold(client: Client, weather: Weather, name: string, random: Random, onShown: () => void) {
  const { recording } = client;
  const clientId = randomUUID();
  const { id: chatId } = await insist(client, ({ rpc }) => rpc.chat.create.mutate({ clientId }));
  const chat: AskedChat = { chatId, questions: [] };
  recording.chats.push(chat);

  async function readAll(run: AskedRun, first?: Response): Promise<void> {
    const target = { chatId, clientId, runId: run.runId };
    const habits = [
      steadyHabit(random),
      ...Array.from({ length: READERS - 1 }, () => anyHabit(random, weather.answerMs)),
    ];
    const reading = habits.map((habit) => follow(client, run, target, habit, random.fork(), onShown));
    if (first) {
      const habit = { ...steadyHabit(random), door: 'chat' as const };
      reading.push(follow(client, run, target, habit, random.fork(), onShown, first));
    }
    const stopping = random.chance(0.15)
      ? stop(client, chatId, random.between(0, weather.answerMs))
      : undefined;
    await Promise.all([...reading, stopping]);
  }

  function begun(run: z.output<typeof Run>, label: string): AskedRun {
    const asked = { ...run, chatId, label, views: [] };
    recording.runs.push(asked);
    return asked;
  }

  for (let count = 1; weather.isOpen(); count++) {
    const label = `${name}.${count}`;
    const text = `count ${label}`;
    const saying = { clientRequestId: randomUUID(), parts: [{ type: 'text' as const, text }] };
    chat.questions.push(text);
    weather.onAsking();
    const { run, stream } = await say(client, { chatId, clientId }, saying, random);
    await readAll(begun(run, label), stream);
    while (weather.isOpen() && (await brokeOff(client, chatId)) && random.chance(0.7)) {
      const clientRequestId = randomUUID();
      const next = await insist(client, ({ rpc }) => rpc.chat.continue.mutate({ chatId, clientRequestId }));
      await readAll(begun(next, label));
    }
  }
}

/**
 * Says something through any door. Through the AI SDK's the answer comes as a stream; which run it is then has to be asked by
 * saying the same once more, with the id that the client gave to the question. Others do that sometimes.
 */
async function say(
  client: Client,
  chat: { chatId: string; clientId: string },
  saying: Saying,
  random: Random,
): Promise<{ run: z.output<typeof Run>; stream?: Response }> {
  const path = `POST /chats/${chat.chatId}/messages`;
  const byRest = async ({ rest }: Caller) => Run.parse(bodyOf(await rest(path, { json: saying })));
  const byRpc = ({ rpc }: Caller) => rpc.chat.send.mutate({ chatId: chat.chatId, ...saying });
  if (random.chance(0.3)) {
    const stream = await insist(client, (caller) => postChat(caller, chat.clientId, saying));
    const shown = { id: saying.clientRequestId };
    const byId = ({ rpc }: Caller) => rpc.chat.send.mutate({ chatId: chat.chatId, ...saying, shown });
    return { run: await insist(client, byId), stream };
  }
  const run = await insist(client, random.chance(0.5) ? byRest : byRpc);
  if (random.chance(0.3)) {
    const again = await insist(client, byRest);
    if (again.runId !== run.runId)
      throw new Error(`${saying.clientRequestId} started ${run.runId} and ${again.runId}`);
  }
  return { run };
}

/** Says something as `useChat` does that sends its last message only. @returns the open stream of the answer. */
async function postChat({ fetch }: Caller, clientId: string, saying: Saying): Promise<Response> {
  const message = { id: saying.clientRequestId, role: 'user', parts: saying.parts };
  const response = await fetch('/api/chat', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ id: clientId, message }),
    signal: AbortSignal.timeout(POST_LIMIT_MS),
  });
  if (!response.ok) bodyOf(await read(response));
  return response;
}

async function stop(client: Client, chatId: string, afterMs: number): Promise<void> {
  await pause(afterMs);
  const { stopped } = await insist(client, ({ rpc }) => rpc.chat.stop.mutate({ chatId }));
  if (stopped) client.recording.stops += 1;
}

/** Whether the last answer of a chat can be continued. */
async function brokeOff(client: Client, chatId: string): Promise<boolean> {
  const { items } = await insist(client, ({ rpc }) => rpc.chat.messages.query({ chatId }));
  const status = items.at(-1)?.status;
  return status === 'interrupted' || status === 'stopped';
}
