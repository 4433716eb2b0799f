import { readUIMessageStream, type UIMessage, type UIMessageChunk } from 'ai';

/** Adds `chunk` to `chunks`, joined with the last one where both are deltas of the same text. */
export function appendChunk(chunks: UIMessageChunk[], chunk: UIMessageChunk): void {
  const last = chunks.at(-1);
  if (
    last &&
    (chunk.type === 'text-delta' || chunk.type === 'reasoning-delta') &&
    last.type === chunk.type &&
    last.id === chunk.id &&
    !chunk.providerMetadata &&
    !last.providerMetadata
  ) {
    chunks[chunks.length - 1] = { ...last, delta: last.delta + chunk.delta };
  } else {
    chunks.push(chunk);
  }
}

/**
 * The parts of the message that a log of chunks adds up to, as any AI SDK client folds it.
 * @param chunks a whole log, or the beginning of one that was cut anywhere.
 * @param before the parts the message had before the first chunk.
 */
export async function foldChunks(
  messageId: string,
  chunks: readonly UIMessageChunk[],
  before: UIMessage['parts'] = [],
): Promise<UIMessage['parts']> {
  const stream = new ReadableStream<UIMessageChunk>({
    start(controller) {
      for (const chunk of chunks) if (chunk.type !== 'error') controller.enqueue(chunk);
      controller.close();
    },
  });
  let parts = before;
  const message: UIMessage = { id: messageId, role: 'assistant', parts: before };
  for await (const snapshot of readUIMessageStream({ message, stream })) parts = snapshot.parts;
  return parts.map(close);
}

/** A text that was cut off is not being written any more. */
function close(part: UIMessage['parts'][number]): UIMessage['parts'][number] {
  return part.type === 'text' || part.type === 'reasoning' ? { ...part, state: 'done' } : part;
}

/** The words of a message for search: what PostgreSQL's text cannot hold is replaced. */
export function textOf(parts: UIMessage['parts']): string {
  const texts = parts.flatMap((part) => (part.type === 'text' ? [part.text] : []));
  return texts.join('\n').replaceAll('\0', ' ').toWellFormed();
}
