import { setImmediate as nextTurn } from 'node:timers/promises';
import { createUIMessageStream, type UIMessage, type UIMessageChunk } from 'ai';
import { createChunkList } from './chunks.ts';

/** How many chunks are folded before other work of the process gets a turn. */
const CHUNKS_PER_TURN = 200;

/**
 * Folds a log of chunks into the parts of its message, with the same result as any AI SDK client. The cost is linear in
 * the number of chunks. `readUIMessageStream`, in contrast, copies the whole state for each chunk.
 * @param chunks a whole log, or any beginning of one.
 */
export async function foldChunks(
  messageId: string,
  chunks: Iterable<UIMessageChunk>,
): Promise<UIMessage['parts']> {
  const joined = createChunkList();
  for (const chunk of chunks) if (chunk.type !== 'error') joined.add(chunk);
  let parts: UIMessage['parts'] = [];
  const stream = createUIMessageStream({
    originalMessages: [{ id: messageId, role: 'assistant', parts: [] }],
    async execute({ writer }) {
      for (const [index, chunk] of joined.chunks.entries()) {
        writer.write(chunk);
        if (index % CHUNKS_PER_TURN === CHUNKS_PER_TURN - 1) await nextTurn();
      }
    },
    onEnd({ responseMessage }) {
      parts = responseMessage.parts;
    },
  });
  // Folding happens only while the stream is read. A chunk that does not fit the ones before it throws here.
  await stream.pipeTo(new WritableStream());
  // Clients do not show a step that has no content yet.
  const length = parts.findLastIndex((part) => part.type !== 'step-start') + 1;
  return parts.slice(0, length).map(close);
}

/** Marks a text as done. An interrupted text is no longer being written. */
function close(part: UIMessage['parts'][number]): UIMessage['parts'][number] {
  return part.type === 'text' || part.type === 'reasoning' ? { ...part, state: 'done' } : part;
}
