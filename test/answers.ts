import { setTimeout as pause } from 'node:timers/promises';
import { isTrackedEnvelope } from '@trpc/server';
import type { UIMessageChunk } from 'ai';
import { parseChunks } from '#server/chat/run-store';
import type { Deps } from '#server/compose';
import type { RunEvent } from '#server/chat/run-feed';
import type { Message } from '#contract/chat';
import type { Api } from './caller.ts';

const LIMIT_MS = 20_000;

/** The events of a run from number `after` on until it ends; it fails when that takes more than 20 s. */
export async function eventsOf(deps: Deps, runId: string, after = 0): Promise<RunEvent[]> {
  const events: RunEvent[] = [];
  const signal = AbortSignal.timeout(LIMIT_MS);
  for await (const event of deps.runs.follow(runId, after, signal)) events.push(event);
  signal.throwIfAborted();
  return events;
}

/** Waits until a run has ended; returns its whole log. */
export async function finished(deps: Deps, runId: string): Promise<UIMessageChunk[]> {
  return (await eventsOf(deps, runId)).flatMap((event) => parseChunks(event.chunks));
}

/** The text of a log. */
export const textOfChunks = (chunks: UIMessageChunk[]): string =>
  chunks.map((chunk) => (chunk.type === 'text-delta' ? chunk.delta : '')).join('');

/** The text of a message. */
export const textOfMessage = (message: Pick<Message, 'parts'> | undefined): string =>
  (message?.parts ?? []).map((part) => (part.type === 'text' ? part.text : '')).join('');

/** What `chat.stream` shows: the id of each event, and its chunks as JSON. */
export async function* streamEvents(api: Api, input: Parameters<Api['chat']['stream']>[0]) {
  const values: AsyncIterable<unknown> = await api.chat.stream(input);
  for await (const value of values) {
    if (!isTrackedEnvelope(value)) throw new Error('An event without an id was shown.');
    yield { id: value[0], chunks: JSON.stringify(value[1]) };
  }
}

/** Reads a chat's stream until `words` were shown. */
export async function untilShown(api: Api, chatId: string, words: string): Promise<void> {
  let seen = '';
  for await (const { chunks } of streamEvents(api, { chatId })) {
    seen += chunks;
    if (seen.includes(words)) return;
  }
  throw new Error(`The answer ended without ${words}: ${seen}`);
}

/** Waits for what nothing announces: looks every 10 ms, for 20 s at most. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const giveUpAt = Date.now() + LIMIT_MS;
  while (!(await condition())) {
    if (Date.now() > giveUpAt) throw new Error(`It did not come true: ${condition.toString()}`);
    await pause(10);
  }
}
