import { setTimeout as pause } from 'node:timers/promises';
import { isTrackedEnvelope } from '@trpc/server';
import type { UIMessageChunk } from 'ai';
import { parseChunks } from '#server/chat/run-store';
import type { Deps } from '#server/compose';
import type { RunEvent } from '#server/chat/log-reads';
import type { Message } from '#contract/chat';
import type { Api } from './caller.ts';

const LIMIT_MS = 40_000;

/** Returns the events of a run after number `after`, until the run ends. @throws {Error} after 40 s. */
export async function eventsOf(deps: Deps, runId: string, after = 0): Promise<RunEvent[]> {
  const events: RunEvent[] = [];
  const signal = AbortSignal.timeout(LIMIT_MS);
  for await (const event of deps.runs.follow(runId, after, signal)) events.push(event);
  signal.throwIfAborted();
  return events;
}

/** Waits until a run has ended. @returns its whole log. */
export async function finished(deps: Deps, runId: string): Promise<UIMessageChunk[]> {
  return (await eventsOf(deps, runId)).flatMap((event) => parseChunks(event.chunks));
}

/** Returns the text of a log. */
export const textOfChunks = (chunks: UIMessageChunk[]): string =>
  chunks.map((chunk) => (chunk.type === 'text-delta' ? chunk.delta : '')).join('');

/** Returns the text of a message. */
export const textOfMessage = (message: Pick<Message, 'parts'> | undefined): string =>
  (message?.parts ?? []).map((part) => (part.type === 'text' ? part.text : '')).join('');

/** Yields the events of `chat.stream`: the id of each, and its chunks as JSON. */
export async function* streamEvents(api: Api, input: Parameters<Api['chat']['stream']>[0]) {
  const values: AsyncIterable<unknown> = await api.chat.stream(input);
  for await (const value of values) {
    if (!isTrackedEnvelope(value)) throw new Error('An event has no id.');
    yield { id: value[0], chunks: JSON.stringify(value[1]) };
  }
}

/** Reads the stream of a chat until it has shown `words`. */
export async function untilShown(api: Api, chatId: string, words: string): Promise<void> {
  let seen = '';
  for await (const { chunks } of streamEvents(api, { chatId })) {
    seen += chunks;
    if (seen.includes(words)) return;
  }
  throw new Error(`The answer ended without ${words}: ${seen}`);
}

/** Checks a condition every 10 ms until it is true, if no event announces the change. @throws {Error} after 40 s. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + LIMIT_MS;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`Not true after ${LIMIT_MS} ms: ${condition.toString()}`);
    await pause(10);
  }
}
