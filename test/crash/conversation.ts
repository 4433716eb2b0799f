import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { z } from 'zod';
import { Run } from '#contract/chat';
import type { Caller } from '#test/client';
import { bodyOf, type Client, retry } from './calls.ts';
import { anyHabit, follow, steadyHabit } from './reader.ts';
import type { Random } from './random.ts';
import type { ChatRecord, RunRecord } from './record.ts';
import { postChat, type Question } from './stream-clients.ts';

const READERS = 3;
const POST_LIMIT_MS = 60_000;

/** The state of a stress run, which is shared with its conversations. */
export interface RunState {
  /** The duration of an answer without interruptions, in milliseconds. */
  answerMs: number;
  /** True if another question should be sent. */
  isOpen: () => boolean;
  /** Called when a question is about to be sent. */
  onAsking: () => void;
}

/** A conversation in progress. */
export interface Conversation {
  done: Promise<void>;
  /** When a part of its answer was last received, by `performance.now()`. */
  lastShown: number;
}

/**
 * Runs a conversation in a new chat: asks, has several readers follow the answer, sometimes stops it, continues it if it was
 * interrupted, and asks again.
 * @param name makes its questions unique.
 */
export function converse(client: Client, state: RunState, name: string, random: Random): Conversation {
  const conversation: Conversation = { done: Promise.resolve(), lastShown: performance.now() };
  const onShown = () => {
    conversation.lastShown = performance.now();
  };
  conversation.done = hold(client, state, name, random, onShown);
  return conversation;
}

async function hold(client: Client, state: RunState, name: string, random: Random, onShown: () => void) {
  const { recording } = client;
  const clientId = randomUUID();
  const { id: chatId } = await retry(client, ({ rpc }) => rpc.chat.create.mutate({ clientId }));
  const chat: ChatRecord = { chatId, questions: [] };
  recording.chats.push(chat);

  async function readAll(run: RunRecord, first?: Response): Promise<void> {
    const target = { chatId, clientId, runId: run.runId };
    const habits = [
      steadyHabit(random),
      ...Array.from({ length: READERS - 1 }, () => anyHabit(random, state.answerMs)),
    ];
    const reading = habits.map((habit) => follow(client, run, target, habit, random.fork(), onShown));
    if (first) {
      const habit = { ...steadyHabit(random), surface: 'chat' as const };
      reading.push(follow(client, run, target, habit, random.fork(), onShown, first));
    }
    const stopping = random.chance(0.15)
      ? stop(client, chatId, random.between(0, state.answerMs))
      : undefined;
    await Promise.all([...reading, stopping]);
  }

  function begun(run: z.output<typeof Run>, label: string): RunRecord {
    const record = { ...run, chatId, label, views: [] };
    recording.runs.push(record);
    return record;
  }

  for (let count = 1; state.isOpen(); count++) {
    const label = `${name}.${count}`;
    const text = `count ${label}`;
    const question = { clientRequestId: randomUUID(), parts: [{ type: 'text' as const, text }] };
    chat.questions.push(text);
    state.onAsking();
    const { run, stream } = await send(client, { chatId, clientId }, question, random);
    await readAll(begun(run, label), stream);
    while (state.isOpen() && (await canContinue(client, chatId)) && random.chance(0.7)) {
      const clientRequestId = randomUUID();
      const next = await retry(client, ({ rpc }) => rpc.chat.continue.mutate({ chatId, clientRequestId }));
      await readAll(begun(next, label));
    }
  }
}

/**
 * Sends a question on any surface. On the AI SDK's surface the response is a stream, so a second send with the client's
 * id of the question gets the id of the run. On other surfaces the question is sometimes sent twice too.
 */
async function send(
  client: Client,
  chat: { chatId: string; clientId: string },
  question: Question,
  random: Random,
): Promise<{ run: z.output<typeof Run>; stream?: Response }> {
  const path = `POST /chats/${chat.chatId}/messages`;
  const byRest = async ({ rest }: Caller) => Run.parse(bodyOf(await rest(path, { json: question })));
  const byRpc = ({ rpc }: Caller) => rpc.chat.send.mutate({ chatId: chat.chatId, ...question });
  if (random.chance(0.3)) {
    const stream = await retry(client, (caller) => postChat(caller, chat.clientId, question, POST_LIMIT_MS));
    const shown = { id: question.clientRequestId };
    const byId = ({ rpc }: Caller) => rpc.chat.send.mutate({ chatId: chat.chatId, ...question, shown });
    return { run: await retry(client, byId), stream };
  }
  const run = await retry(client, random.chance(0.5) ? byRest : byRpc);
  if (random.chance(0.3)) {
    const again = await retry(client, byRest);
    if (again.runId !== run.runId)
      throw new Error(`${question.clientRequestId} started ${run.runId} and ${again.runId}`);
  }
  return { run };
}

async function stop(client: Client, chatId: string, afterMs: number): Promise<void> {
  await pause(afterMs);
  const { stopped } = await retry(client, ({ rpc }) => rpc.chat.stop.mutate({ chatId }));
  if (stopped) client.recording.stops += 1;
}

/** True if the last answer of a chat can be continued. */
async function canContinue(client: Client, chatId: string): Promise<boolean> {
  const { items } = await retry(client, ({ rpc }) => rpc.chat.messages.query({ chatId }));
  const status = items.at(-1)?.status;
  return status === 'interrupted' || status === 'stopped';
}
