import superjson from 'superjson';
import { type Caller, read } from '#test/client';
import { eventsOf } from '#test/sse';
import { bodyOf } from './calls.ts';
import type { SurfaceName, Shown } from './record.ts';

/** A question. Its request id makes retries idempotent. */
export interface Question {
  clientRequestId: string;
  parts: { type: 'text'; text: string }[];
}

/** A run to follow. */
export interface Target {
  chatId: string;
  /** The client's own id of the chat, which the AI SDK's surface uses. */
  clientId: string;
  runId: string;
}

/**
 * Follows a run over one connection, starting after the event with the id `after`. Yields the events, then `'end'` if the
 * run has ended. Without `'end'` the connection was lost.
 * @throws {Outage} if no server responds. @throws {TypeError} if the connection breaks.
 */
export type StreamClient = (
  caller: Caller,
  target: Target,
  after: string | null,
  signal: AbortSignal,
) => AsyncGenerator<Shown | 'end', void, void>;

/** A client for the log of a run on each surface. */
export const STREAM_CLIENTS: Record<SurfaceName, StreamClient> = {
  async *REST({ fetch }, { chatId, runId }, after, signal) {
    const response = await fetch(`/api/v1/chats/${chatId}/stream?runId=${runId}`, {
      headers: since(after),
      signal,
    });
    for await (const { id, event, data } of eventsOf(await successful(response))) {
      if (event === 'message') yield { ...numbered(id), data };
      else if (event === 'done') yield 'end';
      else throw new Error(`REST stream: ${event} ${data}`);
    }
  },

  async *RPC({ fetch }, { chatId, runId }, after, signal) {
    const input = encodeURIComponent(superjson.stringify({ chatId, runId }));
    const response = await fetch(`/api/trpc/chat.stream?input=${input}`, { headers: since(after), signal });
    for await (const { id, event, data } of eventsOf(await successful(response))) {
      if (event === 'message') yield { ...numbered(id), data: JSON.stringify(superjson.parse(data)) };
      else if (event === 'return') yield 'end';
      else if (event !== 'connected' && event !== 'ping') throw new Error(`RPC stream: ${event} ${data}`);
    }
  },

  /** Has no event ids: every connection shows the whole run, or nothing if no run is active. */
  async *chat({ fetch, rpc }, { chatId, clientId, runId }, _after, signal) {
    const response = await successful(await fetch(`/api/chat/${clientId}/stream`, { signal }));
    if (response.status !== 204) return yield* chatChunks(response);
    const { activeRunId } = await rpc.chat.get.query({ id: chatId });
    if (activeRunId === runId) throw new Error('chat stream: 204 while the run is active');
  },
};

/**
 * Sends a question like a `useChat` that sends only its last message. @returns the open stream of the answer.
 * @param limitMs the time limit of the stream, in milliseconds.
 */
export async function postChat(
  { fetch }: Caller,
  clientId: string,
  { clientRequestId, parts }: Question,
  limitMs: number,
): Promise<Response> {
  const message = { id: clientRequestId, role: 'user', parts };
  const response = await fetch('/api/chat', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ id: clientId, message }),
    signal: AbortSignal.timeout(limitMs),
  });
  return successful(response);
}

/** Yields the chunks of one connection on the AI SDK's surface. */
export async function* chatChunks(response: Response): AsyncGenerator<Shown | 'end', void, void> {
  for await (const { data } of eventsOf(await successful(response))) {
    if (data === '[DONE]') yield 'end';
    else yield { id: null, eventId: null, data };
  }
}

const since = (after: string | null): Record<string, string> =>
  after === null ? {} : { 'last-event-id': after };

/** Returns an id and the number in it. */
const numbered = (eventId = '') => ({ id: Math.trunc(Number(eventId)), eventId });

/** Returns a successful response. @throws {Error} for any other. */
async function successful(response: Response): Promise<Response> {
  if (!response.ok) bodyOf(await read(response));
  return response;
}
