import type { UIMessageChunk } from 'ai';

/** A chunk that adds text to an open block. */
type Delta = Extract<UIMessageChunk, { type: 'text-delta' | 'reasoning-delta' | 'tool-input-delta' }>;

const isDelta = (chunk: UIMessageChunk): chunk is Delta =>
  chunk.type === 'text-delta' || chunk.type === 'reasoning-delta' || chunk.type === 'tool-input-delta';

/** Returns the text that a chunk adds to a block; `''` for a chunk of another kind. */
export function addedText(chunk: UIMessageChunk): string {
  if (!isDelta(chunk)) return '';
  return chunk.type === 'tool-input-delta' ? chunk.inputTextDelta : chunk.delta;
}

/** Returns the same chunk with another text. */
export function withText(chunk: Delta, text: string): Delta {
  return chunk.type === 'tool-input-delta' ? { ...chunk, inputTextDelta: text } : { ...chunk, delta: text };
}

/** True if `chunk` adds only text. Such chunks of one block can be joined. */
export function isPlainDelta(chunk: UIMessageChunk): chunk is Delta {
  return isDelta(chunk) && (chunk.type === 'tool-input-delta' || !chunk.providerMetadata);
}

/** Returns the id of the block that a chunk opens, extends or closes. */
export function blockId(chunk: UIMessageChunk): string | undefined {
  if ('toolCallId' in chunk) return `tool ${chunk.toolCallId}`;
  if (!('id' in chunk)) return undefined;
  return `${chunk.type.slice(0, chunk.type.indexOf('-'))} ${chunk.id}`;
}

/** Chunks of one run, in order. */
export interface ChunkList {
  add: (chunk: UIMessageChunk) => void;
  /** The chunks added since the last call of `take`. */
  readonly chunks: readonly UIMessageChunk[];
  /** Returns the chunks and empties the list. */
  take: () => UIMessageChunk[];
}

/**
 * Collects chunks and joins the deltas of a block into one, even if chunks of other blocks come in between. So the
 * number of chunks grows with the parts of an answer, not with its deltas.
 */
export function createChunkList(initial: readonly UIMessageChunk[] = []): ChunkList {
  let chunks: UIMessageChunk[] = [];
  /** The index of the last delta of each open block. */
  let open = new Map<string, number>();

  function add(chunk: UIMessageChunk): void {
    const id = blockId(chunk);
    const index = id === undefined ? undefined : open.get(id);
    const last = index === undefined ? undefined : chunks[index];
    if (index !== undefined && last && isPlainDelta(last) && isPlainDelta(chunk)) {
      chunks[index] = withText(last, addedText(last) + addedText(chunk));
      return;
    }
    // A new or reset step separates later chunks from the blocks before it.
    if (chunk.type === 'start-step' || chunk.type === 'reset-step') open.clear();
    else if (id !== undefined && isPlainDelta(chunk)) open.set(id, chunks.length);
    else if (id !== undefined) open.delete(id);
    chunks.push(chunk);
  }

  for (const chunk of initial) add(chunk);
  return {
    add,
    get chunks() {
      return chunks;
    },
    take() {
      const taken = chunks;
      chunks = [];
      open = new Map();
      return taken;
    },
  };
}
