import type { UIMessageChunk } from 'ai';
import { addedText, blockId, isPlainDelta, withText } from './chunks.ts';

const ENDS_WITH_HALF = /[\ud800-\udbff]$/;

/**
 * Keeps characters whole that a model splits into two deltas: the first half of a surrogate pair waits for the second.
 * So an answer that is cut anywhere does not end with half a character.
 * @returns a function from a chunk of an answer to the chunks to write now.
 */
export function wholeCharacters(): (chunk: UIMessageChunk) => UIMessageChunk[] {
  /** The halves that wait, by block, each as the delta that adds it. */
  const waiting = new Map<string, UIMessageChunk>();

  return (chunk) => {
    const id = blockId(chunk);
    const half = id === undefined ? undefined : waiting.get(id);
    if (id === undefined || !isPlainDelta(chunk)) {
      if (id !== undefined) waiting.delete(id);
      return half ? [half, chunk] : [chunk];
    }
    const text = (half ? addedText(half) : '') + addedText(chunk);
    const cut = ENDS_WITH_HALF.test(text) ? text.length - 1 : text.length;
    if (cut < text.length) waiting.set(id, withText(chunk, text.slice(cut)));
    else waiting.delete(id);
    return cut > 0 ? [withText(chunk, text.slice(0, cut))] : [];
  };
}
