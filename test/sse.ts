import type { UIMessageChunk } from 'ai';

/** A server-sent event. */
export interface ReceivedEvent {
  /** `''` if it has none. */
  id: string;
  event: string;
  data: string;
}

/** Yields the events of a response body as they arrive. Leaving the loop closes the connection. */
export async function* eventsOf(response: Response): AsyncGenerator<ReceivedEvent, void, void> {
  if (!response.body) return;
  let buffered = '';
  for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
    buffered += text;
    const blocks = buffered.split('\n\n');
    buffered = blocks.pop() ?? '';
    for (const block of blocks) {
      const event = toEvent(block);
      if (event) yield event;
    }
  }
}

/** Returns all items of a source, when it has ended. */
export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** Reads one event of a stream. @returns `null` for a comment. */
export function toEvent(block: string): ReceivedEvent | null {
  const lines = block.split('\n').filter((line) => !line.startsWith(':'));
  if (lines.length === 0) return null;
  const values = (name: string) =>
    lines.filter((line) => line.startsWith(`${name}: `)).map((line) => line.slice(name.length + 2));
  return {
    id: values('id').at(-1) ?? '',
    event: values('event').at(-1) ?? 'message',
    data: values('data').join('\n'),
  };
}

/** Returns the chunks in the events of a run. Each event has a JSON array of chunks. */
export function chunksOf(events: readonly ReceivedEvent[]): UIMessageChunk[] {
  return events.filter(({ event }) => event === 'message').flatMap(({ data }) => parse(data));
}

function parse(data: string): UIMessageChunk[] {
  const chunks: UIMessageChunk[] = JSON.parse(data);
  return chunks;
}

/** Returns the text of the text chunks. */
export function textOf(chunks: readonly UIMessageChunk[]): string {
  return chunks.map((chunk) => (chunk.type === 'text-delta' ? chunk.delta : '')).join('');
}

/** Returns a response that ends as soon as it has contained `mark`. */
export function cutAfter(response: Response, mark: string): Response {
  const decoder = new TextDecoder();
  let seen = '';
  const cut = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      seen += decoder.decode(chunk, { stream: true });
      controller.enqueue(chunk);
      if (seen.includes(mark)) controller.terminate();
    },
  });
  return new Response(response.body?.pipeThrough(cut), response);
}
