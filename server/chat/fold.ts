import { setImmediate as nextTurn } from 'node:timers/promises';
import { createUIMessageStream, type UIMessage, type UIMessageChunk } from 'ai';
import { toStorable } from '#server/search/fold';
import { createChunkList } from './chunks.ts';

/** How many chunks are folded before other work of the process has its turn. */
const CHUNKS_PER_TURN = 200;

/**
 * The parts of the message that a log of chunks adds up to, as any AI SDK client folds it. The cost grows with the number
 * of chunks: no state in between is copied, as `readUIMessageStream` does for each chunk.
 * @param chunks a whole log, or the beginning of one that was cut anywhere.
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
  // Reading is what makes it fold; a chunk that does not fit the ones before it fails here.
  await stream.pipeTo(new WritableStream());
  // Clients show no step that nothing was said in yet.
  const length = parts.findLastIndex((part) => part.type !== 'step-start') + 1;
  return parts.slice(0, length).map(close);
}

/** A text that was cut off is not being written any more. */
function close(part: UIMessage['parts'][number]): UIMessage['parts'][number] {
  return part.type === 'text' || part.type === 'reasoning' ? { ...part, state: 'done' } : part;
}

/** The text of a message: its text parts, each on a line of its own, with what PostgreSQL's text cannot hold replaced. */
export function textOf(parts: UIMessage['parts']): string {
  const texts = parts.flatMap((part) => (part.type === 'text' ? [part.text] : []));
  return toStorable(texts.join('\n'));
}
