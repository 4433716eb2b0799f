import superjson from 'superjson';
import { type Caller, read } from '#test/client';
import { eventsOf } from '#test/sse';
import { bodyOf } from './calls.ts';
import type { DoorName, Shown } from './record.ts';

/** A run to be followed. */
export interface Target {
  chatId: string;
  /** The client's own id of the chat, by which the AI SDK's door knows it. */
  clientId: string;
  runId: string;
}

/**
 * Follows a run over one connection, after the event with number `after`. Yields what is shown, and `'end'` when it says that the
 * run has ended; without that the connection was cut.
 * @throws {Outage} when nobody was there to answer. @throws {TypeError} when the connection breaks.
 */
export type Door = (
  caller: Caller,
  target: Target,
  after: number,
  signal: AbortSignal,
) => AsyncGenerator<Shown | 'end', void, void>;

/** The doors to the log of a run. */
export const DOORS: Record<DoorName, Door> = {
  async *REST({ fetch }, { chatId, runId }, after, signal) {
    const response = await fetch(`/api/v1/chats/${chatId}/stream?runId=${runId}`, {
      headers: since(after),
      signal,
    });
    for await (const { id, event, data } of eventsOf(await opened(response))) {
      if (event === 'message') yield { id: Number(id), data };
      else if (event === 'done') yield 'end';
      else throw new Error(`REST stream: ${event} ${data}`);
    }
  },

  async *RPC({ fetch }, { chatId, runId }, after, signal) {
    const input = encodeURIComponent(superjson.stringify({ chatId, runId }));
    const response = await fetch(`/api/trpc/chat.stream?input=${input}`, { headers: since(after), signal });
    for await (const { id, event, data } of eventsOf(await opened(response))) {
      if (event === 'message') yield { id: Number(id), data: JSON.stringify(superjson.parse(data)) };
      else if (event === 'return') yield 'end';
      else if (event !== 'connected' && event !== 'ping') throw new Error(`RPC stream: ${event} ${data}`);
    }
  },

  /** It has no numbers: every connection shows the whole run, or nothing when none is active. */
  async *chat({ fetch, rpc }, { chatId, clientId, runId }, _after, signal) {
    const response = await opened(await fetch(`/api/chat/${clientId}/stream`, { signal }));
    if (response.status !== 204) return yield* chatChunks(response);
    const { activeRunId } = await rpc.chat.get.query({ id: chatId });
    if (activeRunId === runId) throw new Error('chat stream: 204 while the run is active');
  },
};

/** What the AI SDK's door shows over one connection. */
export async function* chatChunks(response: Response): AsyncGenerator<Shown | 'end', void, void> {
  for await (const { data } of eventsOf(await opened(response))) {
    if (data === '[DONE]') yield 'end';
    else yield { id: null, data };
  }
}

const since = (after: number): Record<string, string> =>
  after > 0 ? { 'last-event-id': String(after) } : {};

/** @throws unless the response is a success. */
async function opened(response: Response): Promise<Response> {
  if (!response.ok) bodyOf(await read(response));
  return response;
}
